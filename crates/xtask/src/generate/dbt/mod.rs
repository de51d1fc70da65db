//! The descriptions of the dbt package's sources and staging models, from the descriptions of the fields.

mod model;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use source_360learning::streams::{STREAMS, Stream};

use super::File;
use model::Model;

/// The columns that every staging model adds.
const ADDED: [(&str, &str); 3] = [
    ("source_relation", "The schema of the raw tables that the row was read from: one per account."),
    ("extracted_at", "When the row was loaded, in UTC."),
    (
        "unreadable_fields",
        "Fields of the row whose values could not be read as their type and are NULL here, separated by commas; NULL without any.",
    ),
];

const SOURCES: &str = r#"# Written by `make generate`: the raw tables of Airbyte, PyAirbyte or learning360, in the schema `learning360_raw_schema`.
# Only `users` has a freshness: the other tables are also old if nothing changed.
sources:
  - name: learning360
    schema: "{{ var('learning360_raw_schema') if var('learning360_raw_schema') is string else var('learning360_raw_schema')[0] }}"
    description: 360Learning's API v2, one table per stream.
    tables:
"#;

const FRESHNESS: &str = "        config:
          loaded_at_field: _airbyte_extracted_at
          freshness:
            warn_after: {count: 36, period: hour}
            error_after: {count: 8, period: day}
";

const STAGING: &str =
    "# Written by `make generate`: columns renamed and typed, one row per account and key, the latest.
models:
";

pub(super) fn files(root: &Path) -> Result<Vec<File>, String> {
    let models = model::models(root)?;
    Ok(vec![
        File::new("dbt/models/staging/_columns.md", blocks(&models)?),
        File::new("dbt/models/staging/_sources.yml", sources()),
        File::new("dbt/models/staging/_staging.yml", staging(&models)?),
    ])
}

/// The name of the doc block of a field, or of a path.
fn block(stream: &str, field: &str) -> String {
    format!("learning360_{stream}_{}", field.replace('.', "_"))
}

/// A doc block for each field that a raw table or a staging model has as a column.
fn blocks(models: &[Model]) -> Result<String, String> {
    let mut text = "<!-- Written by `make generate`: what each column means. -->\n".to_owned();
    let mut written: BTreeMap<String, String> = BTreeMap::new();
    for (column, meaning) in ADDED {
        write_block(&mut text, &format!("learning360_{column}"), meaning);
    }
    for stream in STREAMS {
        let schema = stream.json_schema();
        let model = models.iter().find(|model| model.stream == stream.name);
        let paths = model.into_iter().flat_map(|model| &model.columns).map(|column| column.field.as_str());
        for field in fields(&schema).chain(paths) {
            let meaning = description(stream, &schema, field)?;
            match written.insert(block(stream.name, field), field.to_owned()) {
                None => write_block(&mut text, &block(stream.name, field), meaning),
                Some(other) if other == field => {}
                Some(other) => {
                    return Err(format!(
                        "{}: the fields {field} and {other} have one doc block.",
                        stream.name
                    ));
                }
            }
        }
    }
    Ok(text)
}

fn write_block(text: &mut String, name: &str, meaning: &str) {
    let _ = write!(text, "\n{{% docs {name} %}}\n{meaning}\n{{% enddocs %}}\n");
}

/// The members of a row.
fn fields(schema: &Value) -> impl Iterator<Item = &str> {
    schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys()).map(String::as_str)
}

fn description<'a>(stream: &Stream, schema: &'a Value, path: &str) -> Result<&'a str, String> {
    let property = path.split('.').fold(schema, |object, name| &object["properties"][name]);
    let name = stream.name;
    property["description"].as_str().ok_or_else(|| format!("schemas/{name}.json does not describe {path}."))
}

fn sources() -> String {
    let mut text = SOURCES.to_owned();
    for stream in STREAMS {
        let _ = writeln!(text, "      - name: {}\n        description: {:?}", stream.name, stream.row);
        if stream.name == "users" {
            text.push_str(FRESHNESS);
        }
        text.push_str("        columns:\n");
        for field in fields(&stream.json_schema()) {
            write_column(&mut text, "          ", field, &block(stream.name, field));
        }
    }
    text
}

fn staging(models: &[Model]) -> Result<String, String> {
    let mut text = STAGING.to_owned();
    for model in models {
        let row = STREAMS.iter().find(|stream| stream.name == model.stream).map_or("", |stream| stream.row);
        let key = model.key_columns()?.join(", ");
        let _ = writeln!(text, "  - name: {}\n    description: {row:?}", model.name());
        let _ = writeln!(
            text,
            "    data_tests: [{{unique_together: {{arguments: {{columns: [source_relation, {key}]}}}}}}]\n    columns:"
        );
        for column in &model.columns {
            write_column(&mut text, "      ", &column.name, &block(&model.stream, &column.field));
        }
        for (column, _) in ADDED {
            write_column(&mut text, "      ", column, &format!("learning360_{column}"));
        }
    }
    Ok(text)
}

fn write_column(text: &mut String, indent: &str, name: &str, block: &str) {
    let _ = writeln!(text, "{indent}- {{name: {name}, description: \"{{{{ doc('{block}') }}}}\"}}");
}
