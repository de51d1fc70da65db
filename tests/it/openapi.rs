//! The table against the official `OpenAPI` description, of which `fixtures/openapi.json` holds the names, types and formats.
//! `make openapi FILE=…` compares a newer description with the fixture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use source_360learning::streams::{Body, Cursor, STREAMS, Stream, VALUES};

/// Endpoints by path.
static OFFICIAL: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/openapi.json")).unwrap());

/// Fields that the official description no longer has, and older responses do.
const OLDER_FIELDS: &[&str] = &["users.deleted"];

/// Page sizes of the newest reference, which the description does not have yet.
const NEWER_PAGES: &[(&str, u64)] = &[("classroom_registrations", 7_000)];

/// Streams of two other descriptions, those of webhooks and of bulk operations.
const ELSEWHERE: &[&str] = &["webhook_subscriptions", "webhook_events", "bulk_operations"];

#[test]
fn every_stream_has_an_endpoint_in_an_official_description() {
    for stream in STREAMS {
        let is_described = endpoint(stream).is_some();
        assert_ne!(is_described, ELSEWHERE.contains(&stream.name), "{}", stream.name);
    }
}

#[test]
fn schemas_hold_every_property_that_the_official_description_has() {
    for (stream, endpoint) in described() {
        let parent = stream.parent.as_ref();
        let given = parent.filter(|p| p.added).map_or(&[][..], |p| p.fields).iter().map(|(_, name)| *name);
        let read_at = stream.cursor.as_ref().filter(|cursor| cursor.is_added()).map(Cursor::field);
        let variants = parent.and_then(|p| p.variants.as_ref()).map(|v| v.name);
        let added: Vec<&str> = given.chain(variants).chain(read_at).collect();
        let row = row(stream, endpoint);
        for name in &added {
            assert!(row["properties"][name].is_null(), "{}: the API has a {name} of its own", stream.name);
        }
        let mut ours = stream.json_schema();
        let fields = ours["properties"].as_object_mut().unwrap();
        fields.retain(|name, _| !added.contains(&name.as_str()));
        same_shape(&ours, &row, stream.name);
    }
}

#[test]
fn scopes_and_page_sizes_are_those_of_the_official_description() {
    for (stream, endpoint) in described() {
        let name = stream.name;
        assert_eq!(endpoint["scopes"], stream.scope, "{name}");
        let newer = NEWER_PAGES.iter().find(|(newer, _)| *newer == name).map(|(_, rows)| *rows);
        assert_eq!(newer.or(endpoint["page_size"].as_u64()), stream.page_size.map(u64::from), "{name}");
    }
}

#[test]
fn filters_and_variants_are_those_of_the_official_description() {
    for (stream, endpoint) in described() {
        let (name, row) = (stream.name, row(stream, endpoint));
        let required = names(&row["required"]);
        match stream.cursor {
            Some(Cursor::Filtered { field, .. }) => {
                let operators = names(&endpoint["parameters"][field]["operators"]);
                assert!(operators.contains("gte"), "{name} has no filter on {field}");
                assert!(required.contains(field), "{name}: {field} may be missing on a row");
            }
            Some(Cursor::Chosen(fields)) => {
                assert!(!required.contains(fields[0]), "{name}: {} is on every row", fields[0]);
            }
            _ => {}
        }
        for hidden in stream.hidden {
            let filter = names(&endpoint["parameters"]["status"]["values"]);
            assert!(filter.contains(hidden.value), "{name}: {}", hidden.value);
            let statuses = names(&row["properties"]["status"]["values"]);
            assert_eq!(statuses.contains(hidden.value), hidden.in_rows, "{name}: {}", hidden.value);
        }
        if let Some(variants) = stream.parent.as_ref().and_then(|parent| parent.variants.as_ref()) {
            let documented = names(&endpoint["parameters"][variants.name]["values"]);
            assert_eq!(documented, variants.values.iter().copied().collect(), "{name}");
        }
    }
}

#[test]
fn codes_for_an_empty_list_or_a_feature_that_is_off_are_those_of_the_official_description() {
    for (stream, endpoint) in described() {
        let codes = |status: &str| names(&endpoint["codes"][status]);
        for code in stream.empty_codes {
            let found = codes("400").contains(code) || codes("404").contains(code);
            assert!(found, "{}: {code} is not an error of this endpoint", stream.name);
        }
        for code in stream.off_codes {
            assert!(codes("400").contains(code), "{}: {code} is not an error here", stream.name);
        }
    }
}

#[test]
fn documented_values_are_those_of_the_official_description() {
    let mut theirs = BTreeMap::new();
    for (stream, endpoint) in described() {
        documented_values(&row(stream, endpoint), stream.name, "", &mut theirs);
    }
    theirs.retain(|(_, field), _| !field.ends_with("lang") && !field.ends_with("Lang"));
    let ours = VALUES.iter().filter(|one| !ELSEWHERE.contains(&one.stream));
    let ours = ours.map(|one| {
        ((one.stream, one.field.to_owned()), one.values.iter().map(|v| (*v).to_owned()).collect())
    });
    assert_eq!(ours.collect::<BTreeMap<_, BTreeSet<String>>>(), theirs);
}

fn endpoint(stream: &Stream) -> Option<&'static Value> {
    OFFICIAL.get(&format!("/api/v2{}", stream.path))
}

/// The streams that the fixture describes.
fn described() -> impl Iterator<Item = (&'static Stream, &'static Value)> {
    STREAMS.iter().filter_map(|stream| Some((*stream, endpoint(stream)?)))
}

/// What a record of the stream is before fields are added.
fn row(stream: &Stream, endpoint: &Value) -> Value {
    let response = &endpoint["response"];
    match stream.body {
        Body::Object => response.clone(),
        Body::Objects => response["items"].clone(),
        Body::Values(field) => json!({"type": "object", "properties": {field: response["items"]}}),
    }
}

/// A list of names in the fixture.
fn names(list: &Value) -> BTreeSet<&str> {
    list.as_str().unwrap_or_default().split(", ").filter(|name| !name.is_empty()).collect()
}

/// Each field with a list of documented values, at every depth.
fn documented_values(
    shape: &Value,
    stream: &'static str,
    place: &str,
    found: &mut BTreeMap<(&str, String), BTreeSet<String>>,
) {
    let values = names(&shape["values"]);
    if !values.is_empty() {
        found.insert((stream, place.to_owned()), values.into_iter().map(str::to_owned).collect());
    }
    if let Some(items) = shape.get("items") {
        documented_values(items, stream, place, found);
    }
    for (name, field) in shape["properties"].as_object().into_iter().flatten() {
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        documented_values(field, stream, &place, found);
    }
}

/// The same properties with the same types, at every depth, on both sides.
fn same_shape(ours: &Value, theirs: &Value, place: &str) {
    let types = names(&theirs["type"]);
    let without_format: BTreeSet<&str> = types.iter().map(|kind| kind.split(' ').next().unwrap()).collect();
    assert_eq!(kinds(ours), without_format, "{place}");
    let is_instant = types.iter().all(|kind| kind.ends_with(" date-time"));
    assert_eq!(ours["format"] == "date-time", is_instant, "{place}");
    if let Some(items) = ours.get("items") {
        same_shape(items, &theirs["items"], &format!("{place}[]"));
    }
    let none = Map::new();
    let (ours, theirs) =
        (ours["properties"].as_object().unwrap_or(&none), theirs["properties"].as_object().unwrap_or(&none));
    for (name, field) in theirs {
        let ours = ours.get(name).unwrap_or_else(|| panic!("{place}.{name} is missing"));
        same_shape(ours, field, &format!("{place}.{name}"));
    }
    for name in ours.keys().filter(|name| !theirs.contains_key(*name)) {
        let name = format!("{place}.{name}");
        assert!(OLDER_FIELDS.contains(&name.as_str()), "{name} is not in the description");
    }
}

/// The types beside null.
fn kinds(schema: &Value) -> BTreeSet<&str> {
    let types =
        schema["type"].as_array().map_or_else(|| vec![&schema["type"]], |types| types.iter().collect());
    types.into_iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
}
