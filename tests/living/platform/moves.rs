//! Rows that change their status, and what may be hidden from a sync that is under way.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::births::statuses;
use super::rows::{Change, RowId, text};
use super::specs::{SPECS, with_dependents};
use super::{Phase, Platform};

impl Platform {
    /// A row gets another status.
    pub(super) fn move_to(&mut self, id: RowId, to: &'static str, stamp: DateTime<Utc>) {
        let stream = self.rows[id].stream;
        let spec = &SPECS[stream];
        // A row that moves there and back while its lists are read may be in none of them.
        let is_moved = self.rows[id].moves.last().is_some_and(|at| *at >= self.began);
        if is_moved && self.phase == Phase::Syncing {
            return;
        }
        if !spec.hidden.is_empty() {
            let is_under = spec.owner.is_some();
            // Between two hidden statuses it may be in neither list, and its date is not in the window of the plain one.
            let is_between = spec.hidden.contains(&to) && spec.hidden.contains(&self.rows[id].status);
            let may_be_missed =
                is_between || self.variant.hides[stream] && (is_under || self.variant.offset[stream]);
            let vanishes = usize::from(to != statuses(spec.name)[0]);
            if !self.may_vanish(vanishes) || (may_be_missed && !self.may_hide(&[stream])) {
                return;
            }
            self.vanished += vanishes;
        }
        let (now, moves_date) = (self.now, self.rng.bool());
        let archiving_moves_paths = self.variant.archiving_moves_paths;
        let row = &mut self.rows[id];
        let from = std::mem::replace(&mut row.status, to);
        row.moves.push(now);
        let is_usual = to == statuses(spec.name)[0];
        let by_status = if is_usual { Change::Restored } else { Change::ByStatus };
        let change = match spec.name {
            "users" => {
                let field = if to == "deleted" { "deletedAt" } else { "reactivatedAt" };
                let mut dates = row.data.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
                dates.push(json!(text(stamp)));
                row.set(field, dates);
                Change::Dated
            }
            "paths" if archiving_moves_paths => {
                row.set_date("modifiedAt", stamp);
                Change::Dated
            }
            "courses" | "paths" => by_status,
            "skills" => {
                if !row.dateless {
                    row.set_date("updatedAt", stamp);
                }
                Change::Dated
            }
            "path_enrollments" | "classroom_registrations" if !row.dateless => {
                if is_usual {
                    row.data.remove("archivedAt");
                } else {
                    row.set_date("archivedAt", stamp);
                }
                // Only enrollments come back without a date.
                if moves_date || (is_usual && spec.name != "path_enrollments") {
                    row.set_date("modifiedAt", stamp);
                    Change::Dated
                } else {
                    by_status
                }
            }
            _ => Change::Dated,
        };
        self.changed(id, change, &format!("from {from} to {to}"));
    }

    /// True if so many parents may vanish during this sync: more would rightly end it as a failure.
    pub(super) fn may_vanish(&self, parents: usize) -> bool {
        self.phase != Phase::Syncing || self.vanished + parents <= 2
    }

    /// True if rows of these lists, and what is read under them, may be hidden from this sync; they are marked then.
    pub(super) fn may_hide(&mut self, lists: &[usize]) -> bool {
        if self.phase != Phase::Syncing {
            return self.phase == Phase::Between;
        }
        let mut streams: Vec<usize> = lists.iter().flat_map(|list| with_dependents(*list)).collect();
        streams.retain(|stream| self.reading.contains(stream));
        let is_allowed = |stream: &usize| self.sight[*stream].disturbed || self.sight[*stream].debt == 0;
        if streams.is_empty() {
            return true;
        }
        if !self.variant.hides_from_one_sync || !streams.iter().all(is_allowed) {
            return false;
        }
        for stream in streams {
            self.sight[stream].disturbed = true;
            self.sight[stream].debt = 2;
        }
        true
    }
}
