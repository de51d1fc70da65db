//! The page of the source describes the form as it is.

#[test]
fn every_field_of_the_form_is_on_the_page_of_the_source() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/360learning.md");
    let page = std::fs::read_to_string(page).unwrap();
    let form = source_360learning::config::Config::json_schema();
    for (name, field) in form["properties"].as_object().unwrap() {
        let line = page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is not on the page"));
        let default = field["default"].to_string().replace('"', "");
        assert!(field["default"].is_null() || line.contains(&default), "{name}: the default is {default}");
        if let (Some(least), Some(most)) = (field["minimum"].as_i64(), field["maximum"].as_i64()) {
            assert!(line.contains(&format!("{least} to {most}")), "{name}: from {least} to {most}");
        }
    }
}
