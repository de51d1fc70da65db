//! From the catalog, the states and the two clocks to what each stream must read. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use compact_str::CompactString;
use serde_json::Value;

use super::feed::{FeedPlan, Found};
use super::window::Window;
use crate::api::Clocks;
use crate::config::Settings;
use crate::notice::Notice;
use crate::protocol::{Configured, Resume, StreamState, SyncMode};
use crate::streams::request::RowDate;
use crate::streams::{Cursor, Stream};

/// A checkpoint older than this is not continued: the rows behind it have waited long enough.
const OLDEST_RESUME: Duration = Duration::days(1);

/// A state that is further ahead of both clocks was set by hand to read nothing.
const FAR_AHEAD: Duration = Duration::days(365);

/// When this sync began, by either clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// The earlier clock, in whole seconds: the next cursor.
    pub(super) at: DateTime<Utc>,
    /// The later clock.
    later: DateTime<Utc>,
    /// 360Learning's clock, or the machine's where the API sends no `Date`; in whole seconds.
    server: DateTime<Utc>,
}

impl Start {
    pub(super) fn new(clocks: &Clocks) -> Self {
        Self {
            at: clocks.earlier().trunc_subsecs(0),
            later: clocks.later(),
            server: clocks.server.unwrap_or(clocks.machine).trunc_subsecs(0),
        }
    }
}

/// What one selected stream must read in this sync, and the states that follow from it.
#[derive(Debug, Clone)]
pub(super) struct ReadPlan {
    pub(super) stream: &'static Stream,
    /// Cursor and `previous` that the sync began with.
    before: StreamState,
    mode: ReadMode,
    /// Children: all parents up to this id were read by the attempt that is continued here.
    after: Option<String>,
    /// That attempt may have missed a row.
    was_doubtful: bool,
    /// What the connector adds as `readAt`; `None` where rows carry dates of their own.
    pub(super) read_at: Option<DateTime<Utc>>,
    /// Which parents are visited, where a log of events names those that changed.
    pub(super) feed: Option<FeedPlan>,
    /// The ids of which each parent has a row, if only to say that it has no value.
    pub(super) definitions: Arc<[CompactString]>,
    /// What the user must know about the state.
    pub(super) notice: Option<Notice>,
    /// The cursor of a sync that continues none.
    until: DateTime<Utc>,
}

#[derive(Debug, Clone)]
enum ReadMode {
    /// Everything.
    Full { sync_id: Option<i64> },
    /// What changed.
    Window(Window),
    /// The state is far ahead of both clocks.
    Nothing,
}

/// What a stream selected in the catalog must read. Without a mode: incremental if it has a cursor.
pub(super) fn plan(
    stream: &'static Stream,
    configured: &Configured,
    mode: Option<SyncMode>,
    state: Option<&StreamState>,
    settings: &Settings,
    start: Start,
) -> ReadPlan {
    let state = state.cloned().unwrap_or_default();
    let is_undated = stream.cursor.is_some_and(|cursor| cursor.is_added());
    let read_at = is_undated.then(|| state.read_at.map_or(start.server, |before| before.max(start.server)));
    let plan = ReadPlan {
        stream,
        before: StreamState {
            cursor: state.cursor,
            previous: state.previous,
            feed: state.feed.clone().filter(|_| stream.feed().is_some()),
            ..StreamState::default()
        },
        mode: ReadMode::Nothing,
        after: None,
        was_doubtful: false,
        read_at,
        feed: None,
        definitions: Arc::default(),
        notice: None,
        until: start.at,
    };
    match (mode, &stream.cursor) {
        (None | Some(SyncMode::Incremental), Some(cursor)) => {
            incremental(plan, cursor, state, settings, start)
        }
        _ => full(plan, configured.sync_id, mode, state.resume, start),
    }
}

fn full(
    mut plan: ReadPlan,
    sync_id: Option<i64>,
    mode: Option<SyncMode>,
    resume: Option<Resume>,
    start: Start,
) -> ReadPlan {
    plan.mode = ReadMode::Full { sync_id };
    plan.before = StreamState::default();
    if mode == Some(SyncMode::Incremental) {
        plan.notice = Some(Notice::ReadInFull { stream: plan.stream.name });
    }
    // PyAirbyte requests every stream incrementally, always as job 1: a partial read looks like an old one.
    let is_same_job = |resume: &Resume| {
        mode == Some(SyncMode::FullRefresh) && resume.sync_id.is_some() && resume.sync_id == sync_id
    };
    // Only parents are read in order; a list of its own has nothing to continue.
    plan.after = resume
        .filter(|resume| plan.stream.parent.is_some() && is_same_job(resume) && is_fresh(resume, start))
        .map(|resume| resume.after);
    plan
}

fn incremental(
    mut plan: ReadPlan,
    cursor: &'static Cursor,
    state: StreamState,
    settings: &Settings,
    start: Start,
) -> ReadPlan {
    let (stream, mut resume) = (plan.stream.name, state.resume);
    if let Some(stored) = plan.before.cursor.filter(|stored| *stored > start.later) {
        if stored - start.later >= FAR_AHEAD {
            plan.notice = Some(Notice::StateFarAhead { stream, cursor: stored });
            // Nothing is read, so the state stays as it is.
            plan.read_at = state.read_at;
            return plan;
        }
        plan.notice = Some(Notice::StateAhead { stream, cursor: stored });
        plan.before = StreamState::default();
        resume = None;
    }
    if let Some(start_date) = settings.start_date.filter(|date| *date > start.later)
        && plan.before.cursor.is_none()
    {
        plan.notice.get_or_insert(Notice::StartDateAhead { stream, start_date });
    }
    let is_usable = |resume: &Resume| {
        let until = resume.until.is_some_and(|until| until <= start.later);
        plan.stream.parent.is_some() && until && is_fresh(resume, start)
    };
    if resume.as_ref().is_some_and(|resume| !is_usable(resume)) {
        plan.notice = Some(Notice::ResumeDropped { stream });
        resume = None;
    }
    let until = resume.as_ref().and_then(|resume| resume.until).unwrap_or(start.at);
    plan.mode = ReadMode::Window(Window::after(&plan.before, cursor, settings, until));
    plan.feed = plan
        .stream
        .feed()
        .map(|feed| FeedPlan::new(feed, &plan.before, resume.as_ref(), settings, start.server));
    plan.was_doubtful = resume.as_ref().is_some_and(|resume| resume.is_doubtful);
    plan.after = resume.map(|resume| resume.after);
    plan
}

/// True if the checkpoint is at most a day away. One without a date cannot prove it.
fn is_fresh(resume: &Resume, start: Start) -> bool {
    resume.at.is_some_and(|at| (start.at - at).abs() <= OLDEST_RESUME)
}

impl ReadPlan {
    /// True unless there is nothing to request at all.
    pub(super) fn is_needed(&self) -> bool {
        !matches!(self.mode, ReadMode::Nothing)
    }

    /// True if rows under this parent are wanted, whatever was read before. `value` returns the text of the parent's
    /// fields by their names for this stream.
    pub(super) fn wants<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        match &self.mode {
            ReadMode::Window(window) => window.wants(value),
            ReadMode::Full { .. } | ReadMode::Nothing => self.is_needed(),
        }
    }

    /// True if this sync, or the interrupted one that it continues, visits the parent of this id.
    pub(super) fn visits(&self, parent: &str) -> bool {
        self.feed.as_ref().is_none_or(|feed| feed.visits(parent))
    }

    /// True if an interrupted attempt is continued.
    pub(super) fn is_continued(&self) -> bool {
        self.after.is_some()
    }

    /// True if the parent of this id is still to be read.
    pub(super) fn is_due(&self, parent: &str) -> bool {
        self.after.as_deref().is_none_or(|after| parent > after)
    }

    /// Decides which parents are visited: those that events name and those that changed, or all. An interrupted read of
    /// the other kind is not continued.
    pub(super) fn decide(&mut self, found: Found, named: Option<BTreeSet<String>>) {
        let Some(feed) = &mut self.feed else { return };
        if !feed.decide(found, named) {
            self.after = None;
            if let ReadMode::Window(window) = &mut self.mode {
                window.until = self.until;
            }
        }
    }

    /// A parent was not found, so the next sync visits it again; once, if its own row says that it is gone.
    pub(super) fn missed(&mut self, parent: &str, is_gone_by_its_own_row: bool) {
        match &mut self.feed {
            Some(feed) if is_gone_by_its_own_row => feed.gone(parent),
            Some(feed) => feed.missed(parent),
            None => {}
        }
    }

    /// The fields by which rows are chosen here; none where every row is emitted.
    pub(super) fn row_dates(&self) -> &'static [&'static str] {
        match &self.mode {
            ReadMode::Window(window) => window.row_dates(),
            ReadMode::Full { .. } | ReadMode::Nothing => &[],
        }
    }

    /// True if a row with these dates is emitted. `is_hidden`: its status is one that a plain list may hide.
    pub(super) fn emits(&self, dates: impl IntoIterator<Item = RowDate>, is_hidden: bool) -> bool {
        match &self.mode {
            ReadMode::Window(window) => window.has(dates, is_hidden),
            ReadMode::Full { .. } => true,
            ReadMode::Nothing => false,
        }
    }

    /// The date filter of the plain list, for a list that is read for this stream alone; empty where it is read in full.
    pub(super) fn filter(&self) -> String {
        if let ReadMode::Window(window) = &self.mode { window.filter() } else { String::new() }
    }

    /// The state once every parent up to `after` was written, `at` this moment. `is_doubtful`: a row may have been missed.
    pub(super) fn checkpoint(&self, after: &str, at: DateTime<Utc>, is_doubtful: bool) -> Value {
        let (until, sync_id) = match &self.mode {
            ReadMode::Full { sync_id } => (None, *sync_id),
            ReadMode::Window(window) => (Some(window.until), None),
            ReadMode::Nothing => return self.unfinished(),
        };
        let (before, visited, feed) = match &self.feed {
            None => (self.before.feed.clone(), None, None),
            Some(feed) => {
                let (before, visited, this) = feed.interrupted();
                (before, Some(visited), this)
            }
        };
        let at = Some(at.trunc_subsecs(0));
        let is_doubtful = is_doubtful || self.was_doubtful;
        let resume = Some(Resume { after: after.to_owned(), at, until, sync_id, is_doubtful, visited, feed });
        StreamState { resume, read_at: self.read_at, feed: before, ..self.before.clone() }.to_value()
    }

    /// The state that the sync began with, as far as it still holds: repeated as a heartbeat before the first checkpoint.
    pub(super) fn beginning(&self, at: DateTime<Utc>) -> Value {
        self.after.as_ref().map_or_else(|| self.unfinished(), |after| self.checkpoint(after, at, false))
    }

    /// The state of a stream that was not read to its end: the cursor that it began with, so all is read again.
    pub(super) fn unfinished(&self) -> Value {
        let feed = self.feed.as_ref().map_or(self.before.feed.clone(), FeedPlan::unfinished);
        StreamState { read_at: self.read_at, feed, resume: None, ..self.before.clone() }.to_value()
    }

    /// True if an unfinished stream keeps its checkpoint: a second attempt of a full refresh must not double rows.
    pub(super) fn keeps_checkpoint(&self) -> bool {
        matches!(self.mode, ReadMode::Full { .. })
    }

    /// The state once the stream was read to its end. `is_doubtful`: a row may have been missed. With the feature off
    /// nothing was read: rows of any date may come once it is on.
    pub(super) fn end(&self, is_doubtful: bool, is_off: bool) -> Value {
        match &self.mode {
            ReadMode::Full { .. } => StreamState::complete(),
            ReadMode::Window(_) if is_off => self.unfinished(),
            ReadMode::Window(window) => {
                let is_doubtful = is_doubtful || self.was_doubtful;
                let feed = self.feed.as_ref().map(|feed| feed.end(window.until));
                StreamState { read_at: self.read_at, feed, ..window.end(&self.before, is_doubtful) }
                    .to_value()
            }
            ReadMode::Nothing => self.unfinished(),
        }
    }
}

#[cfg(test)]
mod tests;
