//! Airbyte's protocol: its definitions as JSON schemas, without sentences.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The definitions of the published document.
pub(super) fn definitions(yaml: &str) -> Result<Map<String, Value>, String> {
    let mut document: Value = serde_saphyr::from_str(yaml).map_err(|error| error.to_string())?;
    let mut definitions = document["definitions"].take();
    without_sentences(&mut definitions);
    match definitions {
        Value::Object(definitions) if definitions.contains_key("AirbyteMessage") => Ok(definitions),
        _ => Err("there is no definition of AirbyteMessage".to_owned()),
    }
}

/// A `description` is removed where it is a keyword: a property of that name is an object.
fn without_sentences(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| name != "description" || !member.is_string());
            members.values_mut().for_each(without_sentences);
        }
        Value::Array(items) => items.iter_mut().for_each(without_sentences),
        _ => {}
    }
}

pub(super) fn changes(older: &Map<String, Value>, newer: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = older.keys().chain(newer.keys()).collect();
    let change = |name: &String| match (older.get(name), newer.get(name)) {
        (None, _) => Some(format!("{name} is new")),
        (_, None) => Some(format!("{name} is gone")),
        (older, newer) => (older != newer).then(|| format!("{name} is different")),
    };
    names.into_iter().filter_map(change).collect()
}
