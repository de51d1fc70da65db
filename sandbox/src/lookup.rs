//! What an endpoint has to show: rows or an object, or the documented reason why there is none.

use serde_json::{Value, json};

use crate::data::World;
use crate::data::fields;
use crate::data::id::Id;
use crate::data::records::{Session, UserStatus};
use crate::data::table::{Keyed, Table};
use crate::endpoints::Resource;
use crate::row::Row;

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

fn nothing<'a>() -> Found<'a> {
    rows(std::iter::empty())
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
            Resource::Token => return Err(absent("notFound")),
            Resource::Users => rows(self.users.rows().iter().map(Row::User)),
            Resource::User => Found::Object(json!(user()?)),
            Resource::UserRoles => {
                let group = user()?.primary_group_id;
                rows(group.into_iter().map(|group| Row::Made(json!({"groupId": group, "role": "learner"}))))
            }
            Resource::UserValues => rows(user()?.values.iter().map(Row::Value)),
            // Documented as "existing and non-deleted user".
            Resource::UserLinks if user()?.status == UserStatus::Deleted => {
                return Err(absent("userNotFound"));
            }
            Resource::UserNothing | Resource::UserLinks => user().map(|_| nothing())?,
            Resource::UserCertificate => return Err(user().err().unwrap_or(absent("certificateNotFound"))),
            Resource::Groups => rows(self.groups.rows().iter().map(Row::Group)),
            Resource::Group => Found::Object(json!(group()?)),
            Resource::GroupRoles => {
                let group = group()?.id;
                let members =
                    self.users.rows().iter().filter(move |user| user.primary_group_id == Some(group));
                rows(members.map(|user| Row::Made(json!({"userId": user.id, "role": "learner"}))))
            }
            Resource::GroupNothing => group().map(|_| nothing())?,
            Resource::CustomFields => rows(self.fields.rows().iter().map(Row::CustomField)),
            Resource::AuthorizedValues => {
                let field = known(&self.fields, id, "customFieldNotFound")?;
                rows(fields::authorized(field.name).iter().map(|value| Row::Made(json!(value))))
            }
            Resource::Paths => rows(self.paths.rows().iter().map(Row::Path)),
            Resource::Path => Found::Object(json!(path()?)),
            Resource::PathSessions => rows(self.sessions.of(path()?.id).map(Row::FullSession)),
            Resource::PathEnrollments => rows(self.enrollments.of(path()?.id).map(Row::Enrollment)),
            Resource::PathNothing => path().map(|_| nothing())?,
            Resource::Sessions => rows(self.sessions.rows().iter().map(Row::Session)),
            Resource::Session => Found::Object(json!(Row::FullSession(self.session(ids)?))),
            Resource::SessionNothing => self.session(ids).map(|_| nothing())?,
            Resource::SessionAudience => Found::Object(audience(self.session(ids)?)?),
            Resource::SessionStatuses => Found::Object(self.statuses(self.session(ids)?)),
            Resource::SessionStats => {
                let session = self.session(ids)?;
                let enrollments =
                    self.enrollments.of(session.path_id).filter(|one| one.session_id == session.id);
                rows(enrollments.map(Row::SessionStat))
            }
            Resource::Stats => rows(self.enrollments.rows().iter().map(Row::Stat)),
            Resource::Classrooms => rows(self.classrooms.rows().iter().map(Row::Classroom)),
            Resource::Classroom => Found::Object(json!(classroom()?)),
            Resource::ClassroomSlots => rows(self.slots.of(classroom()?.id).map(Row::Slot)),
            Resource::ClassroomRegistrations => self.of_classroom(classroom()?.id),
            Resource::SlotRegistrations => rows(self.registrations.of(slot()?.id).map(Row::SlotRegistration)),
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
            Resource::SlotWaitlist | Resource::Nothing => nothing(),
            Resource::Absent(code) => return Err(absent(code)),
        })
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

    fn statuses(&self, session: &Session) -> Value {
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

fn audience(session: &Session) -> Result<Value, Refusal> {
    if !session.is_audience_builder {
        return Err(refused("sessionIsNotAudienceBuilder"));
    }
    Ok(json!({"filters": [{"type": "groups", "ids": [session.group_id]}], "mode": "dynamic"}))
}
