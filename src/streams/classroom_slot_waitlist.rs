use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{CLASSROOM_SLOTS, Parent, Stream};

/// `GET /classroom-slots/{classroomSlotId}/waitlist`. A slot without a waitlist returns an error
/// code.
pub static CLASSROOM_SLOT_WAITLIST: Stream = Stream {
    name: "classroom_slot_waitlist",
    row: "A learner who waits for a place in a classroom slot.",
    path: "/classroom-slots/{classroomSlotId}/waitlist",
    scope: "classrooms:read",
    parent: Some(Parent {
        stream: &CLASSROOM_SLOTS,
        fields: &[("_id", "classroomSlotId"), ("classroomId", "classroomId")],
        ..Parent::OF
    }),
    key: &["classroomSlotId", "userId"],
    empty_codes: &["classroomSlotWaitlistNotFound"],
    schema: schema::of::<WaitlistRequest>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct WaitlistRequest {
    /// The slot. Added by the connector.
    classroom_slot_id: Option<String>,
    /// The classroom of the slot. Added by the connector.
    classroom_id: Option<String>,
    /// The learner.
    user_id: Option<String>,
    /// When the learner requested a place.
    requested_at: Option<Timestamp>,
}
