use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, HiddenStatus, PATHS, Parent, Stream};

/// `GET /paths/{pathId}/enrollments`. Its dates are optional.
pub static PATH_ENROLLMENTS: Stream = Stream {
    name: "path_enrollments",
    row: "A learner's enrollment in a session of the path.",
    path: "/paths/{pathId}/enrollments",
    scope: "paths:read",
    page_size: Some(5_000),
    parent: Some(Parent { stream: &PATHS, fields: &[("_id", "pathId")], ..Parent::OF }),
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt", "archivedAt"])),
    hidden: &[HiddenStatus { value: "archived", in_rows: true }],
    schema: schema::of::<PathEnrollment>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathEnrollment {
    /// The path. Added by the connector.
    path_id: Option<String>,
    /// Identifies the enrollment.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// When the enrollment was archived.
    archived_at: Option<Timestamp>,
    /// Enrollment; a later one marks a new row.
    created_at: Option<Timestamp>,
    /// Whether the learner enrolled by their own choice.
    is_self_enrolled: Option<bool>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// The session.
    session_id: Option<String>,
    /// Such as published or archived.
    status: Option<String>,
    /// The learner.
    user_id: Option<String>,
}
