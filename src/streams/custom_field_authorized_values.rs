use schemars::JsonSchema;

use super::schema;
use super::{Body, CUSTOM_FIELDS, Parent, Stream};

/// `GET /custom-fields/{customFieldId}/authorized-values`: bare values.
pub static CUSTOM_FIELD_AUTHORIZED_VALUES: Stream = Stream {
    name: "custom_field_authorized_values",
    row: "A value that a custom field allows.",
    path: "/custom-fields/{customFieldId}/authorized-values",
    scope: "customFields:read",
    parent: Some(Parent { stream: &CUSTOM_FIELDS, fields: &[("_id", "customFieldId")], ..Parent::OF }),
    key: &["customFieldId", "value"],
    body: Body::Values("value"),
    schema: schema::of::<CustomFieldAuthorizedValue>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CustomFieldAuthorizedValue {
    /// The custom field. Added by the connector.
    custom_field_id: Option<String>,
    /// The allowed value as text; a date comes as YYYY-MM-DD.
    value: Option<String>,
}
