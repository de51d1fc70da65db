//! The fields of a stream's rows compared with its schema. Pure. Returns names and counts, and no
//! value but codes of the API.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;

use crate::streams::{READ_AT, Stream, documented_values};

/// Counts of the rows of a stream.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Fields {
    /// Fields of the schema that came at least once, by their path.
    #[serde(skip)]
    pub came: BTreeSet<String>,
    /// Fields that the schema does not have, and their number of rows.
    pub new_fields: BTreeMap<String, usize>,
    /// Fields with a value of another type than in the schema.
    pub other_types: BTreeMap<String, usize>,
    /// Undocumented values of fields with documented values, by field.
    pub new_values: BTreeMap<String, BTreeMap<String, usize>>,
    /// Dates with milliseconds, without, with an offset from UTC, and unreadable ones.
    pub dates: [usize; 4],
}

impl Fields {
    /// Adds a value of a row: the row itself, or what is at `path` within it.
    pub(super) fn add(&mut self, stream: &'static str, path: &str, schema: &Value, value: &Value) {
        if value.is_null() {
            return;
        }
        if !is_of(schema, value) {
            *self.other_types.entry(path.to_owned()).or_default() += 1;
            return;
        }
        match value {
            Value::Object(members) => {
                // An open object: its fields depend on the row and may be personal.
                let known = schema["properties"].as_object().filter(|known| !known.is_empty());
                let Some(known) = known else { return };
                for (name, value) in members {
                    if let Some(property) = known.get(name) {
                        let path = below(path, name);
                        self.add(stream, &path, property, value);
                        self.came.insert(path);
                    } else {
                        *self.new_fields.entry(below(path, &named(name))).or_default() += 1;
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.add(stream, path, &schema["items"], item);
                }
            }
            Value::String(text) if schema["format"] == "date-time" => self.date(text),
            Value::String(text)
                if documented_values(stream, path).is_some_and(|values| !values.contains(&text.as_str())) =>
            {
                let values = self.new_values.entry(path.to_owned()).or_default();
                let shown = if is_code(text) { text } else { "(not shown)" };
                *values.entry(shown.to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }

    fn date(&mut self, text: &str) {
        let form = match DateTime::parse_from_rfc3339(text) {
            Ok(_) if !text.ends_with('Z') => 2,
            Ok(_) => usize::from(!text.contains('.')),
            Err(_) => 3,
        };
        self.dates[form] += 1;
    }
}

/// The fields of the schema that never came; those of an object only if the object came.
pub(super) fn missing(stream: &'static Stream, schema: &Value, came: &BTreeSet<String>) -> Vec<String> {
    let parent = || stream.parent.iter();
    let given =
        parent().filter(|parent| parent.added).flat_map(|parent| parent.fields).map(|(_, name)| *name);
    let variants = parent().filter_map(|parent| parent.variants.as_ref()).map(|variants| variants.name);
    // What the connector adds is not a field of the API.
    let added: Vec<&str> = given.chain(variants).chain([READ_AT]).collect();
    let mut missing = Vec::new();
    walk(schema, "", came, &mut missing);
    missing.retain(|name| !added.contains(&name.as_str()));
    missing
}

fn walk(schema: &Value, path: &str, came: &BTreeSet<String>, missing: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = below(path, name);
        if came.contains(&path) {
            walk(property, &path, came, missing);
            walk(&property["items"], &path, came, missing);
        } else {
            missing.push(path);
        }
    }
}

pub(super) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A name that may be printed. Names of fields are code, unless data was used as a name: an id has
/// many digits.
pub(super) fn named(name: &str) -> String {
    let is_plain = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.chars().filter(char::is_ascii_digit).count() < 4;
    if is_plain { name.to_owned() } else { "(a field with an unusual name)".to_owned() }
}

/// True if a text looks like a code of the API, such as `pathNotFound` or `invalid_scope`.
pub(super) fn is_code(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// True if a value has the type of the schema.
fn is_of(schema: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str().unwrap_or_default() {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is),
        kind => kind.is_null() || is(kind),
    }
}
