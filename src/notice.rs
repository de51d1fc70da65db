//! What the log says: every text that is not an error, in one place.

mod whole_reason;

use chrono::{DateTime, Utc};

use crate::api::Event;
use crate::protocol::LogLevel;
use crate::streams::Stream;

pub use whole_reason::WholeReason;

/// One line of the log.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Something happened on the way to a page.
    Api(Event),
    /// The configuration has fields that do not exist.
    UnknownConfigFields {
        /// Their names.
        fields: String,
    },
    /// A stream was read to its end, or as far as it could be.
    Records {
        /// The stream.
        stream: &'static str,
        /// Records emitted.
        count: u64,
    },
    /// The feature behind a stream is off for the account.
    FeatureOff {
        /// The stream.
        stream: &'static str,
        /// The API's codes for it.
        codes: String,
    },
    /// Incremental was requested of a stream without a cursor.
    ReadInFull {
        /// The stream.
        stream: &'static str,
    },
    /// Parents were listed, but are gone.
    ParentsGone {
        /// The stream.
        stream: &'static str,
        /// The parent stream.
        parent: &'static str,
        /// How many are gone.
        gone: usize,
        /// How many were requested.
        requested: usize,
    },
    /// A list was restarted.
    ListRestarted {
        /// The stream.
        stream: &'static str,
        /// The list's path.
        path: String,
        /// The API's code.
        code: String,
    },
    /// Lone surrogates were replaced.
    TextReplaced {
        /// The stream.
        stream: &'static str,
        /// The field.
        field: String,
        /// In how many records.
        count: u64,
    },
    /// Dates that are none were set to null.
    DateNulled {
        /// The stream.
        stream: &'static str,
        /// The field.
        field: String,
        /// In how many records.
        count: u64,
    },
    /// Rows came without their key.
    WithoutKey {
        /// The stream.
        stream: &'static str,
        /// The key's fields.
        key: String,
        /// How many.
        count: u64,
    },
    /// A status filter returned rows without a status.
    WithoutStatus {
        /// The stream.
        stream: &'static str,
        /// How many.
        count: u64,
    },
    /// Responses that hold one object held nothing.
    EmptyObjects {
        /// The stream.
        stream: &'static str,
        /// How many.
        count: u64,
    },
    /// The state is ahead of both clocks.
    StateAhead {
        /// The stream.
        stream: &'static str,
        /// The state's cursor.
        cursor: DateTime<Utc>,
    },
    /// The state is a year or more ahead of both clocks.
    StateFarAhead {
        /// The stream.
        stream: &'static str,
        /// The state's cursor.
        cursor: DateTime<Utc>,
    },
    /// The config's start date is ahead of both clocks.
    StartDateAhead {
        /// The stream.
        stream: &'static str,
        /// The start date.
        start_date: DateTime<Utc>,
    },
    /// A checkpoint cannot be continued.
    ResumeDropped {
        /// The stream.
        stream: &'static str,
    },
    /// An incremental sync visits all parents, although a log of events could name those that changed.
    AllVisited {
        /// The stream.
        stream: &'static str,
        /// The parent stream.
        parent: &'static str,
        /// How many parents.
        count: usize,
        /// Why.
        reason: WholeReason,
    },
    /// An incremental sync visits only parents that changed.
    ChangedVisited {
        /// The stream.
        stream: &'static str,
        /// The parent stream.
        parent: &'static str,
        /// How many parents.
        visited: usize,
        /// Of how many.
        count: usize,
        /// Parents that events name.
        named: usize,
        /// How many events were read.
        events: usize,
    },
    /// Rows without a value cannot be added.
    DefinitionsUnknown {
        /// The stream.
        stream: &'static str,
        /// The stream of the definitions.
        definitions: &'static str,
        /// Why.
        reason: String,
    },
}

/// What a stream's reader counted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct StreamCounts {
    /// Records emitted.
    pub records: u64,
    /// Records with a lone surrogate, by field.
    pub replaced: Vec<(String, u64)>,
    /// Records with a date that is none, by field.
    pub nulled: Vec<(String, u64)>,
    /// Rows without their key.
    pub without_key: u64,
    /// Rows without a status.
    pub without_status: u64,
    /// Empty responses.
    pub empty: u64,
    /// Parents that are gone.
    pub gone: usize,
    /// Parents that were requested.
    pub requested: usize,
    /// The feature is off.
    pub is_off: bool,
}

impl Notice {
    /// What the log says when a stream ends.
    #[must_use]
    pub fn about(stream: &'static Stream, counts: StreamCounts) -> Vec<Self> {
        let name = stream.name;
        let mut notices = Vec::new();
        if let Some(parent) = stream.parent.as_ref().filter(|_| counts.gone > 0) {
            let (gone, requested) = (counts.gone, counts.requested);
            notices.push(Self::ParentsGone { stream: name, parent: parent.stream.name, gone, requested });
        }
        if counts.is_off {
            notices.push(Self::FeatureOff { stream: name, codes: stream.off_codes.join(", ") });
        }
        if counts.empty > 0 {
            notices.push(Self::EmptyObjects { stream: name, count: counts.empty });
        }
        if counts.without_status > 0 {
            notices.push(Self::WithoutStatus { stream: name, count: counts.without_status });
        }
        let replaced = counts.replaced.into_iter();
        notices.extend(replaced.map(|(field, count)| Self::TextReplaced { stream: name, field, count }));
        let nulled = counts.nulled.into_iter();
        notices.extend(nulled.map(|(field, count)| Self::DateNulled { stream: name, field, count }));
        if counts.without_key > 0 {
            let key = stream.key.join(", ");
            notices.push(Self::WithoutKey { stream: name, key, count: counts.without_key });
        }
        notices.push(Self::Records { stream: name, count: counts.records });
        notices
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> LogLevel {
        match self {
            Self::Api(Event::Answered { .. }) => LogLevel::Debug,
            Self::ParentsGone { gone, requested, .. } if gone == requested => LogLevel::Warn,
            Self::Records { .. }
            | Self::ReadInFull { .. }
            | Self::ParentsGone { .. }
            | Self::EmptyObjects { .. }
            | Self::WithoutStatus { .. }
            | Self::ResumeDropped { .. }
            | Self::AllVisited { .. }
            | Self::ChangedVisited { .. } => LogLevel::Info,
            _ => LogLevel::Warn,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Api(event) => api(event),
            Self::UnknownConfigFields { fields } => {
                format!(
                    "The config has fields that this connector does not know: {fields}. Check their spelling."
                )
            }
            Self::Records { stream, count } => format!("{stream}: {count} records read"),
            Self::ReadInFull { stream } => {
                format!("{stream}: always read in full, since no field of its rows shows what changed")
            }
            Self::FeatureOff { stream, codes } => format!(
                "{stream}: this feature of 360Learning is off for your account ({codes}), so the stream is empty"
            ),
            Self::ParentsGone { stream, parent, gone, requested } => format!(
                "{stream}: {gone} of {requested} rows of `{parent}` were not found when their lists were requested; a few may be deleted during a sync"
            ),
            Self::ListRestarted { stream, path, code } => format!(
                "{stream}: next-page token of {path} expired ({code}); restarting from the first page, so some rows may be emitted twice"
            ),
            Self::TextReplaced { stream, field, count } => format!(
                "{stream}: `{field}` held half of a character (a lone surrogate) in {count} records; it was replaced by U+FFFD, since no JSON reader accepts it"
            ),
            Self::DateNulled { stream, field, count } => format!(
                "{stream}: `{field}` held no valid date in {count} records and was set to null; each of them says so in meta.changes"
            ),
            Self::WithoutKey { stream, key, count } => format!(
                "{stream}: {count} rows came without their key ({key}) and were not emitted, so the stream is incomplete"
            ),
            Self::WithoutStatus { stream, count } => {
                format!("{stream}: {count} rows were requested by status and carry none; they were emitted")
            }
            Self::EmptyObjects { stream, count } => format!("{stream}: {count} responses held no object"),
            Self::StateAhead { stream, cursor } => format!(
                "{stream}: the state's cursor {cursor} is later than 360Learning's clock and this machine's; everything is read again, and the cursor is set to the start of this sync"
            ),
            Self::StateFarAhead { stream, cursor } => format!(
                "{stream}: the state's cursor {cursor} is more than a year ahead of 360Learning's clock and this machine's; nothing is read and the state is kept. Reset the stream's state to read it"
            ),
            Self::StartDateAhead { stream, start_date } => {
                format!("{stream}: {}, and later syncs begin where this one began", ahead(*start_date))
            }
            Self::ResumeDropped { stream } => format!(
                "{stream}: the checkpoint of an interrupted sync is more than a day away or of another kind of sync, so all parents are read again"
            ),
            Self::AllVisited { stream, parent, count, reason } => {
                format!("{stream}: all {count} rows of `{parent}` are visited, because {reason}")
            }
            Self::ChangedVisited { stream, parent, visited: 0, count, .. } => {
                format!(
                    "{stream}: none of {count} rows of `{parent}` is visited: no webhook event names one, and none changed"
                )
            }
            Self::ChangedVisited { stream, parent, visited, count, named, events } => format!(
                "{stream}: {visited} of {count} rows of `{parent}` are visited: {named} named by {events} webhook events, the others because a row near them changed"
            ),
            Self::DefinitionsUnknown { stream, definitions, reason } => format!(
                "{stream}: `{definitions}` cannot be read, so a value that was removed in 360Learning stays in the table: {reason}"
            ),
        }
    }
}

/// What a start date that is ahead of both clocks means.
#[must_use]
pub fn ahead(start_date: DateTime<Utc>) -> String {
    format!(
        "start_date ({start_date}) is later than 360Learning's clock and this machine's: an incremental sync reads no row of today or before"
    )
}

fn api(event: &Event) -> String {
    match event {
        Event::Answered { path, status, bytes, took } => {
            format!("GET {path}: HTTP {status}, {bytes} bytes in {} ms", took.as_millis())
        }
        Event::Retry { path, reason, wait } => {
            format!("{path}: {reason}; retrying in {:.1} s", wait.as_secs_f64())
        }
        Event::NoClock => "360Learning's responses carry no Date, so only this machine's clock is known. If it is fast by more than ten minutes, rows may be missed: check it.".to_owned(),
        Event::Clocks { minutes_ahead } => {
            let (minutes, side) = (minutes_ahead.abs(), if *minutes_ahead < 0 { "behind" } else { "ahead of" });
            format!(
                "360Learning's clock is {minutes} minutes {side} this machine's. The earlier one becomes the cursor, so no row is lost; check this machine's clock."
            )
        }
        Event::Paused { wait } => format!("360Learning requested a pause of {:.1} s", wait.as_secs_f64()),
    }
}
