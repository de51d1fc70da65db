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
    pub(super) scopes: Names,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) deprecated: bool,
    /// Rows on a full page.
    pub(super) page_size: Option<u32>,
    /// Parameters of the path, the query and the header.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Codes of the API by HTTP status.
    pub(super) codes: BTreeMap<String, Names>,
    pub(super) response: Shape,
}

/// What a parameter accepts.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Parameter {
    /// The operators of a filter: `gte` of `modifiedAt[gte]`.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub(super) operators: Names,
    /// The documented values, where there is a list of them.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub(super) values: Names,
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
    let paths = paths.filter(|(path, _)| path.starts_with("/api/v2/"));
    let operations = paths.filter_map(|(path, methods)| Some((path, methods.get("get")?)));
    let schemas = &description["components"]["schemas"];
    operations.map(|(path, operation)| (path.clone(), endpoint(operation, schemas))).collect()
}

fn endpoint(operation: &Value, schemas: &Value) -> Endpoint {
    let prose = text(operation, "description");
    let page_size = prose.split_once("page size of ").map(|(_, rest)| {
        let digits = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',');
        digits.filter(char::is_ascii_digit).collect::<String>()
    });
    let scopes = prose
        .lines()
        .filter(|line| line.contains("scope"))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
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
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    lay(schema, schemas, &mut Vec::new(), &mut response);
    Endpoint {
        scopes: Names(scopes.filter(|name| name.contains(':')).map(str::to_owned).collect()),
        deprecated: operation["deprecated"] == true,
        page_size: page_size.and_then(|digits| digits.parse().ok()),
        parameters: parameters.map(|one| (text(one, "name").to_owned(), parameter(&one["schema"]))).collect(),
        codes,
        response,
    }
}

fn parameter(schema: &Value) -> Parameter {
    let filter = schema["properties"].as_object();
    let values = filter.into_iter().flatten().flat_map(|(_, operand)| strings(&operand["enum"]));
    Parameter {
        operators: Names(filter.into_iter().flatten().map(|(name, _)| name.clone()).collect()),
        values: Names(strings(&schema["enum"]).chain(values).collect()),
    }
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

/// Lays a schema onto a shape. `inside` has the references that lead here: one that leads to itself adds nothing.
fn lay<'a>(schema: &'a Value, schemas: &'a Value, inside: &mut Vec<&'a str>, shape: &mut Shape) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
        && !inside.contains(&name)
    {
        inside.push(name);
        lay(&schemas[name], schemas, inside, shape);
        inside.pop();
    }
    for variants in ["allOf", "oneOf", "anyOf"] {
        for one in schema[variants].as_array().into_iter().flatten() {
            lay(one, schemas, inside, shape);
        }
    }
    // OpenAPI 3.1 lists types; every field but a key may be null.
    let types = schema["type"].as_str().map(str::to_owned).into_iter().chain(strings(&schema["type"]));
    for kind in types.filter(|kind| kind != "null") {
        shape.types.0.insert(format!("{kind} {}", text(schema, "format")).trim_end().to_owned());
    }
    if let Some(items) = schema.get("items") {
        lay(items, schemas, inside, shape.items.get_or_insert_default());
    }
    shape.values.0.extend(strings(&schema["enum"]));
    shape.required.0.extend(strings(&schema["required"]));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        lay(property, schemas, inside, shape.properties.entry(name.clone()).or_default());
    }
}

fn strings(list: &Value) -> impl Iterator<Item = String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
