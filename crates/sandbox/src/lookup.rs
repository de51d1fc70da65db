//! What an endpoint has to show: rows or an object, or the documented reason why there is none.

use std::slice;

use serde::Serialize;
use serde_json::{Value, json};

use crate::data::World;
use crate::data::id::Id;
use crate::data::more::Kind;
use crate::data::records::{Session, UserStatus};
use crate::data::relations::authorized;
use crate::data::table::{Keyed, Table};
use crate::endpoints::{Parent, Resource};
use crate::row::Row;
use crate::variant::Variant;

/// What was found.
pub(crate) enum Found<'a> {
    Rows(Box<dyn Iterator<Item = Row<'a>> + 'a>),
    Object(Value),
}

/// A domain error of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

const fn absent(code: &'static str) -> Refusal {
    Refusal { status: 404, code }
}

const fn refused(code: &'static str) -> Refusal {
    Refusal { status: 400, code }
}

fn rows<'a>(rows: impl Iterator<Item = Row<'a>> + 'a) -> Found<'a> {
    Found::Rows(Box::new(rows))
}

/// Rows that are kept in a list.
fn listed<'a, T>(rows: &'a [T], show: fn(&'a T) -> Row<'a>) -> Found<'a> {
    Found::Rows(Box::new(Listed { rows: rows.iter(), show }))
}

/// Rows in a list, of which those of earlier pages are not even looked at.
struct Listed<'a, T> {
    rows: slice::Iter<'a, T>,
    show: fn(&'a T) -> Row<'a>,
}

impl<'a, T> Iterator for Listed<'a, T> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        self.rows.next().map(self.show)
    }

    fn nth(&mut self, nth: usize) -> Option<Row<'a>> {
        self.rows.nth(nth).map(self.show)
    }
}

/// Bare values.
fn made<'a, T: Serialize + 'a>(values: Vec<T>) -> Found<'a> {
    rows(values.into_iter().map(|value| Row::Made(json!(value))))
}

fn known<'a, T: Keyed>(table: &'a Table<T>, id: Option<&&str>, code: &'static str) -> Result<&'a T, Refusal> {
    id.and_then(|text| Id::parse(text)).and_then(|id| table.get(id)).ok_or(absent(code))
}

impl World {
    /// What `resource` is for the parameters of its path, in their order.
    pub(crate) fn find(&self, resource: Resource, ids: &[&str]) -> Result<Found<'_>, Refusal> {
        let id = ids.first();
        let user = || known(&self.users, id, "userNotFound");
        let group = || known(&self.groups, id, "groupNotFound");
        let path = || known(&self.paths, id, "pathNotFound");
        let classroom = || known(&self.classrooms, id, "classroomNotFound");
        let slot = || known(&self.slots, id, "classroomSlotNotFound");
        Ok(match resource {
            Resource::Users => listed(self.users.rows(), Row::User),
            Resource::User => Found::Object(json!(user()?)),
            Resource::UserRoles => {
                let roles = self.memberships(user()?).into_iter();
                rows(roles.map(|(group, role)| Row::Made(json!({"groupId": group, "role": role}))))
            }
            Resource::UserManagers => made(self.managers(user()?)),
            Resource::UserSubordinates => {
                let leader = user()?.id;
                let managed =
                    self.users.rows().iter().filter(move |one| self.managers(one).contains(&leader));
                rows(managed.map(|one| Row::Made(json!(one.id))))
            }
            Resource::UserValues => rows(user()?.values.iter().map(Row::Value)),
            // Documented as "existing and non-deleted user".
            Resource::UserLinks if user()?.status == UserStatus::Deleted => {
                return Err(absent("userNotFound"));
            }
            Resource::UserLinks => self.children(Kind::UserLinks, user()?.id),
            Resource::UserCertificate => return Err(user().err().unwrap_or(absent("certificateNotFound"))),
            Resource::Groups => listed(self.groups.rows(), Row::Group),
            Resource::Group => Found::Object(json!(group()?)),
            Resource::GroupRoles => {
                let members = self.members(group()?.id);
                listed(members, |(user, role)| Row::Made(json!({"userId": user, "role": role})))
            }
            Resource::GroupContents(list) => {
                let kind = ids.get(1).copied().unwrap_or("");
                let contents = self.contents(group()?.id, list, kind).ok_or(refused("invalidContentType"))?;
                listed(contents, |id| Row::Made(json!(id)))
            }
            Resource::CustomFields => listed(self.fields.rows(), Row::CustomField),
            Resource::AuthorizedValues => {
                let field = known(&self.fields, id, "customFieldNotFound")?;
                made(authorized(field))
            }
            Resource::Paths => listed(self.paths.rows(), Row::Path),
            Resource::Path => Found::Object(json!(path()?)),
            Resource::PathSessions => rows(self.sessions.of(path()?.id).map(Row::FullSession)),
            Resource::PathEnrollments => rows(self.enrollments.of(path()?.id).map(Row::Enrollment)),
            Resource::Sessions => listed(self.sessions.rows(), Row::Session),
            Resource::Session => Found::Object(json!(Row::FullSession(self.session(ids)?))),
            Resource::SessionValues => self.children(Kind::SessionValues, self.session(ids)?.id),
            Resource::SessionAudience => Found::Object(
                self.audience(self.session(ids)?).ok_or(refused("sessionIsNotAudienceBuilder"))?,
            ),
            Resource::SessionStatuses => Found::Object(self.statuses(self.session(ids)?)),
            Resource::SessionStats => {
                let session = self.session(ids)?;
                let enrollments =
                    self.enrollments.of(session.path_id).filter(|one| one.session_id == session.id);
                rows(enrollments.map(Row::SessionStat))
            }
            Resource::Stats => listed(self.enrollments.rows(), Row::Stat),
            Resource::Classrooms => listed(self.classrooms.rows(), Row::Classroom),
            Resource::Classroom => Found::Object(json!(classroom()?)),
            Resource::ClassroomSlots => rows(self.slots.of(classroom()?.id).map(Row::Slot)),
            Resource::ClassroomRegistrations => self.of_classroom(classroom()?.id),
            Resource::SlotRegistrations => rows(self.registrations.of(slot()?.id).map(Row::SlotRegistration)),
            Resource::Registrations => {
                let placed = !self.tenant.is(Variant::RegistrationsWithoutClassroom);
                rows(self.registrations.rows().iter().filter_map(move |registration| {
                    let classroom = self.slots.get(registration.slot)?.classroom_id;
                    Some(Row::CompanyRegistration { registration, classroom, placed })
                }))
            }
            Resource::RegistrationCount => Found::Object(json!({"total": self.registrations.len()})),
            // Only slots that can be full have a waitlist.
            Resource::SlotWaitlist if slot()?.max_capacity.is_none() => {
                return Err(absent("classroomSlotWaitlistNotFound"));
            }
            Resource::Sheets => rows(self.sheets.of(slot()?.id).map(Row::Sheet)),
            Resource::Attendances => {
                let sheet = known(&self.sheets, ids.get(1), "attendanceSheetNotFound")?;
                if id.and_then(|id| Id::parse(id)) != Some(sheet.slot) {
                    return Err(refused("attendanceSheetNotBelongToClassroomSlot"));
                }
                rows(self.attendances.of(sheet.id).map(Row::Attendance))
            }
            Resource::SlotWaitlist => self.children(Kind::Waitlist, slot()?.id),
            other => return self.rest(other, id),
        })
    }

    /// The resources beside people, paths and classrooms.
    fn rest(&self, resource: Resource, id: Option<&&str>) -> Result<Found<'_>, Refusal> {
        Ok(match resource {
            Resource::Attempts => listed(self.more.attempts.rows(), Row::Attempt),
            Resource::All(Kind::Skills | Kind::Powers) if self.is_off("skills") => {
                return Err(refused("skillSolutionNotEnabled"));
            }
            Resource::All(kind) => listed(self.more.table(kind).rows(), Row::Kept),
            Resource::One(kind, code) => {
                Found::Object(json!(Row::Kept(known(self.more.table(kind), id, code)?)))
            }
            Resource::Of(Kind::CourseValues, _) if self.is_off("course-custom-fields") => {
                return Err(refused("courseCustomFieldsNotEnabled"));
            }
            Resource::Of(kind, parent) => {
                let parent = match parent {
                    Parent::User => known(&self.users, id, "userNotFound")?.id,
                    Parent::Path => known(&self.paths, id, "pathNotFound")?.id,
                    Parent::Course => known(self.more.table(Kind::Courses), id, "courseNotFound")?.id,
                    Parent::Subscription => {
                        known(self.more.table(Kind::Subscriptions), id, "subscriptionNotFound")?.id
                    }
                };
                self.children(kind, parent)
            }
            Resource::Absent(code) => return Err(absent(code)),
            _ => return Err(absent("notFound")),
        })
    }

    fn children(&self, kind: Kind, parent: Id) -> Found<'_> {
        rows(self.more.table(kind).of(parent).map(Row::Kept))
    }

    fn session(&self, ids: &[&str]) -> Result<&Session, Refusal> {
        let path = known(&self.paths, ids.first(), "pathNotFound")?;
        let session = known(&self.sessions, ids.get(1), "sessionNotFound")?;
        if session.path_id == path.id { Ok(session) } else { Err(refused("sessionNotBelongToPath")) }
    }

    /// The registrations of all slots of a classroom, shuffled together.
    fn of_classroom(&self, classroom: Id) -> Found<'_> {
        let slots = self.slots.of(classroom);
        let mut registrations: Vec<_> = slots.flat_map(|slot| self.registrations.of(slot.id)).collect();
        registrations.sort_by_cached_key(|registration| registration.id.shuffled(self.seed));
        rows(registrations.into_iter().map(Row::Registration))
    }

    pub(crate) fn statuses(&self, session: &Session) -> Value {
        const KINDS: [&str; 8] = [
            "awaitingCorrection",
            "late",
            "notYetStarted",
            "onTime",
            "sessionNotOpened",
            "successful",
            "toRetake",
            "unsuccessful",
        ];
        let learners = || self.enrollments.of(session.path_id).filter(|one| one.session_id == session.id);
        let count = |kind: &str| learners().filter(|one| one.progress.state.kind == kind).count();
        let users: serde_json::Map<String, Value> =
            KINDS.iter().map(|kind| ((*kind).to_owned(), json!(count(kind)))).collect();
        let certificates = learners().filter(|one| one.progress.certificate_id.is_some()).count();
        json!({"certificates": certificates, "usersCountByStatus": users})
    }
}
