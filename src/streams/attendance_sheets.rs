use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{CLASSROOM_SLOTS, Cursor, Parent, Stream};

/// `GET /classroom-slots/{classroomSlotId}/attendance-sheets`. Rows carry no date: the slot's dates
/// decide what is read again.
pub static ATTENDANCE_SHEETS: Stream = Stream {
    name: "attendance_sheets",
    row: "An attendance sheet of a classroom slot: one per slot or per half-day, as the path step defines.",
    path: "/classroom-slots/{classroomSlotId}/attendance-sheets",
    scope: "attendanceSheets:read",
    page_size: Some(3_000),
    parent: Some(Parent {
        stream: &CLASSROOM_SLOTS,
        fields: &[
            ("_id", "classroomSlotId"),
            ("classroomId", "classroomId"),
            ("endDate", "classroomSlotEndDate"),
            ("createdAt", "classroomSlotCreatedAt"),
            ("modifiedAt", "classroomSlotModifiedAt"),
        ],
        ..Parent::OF
    }),
    cursor: Some(Cursor::ByParent {
        end: "classroomSlotEndDate",
        changed: &["classroomSlotModifiedAt", "classroomSlotCreatedAt"],
    }),
    schema: schema::of::<AttendanceSheet>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct AttendanceSheet {
    #[schemars(flatten)]
    added: AddedFields,
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

/// What the connector adds: the slot, and when the row was read.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct AddedFields {
    /// The slot of the sheet. Added by the connector.
    classroom_slot_id: Option<String>,
    /// The classroom of the slot. Added by the connector.
    classroom_id: Option<String>,
    /// End of the slot. Added by the connector.
    classroom_slot_end_date: Option<Timestamp>,
    /// Creation of the slot. Added by the connector.
    classroom_slot_created_at: Option<Timestamp>,
    /// Last change of the slot. Added by the connector.
    classroom_slot_modified_at: Option<Timestamp>,
    /// When the connector read the row, by 360Learning's clock; the cursor of this stream. Added by
    /// the connector.
    read_at: Option<Timestamp>,
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
