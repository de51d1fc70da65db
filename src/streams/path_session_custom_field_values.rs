use schemars::JsonSchema;

use super::custom_fields::ContentCustomFieldValue;
use super::path_sessions::SessionIds;
use super::schema;
use super::{PATH_SESSIONS, Parent, Stream};

/// `GET /paths/{pathId}/sessions/{sessionId}/custom-fields/values`.
pub static PATH_SESSION_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "path_session_custom_field_values",
    row: "The value of a custom field for a path session.",
    path: "/paths/{pathId}/sessions/{sessionId}/custom-fields/values",
    scope: "paths:read",
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        ..Parent::OF
    }),
    key: &["sessionId", "customFieldId"],
    schema: schema::of::<PathSessionCustomFieldValue>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathSessionCustomFieldValue {
    #[schemars(flatten)]
    ids: SessionIds,
    #[schemars(flatten)]
    value: ContentCustomFieldValue,
}
