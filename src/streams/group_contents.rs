//! What a group offers: the contents that are shared in its catalog and in its library.

use schemars::JsonSchema;

use super::schema;
use super::{Body, GROUPS, Only, Parent, Stream, Variants};

/// `GET /groups/{groupId}/catalog/{contentType}-ids`: bare ids, a list for each type of content.
pub static GROUP_CATALOG_CONTENTS: Stream = Stream {
    name: "group_catalog_contents",
    row: "A course or a path session in a group's catalog.",
    path: "/groups/{groupId}/catalog/{contentType}-ids",
    scope: "groups:read",
    page_size: Some(10_000),
    queries: &[""],
    parent: Some(Parent {
        stream: &GROUPS,
        fields: &[("_id", "groupId")],
        added: true,
        only: Only::All,
        variants: Some(Variants { name: "contentType", values: &["path-session", "course"] }),
    }),
    key: &["groupId", "contentType", "contentId"],
    cursor: None,
    absent: &["groupNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Values("contentId"),
    schema: schema::of::<CatalogContent>,
};

/// `GET /groups/{groupId}/library/{contentType}-ids`: bare ids, a list for each type of content.
pub static GROUP_LIBRARY_CONTENTS: Stream = Stream {
    name: "group_library_contents",
    row: "A course or a path in a group's library.",
    path: "/groups/{groupId}/library/{contentType}-ids",
    scope: "groups:read",
    page_size: Some(10_000),
    queries: &[""],
    parent: Some(Parent {
        stream: &GROUPS,
        fields: &[("_id", "groupId")],
        added: true,
        only: Only::All,
        variants: Some(Variants { name: "contentType", values: &["path", "course"] }),
    }),
    key: &["groupId", "contentType", "contentId"],
    cursor: None,
    absent: &["groupNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Values("contentId"),
    schema: schema::of::<LibraryContent>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CatalogContent {
    /// The group. Added by the connector.
    group_id: Option<String>,
    /// What `contentId` is: path-session or course. Added by the connector.
    content_type: Option<String>,
    /// The path session or the course.
    content_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct LibraryContent {
    /// The group. Added by the connector.
    group_id: Option<String>,
    /// What `contentId` is: path or course. Added by the connector.
    content_type: Option<String>,
    /// The path or the course.
    content_id: Option<String>,
}
