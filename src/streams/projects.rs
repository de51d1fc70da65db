use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /projects`: live projects only.
pub static PROJECTS: Stream = Stream {
    name: "projects",
    row: "A project that is live in a group.",
    path: "/projects",
    scope: "projects:read",
    page_size: Some(500),
    schema: schema::of::<Project>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Project {
    /// Identifies the project.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Title.
    name: Option<String>,
    /// Whether it is completed.
    completed: Option<bool>,
    /// The group that owns the project.
    group_id: Option<String>,
}
