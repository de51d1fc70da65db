use schemars::JsonSchema;

use super::schema;
use super::tags::AppliedTag;
use super::{COURSES, Parent, Stream};

/// `GET /courses/{courseId}/tags`. One tag may come twice: given by hand, and by an integration.
pub static COURSE_TAGS: Stream = Stream {
    name: "course_tags",
    row: "A tag of a course.",
    path: "/courses/{courseId}/tags",
    scope: "tags:read",
    page_size: Some(500),
    parent: Some(Parent { stream: &COURSES, fields: &[("_id", "courseId")], ..Parent::OF }),
    key: &["courseId", "tagId", "source"],
    schema: schema::of::<CourseTag>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CourseTag {
    /// The course. Added by the connector.
    course_id: Option<String>,
    #[schemars(flatten)]
    tag: AppliedTag,
}
