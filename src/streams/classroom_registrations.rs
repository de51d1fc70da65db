use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{CLASSROOMS, Cursor, Parent, Stream};

/// `GET /classrooms/{classroomId}/registrations`. The company-wide list is not used: its path and
/// its rows are undocumented.
pub static CLASSROOM_REGISTRATIONS: Stream = Stream {
    name: "classroom_registrations",
    row: "A learner's registration to a classroom slot, with the answer to the invitation and the attendance.",
    path: "/classrooms/{classroomId}/registrations",
    scope: "classrooms:read",
    page_size: Some(7_000),
    parent: Some(Parent { stream: &CLASSROOMS, fields: &[("_id", "classroomId")], ..Parent::OF }),
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt", "archivedAt"])),
    schema: schema::of::<ClassroomRegistration>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct ClassroomRegistration {
    /// The classroom of the slot. Added by the connector.
    classroom_id: Option<String>,
    /// Identifies the registration.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// When the registration was archived.
    archived_at: Option<Timestamp>,
    /// The learner.
    user_id: Option<String>,
    /// Time in the webinar in ms, where a webinar service is connected.
    attendance_duration: Option<f64>,
    /// Creation; a later one marks a new row.
    created_at: Option<Timestamp>,
    /// Whether the learner attended. Independent of the attendance sheets; the two may differ.
    has_attended: Option<bool>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// The path through which the learner was registered, if any.
    path_id: Option<String>,
    /// The learner's answer to the invitation.
    rsvp: Option<Rsvp>,
    /// Such as published or archived.
    status: Option<String>,
    /// The slot.
    classroom_slot_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Rsvp {
    /// Whether the learner means to come.
    going: Option<bool>,
    /// When the answer was last given.
    last_updated_at: Option<Timestamp>,
}
