//! Rows of one kind, found by id or by parent, kept in an order that no date explains.

use std::collections::HashSet;

use super::id::{ById, Id};

/// A row with an id and perhaps a parent.
pub(crate) trait Keyed {
    fn id(&self) -> Id;

    fn parent(&self) -> Option<Id> {
        None
    }
}

/// All rows of one kind. `places` and `children` always agree with `rows`.
pub(crate) struct Table<T> {
    seed: u64,
    rows: Vec<T>,
    places: ById<usize>,
    children: ById<Vec<usize>>,
}

impl<T: Keyed> Table<T> {
    pub(crate) fn new(seed: u64, rows: Vec<T>) -> Self {
        let mut table = Self { seed, rows, places: ById::default(), children: ById::default() };
        table.arrange();
        table
    }

    /// Puts the rows into their order again after some were added.
    pub(crate) fn arrange(&mut self) {
        let seed = self.seed;
        self.rows.sort_by_cached_key(|row| row.id().shuffled(seed));
        self.index();
    }

    fn index(&mut self) {
        self.places.clear();
        self.children.clear();
        self.places.reserve(self.rows.len());
        for place in 0..self.rows.len() {
            self.note(place);
        }
    }

    fn note(&mut self, place: usize) {
        let row = &self.rows[place];
        self.places.insert(row.id(), place);
        if let Some(parent) = row.parent() {
            self.children.entry(parent).or_default().push(place);
        }
    }

    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The rows, to change anything but what they are found by.
    pub(crate) fn rows_mut(&mut self) -> &mut [T] {
        &mut self.rows
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&T> {
        self.places.get(&id).map(|&place| &self.rows[place])
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        self.places.get(&id).map(|&place| &mut self.rows[place])
    }

    /// The rows under one parent.
    pub(crate) fn of(&self, parent: Id) -> impl Iterator<Item = &T> {
        self.children.get(&parent).into_iter().flatten().map(|&place| &self.rows[place])
    }

    /// Adds a row at the end; it takes its place with the next `arrange`.
    pub(crate) fn push(&mut self, row: T) {
        self.rows.push(row);
        self.note(self.rows.len() - 1);
    }

    pub(crate) fn remove(&mut self, ids: &HashSet<Id>) {
        self.rows.retain(|row| !ids.contains(&row.id()));
        self.index();
    }
}
