//! What a destination must hold after a sync that says that it was complete.
//!
//! A sync promises every row as it was when the sync began, or as it became since. Where nothing happens, that is
//! equality. Beyond it a version may be held only if `rows.rs` says that no sync can see what came later.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::destination::{Destination, Mode, Selected};
use crate::platform::Platform;
use crate::platform::rows::{Row, RowId};
use crate::platform::specs::{Dates, SPECS};

/// A stream at the moment when a sync of it began.
pub(crate) struct Snapshot {
    pub(crate) at: DateTime<Utc>,
    /// How many versions each row had, and which were accepted.
    rows: BTreeMap<RowId, (usize, Vec<usize>)>,
}

impl Snapshot {
    pub(crate) fn take(platform: &Platform, stream: usize) -> Self {
        let rows = platform.of_stream[stream].iter().map(|id| {
            let row = &platform.rows[*id];
            (*id, (row.versions.len(), row.accepted.clone()))
        });
        Self { at: platform.now, rows: rows.collect() }
    }

    /// The rows that were there when the sync began, and still are.
    pub(crate) fn lasting<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = RowId> + 'a {
        self.rows.keys().copied().filter(|id| {
            let row = &platform.rows[*id];
            row.alive && row.current().is_some()
        })
    }
}

/// What is wrong with one row.
pub(crate) struct Difference {
    pub(crate) key: String,
    pub(crate) platform: String,
    pub(crate) destination: String,
    pub(crate) history: Vec<String>,
}

/// Finds what a destination does not hold as it must.
pub(crate) fn differences(
    platform: &Platform,
    destination: &Destination,
    selected: &Selected,
    snapshot: &Snapshot,
) -> Vec<Difference> {
    let stream = selected.stream;
    let mut held: BTreeMap<String, Value> = BTreeMap::new();
    for row in destination.rows(selected.name) {
        held.insert(Platform::key_of(stream, row), plain(row));
    }
    let mut rows: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
    for id in &platform.of_stream[stream] {
        rows.entry(platform.key(*id)).or_default().push(*id);
    }
    let keys: BTreeSet<&String> = held.keys().chain(rows.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (ids, value) = (rows.get(key).map_or(&[][..], Vec::as_slice), held.get(key));
        let permits = |id: &RowId| permits(platform, selected.mode, snapshot, *id, value);
        let is_right = if value.is_some() { ids.iter().any(permits) } else { ids.iter().all(permits) };
        if is_right {
            continue;
        }
        let show = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
        let current = ids.iter().find_map(|id| platform.rows[*id].current());
        let history = ids.iter().flat_map(|id| platform.rows[*id].history.iter());
        found.push(Difference {
            key: key.clone(),
            platform: show(current),
            destination: show(value),
            history: history
                .map(|(at, what)| format!("{} {what}", at.format("%m-%d %H:%M:%S%.3f")))
                .collect(),
        });
    }
    found
}

/// A row without what changes with every read, and without fields that are null.
fn plain(row: &Value) -> Value {
    let mut row = row.clone();
    if let Some(fields) = row.as_object_mut() {
        fields.retain(|name, value| name != "readAt" && !value.is_null());
    }
    row
}

/// True if a destination may hold this of a row.
fn permits(platform: &Platform, mode: Mode, snapshot: &Snapshot, id: RowId, held: Option<&Value>) -> bool {
    let row = &platform.rows[id];
    if was_moved_twice(platform, id, snapshot.at) {
        return true;
    }
    let (count, accepted) = match snapshot.rows.get(&id) {
        Some((count, accepted)) => (*count, accepted.as_slice()),
        None => (0, &[][..]),
    };
    let is = |index: &usize| {
        let version = row.versions[*index].as_ref().map(plain);
        version.as_ref() == held
    };
    let later: Vec<usize> = (count..row.versions.len()).collect();
    let is_born_later = count == 0;
    if later.iter().any(is) || (is_born_later && held.is_none()) {
        return true;
    }
    let was_gone = later.iter().any(|index| row.versions[*index].is_none());
    if was_gone && (held.is_none() || (0..row.versions.len()).any(|index| is(&index))) {
        return true;
    }
    if is_mixed(platform, mode, row, id, snapshot.at) {
        return true;
    }
    match mode {
        Mode::FullRefresh => count > 0 && is(&(count - 1)),
        // A status that every sync shows may have ended meanwhile: then what was accepted before it is again.
        Mode::Incremental => accepted.iter().any(is) || (!later.is_empty() && row.accepted.iter().any(is)),
    }
}

/// A row that moves there and back while its lists are read may be in none of them.
fn was_moved_twice(platform: &Platform, id: RowId, since: DateTime<Utc>) -> bool {
    let moves = |id: RowId| platform.rows[id].moves.iter().filter(|at| **at >= since).count();
    std::iter::successors(Some(id), |id| platform.rows[*id].owner).any(|id| moves(id) > 1)
}

/// Attendance is emitted with the dates that its slot had when the slots were listed. Where the slot changed since, the row is
/// of both moments; the next sync reads it again, unless the row is gone by then.
fn is_mixed(platform: &Platform, mode: Mode, row: &Row, id: RowId, since: DateTime<Utc>) -> bool {
    if SPECS[row.stream].dates != Dates::Slot {
        return false;
    }
    let Some(slot) = platform.ancestor(id, "classroom_slots") else { return false };
    let is_edited = platform.rows[slot].history.iter().any(|(at, _)| *at >= since);
    is_edited || (mode == Mode::Incremental && row.current().is_none())
}
