//! From the catalog, the states and the server's clock to what each stream has to read. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::Value;

use super::pick;
use crate::config::Settings;
use crate::protocol::{Configured, Resume, StreamState, SyncMode};
use crate::streams::{Cursor, Stream};

/// What one selected stream has to read in this sync, and what its states say.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) stream: &'static Stream,
    /// The state that the sync began with.
    before: StreamState,
    kind: Kind,
    /// Children: all parents up to this id were read by the attempt that is continued here.
    after: Option<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Everything.
    Full { sync_id: Option<i64> },
    /// What changed in `from..until`. `until` stands on a whole second: the API sets the milliseconds of a filter to 0.
    Window { cursor: &'static Cursor, from: Option<DateTime<Utc>>, until: DateTime<Utc>, lookback: Duration },
    /// The state is ahead of the server's clock: nothing can have changed since.
    Ahead,
}

/// What a stream selected in the catalog has to read. `until` is the server's clock, a little set back, in whole seconds.
pub(super) fn plan(
    stream: &'static Stream,
    configured: &Configured,
    mode: SyncMode,
    states: &BTreeMap<String, StreamState>,
    settings: &Settings,
    until: DateTime<Utc>,
) -> Reading {
    let before = states.get(stream.name).cloned().unwrap_or_default();
    let resume = before.resume.clone().unwrap_or_default();
    let (kind, after) = if let (SyncMode::Incremental, Some(cursor)) = (mode, &stream.cursor) {
        // An interrupted read goes on within the window that it had fixed.
        let until = resume.until.unwrap_or(until);
        let kind = if before.cursor.is_some_and(|from| from > until) {
            Kind::Ahead
        } else {
            let from = before.cursor.or(settings.start_date);
            let lookback = match cursor {
                // A start date is a bound that the user set: only a stored cursor looks back.
                _ if before.cursor.is_none() => Duration::zero(),
                Cursor::ByParent { .. } => settings.attendance_lookback,
                Cursor::Filtered { lookback, .. } => Duration::days(i64::from(*lookback)),
                Cursor::Chosen(_) => Duration::zero(),
            };
            Kind::Window { cursor, from, until, lookback }
        };
        (kind, resume.until.map(|_| resume.after))
    } else {
        // PyAirbyte asks for everything incrementally, and always as job 1: to it a partial read cannot be told from an old one.
        let same_job =
            mode == SyncMode::FullRefresh && resume.sync_id.is_some() && resume.sync_id == configured.sync_id;
        (Kind::Full { sync_id: configured.sync_id }, same_job.then_some(resume.after))
    };
    // Only parents are read in order; a list of its own has nothing to continue.
    let after = after.filter(|_| stream.parent.is_some());
    Reading { stream, before, kind, after }
}

impl Reading {
    /// Whether there is anything to ask for.
    pub(super) fn is_needed(&self) -> bool {
        !matches!(self.kind, Kind::Ahead)
    }

    /// Whether rows under this parent are wanted, whatever was read before. `field` tells the raw JSON of the parent's fields
    /// by the names that they have for this stream. A parent without dates is always wanted; so is one further up.
    pub(super) fn wants<'a>(&self, field: impl Fn(&str) -> Option<&'a str>) -> bool {
        let Kind::Window { cursor: Cursor::ByParent { end, changed }, from: Some(from), lookback, .. } =
            &self.kind
        else {
            return self.is_needed();
        };
        // A parent that has not ended gets new rows without being changed itself.
        pick::any_instant(changed.iter().map(|name| field(name)), |changed| changed >= *from)
            || pick::any_instant([field(end)], |end| end >= *from - *lookback)
    }

    /// Whether an earlier attempt read some of the parents.
    pub(super) fn is_continued(&self) -> bool {
        self.after.is_some()
    }

    /// Whether the parent of this id is still to be read.
    pub(super) fn is_due(&self, parent: &str) -> bool {
        self.after.as_deref().is_none_or(|after| parent > after)
    }

    /// The fields by which rows are chosen here; none where every row is emitted. Filtered rows are looked at again: a
    /// server that does not know a filter ignores it.
    pub(super) fn row_dates(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Window { cursor: Cursor::Filtered { field, .. }, .. } => std::slice::from_ref(field),
            Kind::Window { cursor: Cursor::Chosen(fields), .. } => fields,
            _ => &[],
        }
    }

    /// Whether a date is in the window.
    pub(super) fn covers(&self, date: DateTime<Utc>) -> bool {
        let Kind::Window { from, until, lookback, .. } = self.kind else { return true };
        from.is_none_or(|from| date >= from - lookback) && date < until
    }

    /// Pairs of a field and a text: a row that has one is emitted whatever its date.
    pub(super) fn also(&self) -> &'static [(&'static str, &'static str)] {
        match self.kind {
            Kind::Window { cursor: Cursor::Filtered { also, .. }, .. } => also,
            _ => &[],
        }
    }

    /// The queries that the server filters by, for a list that is read for this stream alone; none where it is read whole.
    pub(super) fn filters(&self) -> Option<Vec<String>> {
        match self.kind {
            Kind::Window {
                cursor: Cursor::Filtered { field, also, .. },
                from: Some(from),
                until,
                lookback,
            } => {
                let text = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
                let window = format!("{field}[gte]={}&{field}[lt]={}", text(from - lookback), text(until));
                let also = also.iter().map(|(field, value)| format!("{field}[eq]={value}"));
                Some(std::iter::once(window).chain(also).collect())
            }
            _ => None,
        }
    }

    /// The state once every parent up to `after` was written.
    pub(super) fn checkpoint(&self, after: &str) -> Value {
        let resume = |until, sync_id| Some(Resume { after: after.to_owned(), until, sync_id });
        match self.kind {
            Kind::Full { sync_id } => StreamState { cursor: None, resume: resume(None, sync_id) },
            Kind::Window { until, .. } => {
                StreamState { cursor: self.before.cursor, resume: resume(Some(until), None) }
            }
            Kind::Ahead => self.before.clone(),
        }
        .to_value()
    }

    /// The state that the sync began with, as far as it still holds: what a heartbeat repeats before the first checkpoint.
    pub(super) fn beginning(&self) -> Value {
        match (&self.kind, &self.after) {
            (_, Some(after)) => self.checkpoint(after),
            (Kind::Full { .. }, None) => StreamState::default().to_value(),
            (_, None) => StreamState { cursor: self.before.cursor, resume: None }.to_value(),
        }
    }

    /// The state once the stream was read to its end.
    pub(super) fn end(&self) -> Value {
        match self.kind {
            Kind::Full { .. } => StreamState::complete(),
            Kind::Window { until, .. } => StreamState { cursor: Some(until), resume: None }.to_value(),
            Kind::Ahead => StreamState { cursor: self.before.cursor, resume: None }.to_value(),
        }
    }
}
