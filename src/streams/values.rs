//! The documented values of fields. Schemas leave them out, since the API adds values without notice;
//! `doctor` reports new ones. Languages are left out: nothing depends on them.

/// A field, by its path within a record of the stream, and its documented values.
#[derive(Debug)]
pub struct Values {
    /// The stream.
    pub stream: &'static str,
    /// The field; members of objects and of lists follow a dot.
    pub field: &'static str,
    /// What it may be.
    pub values: &'static [&'static str],
}

const KEPT: &[&str] = &["archived", "published"];
const FIELD_TYPES: &[&str] = &["date", "string"];
const TAG_SOURCES: &[&str] = &["integration", "native"];
const VALIDATIONS: &[&str] =
    &["adminsAndManagers", "adminsCoachesInstructorsManagers", "disabled", "instructors", "managers"];
const SPANS: &[&str] = &["day", "month", "week"];
const SHOWN: &[&str] = &["never", "onAnswer", "onCompletion", "onSuccess"];
const REENROLLMENTS: &[&str] = &["certificationExpiryDate", "pathCompletionDate"];

const fn of(stream: &'static str, field: &'static str, values: &'static [&'static str]) -> Values {
    Values { stream, field, values }
}

/// Every documented list of values.
#[rustfmt::skip]
pub static VALUES: &[Values] = &[
    of("users", "status", &["active", "deleted", "invited"]),
    of("user_certificates", "type", &["external", "path"]),
    of("group_memberships", "role", &["admin", "analyst", "coach", "contributor", "editor", "learner", "owner", "userAdmin"]),
    of("custom_fields", "targetType", &["contents", "users"]),
    of("custom_fields", "type", FIELD_TYPES),
    of("user_custom_field_values", "type", FIELD_TYPES),
    of("courses", "status", &["archived", "deleted", "published"]),
    of("courses", "type", &["elearning standard", "external", "native"]),
    of("course_custom_field_values", "type", FIELD_TYPES),
    of("paths", "status", KEPT),
    of("paths", "steps.type", &["assessment", "classroom", "course", "email", "path", "program", "slackMessage", "teamsMessage"]),
    of("paths", "steps.subtype", &["quiz"]),
    of("paths", "steps.options.attendanceSheets.unit", &["day", "slot"]),
    of("paths", "steps.options.availability.mode", &["afterEnrollmentDate", "afterSessionStartDate"]),
    of("paths", "steps.options.availability.relativeDate.unit", SPANS),
    of("paths", "steps.options.recipientType", &["learner", "manager"]),
    of("paths", "steps.options.relativeDate.unit", SPANS),
    of("paths", "steps.options.scheduling.condition", &["completed", "notCompleted", "notSuccessful", "successful"]),
    of("paths", "steps.options.scheduling.conditionOnDetailedStatus", &["awaitingCorrection", "late", "notYetStarted", "onTime", "successful", "toRetake", "unsuccessful"]),
    of("paths", "steps.options.scheduling.relativeTo", &["afterEnrollmentDate", "afterSessionStartDate", "beforeSessionStartDate"]),
    of("paths", "steps.options.selfRegistration.delay.unit", SPANS),
    of("paths", "steps.options.showCorrection", SHOWN),
    of("paths", "steps.options.showForum", SHOWN),
    of("paths", "steps.options.timeLimit.mode", &["maxTime", "minTime"]),
    of("paths", "estimatedDuration.unit", &["day", "hour", "minute", "month", "week"]),
    of("path_sessions", "registrationRequestValidation", VALIDATIONS),
    of("path_sessions", "automaticReenrollment.type", REENROLLMENTS),
    of("path_stats", "status.type", &["awaitingCorrection", "late", "notYetStarted", "onTime", "sessionNotOpened", "successful", "toRetake", "unsuccessful"]),
    of("path_stats", "status.reason", &["mandatoryReplay", "sessionEnded"]),
    of("path_enrollments", "status", KEPT),
    of("path_session_translations", "registrationRequestValidation", VALIDATIONS),
    of("path_session_translations", "automaticReenrollment.type", REENROLLMENTS),
    of("path_session_custom_field_values", "type", FIELD_TYPES),
    of("path_session_audiences", "filters.type", &["excludedLearners", "groups", "users"]),
    of("path_session_audiences", "mode", &["dynamic", "dynamicEnrollment", "dynamicUnenrollment", "manual"]),
    of("classroom_slots", "context.type", &["path", "program", "standalone"]),
    of("classroom_registrations", "status", KEPT),
    of("attendance_sheets", "status", &["adjustment", "closed", "open", "signed"]),
    of("attendances", "status", &["absent", "attendancePending", "present", "signaturePending"]),
    of("tags", "source", TAG_SOURCES),
    of("course_tags", "source", TAG_SOURCES),
    of("path_tags", "source", TAG_SOURCES),
    of("skills", "status", KEPT),
    of("skill_powers", "status", &["pendingValidation", "toAssess", "validated"]),
    of("skill_powers", "qualifiers.type", &["date", "multiChoice", "number", "singleChoice", "text"]),
    of("learning_needs", "status", &["alreadyExists", "discarded", "done", "exploring", "new", "onHold", "projectOngoing"]),
    of("custom_links", "iconName", &["absence", "agenda", "certificate", "convention", "default", "inbox", "survey"]),
    of("external_ids", "targetType", &["attempt", "classroom", "classroomAttendance", "classroomAttendanceSheet", "classroomSlot", "classroomSlotRegistration", "course", "group", "learningNeed", "path", "pathEnrollment", "pathSession", "pathTracking", "registrationRequest", "user"]),
    of("webhook_subscriptions", "status", &["active", "inactive"]),
    of("webhook_events", "status", &["delivered", "failed", "pending", "sending"]),
    of("bulk_operations", "status", &["completed", "error", "pending", "queued", "running"]),
];

/// The documented values of a field; `None` where there is no list of them.
#[must_use]
pub fn documented_values(stream: &str, field: &str) -> Option<&'static [&'static str]> {
    VALUES.iter().find(|one| one.stream == stream && one.field == field).map(|one| one.values)
}
