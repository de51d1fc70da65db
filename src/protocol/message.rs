//! Everything but records, as it is printed.

use serde_json::{Value, json};

/// One message, borrowed from whoever sends it.
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
    Catalog(Vec<Value>),
    /// Where a stream stands: acknowledges every record of it printed before.
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
    /// The stream still runs, but the API asked for a pause.
    RateLimited {
        /// The stream.
        stream: &'a str,
        /// When requests go on, epoch milliseconds.
        quota_reset: i64,
    },
    /// How much is about to come. Both numbers are always set: the platform fails on a missing one.
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
        /// The chain of causes, for the person who debugs.
        internal: &'a str,
        /// Who can mend it.
        failure: FailureType,
    },
}

/// Who can mend a failure, and so whether the platform tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureType {
    /// It may pass by itself: tried again.
    Transient,
    /// A fault of the connector or of the API: tried again.
    System,
    /// Only the user can mend it: not tried again.
    Config,
}

/// The life of a stream within a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// A stream failed.
    Error,
    /// Something that the user may want to mend.
    Warn,
    /// The course of the sync.
    Info,
    /// Every request (`--debug`).
    Debug,
}

/// The message as one line of standard output, newline included. `now` is epoch milliseconds.
#[must_use]
pub fn line(message: &Message<'_>, now: i64) -> Vec<u8> {
    let mut line = value(message, now).to_string().into_bytes();
    line.push(b'\n');
    line
}

fn value(message: &Message<'_>, now: i64) -> Value {
    match *message {
        Message::Spec(spec) => json!({"type": "SPEC", "spec": spec}),
        Message::ConnectionStatus { succeeded, message } => json!({
            "type": "CONNECTION_STATUS",
            "connectionStatus": {"status": if succeeded { "SUCCEEDED" } else { "FAILED" }, "message": message}
        }),
        Message::Catalog(ref streams) => json!({"type": "CATALOG", "catalog": {"streams": streams}}),
        Message::State { stream, state, records } => {
            // The protocol wants a decimal point. Counts stay far below 2^52.
            #[allow(clippy::cast_precision_loss)]
            let count = records as f64;
            json!({
                "type": "STATE",
                "state": {
                    "type": "STREAM",
                    "stream": {"stream_descriptor": {"name": stream}, "stream_state": state},
                    "sourceStats": {"recordCount": count}
                }
            })
        }
        Message::Log(level, text) => {
            json!({"type": "LOG", "log": {"level": level.name(), "message": text}})
        }
        Message::Status { stream, status } => trace(
            "STREAM_STATUS",
            "stream_status",
            now,
            &json!({"stream_descriptor": {"name": stream}, "status": status.name()}),
        ),
        Message::RateLimited { stream, quota_reset } => trace(
            "STREAM_STATUS",
            "stream_status",
            now,
            &json!({
                "stream_descriptor": {"name": stream},
                "status": StreamStatus::Running.name(),
                "reasons": [{"type": "RATE_LIMITED", "rate_limited": {"quota_reset": quota_reset}}]
            }),
        ),
        Message::Estimate { stream, rows, bytes } => trace(
            "ESTIMATE",
            "estimate",
            now,
            &json!({"type": "STREAM", "name": stream, "row_estimate": rows, "byte_estimate": bytes}),
        ),
        Message::Error { stream, message, internal, failure } => {
            let mut error = json!({
                "message": message,
                "internal_message": internal,
                "failure_type": failure.name(),
            });
            if let Some(stream) = stream {
                error["stream_descriptor"] = json!({"name": stream});
            }
            trace("ERROR", "error", now, &error)
        }
    }
}

fn trace(kind: &str, field: &str, now: i64, body: &Value) -> Value {
    // `emitted_at` of a trace is a double in the protocol, unlike that of a record.
    #[allow(clippy::cast_precision_loss)]
    let emitted_at = now as f64;
    json!({"type": "TRACE", "trace": {"type": kind, "emitted_at": emitted_at, field: body}})
}

impl FailureType {
    fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient_error",
            Self::System => "system_error",
            Self::Config => "config_error",
        }
    }
}

impl StreamStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Running => "RUNNING",
            Self::Complete => "COMPLETE",
            Self::Incomplete => "INCOMPLETE",
        }
    }
}

impl LogLevel {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
        }
    }
}
