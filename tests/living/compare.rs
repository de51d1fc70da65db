//! What a destination must hold after a sync that reports that it was complete.
//!
//! A sync promises every row as it was when the sync began, or as it became since. Where nothing happens, that is
//! equality. Beyond it a version may be held only if `rows.rs` states that no sync can see what came later.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::destination::{Destination, Mode, Outcome, Selected};
use crate::platform::Platform;
use crate::platform::rows::{Row, RowId};
use crate::platform::specs::{Dates, SPECS, index};

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

    /// If all users were visited since, nothing older than this moment may be held of a row that a sync can show.
    pub(crate) fn forget_before(&mut self, platform: &mut Platform, one: &Selected, outcome: &Outcome) {
        let is_whole = outcome.whole.contains(one.name);
        for id in platform.of_stream[one.stream].clone().into_iter().filter(|_| is_whole) {
            if let Some((count, accepted)) = self.rows.get_mut(&id)
                && let Some(oldest) = count.checked_sub(1)
                && platform.shows(id, oldest)
                && platform.shows(id, platform.rows[id].versions.len() - 1)
                && !platform.is_left_out(id, self.at)
            {
                platform.rows[id].forget_before(oldest);
                accepted.retain(|version| *version > oldest);
                accepted.push(oldest);
            }
        }
    }

    /// The rows that were there when the sync began, and still are.
    pub(crate) fn lasting<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = RowId> + 'a {
        self.rows.keys().copied().filter(|id| {
            let row = &platform.rows[*id];
            row.alive && row.current().is_some()
        })
    }
}

/// Finds what a destination does not hold as it must: the row, what either side holds, and the row's history.
pub(crate) fn differences(
    platform: &Platform,
    destination: &Destination,
    selected: &Selected,
    snapshot: &Snapshot,
) -> Vec<String> {
    let stream = selected.stream;
    let mut held: BTreeMap<String, Value> = BTreeMap::new();
    for row in destination.rows(selected.name).filter(|row| says_something(platform, selected.name, row)) {
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
        let mut text = format!(
            "{key} ({:?}) at {}, of a read since {}\n  platform:    {}\n  destination: {}\n",
            selected.mode,
            platform.now,
            snapshot.at,
            show(current),
            show(value)
        );
        for (at, what) in ids.iter().flat_map(|id| platform.rows[*id].history.iter()) {
            let _ = writeln!(text, "    {} {what}", at.format("%m-%d %H:%M:%S%.3f"));
        }
        found.push(text);
    }
    found
}

/// False if a row records that a user has no value in a custom field, or is about a field that is gone: who reads the table
/// leaves both out.
fn says_something(platform: &Platform, stream: &str, row: &Value) -> bool {
    let is_field =
        |id: &usize| platform.rows[*id].alive && row["customFieldId"] == platform.rows[*id].id.as_str();
    stream != "user_custom_field_values"
        || !row["value"].is_null() && platform.of_stream[index("custom_fields")].iter().any(is_field)
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
    if mode == Mode::Incremental && platform.is_left_out(id, snapshot.at) {
        return held.is_none() || (0..row.versions.len()).any(|index| is(&index));
    }
    match mode {
        Mode::FullRefresh => count > 0 && is(&(count - 1)),
        // A status that every sync shows may have ended meanwhile: then what was accepted before it is again.
        Mode::Incremental => {
            let since = later.iter().flat_map(|index| &row.accepted_after[*index]);
            accepted.iter().chain(since).any(is)
        }
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

/// Lists of parents that were there all the time and were not requested in a sync in which another parent's failed.
pub(crate) fn not_requested(platform: &Platform, one: &Selected, snapshot: &Snapshot) -> Vec<String> {
    let spec = &SPECS[one.stream];
    let broken = platform.faults.broken.as_ref().filter(|it| it.stream == one.stream);
    let Some(broken) = broken.and_then(|it| it.path.clone()) else { return Vec::new() };
    let is_disturbed = platform.sight[one.stream].disturbed;
    let is_chosen = matches!(spec.dates, Dates::Slot | Dates::Logged) && one.mode == Mode::Incremental;
    let is_continued = platform.requests.iter().rev().find(|it| it.sync != platform.sync);
    if is_disturbed || is_chosen || is_continued.is_some_and(|before| before.at > snapshot.at) {
        return Vec::new();
    }
    let sync = platform.sync;
    let requested = |path: &str| {
        platform.requests.iter().rev().take_while(|it| it.sync == sync).any(|it| it.target.contains(path))
    };
    let path = |id: usize| {
        let row = &platform.rows[id];
        if row.owner.is_some_and(|owner| broken.contains(&platform.rows[owner].id)) {
            return None;
        }
        let value = row.current()?;
        let mut path = spec.path.to_owned();
        for (name, stream, _) in spec.added.iter().filter(|(name, ..)| name.ends_with("Id")) {
            let at = format!("{{{stream}}}");
            path = path.replace(&at, value.get(*name)?.as_str()?);
        }
        path = path.replace("{contentType}", value.get("contentType").and_then(Value::as_str).unwrap_or(""));
        (!path.contains('{')).then_some(path)
    };
    let mut paths: Vec<String> =
        snapshot.lasting(platform).filter_map(path).filter(|path| !requested(path)).collect();
    paths.dedup();
    paths
}
