//! From the catalog, the states and the two clocks to what each stream must read. Pure.

use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use serde_json::Value;

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
    /// What the connector adds as `readAt`; `None` where rows carry dates of their own.
    pub(super) read_at: Option<DateTime<Utc>>,
    /// What the user must know about the state.
    pub(super) notice: Option<Notice>,
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

/// What a stream selected in the catalog must read.
pub(super) fn plan(
    stream: &'static Stream,
    configured: &Configured,
    mode: SyncMode,
    state: Option<&StreamState>,
    settings: &Settings,
    start: Start,
) -> ReadPlan {
    let state = state.cloned().unwrap_or_default();
    let by_parent = matches!(stream.cursor, Some(Cursor::ByParent { .. }));
    let read_at = by_parent.then(|| state.read_at.map_or(start.server, |before| before.max(start.server)));
    let plan = ReadPlan {
        stream,
        before: StreamState { cursor: state.cursor, previous: state.previous, read_at: None, resume: None },
        mode: ReadMode::Nothing,
        after: None,
        read_at,
        notice: None,
    };
    match (mode, &stream.cursor) {
        (SyncMode::Incremental, Some(cursor)) => incremental(plan, cursor, state, settings, start),
        _ => full(plan, configured.sync_id, mode, state.resume, start),
    }
}

fn full(
    mut plan: ReadPlan,
    sync_id: Option<i64>,
    mode: SyncMode,
    resume: Option<Resume>,
    start: Start,
) -> ReadPlan {
    plan.mode = ReadMode::Full { sync_id };
    plan.before = StreamState::default();
    // PyAirbyte requests every stream incrementally, always as job 1: a partial read looks like an old one.
    let is_same_job = |resume: &Resume| {
        mode == SyncMode::FullRefresh && resume.sync_id.is_some() && resume.sync_id == sync_id
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

    /// True if the parent of this id is still to be read.
    pub(super) fn is_due(&self, parent: &str) -> bool {
        self.after.as_deref().is_none_or(|after| parent > after)
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

    /// The state once every parent up to `after` was written, `at` this moment.
    pub(super) fn checkpoint(&self, after: &str, at: DateTime<Utc>) -> Value {
        let (until, sync_id) = match &self.mode {
            ReadMode::Full { sync_id } => (None, *sync_id),
            ReadMode::Window(window) => (Some(window.until), None),
            ReadMode::Nothing => return self.unfinished(),
        };
        let resume = Resume { after: after.to_owned(), at: Some(at.trunc_subsecs(0)), until, sync_id };
        StreamState { resume: Some(resume), read_at: self.read_at, ..self.before.clone() }.to_value()
    }

    /// The state that the sync began with, as far as it still holds: repeated as a heartbeat before the first checkpoint.
    pub(super) fn beginning(&self, at: DateTime<Utc>) -> Value {
        self.after.as_ref().map_or_else(|| self.unfinished(), |after| self.checkpoint(after, at))
    }

    /// The state of a stream that was not read to its end: the cursor that it began with, so all is read again.
    pub(super) fn unfinished(&self) -> Value {
        StreamState { read_at: self.read_at, resume: None, ..self.before.clone() }.to_value()
    }

    /// True if an unfinished stream keeps its checkpoint: a second attempt of a full refresh must not double rows.
    pub(super) fn keeps_checkpoint(&self) -> bool {
        matches!(self.mode, ReadMode::Full { .. })
    }

    /// The state once the stream was read to its end. `is_doubtful`: a row may have been missed.
    pub(super) fn end(&self, is_doubtful: bool) -> Value {
        match &self.mode {
            ReadMode::Full { .. } => StreamState::complete(),
            ReadMode::Window(window) => {
                StreamState { read_at: self.read_at, ..window.end(&self.before, is_doubtful) }.to_value()
            }
            ReadMode::Nothing => self.unfinished(),
        }
    }
}

#[cfg(test)]
mod tests;
