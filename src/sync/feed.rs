//! Which parents an incremental sync visits where a log of webhook events names those that changed. Pure.
//!
//! Three sources: the events since the last sync, digests of the parents' rows, and a digest of the definitions. Whatever
//! is unclear means that all parents are visited, with the reason.

mod digests;
mod named;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use crate::config::Settings;
use crate::notice::WholeReason;
use crate::protocol::{FeedState, Resume, StreamState, Visited};
use crate::streams::Feed;
use crate::streams::request::REPLICA_LAG;
pub(super) use digests::{Digests, digest_of_ids, digest_without};
pub(super) use named::{Log, Step};

/// Events are read from so long before the last sync on: one may be logged after others that are younger.
const OVERLAP: Duration = Duration::hours(1);

/// All parents are visited so long before it is due: the next sync would be too late.
const SLACK: Duration = Duration::hours(1);

/// 360Learning keeps events for 90 days. A sync that is so long ago does not rely on the last of them.
const OLDEST_LOG: Duration = Duration::days(80);

/// The last sync that was read to its end.
#[derive(Debug, Clone)]
struct Before {
    cursor: DateTime<Utc>,
    whole_at: DateTime<Utc>,
    subscription: Option<String>,
    parents: Digests,
    definitions: Option<String>,
}

/// What this sync found, apart from the events.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The active subscription, or why there is none to use.
    pub(super) subscription: Result<String, WholeReason>,
    /// Digests of the parents' rows.
    pub(super) parents: Digests,
    /// A digest of the definitions; `None` where the stream has none.
    pub(super) definitions: Option<Result<String, WholeReason>>,
}

/// Which parents are visited.
#[derive(Debug, Clone)]
enum Visits {
    /// What is needed to decide was not read yet.
    Undecided,
    All,
    /// These, and every parent of which the digest differs.
    Changed {
        named: Arc<BTreeSet<String>>,
        before: Digests,
        now: Digests,
    },
}

/// How one stream follows its log in this sync.
#[derive(Debug, Clone)]
pub(super) struct FeedPlan {
    pub(super) feed: &'static Feed,
    /// Why all parents are visited, whatever is found.
    whole: Option<WholeReason>,
    before: Option<Before>,
    /// What an interrupted read of all parents was going to leave.
    interrupted: Option<FeedState>,
    /// True if an interrupted read of changed parents may be continued.
    is_continued: bool,
    visits: Visits,
    /// What a sync that is read to its end leaves.
    next: FeedState,
    /// Digests as they are now, without those of parents that were not found.
    parents: Digests,
}

impl FeedPlan {
    /// The plan after this state. `resume`: the interrupted read, if it may be continued. `now`: the clock that dates the events.
    pub(super) fn new(
        feed: &'static Feed,
        state: &StreamState,
        resume: Option<&Resume>,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Self {
        let before = Before::of(state);
        let visited = resume.and_then(|resume| resume.visited);
        let interrupted =
            resume.filter(|_| visited == Some(Visited::All)).and_then(|resume| resume.feed.clone());
        let whole = if settings.full_user_refresh.is_zero() {
            Some(WholeReason::Configured)
        } else if interrupted.is_some() {
            Some(WholeReason::Continued)
        } else {
            before.as_ref().map_or(Some(WholeReason::First), |before| before.too_old(settings, now))
        };
        Self {
            feed,
            whole,
            before,
            interrupted,
            is_continued: visited == Some(Visited::Changed),
            visits: Visits::Undecided,
            next: FeedState::default(),
            parents: Digests::default(),
        }
    }

    /// False if the configuration wants all parents visited.
    pub(super) fn follows_log(&self) -> bool {
        self.whole != Some(WholeReason::Configured)
    }

    /// The subscription that the last sync used: it is preferred to others of its type.
    pub(super) fn subscription(&self) -> Option<&str> {
        let interrupted = self.interrupted.as_ref().and_then(|feed| feed.subscription.as_deref());
        interrupted.or_else(|| self.before.as_ref()?.subscription.as_deref())
    }

    /// From when on the events of this subscription are read, and up to when the last visit of all saw what they mean; or
    /// why all parents are visited without.
    pub(super) fn since(&self, found: &Found) -> Result<(DateTime<Utc>, DateTime<Utc>), WholeReason> {
        // What the user can set up comes before what the next sync settles by itself.
        let subscription = match (&self.whole, &found.subscription) {
            (Some(WholeReason::Configured), _) => return Err(WholeReason::Configured),
            (_, subscription) => subscription.clone()?,
        };
        if let Some(reason) = &self.whole {
            return Err(reason.clone());
        }
        let before = self.before.as_ref().ok_or(WholeReason::First)?;
        let is_known = before.subscription.as_ref() == Some(&subscription);
        match created(&subscription) {
            None => return Err(WholeReason::UndatedSubscription { event: self.feed.event }),
            Some(created) if !is_known || created >= before.cursor - REPLICA_LAG => {
                return Err(WholeReason::NewSubscription { event: self.feed.event });
            }
            Some(_) => {}
        }
        if let (Some(definitions), Some(now)) = (&self.feed.definitions, &found.definitions)
            && before.definitions != Some(now.clone()?)
        {
            return Err(WholeReason::DefinitionsChanged { definitions: definitions.stream.name });
        }
        // The visit of all may have read what was older than its beginning.
        Ok((before.cursor - OVERLAP, before.whole_at - REPLICA_LAG))
    }

    /// Decides which parents are visited: with `named`, those and the ones that changed. True if the interrupted read is
    /// continued.
    pub(super) fn decide(&mut self, found: Found, named: Option<BTreeSet<String>>) -> bool {
        self.parents = found.parents;
        self.next = FeedState {
            subscription: found.subscription.ok(),
            definitions: found.definitions.and_then(Result::ok),
            ..FeedState::default()
        };
        if let (Some(named), Some(before)) = (named, &self.before) {
            self.next.whole_at = Some(before.whole_at);
            let (named, before, now) = (Arc::new(named), before.parents.clone(), self.parents.clone());
            // What changed is visited once more by the next sync: values may follow the row by minutes, and a parent behind
            // the mark of an interrupted sync may have changed since.
            self.parents = if self.is_continued { before.common(&now) } else { before.visited_again(&now) };
            self.visits = Visits::Changed { named, before, now };
            return self.is_continued;
        }
        self.visits = Visits::All;
        let Some(then) = &self.interrupted else {
            if let Some(before) = &self.before {
                self.parents = before.parents.visited_again(&self.parents);
            }
            return false;
        };
        self.parents = Digests::parse(&then.parents).unwrap_or_default().common(&self.parents);
        self.next.subscription.take_if(|now| then.subscription.as_ref() != Some(now));
        self.next.definitions.take_if(|now| then.definitions.as_ref() != Some(now));
        true
    }

    /// True if the parent of this id is visited.
    pub(super) fn visits(&self, parent: &str) -> bool {
        match &self.visits {
            Visits::Undecided | Visits::All => true,
            Visits::Changed { named, before, now } => named.contains(parent) || before.differs(now, parent),
        }
    }

    /// A parent whose own row says that it is deleted was not found: the next sync makes sure, once.
    pub(super) fn gone(&mut self, parent: &str) {
        if !matches!(&self.visits, Visits::Changed { before, .. } if before.is_unknown(parent)) {
            self.missed(parent);
        }
    }

    /// A parent was not found, so the next sync visits it again.
    pub(super) fn missed(&mut self, parent: &str) {
        self.parents.forget(parent);
        if let Some(before) = &mut self.before {
            before.parents.forget(parent);
        }
    }

    /// What the state of an interrupted sync holds: of the last sync, and of this one.
    pub(super) fn interrupted(&self) -> (Option<FeedState>, Visited, Option<FeedState>) {
        match (&self.visits, &self.interrupted) {
            (Visits::All, _) => (None, Visited::All, Some(self.next())),
            (Visits::Undecided, Some(then)) => (None, Visited::All, Some(then.clone())),
            (Visits::Undecided | Visits::Changed { .. }, _) => (self.unfinished(), Visited::Changed, None),
        }
    }

    /// What the state of a sync that was not read to its end holds. What made a sync visit all holds for the next one.
    pub(super) fn unfinished(&self) -> Option<FeedState> {
        match self.visits {
            Visits::All => None,
            Visits::Undecided | Visits::Changed { .. } => self.before.as_ref().map(Before::state),
        }
    }

    /// What the state of a sync that was read to its end holds; `until` is its cursor.
    pub(super) fn end(&self, until: DateTime<Utc>) -> FeedState {
        let next = self.next();
        FeedState { whole_at: next.whole_at.or(Some(until)), ..next }
    }

    fn next(&self) -> FeedState {
        FeedState { parents: self.parents.text(), ..self.next.clone() }
    }
}

impl Before {
    /// `None` where a part of the state is missing or cannot be.
    fn of(state: &StreamState) -> Option<Self> {
        let (cursor, feed) = (state.cursor?, state.feed.clone()?);
        Some(Self {
            cursor,
            whole_at: feed.whole_at.filter(|at| *at <= cursor)?,
            subscription: feed.subscription,
            parents: Digests::parse(&feed.parents)?,
            definitions: feed.definitions,
        })
    }

    /// Why its log or its rows are too old to go on from.
    fn too_old(&self, settings: &Settings, now: DateTime<Utc>) -> Option<WholeReason> {
        let (age, since_whole) = (now - self.cursor, now - self.whole_at);
        if age < Duration::zero() {
            return Some(WholeReason::First);
        }
        if age >= OLDEST_LOG {
            return Some(WholeReason::LongAgo { days: age.num_days() });
        }
        // A nightly sync begins a little earlier on some days.
        (since_whole + SLACK >= settings.full_user_refresh)
            .then(|| WholeReason::Due { days: since_whole.num_days() })
    }

    fn state(&self) -> FeedState {
        FeedState {
            subscription: self.subscription.clone(),
            whole_at: Some(self.whole_at),
            parents: self.parents.text(),
            definitions: self.definitions.clone(),
        }
    }
}

/// The active subscription of a type: the one that is `preferred`, else the oldest. Rows are id, type and status.
pub(super) fn active_subscription<'a>(
    rows: impl Iterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)>,
    event: &'static str,
    preferred: Option<&str>,
) -> Result<String, WholeReason> {
    let is_active = |(_, kind, status): &(&str, Option<&str>, Option<&str>)| {
        *kind == Some(event) && *status == Some("active")
    };
    let active: BTreeSet<&str> = rows.filter(is_active).map(|(id, ..)| id).collect();
    let preferred = preferred.filter(|id| active.contains(id));
    let id = preferred.or_else(|| active.first().copied());
    id.map(str::to_owned).ok_or(WholeReason::NoSubscription { event })
}

/// The second in which an object of this id was created: the first four bytes of a Mongo `ObjectId`.
fn created(id: &str) -> Option<DateTime<Utc>> {
    let is_object_id = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seconds = i64::from_str_radix(id.get(..8).filter(|_| is_object_id)?, 16).ok()?;
    DateTime::from_timestamp(seconds, 0)
}
