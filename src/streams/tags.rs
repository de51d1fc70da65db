use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /tags`.
pub static TAGS: Stream = Stream {
    name: "tags",
    row: "A tag: a subject of courses and paths.",
    path: "/tags",
    scope: "tags:read",
    page_size: Some(5_000),
    schema: schema::of::<Tag>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Tag {
    /// Whether it is one of the main tags.
    is_main: Option<bool>,
    /// Identifies the tag.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Name of the tag.
    name: Option<String>,
    /// Its id in the system that it is synced from.
    external_id: Option<String>,
    /// native (made by hand or over the API) or integration (synced from another system).
    source: Option<String>,
}

/// A tag in use.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct AppliedTag {
    /// The tag.
    tag_id: Option<String>,
    /// native (given by hand or over the API) or integration (from another system).
    source: Option<String>,
}
