use schemars::JsonSchema;

use super::attendance_sheets::AddedFields;
use super::schema;
use super::{ATTENDANCE_SHEETS, Cursor, Parent, Stream};

/// `GET /classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances`.
pub static ATTENDANCES: Stream = Stream {
    name: "attendances",
    row: "A learner on an attendance sheet: present, absent or still to sign.",
    path: "/classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances",
    scope: "attendanceSheets:read",
    page_size: Some(3_000),
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
        ..Parent::OF
    }),
    cursor: Some(Cursor::ByParent {
        end: "classroomSlotEndDate",
        changed: &["classroomSlotModifiedAt", "classroomSlotCreatedAt"],
    }),
    schema: schema::of::<Attendance>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Attendance {
    /// The sheet. Added by the connector.
    attendance_sheet_id: Option<String>,
    #[schemars(flatten)]
    added: AddedFields,
    /// Identifies the attendance.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The learner.
    user_id: Option<String>,
    /// First name as written on the sheet. Personal data.
    first_name: Option<String>,
    /// Last name as written on the sheet. Personal data.
    last_name: Option<String>,
    /// present, absent, attendancePending or signaturePending.
    status: Option<String>,
}
