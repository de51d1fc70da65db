//! What is new, gone or different between two descriptions of the API, a line each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

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

fn names<'a, T>(older: &'a BTreeMap<String, T>, newer: &'a BTreeMap<String, T>) -> BTreeSet<&'a String> {
    older.keys().chain(newer.keys()).collect()
}

fn summary(endpoint: &Endpoint) -> String {
    let scope = endpoint.scope.as_deref().unwrap_or("no scope");
    endpoint.page_size.map_or(format!("{scope}, one page"), |rows| format!("{scope}, {rows} rows a page"))
}

fn endpoint(older: &Endpoint, newer: &Endpoint, found: &mut Vec<String>) {
    changed("scope", older.scope.as_ref(), newer.scope.as_ref(), found);
    changed("page size", older.page_size.as_ref(), newer.page_size.as_ref(), found);
    lists("parameter", "value of the parameter", &older.parameters, &newer.parameters, found);
    lists("status", "code with status", &older.codes, &newer.codes, found);
    shape(&older.response, &newer.response, "", found);
}

fn changed<T: Debug + PartialEq>(what: &str, older: Option<&T>, newer: Option<&T>, found: &mut Vec<String>) {
    let text = |value: Option<&T>| value.map_or("none".to_owned(), |value| format!("{value:?}"));
    if older != newer {
        found.push(format!("{what} was {}, is {}", text(older), text(newer)));
    }
}

/// Named lists: which names are new or gone, and which entries under a name that both have.
fn lists(
    name: &str,
    entry: &str,
    older: &BTreeMap<String, Names>,
    newer: &BTreeMap<String, Names>,
    found: &mut Vec<String>,
) {
    for key in names(older, newer) {
        match (older.get(key), newer.get(key)) {
            (Some(older), Some(newer)) => sets(&format!("{entry} `{key}`"), older, newer, found),
            (None, _) => found.push(format!("{name} `{key}` is new")),
            (_, None) => found.push(format!("{name} `{key}` is gone")),
        }
    }
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
    use serde_json::json;

    use super::super::openapi::endpoints;
    use super::between;

    fn description(scope: &str, page: u32, field: &str) -> serde_json::Value {
        let prose = format!(
            "Required OAuth scope: `{scope}`.\n\nThis endpoint is paginated with a page size of {page} tags."
        );
        let row = json!({"type": "object", "properties": {"_id": {"type": "string"}, field: {"$ref": "#/components/schemas/When"}}});
        let responses =
            json!({"200": {"content": {"application/json": {"schema": {"type": "array", "items": row}}}}});
        json!({
            "paths": {"/api/v2/tags": {"get": {"description": prose, "responses": responses}}},
            "components": {"schemas": {"When": {"type": "string", "format": "date-time"}}},
        })
    }

    #[test]
    fn a_newer_description_is_compared_by_scope_page_size_and_field() {
        let (older, newer) =
            (description("tags:read", 500, "createdAt"), description("labels:read", 2000, "madeAt"));
        let lines = between(&endpoints(&older), &endpoints(&newer), |_| Some("tags"));
        assert_eq!(
            lines,
            [
                "/api/v2/tags (stream `tags`): scope was \"tags:read\", is \"labels:read\"",
                "/api/v2/tags (stream `tags`): page size was 500, is 2000",
                "/api/v2/tags (stream `tags`): field `createdAt` is gone",
                "/api/v2/tags (stream `tags`): field `madeAt` is new",
            ]
        );
    }

    #[test]
    fn endpoints_that_come_and_go_are_named() {
        let older = description("tags:read", 500, "createdAt");
        let mut newer = older.clone();
        let tags = newer["paths"]["/api/v2/tags"].take();
        newer["paths"] = json!({"/api/v2/labels": tags});
        let lines =
            between(&endpoints(&older), &endpoints(&newer), |path| path.ends_with("tags").then_some("tags"));
        assert_eq!(
            lines,
            ["/api/v2/labels is new: tags:read, 500 rows a page", "/api/v2/tags (stream `tags`) is gone"]
        );
    }

    #[test]
    fn a_description_does_not_differ_from_itself() {
        let one = endpoints(&description("tags:read", 500, "createdAt"));
        assert!(between(&one, &one, |_| None).is_empty());
    }
}
