use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, Stream};

/// `GET /classrooms`. Its dates are optional.
pub static CLASSROOMS: Stream = Stream {
    name: "classrooms",
    row: "A classroom: the reusable description of a training that takes place at dated slots.",
    path: "/classrooms",
    scope: "classrooms:read",
    page_size: Some(500),
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt"])),
    schema: schema::of::<Classroom>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Classroom {
    /// The group in which the classroom was created.
    group_id: Option<String>,
    /// Identifies the classroom.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation; a later one marks a new row.
    created_at: Option<Timestamp>,
    /// Title.
    name: Option<String>,
    /// Media that registered learners receive by e-mail.
    media_ids: Option<Vec<String>>,
    /// Text that registered learners receive by e-mail.
    message: Option<String>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// What learners should be able to do afterwards.
    training_objective: Option<String>,
}
