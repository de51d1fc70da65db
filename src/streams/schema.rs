//! From a record type to a JSON schema that Airbyte's platform and every destination understand.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// An instant as the API writes it: ISO 8601, UTC, with milliseconds.
pub(super) struct Timestamp;

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone" })
    }
}

/// An object whose fields depend on the row.
pub(super) struct Open;

impl JsonSchema for Open {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Open".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "properties": {} })
    }
}

/// A string or a number, after another field of the row.
pub(super) struct TextOrNumber;

impl JsonSchema for TextOrNumber {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TextOrNumber".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number"] })
    }
}

/// The draft-07 schema of a record type, without `$ref`.
pub(super) fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// Rewrites a generated schema for Airbyte: every property may be null except the key, unknown
/// fields are welcome, nothing is required, and only keywords that destinations read are kept.
pub(super) fn for_airbyte(schema: Schema, key: &[&str]) -> Value {
    let mut root = schema.to_value();
    normalize(&mut root);
    if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            if key.contains(&name.as_str()) {
                property["type"] = json!("string");
            }
        }
    }
    let mut out = Map::new();
    out.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    out.insert("type".into(), json!("object"));
    if let Some(object) = root.as_object_mut() {
        for name in ["additionalProperties", "properties"] {
            if let Some(value) = object.remove(name) {
                out.insert(name.into(), value);
            }
        }
    }
    Value::Object(out)
}

/// The keywords that stay, in the order in which they are written.
const KEPT: [&str; 7] =
    ["description", "type", "format", "airbyte_type", "items", "additionalProperties", "properties"];

fn normalize(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    let kinds: Vec<Value> = match object.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter(|kind| *kind != "null").cloned().collect(),
        kind => kind.cloned().into_iter().collect(),
    };
    if kinds.iter().any(|kind| kind == "object") {
        object.insert("additionalProperties".into(), Value::Bool(true));
    }
    if kinds.iter().any(|kind| kind == "integer" || kind == "number") {
        object.remove("format");
    }
    if !kinds.is_empty() {
        let nullable: Vec<Value> = std::iter::once(json!("null")).chain(kinds).collect();
        object.insert("type".into(), Value::Array(nullable));
    }
    if let Some(items) = object.get_mut("items") {
        normalize(items);
    }
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(normalize);
    }
    let mut kept = Map::new();
    for name in KEPT {
        if let Some(mut value) = object.remove(name) {
            if let (true, Some(text)) = (name == "description", value.as_str()) {
                // A doc comment's line breaks are layout, not meaning.
                value = json!(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            kept.insert(name.into(), value);
        }
    }
    *object = kept;
}
