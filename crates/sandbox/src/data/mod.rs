//! The data of an account: tables of records, generated from a seed, and what a day changes in them.
//! Each family of rows has a file with its generators (`generate`) and its changes (`change`).

pub(crate) mod attempts;
pub(crate) mod attendance;
pub(crate) mod certificates;
pub(crate) mod classrooms;
pub(crate) mod company;
pub(crate) mod courses;
pub(crate) mod custom_fields;
mod deletions;
pub(crate) mod draw;
pub(crate) mod enrollments;
pub(crate) mod feedback;
pub(crate) mod groups;
pub(crate) mod id;
pub(crate) mod links;
mod names;
pub(crate) mod operations;
pub(crate) mod paths;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod registrations;
pub(crate) mod sessions;
pub(crate) mod skills;
pub(crate) mod slots;
mod spellings;
mod steps;
mod table;
pub(crate) mod tags;
pub(crate) mod time;
pub(crate) mod undated;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::collections::BTreeMap;

use crate::scale::Counts;
use chrono::TimeDelta;
// Every generator takes these from here.
use draw::{Rng, number};
use groups::Network;
use id::Id;
use record::{Cell, Record, record};
use table::Table;
use time::{DAY, HOUR, MINUTE, Time, date, day, days, instant};

/// When the platform of the program opened.
pub(crate) const FIRST: Time = date(2024, 5, 2);

/// Sessions and slots lie in these two and a half years.
const OPENING: Time = date(2024, 9, 2);
const CLOSING: Time = date(2027, 3, 31);

/// The clock of a new sandbox: a Monday at 08:00.
const NOW: Time = instant(2026, 11, 2, 8);

/// No row is dated later than this before the clock.
const QUIET: TimeDelta = TimeDelta::minutes(65);

/// Everything that the account holds.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) clock: Time,
    counts: Counts,
    days: u64,
    network: Network,
    trainers: Vec<Id>,
    tables: BTreeMap<&'static str, Table>,
    none: Table,
}

/// A day that passes.
pub(crate) struct Day {
    pub(crate) rng: Rng,
    /// The clock at its beginning.
    pub(crate) from: Time,
    /// No row is stamped later.
    pub(crate) until: Time,
    /// How many rows of a frequent kind change.
    pub(crate) unit: usize,
    /// How many rows of a frequent kind are deleted.
    pub(crate) few: usize,
    /// 1 for the first day.
    pub(crate) number: u64,
    /// What happened to which row, for the log of webhook events.
    happened: Vec<(&'static str, Id)>,
    /// How many rows of a table may still be deleted.
    allowance: BTreeMap<&'static str, usize>,
}

impl World {
    pub(crate) fn new(counts: Counts, seed: u64) -> Self {
        Self { seed, clock: NOW, counts, ..Self::default() }
    }

    /// A table by its name, which is that of its stream; an empty one where there is none.
    pub(crate) fn table(&self, name: &str) -> &Table {
        self.tables.get(name).unwrap_or(&self.none)
    }

    /// Whether some table has a row of this id.
    pub(crate) fn has(&self, id: Id) -> bool {
        self.tables.values().any(|table| table.get(id).is_some())
    }

    fn table_mut(&mut self, name: &'static str) -> &mut Table {
        self.tables.entry(name).or_default()
    }

    /// The row of a table that a field of another row names.
    pub(crate) fn referred(&self, row: &Record, field: &str, table: &str) -> Option<&Record> {
        self.table(table).get(row.reference(field)?)
    }

    pub(crate) fn rows(&self, name: &str) -> &[Record] {
        self.table(name).rows()
    }

    /// Replaces a table; its rows are also found by the ids in the fields `owners`.
    pub(crate) fn put(&mut self, name: &'static str, owners: &'static [&'static str], rows: Vec<Record>) {
        self.tables.insert(name, Table::new(self.seed, owners, rows));
    }

    fn edit(&mut self, name: &'static str, id: Id, edit: impl FnOnce(&mut Record)) {
        if let Some(row) = self.table_mut(name).get_mut(id) {
            edit(row);
        }
    }

    /// Gives every field of `changes` to a row.
    fn update(&mut self, name: &'static str, id: Id, changes: Record) {
        self.edit(name, id, |row| row.update(changes));
    }

    fn rng(&self, purpose: &str) -> Rng {
        Rng::new(self.seed, purpose)
    }

    /// A generator of draws that belong to one row: they do not depend on any other.
    fn rng_of(&self, row: Id, purpose: &str) -> Rng {
        row.rng(self.rng(purpose).0.u64(..))
    }

    /// `count` rows, each made from its number.
    fn many(
        &self,
        purpose: &str,
        count: usize,
        mut row: impl FnMut(&mut Rng, usize) -> Record,
    ) -> Vec<Record> {
        let rng = &mut self.rng(purpose);
        (0..count).map(|number| row(rng, number)).collect()
    }

    /// The rows that belong to each row of a table, each time with draws of their own.
    fn each<Rows: IntoIterator<Item = Record>>(
        &self,
        table: &str,
        purpose: &str,
        rows: impl Fn(&Record, &mut Rng) -> Rows,
    ) -> Vec<Record> {
        let of = |row: &Record| rows(row, &mut self.rng_of(row.id(), purpose));
        self.rows(table).iter().flat_map(of).collect()
    }

    /// No row is dated later.
    fn until(&self) -> Time {
        self.clock - QUIET
    }

    /// The users who are not trainers, in the order of their creation, with their dates of creation.
    fn learners(&self) -> Vec<(Id, Time)> {
        let users = self.rows("users").iter().filter(|user| !self.network.is_trainer(user));
        let mut learners: Vec<(Id, Time)> = users.map(|user| (user.id(), users::created(user))).collect();
        learners.sort_by_key(|&(id, created)| (created, id));
        learners
    }

    /// Moves the clock by a day.
    pub(crate) fn begin_day(&mut self) -> Day {
        self.days += 1;
        let from = self.clock;
        self.clock = from + DAY;
        let unit = (self.rows("users").len() / 250).max(1);
        Day {
            rng: Rng::new(self.seed ^ (self.days << 32), "day"),
            from,
            until: self.until(),
            unit,
            few: 1 + unit / 4,
            number: self.days,
            happened: Vec::new(),
            allowance: deletions::allowance(self),
        }
    }

    /// Puts the rows of the day into their places.
    pub(crate) fn end_day(&mut self) {
        self.tables.values_mut().for_each(Table::arrange);
    }
}

/// Accepts every row.
fn any(_: &World, _: &Record) -> bool {
    true
}

impl Day {
    /// An instant of the day.
    fn stamp(&mut self) -> Time {
        self.rng.time(self.from + MINUTE, self.until)
    }

    /// An instant of its first hours, for rows that others of the same day belong to.
    fn early_stamp(&mut self) -> Time {
        self.from + self.rng.span(MINUTE * 10, HOUR * 2)
    }

    /// Copies of `count` rows that `wanted` accepts.
    fn some(&mut self, rows: &[Record], count: usize, wanted: impl Fn(&Record) -> bool) -> Vec<Record> {
        let wanted: Vec<&Record> = rows.iter().filter(|row| wanted(row)).collect();
        self.rng.sample(&wanted, count).into_iter().cloned().collect()
    }

    /// Edits `count` rows of a table that `wanted` accepts, each at an instant of the day.
    fn edit(
        &mut self,
        world: &mut World,
        table: &'static str,
        count: usize,
        wanted: impl Fn(&World, &Record) -> bool,
        edit: impl Fn(&mut Record, Time, &mut Rng),
    ) {
        for row in self.some(world.rows(table), count, |row| wanted(world, row)) {
            let stamp = self.stamp();
            world.edit(table, row.id(), |row| edit(row, stamp, &mut self.rng));
        }
    }
}
