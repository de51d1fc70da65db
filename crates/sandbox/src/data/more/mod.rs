//! Everything beside people, paths and classrooms: courses and attempts at them, skills, certificates, links,
//! webhooks. Its draws and ids are its own, so what is made elsewhere does not depend on it.

mod attempts;
mod certificates;
mod company;
mod courses;
mod links;
mod operations;
mod skills;

pub(crate) use attempts::begun;
pub(crate) use operations::{end, event, operation};

use std::collections::HashMap;

use super::World;
use super::id::{Id, Mint};
use super::moment::Moment;
use super::records::{Attempt, Kept};
use super::rng::Rng;
use super::table::Table;
use crate::scale::More as Counts;

/// The kinds whose rows are kept as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Tags,
    Courses,
    CourseTags,
    CourseValues,
    PathTags,
    SessionValues,
    Outlines,
    Certificates,
    Skills,
    Powers,
    Projects,
    Needs,
    CustomLinks,
    UserLinks,
    ExternalIds,
    Integrations,
    Waitlist,
    Subscriptions,
    Events,
    Operations,
}

/// The rows of all of them.
pub(crate) struct More {
    seed: u64,
    tables: HashMap<Kind, Table<Kept>>,
    none: Table<Kept>,
    pub(crate) attempts: Table<Attempt>,
    pub(crate) mint: Mint,
}

impl More {
    pub(crate) fn empty(seed: u64) -> Self {
        Self {
            seed,
            tables: HashMap::new(),
            none: Table::new(seed, Vec::new()),
            attempts: Table::new(seed, Vec::new()),
            mint: Mint::new(!seed),
        }
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table<Kept> {
        self.tables.get(&kind).unwrap_or(&self.none)
    }

    pub(crate) fn table_mut(&mut self, kind: Kind) -> &mut Table<Kept> {
        self.tables.entry(kind).or_insert_with(|| Table::new(self.seed, Vec::new()))
    }

    fn put(&mut self, kind: Kind, rows: Vec<Kept>) {
        self.tables.insert(kind, Table::new(self.seed, rows));
    }

    fn ids(&self, kind: Kind) -> Vec<Id> {
        self.table(kind).rows().iter().map(|row| row.id).collect()
    }

    pub(crate) fn arrange(&mut self) {
        self.tables.values_mut().for_each(Table::arrange);
        self.attempts.arrange();
    }
}

/// One kind after the other is made from the world as it is.
struct Maker<'a> {
    world: &'a World,
    counts: Counts,
    /// Nothing is dated later.
    until: Moment,
    more: More,
}

impl Maker<'_> {
    fn rng(&self, purpose: &str) -> Rng {
        Rng::new(!self.world.seed, purpose)
    }

    /// The learners with their dates of birth on the platform: everybody but the trainers.
    fn learners(&self) -> Vec<(Id, Moment)> {
        let network = &self.world.network;
        let users = self.world.users.rows().iter();
        users.filter(|user| !network.trains(user)).map(|user| (user.id, user.created)).collect()
    }
}

impl World {
    /// Adds the rest of the world to the people, paths and classrooms that are there.
    pub(crate) fn furnish(&mut self, counts: Counts) {
        let until = self.clock.plus(-super::QUIET);
        let more = More::empty(self.seed);
        let mut maker = Maker { world: self, counts, until, more };
        maker.tags();
        maker.company();
        maker.courses();
        maker.values();
        maker.attempts();
        maker.skills();
        maker.external_certificates();
        maker.links();
        maker.waitlists();
        maker.operations();
        self.more = maker.more;
        self.certify();
    }
}
