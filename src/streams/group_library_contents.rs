use schemars::JsonSchema;

use super::schema;
use super::{Body, GROUPS, Parent, Stream, Variants};

/// `GET /groups/{groupId}/library/{contentType}-ids`: bare ids, a list for each type of content.
pub static GROUP_LIBRARY_CONTENTS: Stream = Stream {
    name: "group_library_contents",
    row: "A course or a path in a group's library.",
    path: "/groups/{groupId}/library/{contentType}-ids",
    scope: "groups:read",
    page_size: Some(10_000),
    parent: Some(Parent {
        stream: &GROUPS,
        fields: &[("_id", "groupId")],
        variants: Some(Variants { name: "contentType", values: &["path", "course"] }),
        ..Parent::OF
    }),
    key: &["groupId", "contentType", "contentId"],
    body: Body::Values("contentId"),
    schema: schema::of::<LibraryContent>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct LibraryContent {
    /// The group. Added by the connector.
    group_id: Option<String>,
    /// What `contentId` is: path or course. Added by the connector.
    content_type: Option<String>,
    /// The path or the course.
    content_id: Option<String>,
}
