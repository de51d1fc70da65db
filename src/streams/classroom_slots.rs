use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{CLASSROOMS, Cursor, Parent, Stream};

/// `GET /classrooms/{classroomId}/slots`. Its dates are optional.
pub static CLASSROOM_SLOTS: Stream = Stream {
    name: "classroom_slots",
    row: "A dated event of a classroom, on site or virtual, with its trainers and its place.",
    path: "/classrooms/{classroomId}/slots",
    scope: "classrooms:read",
    page_size: Some(100),
    parent: Some(Parent {
        stream: &CLASSROOMS,
        fields: &[("_id", "classroomId")],
        added: false,
        ..Parent::OF
    }),
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt"])),
    schema: schema::of::<ClassroomSlot>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct ClassroomSlot {
    /// Start of the slot.
    start_date: Option<Timestamp>,
    /// End of the slot.
    end_date: Option<Timestamp>,
    /// Duration that counts in reports, in hours with decimals; it may differ from end minus start.
    reported_duration: Option<f64>,
    /// Whether learners may register themselves, and until when.
    self_registration: Option<SlotSelfRegistration>,
    /// Whether the slot takes place online.
    #[schemars(rename = "virtual")]
    is_virtual: Option<bool>,
    /// Registrations at which learners can no longer register themselves; absent where there is no
    /// limit.
    max_capacity: Option<f64>,
    /// Identifies the slot.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The classroom.
    classroom_id: Option<String>,
    /// Creation; a later one marks a new row.
    created_at: Option<Timestamp>,
    /// Title.
    name: Option<String>,
    /// Postal address, or URL of the virtual room.
    location: Option<String>,
    /// Users who lead the slot.
    trainer_ids: Option<Vec<String>>,
    /// Media attached to the slot.
    media_ids: Option<Vec<String>>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// Name of the slot's time zone in the TZ database, such as Europe/Paris; the dates here are
    /// UTC all the same.
    timezone: Option<String>,
    /// Name of the webinar service, where one is connected.
    webinar_provider: Option<String>,
    /// For what the slot was created.
    context: Option<SlotContext>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SlotSelfRegistration {
    /// Whether learners may register themselves.
    enabled: Option<bool>,
    /// Until when they may.
    cutoff_date: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SlotContext {
    /// The entity behind the slot; where `type` is path, a path session.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Kind of that entity, such as path, program (retired: nothing to join with) or standalone.
    #[schemars(rename = "type")]
    kind: Option<String>,
}
