use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{CUSTOM_FIELDS, Cursor, Definitions, Feed, Parent, Stream, USERS, WhichParents};

/// `GET /users/{userId}/custom-fields/values`. A value has no id; a user has at most one per field.
pub static USER_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "user_custom_field_values",
    row: "The value of a custom field for a user.",
    path: "/users/{userId}/custom-fields/values",
    scope: "users:read",
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        which: WhichParents::IncludedUsers,
        ..Parent::OF
    }),
    key: &["userId", "customFieldId"],
    cursor: Some(Cursor::ByFeed(Feed {
        event: "user.customfield.values.updated",
        ignored: "lastLoginDate",
        definitions: Some(Definitions {
            stream: &CUSTOM_FIELDS,
            key: "customFieldId",
            value: "value",
            except: ("targetType", "contents"),
        }),
    })),
    schema: schema::of::<UserCustomFieldValue>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct UserCustomFieldValue {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// When the connector read the row, by 360Learning's clock; the cursor of this stream. Added by
    /// the connector.
    read_at: Option<Timestamp>,
    /// The custom field.
    custom_field_id: Option<String>,
    /// What the value is: string or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The value as text; a date comes as YYYY-MM-DD or as a full instant in UTC. Often personal
    /// data. Null in a row that an incremental sync adds for a field without a value.
    value: Option<String>,
}
