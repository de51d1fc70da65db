//! Every message but RECORD, and its line.

use serde::Serialize;
use serde_json::Value;

use super::catalog::AirbyteStream;

/// One message, borrowed from its sender.
#[derive(Debug)]
pub enum Message<'a> {
    /// The configuration form.
    Spec(&'a Value),
    /// The answer to `check`.
    ConnectionStatus {
        /// Whether a sync could start.
        succeeded: bool,
        /// What was found, for the person who filled the form.
        message: &'a str,
    },
    /// The streams on offer.
    Catalog(&'a [AirbyteStream]),
    /// The state of a stream: acknowledges every record of it printed before.
    State {
        /// The stream.
        stream: &'a str,
        /// The state blob.
        state: &'a Value,
        /// Records of this stream since its previous STATE.
        records: u64,
    },
    /// A line for the log.
    Log(LogLevel, &'a str),
    /// Where a stream is in its life.
    Status {
        /// The stream.
        stream: &'a str,
        /// Its status.
        status: StreamStatus,
    },
    /// The stream still runs, but the API requires a pause.
    RateLimited {
        /// The stream.
        stream: &'a str,
        /// When requests go on, epoch milliseconds.
        quota_reset: i64,
    },
    /// How much is about to come.
    Estimate {
        /// The stream.
        stream: &'a str,
        /// Records of this sync.
        rows: u64,
        /// Bytes of their lines.
        bytes: u64,
    },
    /// What went wrong.
    Error {
        /// The stream it concerns, if it concerns one.
        stream: Option<&'a str>,
        /// The sentence for the user.
        message: &'a str,
        /// The sentence and its causes, a line each, for debugging.
        stack_trace: &'a str,
        /// Who can fix it.
        failure: FailureType,
    },
}

/// Who can fix a failure, and so whether the platform tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum FailureType {
    /// It may pass by itself: tried again.
    #[serde(rename = "transient_error")]
    Transient,
    /// A fault of the connector or of the API: tried again.
    #[serde(rename = "system_error")]
    System,
    /// Only the user can fix it: not tried again.
    #[serde(rename = "config_error")]
    Config,
}

/// The life of a stream within a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StreamStatus {
    /// Begun, nothing read yet.
    Started,
    /// Something was read.
    Running,
    /// Read to its end.
    Complete,
    /// Stopped before its end.
    Incomplete,
}

/// Levels of the protocol that this source uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// A stream failed.
    Error,
    /// Something that the user may want to fix.
    Warn,
    /// The course of the sync.
    Info,
    /// Every request (`--debug`).
    Debug,
}

/// The message as one line of standard output, newline included. `now` is epoch milliseconds.
#[must_use]
pub fn line(message: &Message<'_>, now: i64) -> Vec<u8> {
    let mut line = super::to_json(&Line::new(message, now));
    line.push(b'\n');
    line
}

/// `AirbyteMessage`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Line<'a> {
    Spec { spec: &'a Value },
    ConnectionStatus { connection_status: ConnectionStatus<'a> },
    Catalog { catalog: Catalog<'a> },
    State { state: State<'a> },
    Log { log: Log<'a> },
    Trace { trace: Trace<'a> },
}

#[derive(Serialize)]
struct ConnectionStatus<'a> {
    status: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Catalog<'a> {
    streams: &'a [AirbyteStream],
}

/// `AirbyteStateMessage`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
enum State<'a> {
    Stream {
        stream: StreamBlob<'a>,
        #[serde(rename = "sourceStats")]
        source_stats: SourceStats,
    },
}

#[derive(Serialize)]
struct StreamBlob<'a> {
    stream_descriptor: Descriptor<'a>,
    stream_state: &'a Value,
}

#[derive(Serialize)]
struct Descriptor<'a> {
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceStats {
    /// The protocol wants a decimal point.
    record_count: f64,
}

#[derive(Serialize)]
struct Log<'a> {
    level: LogLevel,
    message: &'a str,
}

/// `AirbyteTraceMessage`. Its `emitted_at` is a double, unlike that of a record.
#[derive(Serialize)]
struct Trace<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    emitted_at: f64,
    #[serde(flatten)]
    body: TraceBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum TraceBody<'a> {
    StreamStatus(Status<'a>),
    Estimate(Estimate<'a>),
    Error(ErrorTrace<'a>),
}

#[derive(Serialize)]
struct Status<'a> {
    stream_descriptor: Descriptor<'a>,
    status: StreamStatus,
    /// The platform heeds a single reason only.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<[Reason; 1]>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Reason {
    RateLimited { rate_limited: RateLimited },
}

#[derive(Serialize)]
struct RateLimited {
    quota_reset: i64,
}

/// Both numbers are always set: the platform fails on a missing one.
#[derive(Serialize)]
#[serde(tag = "type", rename = "STREAM")]
struct Estimate<'a> {
    name: &'a str,
    row_estimate: u64,
    byte_estimate: u64,
}

#[derive(Serialize)]
struct ErrorTrace<'a> {
    message: &'a str,
    /// The innermost cause.
    internal_message: &'a str,
    stack_trace: &'a str,
    failure_type: FailureType,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_descriptor: Option<Descriptor<'a>>,
}

impl<'a> Line<'a> {
    fn new(message: &Message<'a>, now: i64) -> Self {
        let trace = |kind, body| Line::Trace { trace: Trace { kind, emitted_at: double(now), body } };
        let status = |stream, status, reasons| {
            let status = Status { stream_descriptor: Descriptor { name: stream }, status, reasons };
            trace("STREAM_STATUS", TraceBody::StreamStatus(status))
        };
        match *message {
            Message::Spec(spec) => Line::Spec { spec },
            Message::ConnectionStatus { succeeded, message } => {
                let status = if succeeded { "SUCCEEDED" } else { "FAILED" };
                Line::ConnectionStatus { connection_status: ConnectionStatus { status, message } }
            }
            Message::Catalog(streams) => Line::Catalog { catalog: Catalog { streams } },
            Message::State { stream, state, records } => Line::State {
                state: State::Stream {
                    stream: StreamBlob {
                        stream_descriptor: Descriptor { name: stream },
                        stream_state: state,
                    },
                    source_stats: SourceStats { record_count: double(records.cast_signed()) },
                },
            },
            Message::Log(level, message) => Line::Log { log: Log { level, message } },
            Message::Status { stream, status: kind } => status(stream, kind, None),
            Message::RateLimited { stream, quota_reset } => {
                let reason = Reason::RateLimited { rate_limited: RateLimited { quota_reset } };
                status(stream, StreamStatus::Running, Some([reason]))
            }
            Message::Estimate { stream, rows, bytes } => {
                let estimate = Estimate { name: stream, row_estimate: rows, byte_estimate: bytes };
                trace("ESTIMATE", TraceBody::Estimate(estimate))
            }
            Message::Error { stream, message, stack_trace, failure } => {
                let error = ErrorTrace {
                    message,
                    internal_message: stack_trace.lines().last().unwrap_or(message),
                    stack_trace,
                    failure_type: failure,
                    stream_descriptor: stream.map(|name| Descriptor { name }),
                };
                trace("ERROR", TraceBody::Error(error))
            }
        }
    }
}

/// Counts and epoch milliseconds.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn double(number: i64) -> f64 {
    number as f64
}
