//! `OpenAPI`: of each GET endpoint the scope, the page size, the filters, the error codes and the shape of its response.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Endpoints by path, such as `/api/v2/users`.
pub(super) type Endpoints = BTreeMap<String, Endpoint>;

/// Names without an order; a comma between them in the fixture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(super) struct Names(pub(super) BTreeSet<String>);

impl From<String> for Names {
    fn from(text: String) -> Self {
        Self(text.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }
}

impl From<Names> for String {
    fn from(names: Names) -> Self {
        names.0.into_iter().collect::<Vec<_>>().join(", ")
    }
}

impl Names {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is known of a GET endpoint.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    /// `courses:read`.
    pub(super) scope: Option<String>,
    /// Rows on a full page.
    pub(super) page_size: Option<u32>,
    /// Parameters of the path and the query, with their values where these are listed.
    pub(super) parameters: BTreeMap<String, Names>,
    /// Codes of the API by HTTP status.
    pub(super) codes: BTreeMap<String, Names>,
    pub(super) response: Shape,
}

/// A schema with its references and variants laid on top of each other.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Shape {
    /// Each with its format: `string date-time`.
    #[serde(rename = "type")]
    pub(super) types: Names,
    /// The documented values, where there is a list of them.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub(super) values: Names,
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub(super) required: Names,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Box<Shape>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) properties: BTreeMap<String, Shape>,
}

/// Every GET endpoint that a description has.
pub(super) fn endpoints(description: &Value) -> Endpoints {
    let paths = description["paths"].as_object().into_iter().flatten();
    let operations = paths.filter_map(|(path, methods)| Some((path, methods.get("get")?)));
    let schemas = &description["components"]["schemas"];
    operations.map(|(path, operation)| (path.clone(), endpoint(operation, schemas))).collect()
}

fn endpoint(operation: &Value, schemas: &Value) -> Endpoint {
    let prose = text(operation, "description");
    let after = |mark: &str, is_part: fn(char) -> bool| {
        let rest = prose.split_once(mark)?.1.trim_start();
        Some(rest.chars().take_while(|c| is_part(*c)).collect::<String>())
    };
    let page_size = after("page size of", |c| c.is_ascii_digit() || c == ',');
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut codes = BTreeMap::new();
    for (status, refusal) in operation["responses"].as_object().into_iter().flatten() {
        let mut found = Names::default();
        collect_codes(refusal, &mut found.0);
        if !found.is_empty() && status != "200" {
            codes.insert(status.clone(), found);
        }
    }
    let mut response = Shape::default();
    lay(&operation["responses"]["200"]["content"]["application/json"]["schema"], schemas, &mut response);
    Endpoint {
        scope: after("scope: `", |c| c != '`'),
        page_size: page_size.and_then(|digits| digits.replace(',', "").parse().ok()),
        parameters: parameters
            .filter(|parameter| parameter["in"] != "header")
            .map(|parameter| (text(parameter, "name").to_owned(), listed(&parameter["schema"])))
            .collect(),
        codes,
        response,
    }
}

/// The values of a parameter, or those of its filter `[eq]`.
fn listed(schema: &Value) -> Names {
    Names(strings(&schema["enum"]).chain(strings(&schema["properties"]["eq"]["enum"])).collect())
}

/// The values of every `code` at any depth.
fn collect_codes(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(code) = members.get("code") {
                found.extend(strings(&code["enum"]));
            }
            members.values().for_each(|member| collect_codes(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, found)),
        _ => {}
    }
}

fn lay(schema: &Value, schemas: &Value, shape: &mut Shape) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        lay(&schemas[name], schemas, shape);
    }
    for variants in ["allOf", "oneOf", "anyOf"] {
        for one in schema[variants].as_array().into_iter().flatten() {
            lay(one, schemas, shape);
        }
    }
    if let Some(kind) = schema["type"].as_str() {
        shape.types.0.insert(format!("{kind} {}", text(schema, "format")).trim_end().to_owned());
    }
    if let Some(items) = schema.get("items") {
        lay(items, schemas, shape.items.get_or_insert_default());
    }
    shape.values.0.extend(strings(&schema["enum"]));
    shape.required.0.extend(strings(&schema["required"]));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        lay(property, schemas, shape.properties.entry(name.clone()).or_default());
    }
}

fn strings(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
