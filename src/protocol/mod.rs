//! The Airbyte protocol: what a source may print and what it is given. Plain types, no HTTP.
//!
//! Sources: the protocol's schema `airbyte_protocol.yaml`, and how the platform reads it (noted where it matters).

mod catalog;
mod message;
mod record;
mod state;

use serde::Serialize;
use serde_json::Value;

pub use catalog::{AirbyteStream, Configured, ConfiguredStream, SyncMode, parse as parse_catalog};
pub use message::{FailureType, LogLevel, Message, StreamStatus, line};
pub use record::{Change, RecordLines};
pub use state::{FeedState, Resume, StreamState, Visited, parse as parse_states};

/// Why a catalog or a state cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("The {file} {problem}.")]
pub struct InputError {
    /// `catalog` or `state`.
    file: &'static str,
    /// What is wrong, where, and what to do.
    problem: String,
}

/// True if a text was refused because it is nested deeper than 128 levels. `serde_json` has no other sign of it.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

impl InputError {
    fn new(file: &'static str, problem: impl Into<String>) -> Self {
        Self { file, problem: problem.into() }
    }

    fn not_json(file: &'static str, error: &serde_json::Error) -> Self {
        let problem = if is_too_deep(error) { "is nested too deeply" } else { "is not valid JSON" };
        Self::new(file, format!("{problem} (line {}, column {})", error.line(), error.column()))
    }
}

/// The JSON values of a file: one, or many, as a command prints its messages. A last one that is cut, as
/// a killed sync leaves it, is dropped: the state before it is an earlier one.
fn values(file: &'static str, text: &str) -> Result<Vec<Value>, InputError> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter() {
        match value {
            Ok(value) => values.push(value),
            Err(error) if error.is_eof() && !values.is_empty() => break,
            Err(error) => return Err(InputError::not_json(file, &error)),
        }
    }
    Ok(values)
}

/// A value as JSON on one line for every reader: some, such as Python's `splitlines`, also end a line at these characters.
fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_string(value).expect("every key of a message is a string");
    for (separator, escape) in [('\u{85}', "\\u0085"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")] {
        if json.contains(separator) {
            json = json.replace(separator, escape);
        }
    }
    json.into_bytes()
}
