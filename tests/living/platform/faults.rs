//! What goes wrong between the platform and its reader: faults that pass, parents that are "not found" for a moment, and a
//! list that fails for a whole sync.

use std::collections::{BTreeMap, BTreeSet};

use super::specs::{SPECS, index};
use super::{Phase, Platform};
use crate::http::{End, Reply};

/// The faults of one sync.
#[derive(Default)]
pub(crate) struct Faults {
    /// How many answers of a path are still "not found"; a path has this once in a sync.
    not_found: BTreeMap<String, u8>,
    /// The list that fails for the whole sync.
    pub(crate) broken: Option<Broken>,
}

/// A list under one parent that fails for a whole sync.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) stream: usize,
    /// How many other paths of the stream are answered first.
    before: usize,
    answered: BTreeSet<String>,
    /// The path, once it was requested.
    pub(crate) path: Option<String>,
    is_refusal: bool,
}

impl Broken {
    fn reply(&self) -> Reply {
        if self.is_refusal {
            Reply::error(400, "somethingUnsupported")
        } else {
            Reply::error(500, "internal")
        }
    }
}

impl Faults {
    pub(super) fn begin(&mut self) {
        self.not_found.clear();
        self.broken = None;
    }
}

impl Platform {
    /// One list under a parent fails until the next sync.
    pub(crate) fn break_list(&mut self, stream: usize) {
        let is_refusal = self.rng.bool();
        // Retries that last as long as the budget, before anything succeeded, rightly end a stream.
        let before = self.rng.usize(usize::from(!is_refusal)..4);
        self.faults.broken =
            Some(Broken { stream, before, answered: BTreeSet::new(), path: None, is_refusal });
    }

    /// The answer of a list that fails: however often it is requested, nothing else changes by it.
    pub(super) fn still_broken(&mut self, path: &str) -> Option<Reply> {
        let broken = self.faults.broken.as_mut()?;
        if broken.path.as_deref() != Some(path) {
            return None;
        }
        Some(broken.reply())
    }

    /// The fault in place of an answer, if there is one.
    pub(super) fn fault(&mut self, stream: usize, path: &str) -> Option<Reply> {
        let (rate, luck, kind) = (self.variant.faults, self.rng.f64(), self.rng.u8(0..7));
        if luck < rate {
            return Some(match kind {
                0 => Reply::error(429, "tooManyRequests").with("Retry-After", "0"),
                1 => Reply::error(500, "internal"),
                2 => Reply::text(503, "<html>unavailable</html>"),
                3 => Reply { end: End::Reset, ..Reply::json("[]".to_owned()) },
                4 => Reply {
                    end: End::Cut,
                    ..Reply::json("[{\"_id\":\"000000000000000000000000\"}]".to_owned())
                },
                5 => Reply::json("[{\"_id\":".to_owned()),
                _ => {
                    self.token = None;
                    Reply::error(401, "invalid_token")
                }
            });
        }
        self.broken(stream, path).or_else(|| self.not_found(stream, path))
    }

    /// A list was answered.
    pub(super) fn answered(&mut self, stream: usize, path: &str) {
        if let Some(broken) = self.faults.broken.as_mut().filter(|broken| broken.stream == stream) {
            broken.answered.insert(path.to_owned());
        }
    }

    fn broken(&mut self, stream: usize, path: &str) -> Option<Reply> {
        let broken = self.faults.broken.as_mut().filter(|broken| broken.stream == stream)?;
        let is_new = !broken.answered.contains(path);
        if broken.path.is_none() && is_new && broken.answered.len() >= broken.before {
            broken.path = Some(path.to_owned());
        }
        (broken.path.as_deref() == Some(path)).then(|| broken.reply())
    }

    /// "Not found" for an answer, or for two where a sync may miss the parent.
    fn not_found(&mut self, stream: usize, path: &str) -> Option<Reply> {
        let spec = &SPECS[stream];
        let owner = &SPECS[index(spec.owner.filter(|owner| spec.is_under(owner))?)];
        if !self.faults.not_found.contains_key(path) {
            let mut times = 0;
            if self.rng.f64() < self.variant.not_found {
                times = 1;
                // A parent whose own row is archived or deleted is not requested again.
                let may_be_missed = self.is_hidden_or_moved(path, owner.name);
                if may_be_missed || self.rng.bool() {
                    let is_allowed = self.phase == Phase::Syncing && self.may_hide(&[stream]);
                    times = if is_allowed { 2 } else { u8::from(!may_be_missed) };
                }
            }
            self.faults.not_found.insert(path.to_owned(), times);
        }
        let left = self.faults.not_found.get_mut(path)?;
        *left = left.checked_sub(1)?;
        Some(Reply::error(404, owner.missing))
    }

    /// True if the parent in a path is archived or deleted, or was when this sync listed it.
    fn is_hidden_or_moved(&self, path: &str, owner: &str) -> bool {
        self.of_stream[index(owner)].iter().any(|id| {
            let row = &self.rows[*id];
            let is_moved = row.moves.last().is_some_and(|at| *at >= self.began);
            path.contains(&row.id) && (is_moved || SPECS[row.stream].hidden.contains(&row.status))
        })
    }
}
