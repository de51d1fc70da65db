//! Whom an event is about: the listed ids in its data. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::super::scan;
use crate::streams::event_members::{Role, promises_ids, says_partial};
use crate::streams::request::{self, RowDate};

/// What the events of one log name.
#[derive(Debug)]
pub(in super::super) struct Log {
    event: &'static str,
    /// Older ones are not of interest.
    pub(in super::super) since: DateTime<Utc>,
    /// The last visit of all saw what older events mean, also where they do not say whom.
    whole_at: DateTime<Utc>,
    /// Events that count.
    pub(in super::super) events: usize,
    /// Listed ids anywhere in them.
    pub(in super::super) named: BTreeSet<String>,
}

/// What an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// It is too old, or it names at least one listed parent.
    Clear,
    /// It names none, or not all of those whom it is about: all may have changed.
    Unclear,
    /// It is of another type or form than the subscription's events.
    Foreign,
}

impl Log {
    pub(in super::super) fn new(event: &'static str, since: DateTime<Utc>, whole_at: DateTime<Utc>) -> Self {
        Self { event, since, whole_at, events: 0, named: BTreeSet::new() }
    }

    /// Takes one event, whatever its delivery status. `is_listed` is true for the ids of the parents.
    pub(in super::super) fn add(&mut self, row: &str, is_listed: impl Fn(&str) -> bool) -> Step {
        let Ok(event) = serde_json::from_str::<Value>(row) else { return Step::Foreign };
        let at = match scan::date_of_text(event["createdAt"].as_str()) {
            RowDate::At(at) => Some(at),
            _ => None,
        };
        if at.is_some_and(|at| at < self.since) {
            return Step::Clear;
        }
        self.events += 1;
        let payload = &event["payload"];
        let mut found = Found { is_listed, named: &mut self.named, is_proven: false, is_partial: false };
        found.look(&payload["data"], Role::Other);
        found.each(&payload["data"]);
        let is_clear = found.is_proven && !found.is_partial && payload["type"] == self.event;
        if is_clear || at.is_some_and(|at| at < self.whole_at) {
            Step::Clear
        } else if payload["type"] == self.event {
            Step::Unclear
        } else {
            Step::Foreign
        }
    }
}

/// Collects the ids of one event.
struct Found<'a, F> {
    is_listed: F,
    named: &'a mut BTreeSet<String>,
    is_proven: bool,
    /// Where an id should be, there is none, or a flag says that others are not named.
    is_partial: bool,
}

impl<F: Fn(&str) -> bool> Found<'_, F> {
    /// Each item of a list must have an id: one without may be about another user.
    fn each(&mut self, value: &Value) {
        if let Value::Array(items) = value {
            self.is_partial |= items.iter().any(|item| !self.has_id(item));
        }
    }

    /// True if the value is or has an id, of a listed one or of another.
    fn has_id(&self, value: &Value) -> bool {
        let is_id = |text: &str| request::is_id(text) && !text.contains('@');
        match value {
            Value::String(text) => is_id(text),
            Value::Array(items) => items.iter().any(|item| self.has_id(item)),
            Value::Object(members) => members.iter().any(|(name, value)| {
                let is_own = ["_id", "id"].contains(&name.as_str()) || promises_ids(name);
                (self.is_listed)(name) || (is_own || !value.is_string()) && self.has_id(value)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn look(&mut self, value: &Value, role: Role) {
        match value {
            Value::String(text) => self.id(text, role),
            Value::Array(items) => items.iter().for_each(|item| self.look(item, role)),
            Value::Object(members) => {
                for (name, value) in members {
                    // A map may have the ids as its names.
                    self.id(name, role);
                    self.look(value, role.of(name));
                    if role != Role::Actor && promises_ids(name) {
                        self.is_partial |= !self.has_id(value);
                        self.each(value);
                    }
                    self.is_partial |= *value == Value::Bool(true) && says_partial(name);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn id(&mut self, text: &str, role: Role) {
        if (self.is_listed)(text) {
            self.named.insert(text.to_owned());
            self.is_proven |= role == Role::Subject;
        }
    }
}
