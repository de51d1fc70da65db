//! The table of the API: every documented read, with its scope, page size and filters.

use serde::Serialize;

use crate::data::more::Kind;
use crate::tenant::Tenant;
use crate::variant::Variant;

/// One path of the API.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Endpoint {
    /// `GET`, and `POST` for the token.
    pub method: &'static str,
    /// The template below `/api/v2`, such as `/users/{userId}/roles`.
    pub path: &'static str,
    /// The scope that a token needs.
    pub scope: Option<&'static str>,
    /// Rows on a page; none if the list comes whole or the answer is one object.
    pub page_size: Option<u32>,
    /// The fields that can be filtered on, with their operators.
    pub filters: &'static [Filter],
    #[serde(skip)]
    pub(crate) resource: Resource,
}

/// A field that an endpoint filters on.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Filter {
    /// The name of the field in the query.
    pub field: &'static str,
    /// What may stand between the brackets.
    pub operators: &'static [&'static str],
}

/// What an endpoint answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Token,
    Users,
    User,
    UserRoles,
    UserValues,
    UserManagers,
    UserSubordinates,
    /// Nothing under a deleted user.
    UserLinks,
    UserCertificate,
    Groups,
    Group,
    GroupRoles,
    /// The list, `catalog` or `library`.
    GroupContents(&'static str),
    CustomFields,
    AuthorizedValues,
    Paths,
    Path,
    PathSessions,
    PathEnrollments,
    Sessions,
    Session,
    SessionValues,
    SessionAudience,
    SessionStatuses,
    SessionStats,
    Stats,
    Classrooms,
    Classroom,
    ClassroomSlots,
    ClassroomRegistrations,
    SlotRegistrations,
    /// Those of the whole company.
    Registrations,
    /// How many there are: an object where a list was expected.
    RegistrationCount,
    SlotWaitlist,
    Sheets,
    Attendances,
    Attempts,
    /// All rows of a kind.
    All(Kind),
    /// One of them, or the code that says that it does not exist.
    One(Kind, &'static str),
    /// Those under the parent that the path names.
    Of(Kind, Parent),
    /// An object of a kind of which the sandbox has none: the code says that it does not exist.
    Absent(&'static str),
}

/// What the first parameter of a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    User,
    Path,
    Course,
    Subscription,
}

use Resource::{
    Absent, All, Attempts, Attendances, AuthorizedValues, Classroom, ClassroomRegistrations, ClassroomSlots,
    Classrooms, CustomFields, Group, GroupContents, GroupRoles, Groups, Of, One, Path, PathEnrollments,
    PathSessions, Paths, RegistrationCount, Registrations, Session, SessionAudience, SessionStats,
    SessionStatuses, SessionValues, Sessions, Sheets, SlotRegistrations, SlotWaitlist, Stats, Token, User,
    UserCertificate, UserLinks, UserManagers, UserRoles, UserSubordinates, UserValues, Users,
};

const ALL: &[&str] = &["eq", "ne", "in", "nin"];
const DATE: &[&str] = &["gte", "lt"];
const EQ: &[&str] = &["eq"];
const IN: &[&str] = &["in"];
const EQ_IN: &[&str] = &["eq", "in"];

const fn filter(field: &'static str, operators: &'static [&'static str]) -> Filter {
    Filter { field, operators }
}

const CREATED: Filter = filter("createdAt", DATE);
const MODIFIED: Filter = filter("modifiedAt", DATE);
const STARTS: Filter = filter("startDate", DATE);
const ENDS: Filter = filter("endDate", DATE);
const COMPLETED: Filter = filter("completedAt", DATE);
const STATUS: Filter = filter("status", EQ);
const USER: Filter = filter("userId", ALL);
const PATH: Filter = filter("pathId", ALL);
const SESSION: Filter = filter("sessionId", ALL);
const GROUP: Filter = filter("groupId", ALL);
const COURSE: Filter = filter("courseId", ALL);

const fn eq(field: &'static str) -> Filter {
    filter(field, EQ)
}

const fn get(
    path: &'static str,
    scope: &'static str,
    page_size: u32,
    resource: Resource,
    filters: &'static [Filter],
) -> Endpoint {
    let page_size = if page_size == 0 { None } else { Some(page_size) };
    Endpoint { method: "GET", path, scope: Some(scope), page_size, filters, resource }
}

/// All documented paths: 55 reads and the token. The secrets of webhooks stay out. Literal paths come before templates that would match them.
#[rustfmt::skip]
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint { method: "POST", path: "/oauth2/token", scope: None, page_size: None, filters: &[], resource: Token },
    get("/users", "users:read", 500, Users, &[filter("mail", ALL), filter("username", ALL), filter("status", &["eq", "ne"])]),
    get("/users/{userId}", "users:read", 0, User, &[]),
    get("/users/{userId}/certificates", "users:read", 1_000, Of(Kind::Certificates, Parent::User), &[filter("deliveryDate", DATE), filter("expirationDate", DATE)]),
    get("/users/{userId}/certificates/{certificateId}/pdf", "users:read", 0, UserCertificate, &[]),
    get("/users/{userId}/custom-fields/values", "users:read", 0, UserValues, &[]),
    get("/users/{userId}/custom-links", "users:read", 1_000, UserLinks, &[]),
    get("/users/{userId}/managers", "users:read", 1_000, UserManagers, &[]),
    get("/users/{userId}/roles", "users:read", 1_000, UserRoles, &[]),
    get("/users/{userId}/subordinates", "users:read", 1_000, UserSubordinates, &[]),
    get("/groups", "groups:read", 500, Groups, &[]),
    get("/groups/{groupId}", "groups:read", 0, Group, &[]),
    get("/groups/{groupId}/roles", "groups:read", 1_000, GroupRoles, &[]),
    get("/groups/{groupId}/catalog/{contentType}-ids", "groups:read", 10_000, GroupContents("catalog"), &[]),
    get("/groups/{groupId}/library/{contentType}-ids", "groups:read", 10_000, GroupContents("library"), &[]),
    get("/custom-fields", "customFields:read", 1_000, CustomFields, &[filter("name", ALL), filter("targetType", ALL), filter("type", ALL)]),
    get("/custom-fields/{customFieldId}/authorized-values", "customFields:read", 0, AuthorizedValues, &[]),
    get("/paths", "paths:read", 200, Paths, &[CREATED, MODIFIED, STATUS]),
    get("/paths/sessions", "paths:read", 500, Sessions, &[CREATED, MODIFIED, STARTS, ENDS, SESSION, PATH]),
    get("/paths/stats", "pathStats:read", 2_000, Stats, &[STATUS, COMPLETED, PATH, USER]),
    get("/paths/{pathId}", "paths:read", 0, Path, &[]),
    get("/paths/{pathId}/enrollments", "paths:read", 5_000, PathEnrollments, &[STATUS, CREATED, MODIFIED, SESSION]),
    get("/paths/{pathId}/sessions", "paths:read", 100, PathSessions, &[CREATED, MODIFIED, STARTS, ENDS]),
    get("/paths/{pathId}/sessions/{sessionId}", "paths:read", 0, Session, &[]),
    get("/paths/{pathId}/sessions/{sessionId}/audiences", "paths:read", 0, SessionAudience, &[]),
    get("/paths/{pathId}/sessions/{sessionId}/custom-fields/values", "paths:read", 0, SessionValues, &[]),
    get("/paths/{pathId}/sessions/{sessionId}/user-stats", "pathStats:read", 2_000, SessionStats, &[COMPLETED, USER]),
    get("/paths/{pathId}/sessions/{sessionId}/user-statuses", "pathStats:read", 0, SessionStatuses, &[]),
    get("/paths/{pathId}/tags", "tags:read", 500, Of(Kind::PathTags, Parent::Path), &[]),
    get("/classrooms", "classrooms:read", 500, Classrooms, &[GROUP, CREATED, MODIFIED]),
    get("/classrooms/{classroomId}", "classrooms:read", 0, Classroom, &[]),
    get("/classrooms/{classroomId}/registrations", "classrooms:read", 7_000, ClassroomRegistrations, &[]),
    get("/classrooms/{classroomId}/slots", "classrooms:read", 100, ClassroomSlots, &[CREATED, MODIFIED]),
    get("/classroom-slots/{classroomSlotId}/attendance-sheets", "attendanceSheets:read", 3_000, Sheets, &[]),
    get("/classroom-slots/{classroomSlotId}/attendance-sheets/{attendanceSheetId}/attendances", "attendanceSheets:read", 3_000, Attendances, &[]),
    get("/classroom-slots/{classroomSlotId}/registrations", "classrooms:read", 2_000, SlotRegistrations, &[CREATED, filter("hasAttended", EQ), MODIFIED, USER, STATUS]),
    get("/classroom-slots/{classroomSlotId}/waitlist", "classrooms:read", 0, SlotWaitlist, &[]),
    get("/courses", "courses:read", 500, All(Kind::Courses), &[CREATED, MODIFIED, STATUS, eq("type"), eq("authorId"), eq("groupId"), eq("originalAuthorId"), filter("tagIds", IN), filter("coAuthorIds", IN), filter("sourceLang", EQ_IN), eq("collaborativeLearning")]),
    get("/courses/stats", "courseStats:read", 500, Attempts, &[COMPLETED, COURSE, USER]),
    get("/courses/{courseId}", "courses:read", 0, One(Kind::Courses, "courseNotFound"), &[]),
    get("/courses/{courseId}/custom-fields/values", "courses:read", 0, Of(Kind::CourseValues, Parent::Course), &[]),
    get("/courses/{courseId}/tags", "tags:read", 500, Of(Kind::CourseTags, Parent::Course), &[]),
    get("/certificate-outlines", "certificateOutlines:read", 0, All(Kind::Outlines), &[CREATED, GROUP]),
    get("/custom-links", "customLinks:read", 1_000, All(Kind::CustomLinks), &[]),
    get("/external-ids", "externalIds:read", 5_000, All(Kind::ExternalIds), &[filter("platform", ALL), filter("type", ALL), filter("value", ALL), filter("targetId", ALL)]),
    get("/integrations", "integrations:read", 100, All(Kind::Integrations), &[filter("externalPlatform", ALL)]),
    get("/integrations/{integrationId}/courses/{externalId}", "integrations:read", 0, Absent("integrationNotFound"), &[]),
    get("/learning-needs", "learningNeeds:read", 500, All(Kind::Needs), &[]),
    get("/projects", "projects:read", 500, All(Kind::Projects), &[]),
    get("/skills", "skills:read", 500, All(Kind::Skills), &[filter("status", ALL), filter("updatedAt", DATE)]),
    get("/skills/powers", "skillsPowers:read", 500, All(Kind::Powers), &[filter("skillId", EQ_IN), filter("status", &["eq", "ne"]), filter("userId", EQ_IN)]),
    get("/tags", "tags:read", 5_000, All(Kind::Tags), &[eq("isMain")]),
    get("/tags/{tagId}", "tags:read", 0, One(Kind::Tags, "tagNotFound"), &[]),
    get("/webhooks/subscriptions", "webhooks:read", 2_000, All(Kind::Subscriptions), &[eq("eventType")]),
    get("/webhooks/subscriptions/{subscriptionId}/events", "webhooks:read", 250, Of(Kind::Events, Parent::Subscription), &[CREATED, STATUS]),
    get("/bulk/operations", "bulkOperations:read", 20, All(Kind::Operations), &[CREATED, STATUS, eq("type")]),
];

const ATTENDED: Filter = filter("hasAttended", EQ);
const CLASSROOM: Filter = filter("classroomId", ALL);
const SLOT: Filter = filter("classroomSlotId", ALL);
const OF_REGISTRATIONS: &[Filter] = &[CREATED, MODIFIED, ATTENDED, USER, STATUS, CLASSROOM, SLOT];

/// The company's list of registrations, which was announced without its path: where it may be, and what may be there.
static UNDOCUMENTED: [(&[Variant], Endpoint); 3] = [
    (
        &[Variant::RegistrationsNotAList],
        get("/classrooms/registrations", "classrooms:read", 0, RegistrationCount, &[]),
    ),
    (
        &[Variant::RegistrationsUnderClassrooms, Variant::RegistrationsWithoutClassroom],
        get("/classrooms/registrations", "classrooms:read", 7_000, Registrations, OF_REGISTRATIONS),
    ),
    (
        &[Variant::RegistrationsUnderSlots],
        get("/classroom-slots/registrations", "classrooms:read", 7_000, Registrations, OF_REGISTRATIONS),
    ),
];

impl Endpoint {
    /// The read at `path` that only this tenant has.
    pub(crate) fn undocumented(path: &str, tenant: Tenant) -> Option<&'static Self> {
        if tenant.is_plain() {
            return None;
        }
        let known = UNDOCUMENTED.iter().find(|(variants, endpoint)| {
            endpoint.path == path && variants.iter().any(|variant| tenant.is(*variant))
        });
        known.map(|(_, endpoint)| endpoint)
    }

    /// The values of the template's parameters, if `path` (below `/api/v2`) matches it.
    fn parameters<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        let mut values = Vec::new();
        let mut segments = path.split('/');
        for part in self.path.split('/') {
            let segment = segments.next()?;
            match part.strip_prefix('{').and_then(|part| part.split_once('}')) {
                Some((_, suffix)) => {
                    values.push(segment.strip_suffix(suffix).filter(|value| !value.is_empty())?);
                }
                None if part == segment => {}
                None => return None,
            }
        }
        segments.next().is_none().then_some(values)
    }

    /// The read that answers `path`, with its parameters.
    pub(crate) fn find(path: &str) -> Option<(&'static Self, Vec<&str>)> {
        let reads = ENDPOINTS.iter().filter(|endpoint| endpoint.method == "GET");
        reads.into_iter().find_map(|endpoint| Some((endpoint, endpoint.parameters(path)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_leads_to_itself() {
        assert_eq!(ENDPOINTS.len(), 56);
        for endpoint in &ENDPOINTS[1..] {
            assert_eq!(Endpoint::find(endpoint.path).unwrap().0.path, endpoint.path);
        }
        let (endpoint, parameters) = Endpoint::find("/groups/g1/catalog/path-session-ids").unwrap();
        assert_eq!((endpoint.resource, parameters), (GroupContents("catalog"), vec!["g1", "path-session"]));
        assert!(Endpoint::find("/users/").is_none_or(|(_, parameters)| parameters.is_empty()));
        assert!(Endpoint::find("/nowhere").is_none());
    }
}
