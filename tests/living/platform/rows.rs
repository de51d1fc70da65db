//! Rows, all their versions, and which of these a destination may rightly hold.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::Platform;
use super::specs::{Body, Dates, SPECS};

/// The place of a row in the platform's list of rows.
pub(crate) type RowId = usize;

/// A row of the platform.
pub(crate) struct Row {
    pub(crate) stream: usize,
    pub(crate) id: String,
    pub(crate) owner: Option<RowId>,
    pub(crate) owned: Vec<RowId>,
    pub(crate) data: Map<String, Value>,
    /// Empty where rows of the stream have none.
    pub(crate) status: &'static str,
    pub(crate) alive: bool,
    /// It never carries a date, so every sync emits it.
    pub(crate) dateless: bool,
    /// A change waits for the replica.
    pub(crate) waiting: bool,
    /// When its status changed.
    pub(crate) moves: Vec<DateTime<Utc>>,
    /// What a reader of the API can see of it; `None` where it is not readable.
    pub(crate) versions: Vec<Option<Value>>,
    /// The versions that an incremental destination may hold once it caught up.
    pub(crate) accepted: Vec<usize>,
    /// What was accepted after each version: a list is read at one moment of a sync, whatever happens later in it.
    pub(crate) accepted_after: Vec<Vec<usize>>,
    /// What was accepted before a status that every sync shows, and the first version with that status.
    before_status: Option<(Vec<usize>, usize)>,
    pub(crate) history: Vec<(DateTime<Utc>, String)>,
}

/// How a change can be seen by an incremental sync.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// By a date in the row, for good.
    Dated,
    /// While the row has this status.
    ByStatus,
    /// The end of such a status: as if it had never been.
    Restored,
    /// Not at all.
    Unseen,
    /// It cannot be read any more.
    Gone,
}

impl Row {
    pub(crate) fn new(stream: usize, id: String, owner: Option<RowId>) -> Self {
        Self {
            stream,
            id,
            owner,
            owned: Vec::new(),
            data: Map::new(),
            status: "",
            alive: true,
            dateless: false,
            waiting: false,
            moves: Vec::new(),
            versions: Vec::new(),
            accepted: Vec::new(),
            accepted_after: Vec::new(),
            before_status: None,
            history: Vec::new(),
        }
    }

    pub(crate) fn current(&self) -> Option<&Value> {
        self.versions.last()?.as_ref()
    }

    pub(crate) fn date(&self, field: &str) -> Option<DateTime<Utc>> {
        self.data.get(field)?.as_str()?.parse().ok()
    }

    pub(crate) fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.data.insert(field.to_owned(), value.into());
    }

    pub(crate) fn set_date(&mut self, field: &str, at: DateTime<Utc>) {
        self.set(field, text(at));
    }

    /// Every later sync shows the version that is the latest now.
    pub(crate) fn settle(&mut self) {
        let latest = self.versions.len() - 1;
        self.forget_before(latest);
    }

    /// Nothing older than this version is accepted any more.
    pub(crate) fn forget_before(&mut self, oldest: usize) {
        let newer = |accepted: &mut Vec<usize>| {
            accepted.retain(|version| *version > oldest);
            accepted.push(oldest);
        };
        newer(&mut self.accepted);
        self.accepted_after.iter_mut().for_each(newer);
    }

    fn push(&mut self, value: Option<Value>, change: Change) {
        let (new, gone) = (self.versions.len(), value.is_none());
        self.versions.push(value);
        match change {
            _ if gone || change == Change::Gone => {
                // A deletion cannot be seen, and takes with it the dates of what was not yet emitted.
                self.accepted = (0..=new).collect();
                self.before_status = None;
            }
            Change::Dated => {
                self.accepted = vec![new];
                self.before_status = self.before_status.is_some().then(|| (vec![new], new));
            }
            Change::ByStatus => {
                let before = std::mem::replace(&mut self.accepted, vec![new]);
                self.before_status.get_or_insert((before, new));
            }
            Change::Restored => {
                let (mut accepted, first) = self.before_status.take().unwrap_or((self.accepted.clone(), new));
                accepted.extend(first..=new);
                self.accepted = accepted;
            }
            Change::Unseen => self.accepted.push(new),
            Change::Gone => {}
        }
        self.accepted_after.push(self.accepted.clone());
    }
}

/// A date as the API writes it.
pub(crate) fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Platform {
    /// Notes what happened to a row: a new version of it, and of what shows a part of it.
    pub(crate) fn changed(&mut self, id: RowId, change: Change, what: &str) {
        let value = self.readable(id);
        let now = self.now;
        let row = &mut self.rows[id];
        row.history.push((now, format!("{what} ({change:?})")));
        if row.versions.last() != Some(&value) {
            row.push(value, change);
        }
        self.changed_below(id, change);
    }

    fn changed_below(&mut self, id: RowId, change: Change) {
        for below in self.rows[id].owned.clone() {
            let value = self.readable(below);
            let now = self.now;
            let row = &mut self.rows[below];
            if row.versions.last() != Some(&value) {
                // A row that comes back with its owner may have dates of long ago.
                let back = value.is_some() && row.versions.last().is_some_and(Option::is_none);
                let change = if back { Change::Unseen } else { change };
                row.history.push((now, format!("its owner changed ({change:?})")));
                row.push(value, change);
            }
            self.changed_below(below, change);
        }
    }

    /// What a reader of the whole API can know of a row at this moment, as the connector should emit it.
    fn readable(&self, id: RowId) -> Option<Value> {
        let row = &self.rows[id];
        let spec = &SPECS[row.stream];
        if !row.alive || !self.is_listed(id) {
            return None;
        }
        let mut value = self.raw(id);
        for (name, stream, field) in spec.added {
            if let Some(part) = self.ancestor(id, stream).and_then(|of| self.field(of, field)) {
                value.insert((*name).to_owned(), part);
            }
        }
        Some(Value::Object(value))
    }

    /// False where the rows above are gone, refuse to answer, or are not to be visited.
    fn is_listed(&self, id: RowId) -> bool {
        let row = &self.rows[id];
        let spec = &SPECS[row.stream];
        let Some(owner) = row.owner else { return true };
        if !self.rows[owner].alive || !self.is_listed(owner) {
            return false;
        }
        let above = &self.rows[owner];
        if !spec.is_under(SPECS[above.stream].name) {
            return true;
        }
        if spec.name == "path_session_audiences" && above.data.get("isAudienceBuilder") != Some(&json!(true))
        {
            return false;
        }
        let left_out = above.status == "deleted"
            && SPECS[above.stream].name == "users"
            && !self.variant.include_deleted_users;
        !left_out && self.answers(owner, spec.name)
    }

    /// False where the API returns "not found" for a row that is there: it is archived or deleted.
    pub(crate) fn answers(&self, id: RowId, child: &str) -> bool {
        let row = &self.rows[id];
        match (SPECS[row.stream].name, row.status) {
            ("users", "deleted") => child != "user_custom_links",
            ("courses", "deleted") => self.variant.deleted_courses_answer,
            ("paths", "archived") => self.variant.archived_paths_answer,
            _ => true,
        }
    }

    /// The row as the API lists it.
    pub(crate) fn raw(&self, id: RowId) -> Map<String, Value> {
        let row = &self.rows[id];
        let mut value = row.data.clone();
        match SPECS[row.stream].name {
            "path_stats" => {}
            "users" if self.variant.old_users => {
                value.insert("deleted".to_owned(), json!(row.status == "deleted"));
            }
            _ if row.status.is_empty() => {}
            _ => {
                value.insert("status".to_owned(), json!(row.status));
            }
        }
        value
    }

    /// The row of that stream above a row.
    pub(crate) fn ancestor(&self, id: RowId, stream: &str) -> Option<RowId> {
        std::iter::successors(self.rows[id].owner, |above| self.rows[*above].owner)
            .find(|above| SPECS[self.rows[*above].stream].name == stream)
    }

    fn field(&self, id: RowId, field: &str) -> Option<Value> {
        self.rows[id].data.get(field).cloned()
    }

    /// True if every sync, or the date of a change, shows a change of this row that happens now.
    pub(crate) fn is_seen_now(&self, id: RowId) -> bool {
        let row = &self.rows[id];
        if SPECS[row.stream].dates != Dates::Slot {
            return true;
        }
        let Some(slot) = self.ancestor(id, "classroom_slots") else { return true };
        let slot = &self.rows[slot];
        let within = slot.date("endDate").is_some_and(|end| end >= self.now - self.variant.lookback);
        let is_dated = ["modifiedAt", "createdAt"].iter().any(|field| slot.date(field).is_some());
        !is_dated || within
    }

    /// What identifies a row in its own table.
    pub(crate) fn key_of(stream: usize, row: &Value) -> String {
        let part = |field: &&str| row.get(*field).and_then(Value::as_str).unwrap_or("-").to_owned();
        SPECS[stream].key.iter().map(part).collect::<Vec<_>>().join(" ")
    }

    /// The key of a row, also of one that is gone.
    pub(crate) fn key(&self, id: RowId) -> String {
        let row = &self.rows[id];
        let last = row.versions.iter().rev().find_map(Option::as_ref);
        last.map_or_else(|| row.id.clone(), |value| Self::key_of(row.stream, value))
    }

    /// How a list shows a row.
    pub(crate) fn listed(&self, id: RowId) -> Value {
        let raw = self.raw(id);
        match SPECS[self.rows[id].stream].body {
            Body::Values(field) => raw.get(field).cloned().unwrap_or_default(),
            Body::Objects | Body::Object => {
                // What only orders or places a row is not part of it.
                Value::Object(raw)
            }
        }
    }
}
