//! Every documented path: 55 reads and the token. An entry is all that the sandbox knows of an endpoint.
//! The generators run in this order. The secrets of webhooks are left out.

use super::Generate::{Derived, Own, Together};
use super::Rows::{Absent, All, Count, Made, Object, Of, One};
use super::{Endpoint, Filter, Rows, absent, get, invalid};
use crate::data::{
    attempts, attendance, certificates, classrooms, company, courses, custom_fields, enrollments, groups,
    links, operations, paths, registrations, sessions, skills, slots, tags, users, webhooks,
};
use crate::variants::Variant;

const fn filter(field: &'static str, operators: &'static [&'static str]) -> Filter {
    Filter { field, operators }
}

const fn any(field: &'static str) -> Filter {
    filter(field, &["eq", "ne", "in", "nin"])
}

const fn date(field: &'static str) -> Filter {
    filter(field, &["gte", "lt"])
}

const fn eq(field: &'static str) -> Filter {
    filter(field, &["eq"])
}

const CREATED: Filter = date("createdAt");
const MODIFIED: Filter = date("modifiedAt");
const STATUS: Filter = eq("status");
#[rustfmt::skip]
const REGISTRATIONS: &[Filter] = &[
    CREATED, MODIFIED, eq("hasAttended"), any("userId"), STATUS, any("classroomId"), any("classroomSlotId"),
];

const ID: &[&str] = &["_id"];
const OF_SLOT: &[(&str, &str)] = &[
    ("classroomId", "classroomId"),
    ("classroomSlotEndDate", "endDate"),
    ("classroomSlotCreatedAt", "createdAt"),
    ("classroomSlotModifiedAt", "modifiedAt"),
];

const SKILLS_OFF: &str = "skillSolutionNotEnabled";

/// The documented endpoints.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint { method: "POST", scope: None, ..get("/oauth2/token", "", Rows::None) },
    get("/groups", "groups:read", All("groups")).page(500)
        .stream("groups", ID).generated(Together(groups::generate)),
    get("/groups/{groupId}", "groups:read", One),
    get("/custom-fields", "customFields:read", All("custom_fields")).page(1_000)
        .filters(&[any("name"), any("targetType"), any("type")])
        .stream("custom_fields", ID).generated(Own(custom_fields::generate)),
    get("/custom-fields/{customFieldId}/authorized-values", "customFields:read", Made(custom_fields::authorized))
        .stream("custom_field_authorized_values", &["customFieldId", "value"]).bare("value"),
    get("/users", "users:read", All("users")).page(500)
        .filters(&[any("mail"), any("username"), filter("status", &["eq", "ne"])])
        .stream("users", ID).generated(Together(users::generate)).changed(users::change),
    get("/users/{userId}", "users:read", One),
    get("/users/{userId}/custom-fields/values", "users:read", Made(custom_fields::of_user))
        .stream("user_custom_field_values", &["userId", "customFieldId"]).changed(custom_fields::change),
    get("/users/{userId}/managers", "users:read", Of("user_managers", "#userId")).page(1_000)
        .stream("user_managers", &["userId", "managerId"]).bare("managerId").generated(Derived(users::managers)).found_by(&["#userId", "managerId"]),
    get("/users/{userId}/subordinates", "users:read", Made(users::subordinates)).page(1_000).bare("userId"),
    get("/groups/{groupId}/roles", "groups:read", Of("group_memberships", "groupId")).page(1_000)
        .stream("group_memberships", &["groupId", "userId", "role"]).omits(&["groupId"]).generated(Derived(groups::memberships)).found_by(&["groupId", "userId"]),
    get("/users/{userId}/roles", "users:read", Of("group_memberships", "userId")).page(1_000).omits(&["userId"]),
    get("/paths", "paths:read", All("paths")).page(200).filters(&[CREATED, MODIFIED, STATUS])
        .stream("paths", ID).generated(Own(paths::generate)).changed(paths::change),
    get("/paths/{pathId}", "paths:read", One),
    get("/paths/sessions", "paths:read", All("path_sessions")).page(500)
        .filters(&[CREATED, MODIFIED, date("startDate"), date("endDate"), any("sessionId"), any("pathId")])
        .stream("path_sessions", ID).omits(&["translations"]).generated(Own(sessions::generate)).found_by(&["pathId"]).changed(sessions::change),
    get("/paths/{pathId}/sessions", "paths:read", Of("path_sessions", "pathId")).page(100)
        .filters(&[CREATED, MODIFIED, date("startDate"), date("endDate")])
        .stream("path_session_translations", ID),
    get("/paths/{pathId}/sessions/{sessionId}", "paths:read", One),
    get("/paths/{pathId}/enrollments", "paths:read", Of("path_enrollments", "pathId")).page(5_000)
        .filters(&[STATUS, CREATED, MODIFIED, any("sessionId")])
        .stream("path_enrollments", ID).omits(&["pathId"]).generated(Together(enrollments::generate)).changed(enrollments::change),
    get("/classrooms", "classrooms:read", All("classrooms")).page(500).filters(&[any("groupId"), CREATED, MODIFIED])
        .stream("classrooms", ID).generated(Together(classrooms::generate)).changed(classrooms::change),
    get("/classrooms/{classroomId}", "classrooms:read", One),
    get("/classrooms/{classroomId}/slots", "classrooms:read", Of("classroom_slots", "classroomId")).page(100)
        .filters(&[CREATED, MODIFIED])
        .stream("classroom_slots", ID).generated(Own(slots::generate)).found_by(&["classroomId", "#sessionId"]).changed(slots::change),
    get("/classrooms/{classroomId}/registrations", "classrooms:read", Of("classroom_registrations", "classroomId")).page(7_000)
        .stream("classroom_registrations", ID).omits(&["classroomId"])
        .generated(Own(registrations::generate)).found_by(&["classroomId", "classroomSlotId"]).changed(registrations::change),
    get("/classroom-slots/{classroomSlotId}/registrations", "classrooms:read", Of("classroom_registrations", "classroomSlotId"))
        .page(2_000).filters(&[CREATED, eq("hasAttended"), MODIFIED, any("userId"), STATUS])
        .omits(&["classroomId", "classroomSlotId"]),
    // Only slots that can be full have a waitlist.
    get("/classroom-slots/{classroomSlotId}/waitlist", "classrooms:read", Of("classroom_slot_waitlist", "#classroomSlotId"))
        .stream("classroom_slot_waitlist", &["classroomSlotId", "userId"]).adds(&[("classroomId", "classroomId")])
        .refused(|slot| !slot.has("maxCapacity"), absent("classroomSlotWaitlistNotFound"))
        .generated(Together(registrations::waitlists)),
    get("/classroom-slots/{classroomSlotId}/attendance-sheets", "attendanceSheets:read", Of("attendance_sheets", "#classroomSlotId"))
        .page(3_000).stream("attendance_sheets", ID).adds(OF_SLOT)
        .generated(Together(attendance::generate)).changed(attendance::change),
    get("/classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances", "attendanceSheets:read", Of("attendances", "#attendanceSheetId"))
        .page(3_000).stream("attendances", ID).adds(OF_SLOT),
    get("/tags", "tags:read", All("tags")).page(5_000).filters(&[eq("isMain")])
        .stream("tags", ID).generated(Own(tags::generate)),
    get("/tags/{tagId}", "tags:read", One),
    get("/integrations", "integrations:read", All("integrations")).page(100).filters(&[any("externalPlatform")])
        .stream("integrations", ID).generated(Own(company::integrations)),
    get("/integrations/{integrationId}/courses/{externalId}", "integrations:read", Absent("integrationNotFound")),
    get("/courses", "courses:read", All("courses")).page(500)
        .filters(&[
            CREATED, MODIFIED, STATUS, eq("type"), eq("authorId"), eq("groupId"), eq("originalAuthorId"),
            filter("tagIds", &["in"]), filter("coAuthorIds", &["in"]), filter("sourceLang", &["eq", "in"]),
            eq("collaborativeLearning"),
        ])
        .stream("courses", ID).generated(Own(courses::generate)).changed(courses::change),
    get("/courses/{courseId}", "courses:read", One),
    get("/courses/{courseId}/tags", "tags:read", Of("course_tags", "#owner")).page(500)
        .stream("course_tags", &["courseId", "tagId", "source"]).generated(Together(tags::of_courses)),
    get("/courses/{courseId}/custom-fields/values", "courses:read", Of("course_custom_field_values", "#owner"))
        .stream("course_custom_field_values", &["courseId", "customFieldId"])
        .feature("course-custom-fields", "courseCustomFieldsNotEnabled").generated(Own(courses::values_of_courses)).found_by(&["#owner", "customFieldId"]),
    get("/courses/stats", "courseStats:read", All("course_stats")).page(500)
        .filters(&[date("completedAt"), any("courseId"), any("userId")])
        .stream("course_stats", ID).generated(Together(attempts::generate)).changed(attempts::change),
    get("/paths/stats", "pathStats:read", All("path_stats")).page(2_000)
        .filters(&[STATUS, date("completedAt"), any("pathId"), any("userId")])
        .stream("path_stats", ID).changed(enrollments::change_progress),
    get("/paths/{pathId}/sessions/{sessionId}/user-stats", "pathStats:read", Of("path_stats", "sessionId")).page(2_000)
        .filters(&[date("completedAt"), any("userId")]).omits(&["pathId", "sessionId"]),
    get("/paths/{pathId}/sessions/{sessionId}/user-statuses", "pathStats:read", Object(sessions::metrics))
        .stream("path_session_metrics", &["sessionId"]),
    get("/paths/{pathId}/sessions/{sessionId}/audiences", "paths:read", Object(sessions::audience))
        .stream("path_session_audiences", &["sessionId"])
        .refused(|session| session.bool("isAudienceBuilder") != Some(true), invalid("sessionIsNotAudienceBuilder")),
    get("/paths/{pathId}/sessions/{sessionId}/custom-fields/values", "paths:read", Of("path_session_custom_field_values", "#owner"))
        .stream("path_session_custom_field_values", &["sessionId", "customFieldId"]).generated(Own(courses::values_of_sessions)).found_by(&["#owner", "customFieldId"]),
    get("/paths/{pathId}/tags", "tags:read", Of("path_tags", "#owner")).page(500)
        .stream("path_tags", &["pathId", "tagId", "source"]).generated(Own(tags::of_paths)).found_by(&["#owner"]),
    get("/skills", "skills:read", All("skills")).page(500).filters(&[any("status"), date("updatedAt")])
        .stream("skills", ID).feature("skills", SKILLS_OFF).generated(Own(skills::generate)).changed(skills::change),
    get("/skills/powers", "skillsPowers:read", All("skill_powers")).page(500)
        .filters(&[filter("skillId", &["eq", "in"]), filter("status", &["eq", "ne"]), filter("userId", &["eq", "in"])])
        .stream("skill_powers", ID).feature("skills", SKILLS_OFF).generated(Own(skills::powers)),
    get("/certificate-outlines", "certificateOutlines:read", All("certificate_outlines")).filters(&[CREATED, any("groupId")])
        .stream("certificate_outlines", ID).generated(Own(certificates::outlines)),
    get("/users/{userId}/certificates", "users:read", Of("user_certificates", "#owner")).page(1_000)
        .filters(&[date("deliveryDate"), date("expirationDate")])
        .stream("user_certificates", ID).generated(Own(certificates::generate)).found_by(&["#owner"]).changed(certificates::change),
    get("/users/{userId}/certificates/{certificateId}/pdf", "users:read", Absent("certificateNotFound")),
    get("/projects", "projects:read", All("projects")).page(500)
        .stream("projects", ID).generated(Own(company::projects)),
    get("/learning-needs", "learningNeeds:read", All("learning_needs")).page(500)
        .stream("learning_needs", ID).generated(Own(company::learning_needs)),
    get("/custom-links", "customLinks:read", All("custom_links")).page(1_000)
        .stream("custom_links", ID).generated(Own(links::generate)),
    // Documented as that of an "existing and non-deleted user".
    get("/users/{userId}/custom-links", "users:read", Of("user_custom_links", "#owner")).page(1_000)
        .stream("user_custom_links", ID).refused(|user| user.is("status", "deleted"), absent("userNotFound"))
        .generated(Own(links::of_users)).found_by(&["#owner"]),
    get("/external-ids", "externalIds:read", All("external_ids")).page(5_000)
        .filters(&[any("platform"), any("type"), any("value"), any("targetId")])
        .stream("external_ids", ID).generated(Own(links::external_ids)),
    get("/groups/{groupId}/catalog/{contentType}-ids", "groups:read", Of("group_catalog_contents", "groupId")).page(10_000)
        .stream("group_catalog_contents", &["groupId", "contentType", "contentId"])
        .content_types(&["path-session", "course"]).bare("contentId").generated(Derived(groups::catalog)).found_by(&["groupId"]),
    get("/groups/{groupId}/library/{contentType}-ids", "groups:read", Of("group_library_contents", "groupId")).page(10_000)
        .stream("group_library_contents", &["groupId", "contentType", "contentId"])
        .content_types(&["path", "course"]).bare("contentId").generated(Derived(groups::library)).found_by(&["groupId"]),
    get("/bulk/operations", "bulkOperations:read", All("bulk_operations")).page(20).filters(&[CREATED, STATUS, eq("type")])
        .stream("bulk_operations", ID).generated(Own(operations::generate)).changed(operations::change),
    get("/webhooks/subscriptions", "webhooks:read", All("webhook_subscriptions")).page(2_000).filters(&[any("eventType")])
        .stream("webhook_subscriptions", ID).generated(Own(webhooks::generate)),
    get("/webhooks/subscriptions/{subscriptionId}/events", "webhooks:read", Of("webhook_events", "#owner")).page(250)
        .filters(&[CREATED, STATUS])
        .stream("webhook_events", ID).generated(Own(webhooks::events)).found_by(&["#owner"]).changed(webhooks::change),
];

/// The company's list of registrations was announced without its path: where it may be, and what may be there.
#[rustfmt::skip]
pub(crate) static UNDOCUMENTED: &[Endpoint] = &[
    get("/classrooms/registrations", "classrooms:read", Count("classroom_registrations"))
        .only(&[Variant::RegistrationsNotAList]),
    get("/classrooms/registrations", "classrooms:read", All("classroom_registrations")).page(7_000)
        .filters(REGISTRATIONS).omits(&["classroomId", "classroomSlotId"])
        .only(&[Variant::RegistrationsWithoutClassroom]),
    get("/classrooms/registrations", "classrooms:read", All("classroom_registrations")).page(7_000)
        .filters(REGISTRATIONS).only(&[Variant::RegistrationsUnderClassrooms]),
    get("/classroom-slots/registrations", "classrooms:read", All("classroom_registrations")).page(7_000)
        .filters(REGISTRATIONS).only(&[Variant::RegistrationsUnderSlots]),
];
