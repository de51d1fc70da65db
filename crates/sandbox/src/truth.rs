//! The rows that a complete sync of each stream must deliver.

mod more;

use serde_json::{Map, Value, json};

use crate::data::World;
use crate::data::records::Slot;
use crate::row::Row;

/// The streams whose truth is kept, parents before children.
pub static STREAMS: [&str; 42] = [
    "users",
    "groups",
    "custom_fields",
    "user_custom_field_values",
    "paths",
    "path_sessions",
    "path_stats",
    "path_enrollments",
    "classrooms",
    "classroom_slots",
    "classroom_registrations",
    "attendance_sheets",
    "attendances",
    "courses",
    "course_stats",
    "course_tags",
    "course_custom_field_values",
    "tags",
    "path_tags",
    "skills",
    "skill_powers",
    "certificate_outlines",
    "projects",
    "learning_needs",
    "custom_links",
    "external_ids",
    "integrations",
    "custom_field_authorized_values",
    "group_memberships",
    "group_catalog_contents",
    "group_library_contents",
    "path_session_translations",
    "path_session_metrics",
    "path_session_custom_field_values",
    "path_session_audiences",
    "user_certificates",
    "user_managers",
    "user_custom_links",
    "classroom_slot_waitlist",
    "webhook_subscriptions",
    "webhook_events",
    "bulk_operations",
];

/// The streams whose rows are bare values for the API: the connector makes objects of them.
const BARE: [&str; 4] =
    ["custom_field_authorized_values", "group_catalog_contents", "group_library_contents", "user_managers"];

/// The fields that together name one row of a stream.
#[must_use]
pub fn primary_key(stream: &str) -> &'static [&'static str] {
    match stream {
        "user_custom_field_values" => &["userId", "customFieldId"],
        "course_tags" => &["courseId", "tagId"],
        "course_custom_field_values" => &["courseId", "customFieldId"],
        "path_tags" => &["pathId", "tagId"],
        "custom_field_authorized_values" => &["customFieldId", "value"],
        "group_memberships" => &["groupId", "userId", "role"],
        "group_catalog_contents" | "group_library_contents" => &["groupId", "contentType", "contentId"],
        "path_session_metrics" | "path_session_audiences" => &["sessionId"],
        "path_session_custom_field_values" => &["sessionId", "customFieldId"],
        "user_managers" => &["userId", "managerId"],
        "classroom_slot_waitlist" => &["classroomSlotId", "userId"],
        _ => &["_id"],
    }
}

/// The row of the API behind the ids that the API leaves out of it.
fn under(row: &Row<'_>, parents: Value) -> Value {
    let (Value::Object(mut fields), Value::Object(own)) = (parents, json!(row)) else { return json!(row) };
    fields.extend(own);
    Value::Object(fields)
}

fn slot_columns(slot: &Slot) -> Map<String, Value> {
    let columns = [
        ("classroomSlotId", json!(slot.id)),
        ("classroomId", json!(slot.classroom_id)),
        ("classroomSlotEndDate", json!(slot.end_date)),
        ("classroomSlotCreatedAt", json!(slot.created_at)),
        ("classroomSlotModifiedAt", json!(slot.modified_at)),
    ];
    columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl World {
    /// The rows of a stream as a connector should emit them; none for a stream that is not in [`STREAMS`].
    pub(crate) fn truth(&self, stream: &str) -> Box<dyn Iterator<Item = Value> + '_> {
        let (rows, tenant) = (self.documented(stream), self.tenant);
        if tenant.is_plain() || BARE.contains(&stream) {
            return rows;
        }
        Box::new(rows.map(move |row| tenant.painted(row)))
    }

    /// The same rows as the data says, whatever the tenant makes of them.
    fn documented(&self, stream: &str) -> Box<dyn Iterator<Item = Value> + '_> {
        let alone = |row: Row<'_>| json!(row);
        match stream {
            "users" => Box::new(self.users.rows().iter().map(Row::User).map(alone)),
            "groups" => Box::new(self.groups.rows().iter().map(Row::Group).map(alone)),
            "custom_fields" => Box::new(self.fields.rows().iter().map(Row::CustomField).map(alone)),
            "user_custom_field_values" => {
                let users = self.users.rows().iter();
                let values =
                    users.flat_map(|user| user.values.iter().map(|value| (user.id, Row::Value(value))));
                Box::new(values.map(|(user, row)| under(&row, json!({"userId": user}))))
            }
            "paths" => Box::new(self.paths.rows().iter().map(Row::Path).map(alone)),
            "path_sessions" => Box::new(self.sessions.rows().iter().map(Row::Session).map(alone)),
            "path_stats" => Box::new(self.enrollments.rows().iter().map(Row::Stat).map(alone)),
            "path_enrollments" => {
                let enrollments = self.enrollments.rows().iter();
                Box::new(enrollments.map(|one| under(&Row::Enrollment(one), json!({"pathId": one.path_id}))))
            }
            "classrooms" => Box::new(self.classrooms.rows().iter().map(Row::Classroom).map(alone)),
            "classroom_slots" => Box::new(self.slots.rows().iter().map(Row::Slot).map(alone)),
            "classroom_registrations" => Box::new(self.registrations.rows().iter().filter_map(|one| {
                let classroom = self.slots.get(one.slot)?.classroom_id;
                Some(under(&Row::Registration(one), json!({"classroomId": classroom})))
            })),
            "attendance_sheets" => Box::new(self.sheets.rows().iter().filter_map(|sheet| {
                let slot = self.slots.get(sheet.slot)?;
                Some(under(&Row::Sheet(sheet), Value::Object(slot_columns(slot))))
            })),
            "attendances" => Box::new(self.attendances.rows().iter().filter_map(|line| {
                let slot = self.slots.get(self.sheets.get(line.sheet)?.slot)?;
                let mut columns = Map::from_iter([("attendanceSheetId".to_owned(), json!(line.sheet))]);
                columns.extend(slot_columns(slot));
                Some(under(&Row::Attendance(line), Value::Object(columns)))
            })),
            _ => self.further(stream),
        }
    }

    /// The number of rows of each stream, without writing them.
    pub(crate) fn count(&self, stream: &str) -> usize {
        match stream {
            "users" => self.users.len(),
            "groups" => self.groups.len(),
            "custom_fields" => self.fields.len(),
            "user_custom_field_values" => self.users.rows().iter().map(|user| user.values.len()).sum(),
            "paths" => self.paths.len(),
            "path_sessions" => self.sessions.len(),
            "path_stats" | "path_enrollments" => self.enrollments.len(),
            "classrooms" => self.classrooms.len(),
            "classroom_slots" => self.slots.len(),
            "classroom_registrations" => self.registrations.len(),
            "attendance_sheets" => self.sheets.len(),
            "attendances" => self.attendances.len(),
            "course_stats" => self.more.attempts.len(),
            _ => self.further_count(stream),
        }
    }
}
