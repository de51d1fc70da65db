//! What happens on the platform.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::Platform;
use super::births::statuses;
use super::rows::{Change, RowId};
use super::specs::{Dates, SPECS, index};

/// Streams whose rows the platform never deletes on their own.
const KEPT: [&str; 10] = [
    "webhook_events",
    "users",
    "courses",
    "skills",
    "course_stats",
    "path_stats",
    "path_enrollments",
    "classroom_registrations",
    "path_session_metrics",
    "path_session_audiences",
];

/// What happens to a row.
#[derive(Clone, Copy)]
enum Act {
    Birth,
    Edit,
    Delete,
    Move(&'static str),
    /// An edit that moves no date.
    Silent,
    /// An event about a user is logged; the row is the subscription.
    Log {
        user: RowId,
        is_certain: bool,
    },
}

/// Something that happens, maybe later in the eyes of a reader.
pub(crate) struct Event {
    stream: usize,
    /// The row; for a birth its owner.
    row: Option<RowId>,
    act: Act,
    /// When it happened.
    stamp: DateTime<Utc>,
}

impl Platform {
    /// Something happens.
    pub(super) fn happen(&mut self) {
        let all: Vec<usize> = (0..SPECS.len()).collect();
        let streams = match self.rng.u8(0..10) {
            0..5 if !self.hot.is_empty() => &self.hot,
            0..9 if !self.focus.is_empty() => &self.focus,
            _ => &all,
        };
        let stream = streams[self.rng.usize(0..streams.len())];
        let may_move = !statuses(SPECS[stream].name).is_empty();
        match self.rng.u8(0..100) {
            0..22 => self.be_born(stream),
            22..34 => self.attempt(stream, Act::Delete),
            34..60 if may_move => self.move_one(stream),
            60..68 => self.attempt(stream, Act::Silent),
            _ => self.attempt(stream, Act::Edit),
        }
    }

    /// A row of this stream changes its status.
    pub(super) fn move_one(&mut self, stream: usize) {
        let Some(row) = self.any_row(stream) else { return };
        let given = statuses(SPECS[stream].name);
        let Some(to) = given.iter().filter(|to| **to != self.rows[row].status).nth(self.rng.usize(0..2))
        else {
            return self.consider(Event {
                stream,
                row: Some(row),
                act: Act::Move(if self.rows[row].status == given[0] { given[1] } else { given[0] }),
                stamp: self.now,
            });
        };
        self.consider(Event { stream, row: Some(row), act: Act::Move(to), stamp: self.now });
    }

    /// A row of this stream is edited or deleted, before others see it all.
    pub(super) fn touch(&mut self, stream: usize) {
        let act = if self.rng.bool() { Act::Edit } else { Act::Delete };
        self.attempt(stream, act);
    }

    fn attempt(&mut self, stream: usize, act: Act) {
        if let Some(row) = self.any_row(stream) {
            self.consider(Event { stream, row: Some(row), act, stamp: self.now });
        }
    }

    fn any_row(&mut self, stream: usize) -> Option<RowId> {
        let rows = self.by_place(stream);
        let row = *rows.get(self.rng.usize(0..rows.len().max(1)))?;
        (!self.rows[row].waiting && self.rows[row].current().is_some()).then_some(row)
    }

    fn be_born(&mut self, stream: usize) {
        let spec = &SPECS[stream];
        if spec.name == "path_session_translations" {
            return;
        }
        let owner = match spec.owner {
            Some(owner) => match self.any_row(index(owner)) {
                Some(owner) => Some(owner),
                None => return,
            },
            None => None,
        };
        self.consider(Event { stream, row: owner, act: Act::Birth, stamp: self.now });
    }

    /// Applies an event now or, where the replica is late, within nine minutes.
    fn consider(&mut self, event: Event) {
        let is_dated = !matches!(SPECS[event.stream].dates, Dates::No | Dates::Slot | Dates::Logged);
        let may_wait = is_dated && matches!(event.act, Act::Birth | Act::Edit | Act::Move(_));
        if !(may_wait && self.variant.lags && self.rng.u8(0..10) < 6) {
            return self.apply(&event);
        }
        if let (Some(row), Act::Edit | Act::Move(_)) = (event.row, event.act) {
            self.rows[row].waiting = true;
        }
        let lag = Duration::milliseconds(self.rng.i64(1_000..540_000));
        self.waiting.push((self.now + lag, event));
    }

    /// Applies an event: from now on readers see it.
    pub(super) fn apply(&mut self, event: &Event) {
        let Event { stream, row, act, stamp } = *event;
        if let Some(row) = row {
            self.rows[row].waiting = false;
            if !self.rows[row].alive || (self.rows[row].current().is_none()) {
                return;
            }
        }
        match (act, row) {
            (Act::Birth, owner) => self.give_birth(stream, owner, stamp),
            (Act::Edit, Some(row)) => self.edit(row, stamp),
            (Act::Delete, Some(row)) => self.delete(row),
            (Act::Move(to), Some(row)) => self.move_to(row, to, stamp),
            (Act::Silent, Some(row)) => self.edit_silently(row),
            (Act::Log { user, is_certain }, Some(subscription)) => {
                self.log(subscription, user, stamp, is_certain);
            }
            (_, None) => {}
        }
    }

    fn give_birth(&mut self, stream: usize, owner: Option<RowId>, stamp: DateTime<Utc>) {
        let spec = &SPECS[stream];
        let is_sibling = |id: &usize| self.rows[*id].alive && self.rows[*id].owner == owner;
        if self.of_stream[stream].iter().filter(|id| is_sibling(id)).count() >= spec.rows.2 {
            return;
        }
        // An attempt made offline arrives with dates of long ago.
        let is_offline = spec.dates == Dates::Activity && self.rng.u8(0..10) == 0;
        let stamp = if is_offline { stamp - Duration::days(30) } else { stamp };
        let mut change = if is_offline { Change::Unseen } else { Change::Dated };
        if spec.dates == Dates::Slot {
            // Whether the row is seen depends on the slot above it.
            let probe = self.rows.len();
            let mut row = super::rows::Row::new(stream, String::new(), owner);
            row.alive = false;
            self.rows.push(row);
            if !self.is_seen_now(probe) {
                change = Change::Unseen;
            }
            self.rows.pop();
        }
        if spec.dates == Dates::Logged {
            change = Change::Unseen;
        }
        if let Some(row) = self.birth(stream, owner, stamp, change) {
            self.fire(row);
        }
    }

    /// What changed of a user may be logged, now or minutes later: what is imported is not.
    fn fire(&mut self, row: RowId) {
        let row = &self.rows[row];
        let (stream, owner) = (row.stream, row.owner);
        let Some(user) = owner.filter(|_| SPECS[stream].dates == Dates::Logged) else { return };
        if self.rng.u8(0..10) == 0 {
            return;
        }
        // Which subscription a sync follows is not known here: certain is what each of them logs.
        let (active, is_certain) = self.subscriptions(stream);
        let lag = Duration::milliseconds(if self.variant.lags { self.rng.i64(0..540_000) } else { 0 });
        for subscription in active {
            let (act, stamp) = (Act::Log { user, is_certain }, self.now);
            let event = Event { stream: index("webhook_events"), row: Some(subscription), act, stamp };
            if lag.is_zero() {
                self.apply(&event);
            } else {
                self.waiting.push((self.now + lag, event));
            }
        }
    }

    fn edit(&mut self, id: RowId, stamp: DateTime<Utc>) {
        let spec = &SPECS[self.rows[id].stream];
        let (luck, now) = (self.rng.u8(0..10), self.now);
        let mut change = Change::Dated;
        if spec.dates == Dates::Logged || spec.dates == Dates::Slot && !self.is_seen_now(id) {
            change = Change::Unseen;
        }
        let row = &mut self.rows[id];
        let field = match spec.dates {
            // Deliveries and bulk operations end within days.
            Dates::Created if row.date("createdAt").is_none_or(|at| now - at > Duration::days(6)) => return,
            Dates::Created | Dates::No | Dates::Slot | Dates::Logged => None,
            Dates::Required | Dates::Optional | Dates::Enrollment => Some("modifiedAt"),
            Dates::Updated => Some("updatedAt"),
            Dates::Activity => Some("lastActivityAt"),
        };
        if let Some(field) = field.filter(|_| !row.dateless) {
            row.set_date(field, stamp);
            if field == "lastActivityAt" && luck < 3 {
                row.set_date("completedAt", stamp);
            }
        }
        match spec.name {
            // A bare value cannot be edited.
            "user_managers"
            | "group_memberships"
            | "group_catalog_contents"
            | "group_library_contents"
            | "custom_field_authorized_values"
            | "course_tags"
            | "path_tags" => return,
            "classroom_slots" if luck < 7 => {
                let days = if luck < 5 { -self.rng.i64(10..400) } else { self.rng.i64(1..40) };
                let end = now + Duration::days(days);
                row.set_date("startDate", end - Duration::hours(3));
                row.set_date("endDate", end);
            }
            "webhook_subscriptions" if luck < 3 => {
                let was_active = row.data.get("status") == Some(&json!("active"));
                row.set("status", if was_active { "inactive" } else { "active" });
            }
            "path_sessions" if luck < 2 => {
                let was = row.data.get("isAudienceBuilder") == Some(&Value::Bool(true));
                row.set("isAudienceBuilder", !was);
            }
            _ => {}
        }
        row.set("edition", json!(now.timestamp_millis()));
        self.changed(id, change, "edited");
        self.fire(id);
        if spec.name == "path_sessions"
            && let Some(twin) = self.twin_of(id)
        {
            for field in ["isAudienceBuilder", "edition", "modifiedAt"] {
                let value = self.rows[id].data.get(field).cloned().unwrap_or_default();
                self.rows[twin].set(field, value);
            }
            self.changed(twin, Change::Dated, "edited as a session");
        }
    }

    fn edit_silently(&mut self, id: RowId) {
        let now = self.now.timestamp_millis();
        let row = &mut self.rows[id];
        let spec = &SPECS[row.stream];
        let change = match spec.name {
            "courses" | "paths" => {
                row.set("translations", json!([{"lang": "fr", "edition": now}]));
                // Every sync shows what has a hidden status.
                if spec.hidden.contains(&row.status) { Change::ByStatus } else { Change::Unseen }
            }
            "course_stats" => {
                row.set("score", json!(now % 101));
                let dates = ["lastActivityAt", "completedAt", "firstActivityAt"];
                let is_dated = dates.iter().any(|field| row.date(field).is_some());
                if is_dated { Change::Unseen } else { Change::Dated }
            }
            _ => return,
        };
        self.changed(id, change, "edited without a date");
    }

    fn delete(&mut self, id: RowId) {
        let stream = self.rows[id].stream;
        let spec = &SPECS[stream];
        let owner = self.rows[id].owner;
        let is_sibling = |row: &usize| self.rows[*row].alive && self.rows[*row].owner == owner;
        let siblings = self.of_stream[stream].iter().filter(|row| is_sibling(row)).count();
        let least = if spec.is_root() { 4 } else { spec.rows.0 };
        if KEPT.contains(&spec.name) || (siblings <= least && owner.is_none()) || siblings <= spec.rows.0 {
            return;
        }
        let mut gone = vec![id];
        let twin = spec.name.starts_with("path_session").then(|| self.twin_of(id)).flatten();
        gone.extend(twin);
        if spec.name == "custom_fields" {
            let values = &self.of_stream[index("user_custom_field_values")];
            let is_of = |value: &&RowId| {
                let value = &self.rows[**value];
                value.alive && value.data.get("customFieldId") == Some(&json!(self.rows[id].id))
            };
            gone.extend(values.iter().filter(is_of));
        }
        let mut next = 0;
        while let Some(one) = gone.get(next).copied() {
            gone.extend(self.rows[one].owned.iter().filter(|below| self.rows[**below].alive));
            next += 1;
        }
        let streams: Vec<usize> = gone.iter().map(|row| self.rows[*row].stream).collect();
        let parents = streams.iter().filter(|stream| !SPECS[**stream].missing.is_empty()).count();
        if !self.may_vanish(parents) {
            return;
        }
        let shifts = |stream: &usize| SPECS[*stream].paged && self.variant.offset[*stream];
        let shifted: Vec<usize> = streams.into_iter().filter(shifts).collect();
        if !self.may_hide(&shifted) {
            return;
        }
        self.vanished += parents;
        for row in &gone {
            self.rows[*row].alive = false;
            self.changed(*row, Change::Gone, "deleted");
        }
        for row in gone {
            self.fire(row);
        }
    }
}
