//! Webhooks: which events are logged for what happens to a user, and what a sync can know by them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Platform;
use super::rows::{Change, RowId};
use super::specs::{Dates, SPECS, index};

pub(crate) const UPDATED: &str = "user.customfield.values.updated";
pub(crate) const AWARDED: &str = "user.certificate.awarded";

/// Streams by which a sync knows what changed of a user.
pub(crate) const SHOWN_BY: [&str; 3] = ["custom_fields", "webhook_subscriptions", "webhook_events"];

/// The stream that the events of a type are about.
fn stream_of(kind: &str) -> Option<usize> {
    match kind {
        UPDATED => Some(index("user_custom_field_values")),
        AWARDED => Some(index("user_certificates")),
        _ => None,
    }
}

impl Platform {
    /// The active subscriptions to what happens in a stream, and whether they are all that there are.
    pub(super) fn subscriptions(&self, stream: usize) -> (Vec<RowId>, bool) {
        let is_of = |id: &usize| {
            let row = &self.rows[*id];
            let kind = row.data.get("eventType").and_then(Value::as_str).unwrap_or_default();
            row.alive && stream_of(kind) == Some(stream)
        };
        let of = self.of_stream[index("webhook_subscriptions")].iter().copied().filter(is_of);
        let (active, inactive): (Vec<RowId>, Vec<RowId>) =
            of.partition(|id| self.rows[*id].data.get("status") == Some(&json!("active")));
        (active, inactive.is_empty())
    }

    /// An event about a user is in the log of a subscription: from now on a sync shows the user's rows as they are.
    pub(super) fn log(&mut self, subscription: RowId, user: RowId, stamp: DateTime<Utc>, is_certain: bool) {
        let events = index("webhook_events");
        let Some(event) = self.birth(events, Some(subscription), stamp, Change::Dated) else { return };
        let id = self.rows[user].id.clone();
        let payload = self.payload(subscription, &id);
        self.rows[event].set("payload", payload);
        self.changed(event, Change::Dated, "filled");
        let kind = self.rows[subscription].data.get("eventType").and_then(Value::as_str).unwrap_or_default();
        let Some(stream) = stream_of(kind).filter(|_| is_certain) else { return };
        for row in self.of_stream[stream].clone() {
            let latest = self.rows[row].versions.len().saturating_sub(1);
            if self.rows[row].owner == Some(user) && self.shows(row, latest) {
                self.rows[row].settle();
            }
        }
    }

    /// What an event about a user holds. Names of members are not documented, and some name no user who changed.
    pub(super) fn payload(&mut self, subscription: RowId, user: &str) -> Value {
        let kind = self.rows[subscription].data.get("eventType").cloned().unwrap_or_default();
        let users = self.by_place(index("users"));
        let other = users.get(self.rng.usize(0..users.len().max(1))).map(|row| self.rows[*row].id.clone());
        let data = match self.rng.u8(0..12) {
            0..3 => json!({"userId": user}),
            3..6 => json!({"userIds": [user, other], "updatedBy": other}),
            6..8 => json!({"changes": {"learners": [{"_id": user, "values": [1, null]}]}}),
            8..10 => json!({"users": {user: {"at": 1}}, "author": {"userId": other}}),
            10 => json!({"targets": [user], "by": other}),
            _ => json!({"author": {"userId": other}}),
        };
        json!({"type": kind, "timestamp": self.now.timestamp_millis(), "data": data})
    }

    /// True if a sync since then may not have visited a row's user: rows of deleted users stay as they were.
    pub(crate) fn is_left_out(&self, id: RowId, since: DateTime<Utc>) -> bool {
        let row = &self.rows[id];
        let is_logged = SPECS[row.stream].dates == Dates::Logged && !self.variant.include_deleted_users;
        let Some(user) = row.owner.filter(|_| is_logged).map(|user| &self.rows[user]) else { return false };
        user.status == "deleted" || user.moves.last().is_some_and(|at| *at >= since)
    }

    /// True if a sync that visits a row's user shows this version: a certificate that is gone leaves no trace, and some
    /// users are not visited at all.
    pub(crate) fn shows(&self, id: RowId, version: usize) -> bool {
        let row = &self.rows[id];
        let Some(user) = row.owner.map(|user| &self.rows[user]) else { return false };
        let is_visited = self.variant.include_deleted_users || user.status != "deleted";
        let is_there = row.versions.get(version).is_some_and(Option::is_some);
        is_there || is_visited && SPECS[row.stream].name == "user_custom_field_values"
    }
}
