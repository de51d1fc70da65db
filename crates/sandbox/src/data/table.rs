//! Rows of one kind, found by id or by the row that they belong to.

use std::collections::HashMap;

use super::{Id, Record};

/// All rows of one kind, in an order that no date explains. The indexes always agree with `rows`.
#[derive(Default)]
pub(crate) struct Table {
    seed: u64,
    /// The fields with ids by which rows are found, beside their own id.
    owners: &'static [&'static str],
    rows: Vec<Record>,
    places: HashMap<Id, usize>,
    /// The places of the rows by the id in a field.
    below: HashMap<(&'static str, Id), Vec<usize>>,
}

impl Table {
    pub(crate) fn new(seed: u64, owners: &'static [&'static str], rows: Vec<Record>) -> Self {
        let mut table = Self { seed, owners, rows, ..Self::default() };
        table.arrange();
        table
    }

    /// Puts the rows into their order again after some were added.
    pub(crate) fn arrange(&mut self) {
        let seed = self.seed;
        self.rows.sort_by_cached_key(|row| row.id().place(seed));
        self.index();
    }

    fn index(&mut self) {
        self.places.clear();
        self.below.clear();
        for place in 0..self.rows.len() {
            self.index_row(place);
        }
    }

    fn index_row(&mut self, place: usize) {
        let row = &self.rows[place];
        self.places.insert(row.id(), place);
        for field in self.owners {
            if let Some(owner) = row.reference(field) {
                self.below.entry((field, owner)).or_default().push(place);
            }
        }
    }

    pub(crate) fn rows(&self) -> &[Record] {
        &self.rows
    }

    pub(crate) fn ids(&self) -> Vec<Id> {
        self.rows.iter().map(Record::id).collect()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Record> {
        self.places.get(&id).map(|&place| &self.rows[place])
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut Record> {
        self.places.get(&id).map(|&place| &mut self.rows[place])
    }

    /// The rows that name `owner` in `field`, one of the indexed fields.
    pub(crate) fn of(&self, field: &'static str, owner: Id) -> impl Iterator<Item = &Record> {
        self.below.get(&(field, owner)).into_iter().flatten().map(|&place| &self.rows[place])
    }

    /// Adds a row at the end; it gets its place with the next `arrange`.
    pub(crate) fn push(&mut self, row: Record) {
        self.rows.push(row);
        self.index_row(self.rows.len() - 1);
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&Record) -> bool) {
        self.rows.retain(keep);
        self.index();
    }
}
