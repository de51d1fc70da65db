//! The fields of a page's rows compared with the stream's schema. Pure. Returns names and counts,
//! and no value but codes of the API.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;

use crate::streams::{Body, Cursor, Stream, WEBHOOK_EVENTS, documented_values};

/// Counts of one page, or the sum of several.
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
    /// Webhook events: the members of `data`, event by event.
    #[serde(skip)]
    pub members: Vec<BTreeSet<String>>,
    /// Dates with milliseconds, without, with an offset from UTC, and unreadable ones.
    pub dates: [usize; 4],
}

impl Fields {
    /// Adds one row of the stream, as the API sent it.
    pub(super) fn read(&mut self, stream: &'static Stream, schema: &Value, row: &Value) {
        match stream.body {
            Body::Values(field) => {
                self.came.insert(field.to_owned());
                self.value(stream.name, field, &schema["properties"][field], row);
            }
            Body::Objects | Body::Object => self.object(stream.name, "", schema, row),
        }
        if std::ptr::eq(stream, &raw const WEBHOOK_EVENTS) {
            // Events of some types are sent without an envelope.
            let data = row["payload"].get("data").unwrap_or(&row["payload"]);
            let mut names = BTreeSet::new();
            members("", data, &mut names);
            self.members.push(names);
        }
    }

    /// The sum of several pages.
    pub(super) fn sum<'a>(pages: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        pages.for_each(|page| sum.add(page));
        sum
    }

    fn add(&mut self, other: &Fields) {
        self.came.extend(other.came.iter().cloned());
        add(&mut self.new_fields, &other.new_fields);
        add(&mut self.other_types, &other.other_types);
        self.members.extend(other.members.iter().cloned());
        for (field, values) in &other.new_values {
            add(self.new_values.entry(field.clone()).or_default(), values);
        }
        self.dates.iter_mut().zip(other.dates).for_each(|(sum, count)| *sum += count);
    }

    fn object(&mut self, stream: &'static str, path: &str, schema: &Value, row: &Value) {
        let Some(known) = schema["properties"].as_object().filter(|known| !known.is_empty()) else {
            // An open object: its fields depend on the row and may be personal.
            return;
        };
        for (name, value) in row.as_object().into_iter().flatten() {
            match known.get(name) {
                Some(property) => {
                    let path = below(path, name);
                    self.came.insert(path.clone());
                    self.value(stream, &path, property, value);
                }
                None => *self.new_fields.entry(below(path, &named(name))).or_default() += 1,
            }
        }
    }

    fn value(&mut self, stream: &'static str, path: &str, schema: &Value, value: &Value) {
        if value.is_null() {
            return;
        }
        if !is_of(schema, value) {
            *self.other_types.entry(path.to_owned()).or_default() += 1;
            return;
        }
        match value {
            Value::Object(_) => self.object(stream, path, schema, value),
            Value::Array(items) => {
                for item in items {
                    self.value(stream, path, &schema["items"], item);
                }
            }
            Value::String(text) if schema["format"] == "date-time" => self.date(text),
            Value::String(text)
                if documented_values(stream, path).is_some_and(|values| !values.contains(&text.as_str())) =>
            {
                let values = self.new_values.entry(path.to_owned()).or_default();
                *values.entry(code(text)).or_default() += 1;
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

fn add(sum: &mut BTreeMap<String, usize>, counts: &BTreeMap<String, usize>) {
    for (name, count) in counts {
        *sum.entry(name.clone()).or_default() += count;
    }
}

/// The names of the members of a value, at any depth.
fn members(path: &str, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = below(path, &named(name));
                members(&path, value, names);
                names.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(path, item, names)),
        _ => {}
    }
}

/// The fields of the schema that never came; those of an object only if the object came.
pub(super) fn missing(stream: &'static Stream, schema: &Value, came: &BTreeSet<String>) -> Vec<String> {
    let parent = stream.parent.as_ref();
    let given = parent.filter(|parent| parent.added).map_or(&[][..], |parent| parent.fields);
    let variants = parent.and_then(|parent| parent.variants.as_ref()).map(|variants| variants.name);
    let read_at = stream.cursor.as_ref().filter(|cursor| cursor.is_added()).map(Cursor::field);
    let added: Vec<&str> = given.iter().map(|(_, name)| *name).chain(variants).chain(read_at).collect();
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

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A name that may be printed. Names of fields are code, unless data was used as a name: an id has
/// many digits.
fn named(name: &str) -> String {
    let is_plain = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.chars().filter(char::is_ascii_digit).count() < 4;
    if is_plain { name.to_owned() } else { "(a field with an unusual name)".to_owned() }
}

/// A value that may be printed: one that looks like a code of the API.
fn code(value: &str) -> String {
    if is_code(value) { value.to_owned() } else { "(not shown)".to_owned() }
}

/// True if a text looks like a code of the API, such as `pathNotFound` or `invalid_scope`.
pub(super) fn is_code(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// True if a value has the type of the schema.
fn is_of(schema: &Value, value: &Value) -> bool {
    let is = |kind: &str| match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match &schema["type"] {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{ATTENDANCE_SHEETS, USER_MANAGERS, USERS};
    use serde_json::json;

    fn read(stream: &'static Stream, row: &Value) -> Fields {
        let mut fields = Fields::default();
        fields.read(stream, &stream.json_schema(), row);
        fields
    }

    #[test]
    fn new_fields_types_and_values_are_reported_by_name_and_never_by_content() {
        let fields = read(
            &USERS,
            &json!({
                "_id": 7, "status": "dormant", "shoeSize": 41, "marie@exemple.fr": true, "deletedAt": ["2026-01-01T00:00:00.000Z", "soon"],
                "lastLoginDate": "2026-01-01T00:00:00Z",
            }),
        );
        assert_eq!(fields.other_types.keys().collect::<Vec<_>>(), ["_id"]);
        let unknown: Vec<&str> = fields.new_fields.keys().map(String::as_str).collect();
        assert_eq!(unknown, ["(a field with an unusual name)", "shoeSize"]);
        assert_eq!(fields.new_values["status"]["dormant"], 1);
        assert_eq!(fields.dates, [1, 1, 0, 1]);
        let values = read(&USERS, &json!({"status": "Marie Le Goff"})).new_values;
        assert_eq!(values["status"].keys().collect::<Vec<_>>(), ["(not shown)"]);
    }

    #[test]
    fn members_of_an_event_are_reported_by_name_at_any_depth_and_never_by_content() {
        let users = json!([{"userId": "65f0", "values": {"a1b2c3d4": "12 rue du Port", "Service paie": 1}}]);
        let fields = read(&WEBHOOK_EVENTS, &json!({"payload": {"type": "x", "data": {"users": users}}}));
        let unusual = "users.values.(a field with an unusual name)";
        assert_eq!(
            fields.members[0].iter().collect::<Vec<_>>(),
            ["users", "users.userId", "users.values", unusual]
        );
        let bare = read(&WEBHOOK_EVENTS, &json!({"payload": {"actor": {"mbox": "mailto:a@b.example"}}}));
        assert_eq!(bare.members[0].iter().collect::<Vec<_>>(), ["actor", "actor.mbox"]);
    }

    #[test]
    fn fields_that_the_connector_adds_are_not_reported_as_missing() {
        let fields = read(&ATTENDANCE_SHEETS, &json!({"_id": "a", "personalizedFields": {}}));
        let missing = missing(&ATTENDANCE_SHEETS, &ATTENDANCE_SHEETS.json_schema(), &fields.came);
        let nested = ["personalizedFields.organizationName", "personalizedFields.organizationLogoId"];
        assert_eq!(missing, ["name", "status", "checkInCode", nested[0], nested[1]]);
        assert!(read(&USER_MANAGERS, &json!("5f")).other_types.is_empty());
        assert_eq!(read(&USER_MANAGERS, &json!({})).other_types.len(), 1);
    }
}
