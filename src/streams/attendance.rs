//! Attendance: the sheets of a slot, and who was present on each sheet.

use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Body, CLASSROOM_SLOTS, Cursor, Only, Parent, Stream};

/// Neither sheets nor attendances carry a date: the slot's dates decide what is read again.
const BY_SLOT: Option<Cursor> = Some(Cursor::ByParent {
    end: "classroomSlotEndDate",
    changed: &["classroomSlotModifiedAt", "classroomSlotCreatedAt"],
});

/// `GET /classroom-slots/{classroomSlotId}/attendance-sheets`.
pub static ATTENDANCE_SHEETS: Stream = Stream {
    name: "attendance_sheets",
    row: "An attendance sheet of a classroom slot: one per slot or per half-day, as the path step says.",
    path: "/classroom-slots/{classroomSlotId}/attendance-sheets",
    scope: "attendanceSheets:read",
    page_size: Some(3000),
    queries: &[""],
    parent: Some(Parent {
        stream: &CLASSROOM_SLOTS,
        fields: &[
            ("_id", "classroomSlotId"),
            ("classroomId", "classroomId"),
            ("endDate", "classroomSlotEndDate"),
            ("createdAt", "classroomSlotCreatedAt"),
            ("modifiedAt", "classroomSlotModifiedAt"),
        ],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: BY_SLOT,
    absent: &["classroomSlotNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<AttendanceSheet>,
};

/// `GET /classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances`.
pub static ATTENDANCES: Stream = Stream {
    name: "attendances",
    row: "A learner on an attendance sheet: present, absent or still to sign.",
    path: "/classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances",
    scope: "attendanceSheets:read",
    page_size: Some(3000),
    queries: &[""],
    parent: Some(Parent {
        stream: &ATTENDANCE_SHEETS,
        fields: &[
            ("_id", "attendanceSheetId"),
            ("classroomSlotId", "classroomSlotId"),
            ("classroomId", "classroomId"),
            ("classroomSlotEndDate", "classroomSlotEndDate"),
            ("classroomSlotCreatedAt", "classroomSlotCreatedAt"),
            ("classroomSlotModifiedAt", "classroomSlotModifiedAt"),
        ],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: BY_SLOT,
    absent: &["classroomSlotNotFound", "attendanceSheetNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Attendance>,
};

/// What the connector adds of the slot.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Slot {
    /// The slot of the sheet. Added by the connector.
    classroom_slot_id: Option<String>,
    /// The classroom of the slot. Added by the connector.
    classroom_id: Option<String>,
    /// End of the slot; the cursor of this stream. Added by the connector.
    classroom_slot_end_date: Option<Timestamp>,
    /// Creation of the slot. Added by the connector.
    classroom_slot_created_at: Option<Timestamp>,
    /// Last change of the slot. Added by the connector.
    classroom_slot_modified_at: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct AttendanceSheet {
    #[schemars(flatten)]
    slot: Slot,
    /// Identifies the sheet.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Title, such as "First day, afternoon".
    name: Option<String>,
    /// open, adjustment (reopened), closed, or signed by the trainer.
    status: Option<String>,
    /// The code with which learners check in; a secret while the sheet is open.
    check_in_code: Option<String>,
    /// What the sheet shows of the organization.
    personalized_fields: Option<PersonalizedFields>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PersonalizedFields {
    /// Name of the organization on the sheet.
    organization_name: Option<String>,
    /// Media of the logo on the sheet.
    organization_logo_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Attendance {
    /// The sheet. Added by the connector.
    attendance_sheet_id: Option<String>,
    #[schemars(flatten)]
    slot: Slot,
    /// Identifies the attendance.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The learner.
    user_id: Option<String>,
    /// First name as it stands on the sheet. Personal data.
    first_name: Option<String>,
    /// Last name as it stands on the sheet. Personal data.
    last_name: Option<String>,
    /// present, absent, attendancePending or signaturePending.
    status: Option<String>,
}
