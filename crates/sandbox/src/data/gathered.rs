//! Lists that follow from all rows of a kind, gathered when the first of them is asked for and again after a change.

use super::World;
use super::id::{ById, Id, grouped};
use super::more::Kind;

/// What there is of each group, in the order of the rows.
pub(super) struct Gathered {
    members: ById<Vec<(Id, &'static str)>>,
    sessions: ById<Vec<Id>>,
    paths: ById<Vec<Id>>,
    /// Those that are published.
    catalog: ById<Vec<Id>>,
    /// Those that are archived as well.
    library: ById<Vec<Id>>,
}

impl Gathered {
    fn of(world: &World) -> Self {
        let members = world.users.rows().iter().flat_map(|user| {
            let roles = world.memberships(user).into_iter();
            roles.map(|(group, role)| (group, (user.id, role)))
        });
        let courses = |statuses: &[&str]| {
            let rows = world.more.table(Kind::Courses).rows().iter();
            let offered = rows.filter(|course| statuses.contains(&course.text("status")));
            grouped(offered.filter_map(|course| Some((Id::parse(course.text("groupId"))?, course.id))))
        };
        Self {
            members: grouped(members),
            sessions: grouped(world.sessions.rows().iter().map(|session| (session.group_id, session.id))),
            paths: grouped(world.paths.rows().iter().map(|path| (path.group_id, path.id))),
            catalog: courses(&["published"]),
            library: courses(&["published", "archived"]),
        }
    }
}

impl World {
    fn gathered(&self) -> &Gathered {
        self.gathered.get_or_init(|| Gathered::of(self))
    }

    /// The members of a group with their roles there.
    pub(crate) fn members(&self, group: Id) -> &[(Id, &'static str)] {
        self.gathered().members.get(&group).map_or(&[], Vec::as_slice)
    }

    /// What a group offers in its `catalog` or `library`. None for a type of content that the list has not.
    pub(crate) fn contents(&self, group: Id, list: &str, kind: &str) -> Option<&[Id]> {
        let gathered = self.gathered();
        let lists = match (list, kind) {
            ("catalog", "path-session") => &gathered.sessions,
            ("library", "path") => &gathered.paths,
            ("catalog", "course") => &gathered.catalog,
            ("library", "course") => &gathered.library,
            _ => return None,
        };
        Some(lists.get(&group).map_or(&[], Vec::as_slice))
    }
}
