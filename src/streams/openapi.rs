//! The table against the official `OpenAPI` description, for developers who have it beside the project.
//! Without it these tests check nothing; `tests/it/streams.rs` pins the same properties.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{Body, Cursor, READ_AT, STREAMS, Stream, VALUES};

/// Fields that the official description no longer has, and older responses do.
const OLDER_FIELDS: &[&str] = &["users.deleted"];

/// Page sizes of the newest reference, which the description at hand does not have yet.
const NEWER_PAGES: &[(&str, u32)] = &[("classroom_registrations", 7_000)];

/// Streams of two other descriptions, those of webhooks and of bulk operations.
const ELSEWHERE: &[&str] = &["webhook_subscriptions", "webhook_events", "bulk_operations"];

#[test]
fn schemas_hold_every_property_that_the_official_description_has() {
    let Some(api) = Api::read() else { return };
    for stream in api.streams() {
        let parent = stream.parent.as_ref();
        let given = parent.filter(|p| p.added).map_or(&[][..], |p| p.fields).iter().map(|(_, name)| *name);
        let read_at = matches!(stream.cursor, Some(Cursor::ByParent { .. })).then_some(READ_AT);
        let variants = parent.and_then(|p| p.variants.as_ref()).map(|v| v.name);
        let added: Vec<&str> = given.chain(variants).chain(read_at).collect();
        let row = api.row(stream);
        for name in &added {
            assert!(!row.properties.contains_key(*name), "{}: the API has a {name} of its own", stream.name);
        }
        let mut ours = stream.json_schema();
        let fields = ours["properties"].as_object_mut().unwrap();
        fields.retain(|name, _| !added.contains(&name.as_str()));
        api.compare(&ours, &row, stream.name);
    }
}

#[test]
fn scopes_pages_filters_and_codes_are_those_of_the_official_description() {
    let Some(api) = Api::read() else { return };
    for stream in api.streams() {
        let name = stream.name;
        let operation = api.operation(stream);
        let prose = text(operation, "description");
        assert!(prose.contains(&format!("scope: `{}`", stream.scope)), "{name}: {}", stream.scope);
        let page = prose.split("page size of ").nth(1).map(|rest| {
            let digits = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',');
            digits.filter(char::is_ascii_digit).collect::<String>().parse::<u32>().unwrap()
        });
        let newer = NEWER_PAGES.iter().find(|(newer, _)| *newer == name).map(|(_, rows)| *rows);
        assert_eq!(newer.or(page), stream.page_size, "{name}");
        let parameters = operation["parameters"].as_array().unwrap();
        let filters: Vec<&Value> = parameters.iter().map(|one| &one["name"]).collect();
        let row = api.row(stream);
        match stream.cursor {
            Some(Cursor::Filtered { field, .. }) => {
                assert!(filters.contains(&&json!(field)), "{name} has no filter on {field}");
                assert!(row.required.contains(field), "{name}: {field} may be missing on a row");
            }
            Some(Cursor::Chosen(fields)) => {
                assert!(!row.required.contains(fields[0]), "{name}: {} is on every row", fields[0]);
            }
            _ => {}
        }
        for hidden in stream.hidden {
            let filter = parameters.iter().find(|one| one["name"] == "status").expect(name);
            let values = &filter["schema"]["properties"]["eq"]["enum"];
            assert!(values.as_array().unwrap().contains(&json!(hidden.value)), "{name}: {}", hidden.value);
            let status = row.properties.get("status").into_iter().flatten().collect::<Vec<_>>();
            let is_in_rows = api.merged(&status).values.contains(hidden.value);
            assert_eq!(is_in_rows, hidden.in_rows, "{name}: {}", hidden.value);
        }
        if let Some(variants) = stream.parent.as_ref().and_then(|parent| parent.variants.as_ref()) {
            let parameter = parameters.iter().find(|one| one["name"] == variants.name).unwrap();
            assert_eq!(parameter["schema"]["enum"], json!(variants.values), "{name}");
        }
        let refusals = |status: &str| operation["responses"][status].to_string();
        for code in stream.empty_codes {
            let found = ["400", "404"].iter().any(|status| refusals(status).contains(&format!("\"{code}\"")));
            assert!(found, "{name}: {code} is not an error of this endpoint");
        }
        for code in stream.off_codes {
            assert!(refusals("400").contains(&format!("\"{code}\"")), "{name}: {code} is not an error here");
        }
    }
}

#[test]
fn documented_values_are_those_of_the_official_description() {
    let Some(api) = Api::read() else { return };
    let mut theirs = BTreeMap::new();
    for stream in api.streams() {
        let row = api.row(stream);
        api.values(&row, &mut Vec::new(), &mut |field, values| {
            theirs.insert((stream.name, field.join(".")), values);
        });
    }
    theirs.retain(|(_, field), _| !field.ends_with("lang") && !field.ends_with("Lang"));
    let text = |value: &&str| (*value).to_owned();
    let ours = VALUES.iter().filter(|one| !ELSEWHERE.contains(&one.stream)).map(|one| {
        ((one.stream, one.field.to_owned()), one.values.iter().map(text).collect::<BTreeSet<String>>())
    });
    assert_eq!(ours.collect::<BTreeMap<_, _>>(), theirs);
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The types beside null.
fn kinds(schema: &Value) -> BTreeSet<String> {
    let kinds = schema["type"].as_array().map_or_else(|| vec![schema["type"].clone()], Clone::clone);
    kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").map(str::to_owned).collect()
}

/// The official `OpenAPI` description, where a developer has it beside the project.
struct Api(Value);

/// A schema with its references and variants laid on top of each other.
#[derive(Default)]
struct Merged {
    kinds: BTreeSet<String>,
    formats: BTreeSet<String>,
    items: Vec<Value>,
    properties: BTreeMap<String, Vec<Value>>,
    required: BTreeSet<String>,
    /// The documented values, where there is a list of them.
    values: BTreeSet<String>,
}

impl Api {
    fn read() -> Option<Api> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/api/core-read-openapi.json");
        let text = std::fs::read(path).ok()?;
        Some(Api(serde_json::from_slice(&text).expect("the description is JSON")))
    }

    /// The streams that it describes: all but those of other descriptions.
    fn streams(&self) -> impl Iterator<Item = &'static Stream> {
        STREAMS.iter().copied().filter(|stream| {
            let is_described = self.operation(stream).is_object();
            assert_ne!(is_described, ELSEWHERE.contains(&stream.name), "{}", stream.name);
            is_described
        })
    }

    /// What a record of the stream is before fields are added.
    fn row(&self, stream: &Stream) -> Merged {
        let response = self.merged(&[self.response(stream)]);
        match stream.body {
            Body::Object => response,
            Body::Objects => self.merged(&response.items.iter().collect::<Vec<_>>()),
            Body::Values(field) => Merged {
                kinds: BTreeSet::from(["object".to_owned()]),
                formats: BTreeSet::from([String::new()]),
                properties: BTreeMap::from([(field.to_owned(), response.items)]),
                ..Merged::default()
            },
        }
    }

    fn operation(&self, stream: &Stream) -> &Value {
        &self.0["paths"][format!("/api/v2{}", stream.path)]["get"]
    }

    fn response(&self, stream: &Stream) -> &Value {
        &self.operation(stream)["responses"]["200"]["content"]["application/json"]["schema"]
    }

    fn merged(&self, schemas: &[&Value]) -> Merged {
        let mut merged = Merged::default();
        for schema in schemas {
            self.lay(schema, &mut merged);
        }
        merged
    }

    fn lay(&self, schema: &Value, merged: &mut Merged) {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            self.lay(&self.0["components"]["schemas"][name], merged);
        }
        for variants in ["allOf", "oneOf", "anyOf"] {
            for one in schema[variants].as_array().into_iter().flatten() {
                self.lay(one, merged);
            }
        }
        if let Some(kind) = schema["type"].as_str() {
            merged.kinds.insert(kind.to_owned());
            merged.formats.insert(text(schema, "format").to_owned());
        }
        merged.items.extend(schema.get("items").cloned());
        let values = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        merged.values.extend(values.map(str::to_owned));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            merged.properties.entry(name.clone()).or_default().push(property.clone());
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            merged.required.insert(name.to_owned());
        }
    }

    /// Each field with a list of documented values, at every depth.
    fn values(
        &self,
        of: &Merged,
        path: &mut Vec<String>,
        found: &mut impl FnMut(&[String], BTreeSet<String>),
    ) {
        if !of.values.is_empty() {
            found(path, of.values.clone());
        }
        if !of.items.is_empty() {
            self.values(&self.merged(&of.items.iter().collect::<Vec<_>>()), path, found);
        }
        for (name, variants) in &of.properties {
            path.push(name.clone());
            self.values(&self.merged(&variants.iter().collect::<Vec<_>>()), path, found);
            path.pop();
        }
    }

    /// The same properties with the same types, at every depth, on both sides.
    fn compare(&self, ours: &Value, theirs: &Merged, place: &str) {
        assert_eq!(kinds(ours), theirs.kinds, "{place}");
        let is_instant = theirs.formats.iter().all(|format| format == "date-time");
        assert_eq!(text(ours, "format") == "date-time", is_instant, "{place}");
        if let Some(items) = ours.get("items") {
            let theirs = self.merged(&theirs.items.iter().collect::<Vec<_>>());
            self.compare(items, &theirs, &format!("{place}[]"));
        }
        let fields = ours["properties"].as_object();
        for (name, variants) in &theirs.properties {
            let ours = fields.and_then(|fields| fields.get(name));
            let ours = ours.unwrap_or_else(|| panic!("{place}.{name} is missing"));
            let theirs = self.merged(&variants.iter().collect::<Vec<_>>());
            self.compare(ours, &theirs, &format!("{place}.{name}"));
        }
        for name in fields.into_iter().flatten().map(|(name, _)| format!("{place}.{name}")) {
            let known = name.rsplit('.').next().is_some_and(|last| theirs.properties.contains_key(last));
            assert!(known || OLDER_FIELDS.contains(&name.as_str()), "{name} is not in the description");
        }
    }
}
