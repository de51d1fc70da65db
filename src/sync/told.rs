//! Rows of a list that was read already: a later list may repeat them.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Their ids, as numbers. Whoever repeats one takes it out.
#[derive(Debug, Default)]
pub(super) struct Told {
    ids: Mutex<Ids>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Ids {
    open: HashSet<u64>,
    repeats: bool,
    settled: bool,
}

impl Told {
    /// A row was emitted.
    pub(super) fn note(&self, id: &str) {
        let id = self.hasher.hash_one(id);
        self.ids().open.insert(id);
    }

    /// Whether the row was emitted already; it is forgotten then.
    pub(super) fn skip(&self, id: &str) -> bool {
        let id = self.hasher.hash_one(id);
        let mut ids = self.ids();
        let repeats = ids.open.remove(&id);
        ids.repeats |= repeats;
        repeats
    }

    /// How many rows did not come again.
    pub(super) fn open(&self) -> usize {
        self.ids().open.len()
    }

    /// Nobody will ask any more.
    pub(super) fn clear(&self) {
        self.ids().open.clear();
    }

    /// Whether a later list may have left rows out: it did not show all that came before, or there was nothing to tell by. True
    /// once at most.
    pub(super) fn unsettles(&self) -> bool {
        let mut ids = self.ids();
        let settled = ids.repeats && ids.open.is_empty();
        !std::mem::replace(&mut ids.settled, true) && !settled
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        // A set is valid at every moment, also after a panic elsewhere.
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
