//! The rows of the streams beside people, paths and classrooms.

use serde_json::{Value, json};

use super::under;
use crate::data::World;
use crate::data::id::Id;
use crate::data::more::Kind;
use crate::data::records::{Kept, UserStatus};
use crate::data::relations::authorized;
use crate::row::Row;

type Rows<'a> = Box<dyn Iterator<Item = Value> + 'a>;

/// The streams whose rows are those of one kind, alone.
const ALONE: [(&str, Kind); 12] = [
    ("courses", Kind::Courses),
    ("certificate_outlines", Kind::Outlines),
    ("custom_links", Kind::CustomLinks),
    ("external_ids", Kind::ExternalIds),
    ("integrations", Kind::Integrations),
    ("learning_needs", Kind::Needs),
    ("projects", Kind::Projects),
    ("skills", Kind::Skills),
    ("skill_powers", Kind::Powers),
    ("tags", Kind::Tags),
    ("webhook_subscriptions", Kind::Subscriptions),
    ("bulk_operations", Kind::Operations),
];

/// Those whose rows have the id of their parent added.
const UNDER: [(&str, Kind, &str); 5] = [
    ("course_tags", Kind::CourseTags, "courseId"),
    ("course_custom_field_values", Kind::CourseValues, "courseId"),
    ("path_tags", Kind::PathTags, "pathId"),
    ("user_certificates", Kind::Certificates, "userId"),
    ("webhook_events", Kind::Events, "subscriptionId"),
];

fn with(kept: &Kept, parents: Value) -> Value {
    under(&Row::Kept(kept), parents)
}

impl World {
    /// Whether the company has not enabled what the rows of a stream are about.
    fn lacks(&self, stream: &str) -> bool {
        match stream {
            "skills" | "skill_powers" => self.is_off("skills"),
            "course_custom_field_values" => self.is_off("course-custom-fields"),
            _ => false,
        }
    }

    /// The number of rows of one of these streams.
    pub(super) fn further_count(&self, stream: &str) -> usize {
        let kinds = ALONE.into_iter().chain(UNDER.map(|(name, kind, _)| (name, kind)));
        match (kinds.into_iter().find(|(name, _)| *name == stream), stream) {
            _ if self.lacks(stream) => 0,
            (Some((_, kind)), _) => self.more.table(kind).len(),
            (_, "group_memberships") => {
                self.users.rows().iter().map(|user| self.memberships(user).len()).sum()
            }
            (_, "user_managers") => self.users.rows().iter().map(|user| self.managers(user).len()).sum(),
            (_, "path_session_translations" | "path_session_metrics") => self.sessions.len(),
            _ => self.further(stream).count(),
        }
    }

    pub(super) fn further(&self, stream: &str) -> Rows<'_> {
        if self.lacks(stream) {
            return Box::new(std::iter::empty());
        }
        if let Some((_, kind)) = ALONE.iter().find(|(name, _)| *name == stream) {
            return Box::new(self.more.table(*kind).rows().iter().map(|kept| kept.row.clone()));
        }
        if let Some(&(_, kind, parent)) = UNDER.iter().find(|(name, ..)| *name == stream) {
            let rows = self.more.table(kind).rows().iter();
            return Box::new(rows.map(move |kept| with(kept, json!({parent: kept.parent}))));
        }
        match stream {
            "course_stats" => Box::new(self.more.attempts.rows().iter().map(|row| json!(Row::Attempt(row)))),
            "group_memberships" => {
                let users = self.users.rows().iter();
                Box::new(users.flat_map(|user| {
                    let roles = self.memberships(user).into_iter();
                    roles.map(|(group, role)| json!({"groupId": group, "userId": user.id, "role": role}))
                }))
            }
            "user_managers" => Box::new(self.users.rows().iter().flat_map(|user| {
                let managers = self.managers(user).into_iter();
                managers.map(|manager| json!({"userId": user.id, "managerId": manager}))
            })),
            "custom_field_authorized_values" => Box::new(self.fields.rows().iter().flat_map(|field| {
                let values = authorized(field).into_iter();
                values.map(|value| json!({"customFieldId": field.id, "value": value}))
            })),
            "group_catalog_contents" => self.listed("catalog", ["path-session", "course"]),
            "group_library_contents" => self.listed("library", ["path", "course"]),
            "user_custom_links" => {
                let links = self.more.table(Kind::UserLinks).rows().iter();
                Box::new(links.filter_map(|link| {
                    let user = self.users.get(link.parent?)?;
                    let there = user.status != UserStatus::Deleted;
                    there.then(|| with(link, json!({"userId": user.id})))
                }))
            }
            "classroom_slot_waitlist" => {
                let requests = self.more.table(Kind::Waitlist).rows().iter();
                Box::new(requests.filter_map(|one| {
                    let slot = self.slots.get(one.parent?).filter(|slot| slot.max_capacity.is_some())?;
                    let parents = json!({"classroomSlotId": slot.id, "classroomId": slot.classroom_id});
                    Some(with(one, parents))
                }))
            }
            _ => self.of_sessions(stream),
        }
    }

    fn listed(&self, list: &'static str, kinds: [&'static str; 2]) -> Rows<'_> {
        Box::new(self.groups.rows().iter().flat_map(move |group| {
            kinds.into_iter().flat_map(move |kind| {
                let ids = self.contents(group.id, list, kind).unwrap_or_default();
                let row = move |id: &Id| json!({"groupId": group.id, "contentType": kind, "contentId": id});
                ids.iter().map(row)
            })
        }))
    }

    fn of_sessions(&self, stream: &str) -> Rows<'_> {
        let sessions = self.sessions.rows().iter();
        let object = |id: Id, path: Id, object: Value| {
            let parents = json!({"sessionId": id, "pathId": path});
            under(&Row::Made(object), parents)
        };
        match stream {
            "path_session_translations" => Box::new(sessions.map(|one| json!(Row::FullSession(one)))),
            "path_session_metrics" => {
                Box::new(sessions.map(move |one| object(one.id, one.path_id, self.statuses(one))))
            }
            "path_session_audiences" => Box::new(
                sessions.filter_map(move |one| Some(object(one.id, one.path_id, self.audience(one)?))),
            ),
            "path_session_custom_field_values" => Box::new(sessions.flat_map(move |one| {
                let values = self.more.table(Kind::SessionValues).of(one.id);
                values.map(move |value| object(one.id, one.path_id, value.row.clone()))
            })),
            _ => Box::new(std::iter::empty()),
        }
    }
}
