//! The README says what the table says.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use std::fmt::Write as _;

use source_360learning::streams::{Cursor, STREAMS, Stream};

const BEGIN: &str = "<!-- streams: written by `UPDATE=1 cargo test --test readme` -->\n";
const END: &str = "<!-- /streams -->";

fn requests(stream: &Stream) -> String {
    let pages = stream.page_size.map_or(String::new(), |rows| format!(" per {rows} rows"));
    match &stream.parent {
        None => format!("1{pages}"),
        Some(parent) => {
            let each = parent.variants.as_ref().map_or(1, |variants| variants.values.len());
            format!("{each} per row of `{}`", parent.stream.name)
        }
    }
}

fn table() -> String {
    let mut table = "| stream | a row is | key | incremental by | scope | requests |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for stream in STREAMS {
        let key = stream.key.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        let cursor = stream.cursor.as_ref().map_or(String::new(), |cursor| match cursor {
            Cursor::Filtered { field, .. } => format!("`{field}`"),
            Cursor::Chosen(fields) => {
                fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", else ")
            }
            Cursor::ByParent { end, .. } => format!("`{end}`, with a lookback"),
        });
        let (name, row, scope) = (stream.name, stream.row, stream.scope);
        let schema = format!("[`{name}`](schemas/{name}.json)");
        writeln!(table, "| {schema} | {row} | {key} | {cursor} | `{scope}` | {} |", requests(stream))
            .unwrap();
    }
    table
}

#[test]
fn the_list_of_streams_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(readme == wanted, "make schemas writes the table again");
}

#[test]
fn every_field_of_the_form_stands_in_the_readme() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let form = source_360learning::config::Config::json_schema();
    for (name, field) in form["properties"].as_object().unwrap() {
        let line = readme.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is not in the README"));
        let default = field["default"].to_string().replace('"', "");
        assert!(field["default"].is_null() || line.contains(&default), "{name}: the default is {default}");
        if let (Some(least), Some(most)) = (field["minimum"].as_i64(), field["maximum"].as_i64()) {
            assert!(line.contains(&format!("{least} to {most}")), "{name}: from {least} to {most}");
        }
    }
}
