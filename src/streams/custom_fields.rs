//! Custom fields: what a company records beyond the standard profile, and what users, courses and sessions have there.

use schemars::JsonSchema;

use super::schema;
use super::{Body, Only, Parent, Stream, USERS};

/// `GET /custom-fields`.
pub static CUSTOM_FIELDS: Stream = Stream {
    name: "custom_fields",
    row: "The definition of a custom field of users or of contents.",
    path: "/custom-fields",
    scope: "customFields:read",
    page_size: Some(1000),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CustomField>,
};

/// `GET /custom-fields/{customFieldId}/authorized-values`: bare values.
pub static CUSTOM_FIELD_AUTHORIZED_VALUES: Stream = Stream {
    name: "custom_field_authorized_values",
    row: "A value that a custom field allows.",
    path: "/custom-fields/{customFieldId}/authorized-values",
    scope: "customFields:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &CUSTOM_FIELDS,
        fields: &[("_id", "customFieldId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["customFieldId", "value"],
    cursor: None,
    absent: &["customFieldNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Values("value"),
    schema: schema::of::<CustomFieldAuthorizedValue>,
};

/// `GET /users/{userId}/custom-fields/values`. A value has no identity of its own: a user has at most one per field.
pub static USER_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "user_custom_field_values",
    row: "What one user has in one custom field.",
    path: "/users/{userId}/custom-fields/values",
    scope: "users:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        added: true,
        only: Only::IncludedUsers,
        variants: None,
    }),
    key: &["userId", "customFieldId"],
    cursor: None,
    absent: &["userNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<UserCustomFieldValue>,
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct UserCustomFieldValue {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// The custom field.
    custom_field_id: Option<String>,
    /// What the value is: string or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The value as text; a date comes as YYYY-MM-DD or as a full instant in UTC. Often personal data.
    value: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct CustomFieldAuthorizedValue {
    /// The custom field. Added by the connector.
    custom_field_id: Option<String>,
    /// The allowed value as text; a date comes as YYYY-MM-DD.
    value: Option<String>,
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
