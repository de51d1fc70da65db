use schemars::JsonSchema;

use super::schema;
use super::tags::AppliedTag;
use super::{PATHS, Parent, Stream};

/// `GET /paths/{pathId}/tags`. One tag may come twice: given by hand, and by an integration.
pub static PATH_TAGS: Stream = Stream {
    name: "path_tags",
    row: "A tag of a path.",
    path: "/paths/{pathId}/tags",
    scope: "tags:read",
    page_size: Some(500),
    parent: Some(Parent { stream: &PATHS, fields: &[("_id", "pathId")], ..Parent::OF }),
    key: &["pathId", "tagId", "source"],
    schema: schema::of::<PathTag>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathTag {
    /// The path. Added by the connector.
    path_id: Option<String>,
    #[schemars(flatten)]
    tag: AppliedTag,
}
