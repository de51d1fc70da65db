use schemars::JsonSchema;

use super::schema;
use super::{Parent, Stream, USERS, WhichParents};

/// `GET /users/{userId}/custom-links`. The API refuses deleted users.
pub static USER_CUSTOM_LINKS: Stream = Stream {
    name: "user_custom_links",
    row: "The target of a custom link for a user.",
    path: "/users/{userId}/custom-links",
    scope: "users:read",
    page_size: Some(1_000),
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        which: WhichParents::NotDeleted,
        ..Parent::OF
    }),
    schema: schema::of::<UserCustomLink>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct UserCustomLink {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// Identifies the user's link.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The custom link.
    custom_link_id: Option<String>,
    /// Address that it opens for this user. Often personal data.
    url: Option<String>,
}
