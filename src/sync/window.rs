//! The window of an incremental sync: where it begins, what is in it, and the cursor that follows from it. Pure.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use super::scan;
use crate::config::Settings;
use crate::protocol::StreamState;
use crate::streams::Cursor;
use crate::streams::request::{self, REPLICA_LAG, RowDate};

/// Every row dated at or after its beginning, however new: only the state stops.
#[derive(Debug, Clone)]
pub(super) struct Window {
    cursor: &'static Cursor,
    /// `None` where everything is read.
    from: Option<DateTime<Utc>>,
    lookback: Duration,
    /// The next cursor. It bounds nothing.
    pub(super) until: DateTime<Utc>,
}

impl Window {
    /// The window after a state: it begins at the cursor before the last one, and ten minutes before the last one at the latest.
    pub(super) fn after(
        state: &StreamState,
        cursor: &'static Cursor,
        settings: &Settings,
        until: DateTime<Utc>,
    ) -> Self {
        let from = state.cursor.map(|stored| state.previous.unwrap_or(stored).min(stored - REPLICA_LAG));
        // A start date is a bound that the user set: only a stored cursor looks back.
        let lookback =
            from.map_or(Duration::zero(), |_| request::lookback(cursor, settings.attendance_lookback));
        Self { cursor, from: from.or(settings.start_date), lookback, until }
    }

    /// True if a row under this parent may be in the window. `value` returns the text of the parent's fields.
    pub(super) fn wants<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.from.is_none_or(|from| {
            request::is_new_parent(self.cursor, from, self.lookback, |name| scan::date_of_text(value(name)))
        })
    }

    /// The fields by which rows are chosen.
    pub(super) fn row_dates(&self) -> &'static [&'static str] {
        request::row_dates(self.cursor)
    }

    /// True if a row with these dates is in the window. `is_hidden`: its status is one that a plain list may hide.
    pub(super) fn has(&self, dates: impl IntoIterator<Item = RowDate>, is_hidden: bool) -> bool {
        self.from.is_none_or(|from| request::is_new_row(self.cursor, from - self.lookback, dates, is_hidden))
    }

    /// The date filter of a list that is read for this window alone; empty where the list is read in full.
    pub(super) fn filter(&self) -> String {
        match (self.cursor, self.from) {
            (Cursor::Filtered { field, .. }, Some(from)) => {
                let from = (from - self.lookback).to_rfc3339_opts(SecondsFormat::Millis, true);
                format!("{field}[gte]={from}")
            }
            _ => String::new(),
        }
    }

    /// The cursors once the window was read to its end, after those of `before`. A clock that stands still or goes back
    /// moves nothing. `is_doubtful`: a row may have been missed; after a first sync the next window begins anew then.
    pub(super) fn end(&self, before: &StreamState, is_doubtful: bool) -> StreamState {
        let until = self.until;
        let (cursor, previous) = match before.cursor {
            None if is_doubtful => (until, Some(self.from.unwrap_or(DateTime::UNIX_EPOCH))),
            None => (until, Some(until)),
            Some(stored) if until > stored => (until, Some(stored)),
            Some(stored) => (stored, before.previous),
        };
        StreamState { cursor: Some(cursor), previous, ..StreamState::default() }
    }
}
