//! Tags, and which courses and paths carry them.

use schemars::JsonSchema;

use super::schema;
use super::{Body, COURSES, Only, PATHS, Parent, Stream};

/// `GET /tags`.
pub static TAGS: Stream = Stream {
    name: "tags",
    row: "A tag: a subject that courses and paths are found by.",
    path: "/tags",
    scope: "tags:read",
    page_size: Some(5000),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Tag>,
};

/// `GET /courses/{courseId}/tags`.
pub static COURSE_TAGS: Stream = Stream {
    name: "course_tags",
    row: "A tag of a course.",
    path: "/courses/{courseId}/tags",
    scope: "tags:read",
    page_size: Some(500),
    queries: &[""],
    parent: Some(Parent {
        stream: &COURSES,
        fields: &[("_id", "courseId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["courseId", "tagId"],
    cursor: None,
    absent: &["courseNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CourseTag>,
};

/// `GET /paths/{pathId}/tags`.
pub static PATH_TAGS: Stream = Stream {
    name: "path_tags",
    row: "A tag of a path.",
    path: "/paths/{pathId}/tags",
    scope: "tags:read",
    page_size: Some(500),
    queries: &[""],
    parent: Some(Parent {
        stream: &PATHS,
        fields: &[("_id", "pathId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["pathId", "tagId"],
    cursor: None,
    absent: &["pathNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<PathTag>,
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct CourseTag {
    /// The course. Added by the connector.
    course_id: Option<String>,
    #[schemars(flatten)]
    tag: AppliedTag,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathTag {
    /// The path. Added by the connector.
    path_id: Option<String>,
    #[schemars(flatten)]
    tag: AppliedTag,
}

/// A tag where it is used.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct AppliedTag {
    /// The tag.
    tag_id: Option<String>,
    /// native (given by hand or over the API) or integration (from another system).
    source: Option<String>,
}
