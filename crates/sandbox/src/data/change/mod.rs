//! One day in the life of the platform: a batch of creations, edits and deletions.

mod classrooms;
mod ledger;
mod more;
mod people;
mod training;

pub use ledger::{Changes, Touched};

use std::sync::OnceLock;

use super::World;
use super::id::Id;
use super::moment::{DAY, MINUTE, Moment};
use super::rng::{Rng, mix};
use super::table::{Keyed, Table};
use super::training::Studio;
use ledger::Ledger;

/// A batch under way.
struct Batch<'a> {
    world: &'a mut World,
    rng: Rng,
    ledger: Ledger,
    /// How many rows of a frequent kind are touched.
    unit: usize,
    /// The clock before the batch.
    from: Moment,
    /// Nothing is stamped later.
    until: Moment,
}

impl World {
    /// Moves the clock by a day and fills that day.
    pub(crate) fn change(&mut self) -> Changes {
        self.batches += 1;
        let before = self.before();
        let from = self.clock;
        self.clock = from.plus(DAY);
        let rng = Rng::new(self.seed ^ mix(self.batches), "change");
        let unit = (self.users.len() / 250).max(1);
        let until = self.clock.plus(-super::QUIET);
        let clock = self.clock.to_string();
        let mut batch = Batch { world: self, rng, ledger: Ledger::default(), unit, from, until };
        batch.people();
        batch.training();
        batch.classrooms();
        let mut ledger = batch.ledger;
        self.arrange();
        self.carry_more_on(from, until, unit, &mut ledger);
        self.gathered = OnceLock::new();
        if self.tenant.repaints() {
            // What was done to the data is not what became of the rows: all of them are compared.
            ledger = Ledger::default();
        }
        self.compare(before, &mut ledger);
        ledger.close(clock)
    }

    fn arrange(&mut self) {
        self.users.arrange();
        self.sessions.arrange();
        self.enrollments.arrange();
        self.slots.arrange();
        self.registrations.arrange();
        self.sheets.arrange();
        self.attendances.arrange();
    }
}

impl Batch<'_> {
    /// An instant of the day that the batch adds.
    fn stamp(&mut self) -> Moment {
        self.rng.moment(self.from.plus(MINUTE), self.until)
    }

    /// `count` rows of those that `wanted` accepts.
    fn some<T: Keyed>(rng: &mut Rng, table: &Table<T>, count: usize, wanted: impl Fn(&T) -> bool) -> Vec<Id> {
        let ids: Vec<Id> = table.rows().iter().filter(|row| wanted(row)).map(Keyed::id).collect();
        rng.sample(&ids, count)
    }
}

impl World {
    fn studio(&self, until: Moment) -> Studio<'_> {
        Studio {
            network: &self.network,
            trainers: &self.trainers,
            first: super::FIRST,
            now: self.clock,
            until,
        }
    }
}
