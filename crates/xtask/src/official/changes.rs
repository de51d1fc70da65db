//! What is new, gone or different between two descriptions of the API, a line each.

use std::collections::{BTreeMap, BTreeSet};

use super::openapi::{Endpoint, Endpoints, Names, Shape};

/// The differences; `stream` names the stream that reads a path.
pub(super) fn between<'a>(
    older: &Endpoints,
    newer: &Endpoints,
    stream: impl Fn(&str) -> Option<&'a str>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for path in names(older, newer) {
        let reader = stream(path).map_or("no stream".to_owned(), |name| format!("stream `{name}`"));
        match (older.get(path), newer.get(path)) {
            (Some(older), Some(newer)) => {
                let mut found = Vec::new();
                endpoint(older, newer, &mut found);
                lines.extend(found.into_iter().map(|change| format!("{path} ({reader}): {change}")));
            }
            (None, Some(new)) => lines.push(format!("{path} is new: {}", summary(new))),
            (_, None) => lines.push(format!("{path} ({reader}) is gone")),
        }
    }
    lines
}

/// False if the descriptions have no endpoint in common: 360Learning publishes one for each of its APIs.
pub(super) fn is_same_api(older: &Endpoints, newer: &Endpoints) -> bool {
    newer.keys().any(|path| older.contains_key(path))
}

fn names<'a, T>(older: &'a BTreeMap<String, T>, newer: &'a BTreeMap<String, T>) -> BTreeSet<&'a String> {
    older.keys().chain(newer.keys()).collect()
}

fn summary(endpoint: &Endpoint) -> String {
    let scope = String::from(endpoint.scopes.clone());
    endpoint.page_size.map_or(format!("{scope}, one page"), |rows| format!("{scope}, {rows} rows a page"))
}

fn endpoint(older: &Endpoint, newer: &Endpoint, found: &mut Vec<String>) {
    sets("scope", &older.scopes, &newer.scopes, found);
    if older.deprecated != newer.deprecated {
        found.push(if newer.deprecated { "is deprecated now" } else { "is no longer deprecated" }.to_owned());
    }
    if older.page_size != newer.page_size {
        let rows = |size: Option<u32>| size.map_or("none".to_owned(), |rows| format!("{rows} rows"));
        found.push(format!("page size was {}, is {}", rows(older.page_size), rows(newer.page_size)));
    }
    for name in names(&older.parameters, &newer.parameters) {
        match (older.parameters.get(name), newer.parameters.get(name)) {
            (Some(older), Some(newer)) => {
                sets(&format!("operator of the filter `{name}`"), &older.operators, &newer.operators, found);
                sets(&format!("value of the parameter `{name}`"), &older.values, &newer.values, found);
            }
            (None, _) => found.push(format!("parameter `{name}` is new")),
            (_, None) => found.push(format!("parameter `{name}` is gone")),
        }
    }
    for status in names(&older.codes, &newer.codes) {
        let codes = |all: &BTreeMap<String, Names>| all.get(status).cloned().unwrap_or_default();
        sets(&format!("code with HTTP status {status}"), &codes(&older.codes), &codes(&newer.codes), found);
    }
    shape(&older.response, &newer.response, "", found);
}

fn sets(what: &str, older: &Names, newer: &Names, found: &mut Vec<String>) {
    found.extend(newer.0.difference(&older.0).map(|value| format!("{what}: `{value}` is new")));
    found.extend(older.0.difference(&newer.0).map(|value| format!("{what}: `{value}` is gone")));
}

fn shape(older: &Shape, newer: &Shape, place: &str, found: &mut Vec<String>) {
    let field = if place.is_empty() { "the response".to_owned() } else { format!("field `{place}`") };
    sets(&format!("type of {field}"), &older.types, &newer.types, found);
    sets(&format!("value of {field}"), &older.values, &newer.values, found);
    sets(&format!("required in {field}"), &older.required, &newer.required, found);
    match (&older.items, &newer.items) {
        (Some(older), Some(newer)) => shape(older, newer, place, found),
        (None, None) => {}
        _ => found.push(format!("{field} is a list in one description only")),
    }
    for name in names(&older.properties, &newer.properties) {
        let path = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        match (older.properties.get(name), newer.properties.get(name)) {
            (Some(older), Some(newer)) => shape(older, newer, &path, found),
            (None, _) => found.push(format!("field `{path}` is new")),
            (_, None) => found.push(format!("field `{path}` is gone")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::openapi::endpoints;
    use super::{between, is_same_api};

    /// Two descriptions of one list of tags: as it is, and as `change` makes it.
    fn changes(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let prose = "Required OAuth scope: `tags:read`.\n\nThis endpoint is paginated with a page size of 5,000 tags.";
        let tag = json!({"type": "object", "properties": {
            "_id": {"type": "string"},
            "createdAt": {"type": "string", "format": "date-time"},
        }});
        let schema = json!({"type": "array", "items": {"$ref": "#/components/schemas/Tag"}});
        let older = json!({
            "paths": {"/api/v2/tags": {"get": {
                "description": prose,
                "parameters": [
                    {"name": "360-api-version", "in": "header", "schema": {"enum": ["v2.0"]}},
                    {"name": "createdAt", "in": "query", "schema": {"properties": {"gte": {}, "lt": {}}}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
            }}},
            "components": {"schemas": {"Tag": tag}},
        });
        let mut newer = older.clone();
        change(&mut newer);
        between(&endpoints(&older), &endpoints(&newer), |path| path.ends_with("tags").then_some("tags"))
    }

    fn changed_operation(change: impl FnOnce(&mut Value)) -> Vec<String> {
        changes(|description| change(&mut description["paths"]["/api/v2/tags"]["get"]))
    }

    #[test]
    fn a_newer_description_is_compared_by_scope_page_size_and_field() {
        let lines = changes(|newer| {
            let operation = &mut newer["paths"]["/api/v2/tags"]["get"];
            operation["description"] =
                json!("OAuth scopes: `labels:read`, `tags:read`. A page size of 2,000.");
            let fields = newer["components"]["schemas"]["Tag"]["properties"].as_object_mut().unwrap();
            let date = fields.remove("createdAt").unwrap();
            fields.insert("madeAt".to_owned(), date);
        });
        let lines: Vec<&str> = lines.iter().map(|line| line.split_once(": ").unwrap().1).collect();
        assert_eq!(
            lines,
            [
                "scope: `labels:read` is new",
                "page size was 5000 rows, is 2000 rows",
                "field `createdAt` is gone",
                "field `madeAt` is new",
            ]
        );
    }

    #[test]
    fn a_filter_that_loses_an_operator_another_version_and_a_deprecation_are_named() {
        let lines = changed_operation(|operation| {
            operation["deprecated"] = json!(true);
            operation["parameters"][0]["schema"]["enum"] = json!(["v3.0"]);
            operation["parameters"][1]["schema"]["properties"] = json!({"lt": {}});
        });
        let lines: Vec<&str> = lines.iter().map(|line| line.split_once(": ").unwrap().1).collect();
        assert_eq!(
            lines,
            [
                "is deprecated now",
                "value of the parameter `360-api-version`: `v3.0` is new",
                "value of the parameter `360-api-version`: `v2.0` is gone",
                "operator of the filter `createdAt`: `gte` is gone",
            ]
        );
    }

    #[test]
    fn endpoints_that_come_and_go_are_named() {
        let lines = changes(|newer| {
            let tags = newer["paths"]["/api/v2/tags"].take();
            newer["paths"] = json!({"/api/v2/labels": tags, "/other/api": {"get": {}}});
        });
        assert_eq!(
            lines,
            ["/api/v2/labels is new: tags:read, 5000 rows a page", "/api/v2/tags (stream `tags`) is gone"]
        );
    }

    #[test]
    fn a_schema_inside_itself_ends_and_a_type_that_may_be_null_is_the_same_type() {
        let lines = changes(|newer| {
            let fields = &mut newer["components"]["schemas"]["Tag"]["properties"];
            fields["createdAt"]["type"] = json!(["string", "null"]);
            fields["parent"] = json!({"$ref": "#/components/schemas/Tag"});
        });
        assert_eq!(lines, ["/api/v2/tags (stream `tags`): field `parent` is new"]);
    }

    #[test]
    fn a_description_does_not_differ_from_itself() {
        assert!(changes(|_| {}).is_empty());
    }

    #[test]
    fn a_description_of_another_api_does_not_replace_the_one_that_the_tests_know() {
        let tags = endpoints(&json!({"paths": {"/api/v2/tags": {"get": {}}}}));
        let webhooks = endpoints(&json!({"paths": {"/api/v2/webhooks/subscriptions": {"get": {}}}}));
        assert_eq!((tags.len(), webhooks.len()), (1, 1));
        assert!(is_same_api(&tags, &tags) && !is_same_api(&tags, &webhooks));
    }
}
