use schemars::JsonSchema;

use super::schema;
use super::{Body, Parent, Stream, USERS, WhichParents};

/// `GET /users/{userId}/managers`: bare ids. The list of subordinates has the same pairs.
pub static USER_MANAGERS: Stream = Stream {
    name: "user_managers",
    row: "A manager of a user.",
    path: "/users/{userId}/managers",
    scope: "users:read",
    page_size: Some(1_000),
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        which: WhichParents::IncludedUsers,
        ..Parent::OF
    }),
    key: &["userId", "managerId"],
    body: Body::Values("managerId"),
    schema: schema::of::<UserManager>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct UserManager {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// The user who manages.
    manager_id: Option<String>,
}
