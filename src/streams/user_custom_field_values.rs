use schemars::JsonSchema;

use super::schema;
use super::{Parent, Stream, USERS, WhichParents};

/// `GET /users/{userId}/custom-fields/values`. A value has no id; a user has at most one per field.
pub static USER_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "user_custom_field_values",
    row: "What one user has in one custom field.",
    path: "/users/{userId}/custom-fields/values",
    scope: "users:read",
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        which: WhichParents::IncludedUsers,
        ..Parent::OF
    }),
    key: &["userId", "customFieldId"],
    schema: schema::of::<UserCustomFieldValue>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct UserCustomFieldValue {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// The custom field.
    custom_field_id: Option<String>,
    /// What the value is: string or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The value as text; a date comes as YYYY-MM-DD or as a full instant in UTC. Often personal
    /// data.
    value: Option<String>,
}
