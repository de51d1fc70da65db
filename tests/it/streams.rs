//! The table of streams, row by row: it is consistent, its schemas suit Airbyte, and no column is
//! lost.

use std::collections::BTreeSet;

use sandbox_360learning::primary_key;
use serde_json::{Map, Value, json};
use source_360learning::streams::{Body, Cursor, List, READ_AT, STREAMS, Stream, WhichParents, request};

/// The scopes that a credential can be given for reading.
const SCOPES: &str = "users:read groups:read courses:read courseStats:read paths:read pathStats:read \
    classrooms:read attendanceSheets:read customFields:read certificateOutlines:read customLinks:read \
    externalIds:read integrations:read learningNeeds:read projects:read skills:read skillsPowers:read tags:read \
    webhooks:read bulkOperations:read";

#[test]
fn names_are_snake_case_and_unique() {
    let mut seen = BTreeSet::new();
    for stream in STREAMS {
        let name = stream.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert!(!name.starts_with('_') && !name.ends_with('_') && !name.contains("__"), "{name}");
        assert!(seen.insert(name), "two streams are called {name}");
        assert!(stream.row.ends_with('.'), "{name}: the row is not described in a sentence");
        assert_eq!(source_360learning::streams::stream(name).map(|found| found.path), Some(stream.path));
    }
}

#[test]
fn a_parent_comes_before_its_children() {
    for (place, stream) in STREAMS.iter().enumerate() {
        if let Some(parent) = &stream.parent {
            let found = STREAMS[..place].iter().any(|earlier| earlier.name == parent.stream.name);
            assert!(found, "{} comes before its parent {}", stream.name, parent.stream.name);
        }
    }
}

#[test]
fn a_path_is_filled_from_the_fields_of_the_parent() {
    for stream in STREAMS {
        let mut given: Vec<&str> =
            stream.parent.iter().flat_map(|parent| parent.fields).map(|(_, name)| *name).collect();
        if let Some(variants) = stream.parent.as_ref().and_then(|parent| parent.variants.as_ref()) {
            assert!(stream.path.contains(&format!("{{{}}}", variants.name)), "{}: no variants", stream.name);
            assert!(variants.values.len() > 1, "{}: a single variant", stream.name);
            given.push(variants.name);
        }
        for param in stream.path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
            assert!(given.contains(&param), "{}: nothing fills {{{param}}}", stream.name);
        }
        assert!(stream.path.starts_with('/') && !stream.path.contains('?'), "{}", stream.name);
        for variant in request::variants(stream) {
            let path = request::path(stream, variant, |name| given.contains(&name).then(|| "id".to_owned()));
            let path = path.unwrap_or_else(|| panic!("{}: no path under {variant:?}", stream.name));
            assert!(!path.contains(['{', '}']), "{}: {path}", stream.name);
        }
    }
}

#[test]
fn the_lists_of_a_stream_are_the_plain_one_and_one_per_hidden_status() {
    for stream in STREAMS {
        let lists = request::lists(stream);
        assert_eq!(lists.iter().filter(|list| **list == List::Plain).count(), 1, "{}", stream.name);
        let filters: BTreeSet<String> = lists.iter().map(|list| list.filter()).collect();
        let statuses = stream.hidden.iter().map(|hidden| format!("status[eq]={}", hidden.value));
        assert_eq!(filters, statuses.chain([String::new()]).collect(), "{}", stream.name);
        for hidden in stream.hidden {
            let has_status = properties(stream).get("status").is_some_and(|field| kind(field) == "string");
            assert_eq!(has_status, hidden.in_rows, "{}: {}", stream.name, hidden.value);
        }
    }
}

#[test]
fn what_a_parent_gives_exists_on_both_sides() {
    for stream in STREAMS {
        let own = properties(stream);
        let mut added = Vec::new();
        if let Some(parent) = &stream.parent {
            let theirs = properties(parent.stream);
            for (from, to) in parent.fields {
                let here = own.get(*to).unwrap_or_else(|| panic!("{} has no {to}", stream.name));
                let there =
                    theirs.get(*from).unwrap_or_else(|| panic!("{} has no {from}", parent.stream.name));
                assert_eq!(here.get("format"), there.get("format"), "{}.{to}", stream.name);
                added.extend(parent.added.then_some(*to));
            }
            if let Some(variants) = &parent.variants {
                assert_eq!(own[variants.name]["type"], "string", "{}.{}", stream.name, variants.name);
                added.push(variants.name);
            }
            for field in request::deciding_fields(parent.which) {
                let is_status = field == "status" && parent.which != WhichParents::Where(field);
                let wanted = if is_status { "string" } else { "boolean" };
                assert_eq!(kind(&theirs[field]), wanted, "{}: {field} cannot decide", stream.name);
            }
        }
        if stream.cursor.is_some_and(|cursor| cursor.is_added()) {
            assert_eq!(own[READ_AT]["format"], "date-time", "{}", stream.name);
            added.push(READ_AT);
        }
        // Added fields come first, and no other field is described as added.
        let marked: Vec<&str> =
            own.iter().filter(|(_, property)| is_added(property)).map(|(name, _)| name.as_str()).collect();
        let first: Vec<&str> = own.keys().take(added.len()).map(String::as_str).collect();
        assert_eq!(sorted(&marked), sorted(&added), "{}", stream.name);
        assert_eq!(sorted(&first), sorted(&added), "{}: added fields are not the first ones", stream.name);
    }
}

#[test]
fn keys_are_strings_and_every_other_field_may_be_null() {
    for stream in STREAMS {
        assert!(!stream.key.is_empty(), "{} has no key", stream.name);
        let properties = properties(stream);
        for key in stream.key {
            assert!(properties.contains_key(*key), "{} has no {key}", stream.name);
        }
        for (name, property) in &properties {
            if stream.key.contains(&name.as_str()) {
                assert_eq!(property["type"], "string", "{}.{name}", stream.name);
            } else {
                assert_eq!(property["type"][0], "null", "{}.{name}", stream.name);
            }
        }
    }
}

#[test]
fn the_sandbox_names_rows_that_it_deleted_by_the_keys_of_the_streams() {
    for stream in STREAMS {
        assert_eq!(primary_key(stream.name), stream.key, "{}", stream.name);
    }
}

#[test]
fn a_bare_value_or_a_single_object_is_identified_by_what_the_parent_gives() {
    for stream in STREAMS {
        let own = properties(stream);
        let added: Vec<&str> =
            own.iter().filter(|(_, property)| is_added(property)).map(|(name, _)| name.as_str()).collect();
        match stream.body {
            Body::Objects => {}
            Body::Values(field) => {
                let rest: Vec<&str> = own.keys().map(String::as_str).filter(|n| !added.contains(n)).collect();
                assert_eq!(rest, [field], "{}", stream.name);
                assert_eq!(
                    sorted(stream.key),
                    sorted(&[added.as_slice(), &[field]].concat()),
                    "{}",
                    stream.name
                );
            }
            Body::Object => {
                assert!(stream.key.iter().all(|name| added.contains(name)), "{}", stream.name);
                assert!(stream.page_size.is_none(), "{}: one object has no pages", stream.name);
            }
        }
    }
}

#[test]
fn cursor_fields_are_instants_of_the_record() {
    for stream in STREAMS {
        let properties = properties(stream);
        if let Some(cursor) = &stream.cursor {
            assert_eq!(cursor_fields(stream)[0], cursor.field(), "{}", stream.name);
        }
        for field in cursor_fields(stream) {
            let property = properties.get(field).unwrap_or_else(|| panic!("{} has no {field}", stream.name));
            assert_eq!(property["format"], "date-time", "{}.{field}", stream.name);
        }
    }
}

#[test]
fn scopes_are_ones_that_exist() {
    for stream in STREAMS {
        assert!(SCOPES.split(' ').any(|scope| scope == stream.scope), "{}: {}", stream.name, stream.scope);
    }
}

#[test]
fn schemas_use_only_what_every_destination_reads() {
    for stream in STREAMS {
        let schema = stream.json_schema();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], true);
        for (name, property) in schema["properties"].as_object().unwrap() {
            suits_airbyte(property, &format!("{}.{name}", stream.name), stream.key.contains(&name.as_str()));
            described(property, &format!("{}.{name}", stream.name));
        }
    }
}

fn properties(stream: &Stream) -> Map<String, Value> {
    stream.json_schema()["properties"].as_object().cloned().unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn is_added(property: &Value) -> bool {
    text(property, "description").ends_with("Added by the connector.")
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut names = names.to_vec();
    names.sort_unstable();
    names
}

fn cursor_fields(stream: &Stream) -> Vec<&'static str> {
    match stream.cursor {
        None => vec![],
        Some(Cursor::Filtered { field, .. }) => vec![field],
        Some(Cursor::Chosen(fields)) => fields.to_vec(),
        Some(Cursor::ByParent { end, changed }) => [&[READ_AT, end], changed].concat(),
        Some(Cursor::ByFeed(_)) => vec![READ_AT],
    }
}

/// The rules of a property at any depth; `place` names it.
fn suits_airbyte(schema: &Value, place: &str, is_key: bool) {
    const KEYWORDS: [&str; 7] =
        ["description", "type", "format", "airbyte_type", "items", "additionalProperties", "properties"];
    let object = schema.as_object().unwrap_or_else(|| panic!("{place} is not a schema object"));
    for keyword in object.keys() {
        assert!(KEYWORDS.contains(&keyword.as_str()), "{place} has {keyword}");
    }
    let kind = kind(schema);
    assert!(["string", "number", "integer", "boolean", "array", "object"].contains(&kind), "{place}: {kind}");
    if !is_key {
        let union = json!(["null", "string", "number"]);
        assert!(schema["type"] == json!(["null", kind]) || schema["type"] == union, "{place}");
    }
    let is_instant = schema.get("format").is_some_and(|format| format == "date-time");
    assert_eq!(is_instant, schema.get("format").is_some(), "{place} has another format");
    assert_eq!(is_instant, schema["airbyte_type"] == "timestamp_with_timezone", "{place}");
    assert_eq!(kind == "array", schema["items"].is_object(), "{place}");
    assert_eq!(kind == "object", schema["properties"].is_object(), "{place}");
    assert_eq!(kind == "object", schema["additionalProperties"] == true, "{place}");
    if let Some(items) = schema.get("items") {
        suits_airbyte(items, &format!("{place}[]"), false);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        suits_airbyte(property, &format!("{place}.{name}"), false);
    }
}

/// Every property, at any depth, is described in a sentence.
fn described(schema: &Value, place: &str) {
    if !place.ends_with(']') {
        let sentence = text(schema, "description");
        assert!(sentence.len() > 4 && sentence.ends_with('.'), "{place} has no description");
    }
    if let Some(items) = schema.get("items") {
        described(items, &format!("{place}[]"));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        described(property, &format!("{place}.{name}"));
    }
}

/// The type beside null.
fn kind(schema: &Value) -> &str {
    let kind = &schema["type"];
    kind.as_str().or_else(|| kind[1].as_str()).unwrap_or_default()
}
