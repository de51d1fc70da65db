//! Classrooms, their dated slots, who is registered to them and who waits for a place.

use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Body, CompanyWide, Cursor, Only, Parent, Stream};

/// Both dates are optional on both resources.
const BY_CHANGE: Option<Cursor> = Some(Cursor::Chosen(&["modifiedAt", "createdAt"]));

/// `GET /classrooms`.
pub static CLASSROOMS: Stream = Stream {
    name: "classrooms",
    row: "A classroom: the reusable description of a training that takes place at dated slots.",
    path: "/classrooms",
    scope: "classrooms:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: BY_CHANGE,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Classroom>,
};

/// `GET /classrooms/{classroomId}/slots`.
pub static CLASSROOM_SLOTS: Stream = Stream {
    name: "classroom_slots",
    row: "A dated event of a classroom, on site or virtual, with its trainers and its place.",
    path: "/classrooms/{classroomId}/slots",
    scope: "classrooms:read",
    page_size: Some(100),
    queries: &[""],
    parent: Some(Parent {
        stream: &CLASSROOMS,
        fields: &[("_id", "classroomId")],
        added: false,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: BY_CHANGE,
    absent: &["classroomNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<ClassroomSlot>,
};

/// `GET /classrooms/{classroomId}/registrations`, or the list of the whole company (changelog of 2026-08-26, 7,000 rows a
/// page), whose path is not in the documentation at hand.
pub static CLASSROOM_REGISTRATIONS: Stream = Stream {
    name: "classroom_registrations",
    row: "A learner's registration to a classroom slot, with the answer to the invitation and the attendance.",
    path: "/classrooms/{classroomId}/registrations",
    scope: "classrooms:read",
    page_size: Some(2000),
    queries: &[""],
    parent: Some(Parent {
        stream: &CLASSROOMS,
        fields: &[("_id", "classroomId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt", "archivedAt"])),
    absent: &["classroomNotFound"],
    off: &[],
    apart: &[],
    company_wide: Some(CompanyWide {
        paths: &["/classrooms/registrations", "/classroom-slots/registrations"],
        fields: &["_id", "classroomId", "classroomSlotId"],
        apart: &[("status", "archived")],
    }),
    body: Body::Objects,
    schema: schema::of::<ClassroomRegistration>,
};

/// `GET /classroom-slots/{classroomSlotId}/waitlist`. A slot without one is answered with an error code.
pub static CLASSROOM_SLOT_WAITLIST: Stream = Stream {
    name: "classroom_slot_waitlist",
    row: "A learner who waits for a place in a classroom slot.",
    path: "/classroom-slots/{classroomSlotId}/waitlist",
    scope: "classrooms:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &CLASSROOM_SLOTS,
        fields: &[("_id", "classroomSlotId"), ("classroomId", "classroomId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["classroomSlotId", "userId"],
    cursor: None,
    absent: &["classroomSlotNotFound", "classroomSlotWaitlistNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<WaitlistRequest>,
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
    /// Creation; also tells that a row is new.
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
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
    /// Registrations at which learners can no longer register themselves; absent where there is no limit.
    max_capacity: Option<f64>,
    /// Identifies the slot.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The classroom.
    classroom_id: Option<String>,
    /// Creation; also tells that a row is new.
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
    /// Name of the slot's time zone in the TZ database, such as Europe/Paris; the dates here are UTC all the same.
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
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
    /// Creation; also tells that a row is new.
    created_at: Option<Timestamp>,
    /// Whether the learner came. Kept apart from the attendance sheets; the two may differ.
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct WaitlistRequest {
    /// The slot. Added by the connector.
    classroom_slot_id: Option<String>,
    /// The classroom of the slot. Added by the connector.
    classroom_id: Option<String>,
    /// The learner.
    user_id: Option<String>,
    /// When the learner asked for a place.
    requested_at: Option<Timestamp>,
}
