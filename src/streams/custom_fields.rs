use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /custom-fields`.
pub static CUSTOM_FIELDS: Stream = Stream {
    name: "custom_fields",
    row: "The definition of a custom field of users or of contents.",
    path: "/custom-fields",
    scope: "customFields:read",
    page_size: Some(1_000),
    schema: schema::of::<CustomField>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CustomField {
    /// Name of the field.
    name: Option<String>,
    /// What carries the field: users, or contents (courses and path sessions).
    target_type: Option<String>,
    /// What its values are: string or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// Identifies the field.
    #[schemars(rename = "_id")]
    id: Option<String>,
}

/// What a course or a path session has in a custom field.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct ContentCustomFieldValue {
    /// The custom field.
    custom_field_id: Option<String>,
    /// What the value is: string or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The value as text; a date comes as YYYY-MM-DD or as a full instant in UTC.
    value: Option<String>,
}
