//! The Airbyte protocol: what a source may print and what it is given. Plain types, no HTTP.
//!
//! Sources: the protocol's schema `airbyte_protocol.yaml`, and the platform's own reading of it (notes stand where they
//! matter).

mod catalog;
mod message;
mod record;
mod state;

pub use catalog::{Configured, SyncMode, parse as parse_catalog};
pub use message::{FailureType, LogLevel, Message, StreamStatus, line};
pub use record::RecordLines;
pub use state::{Resume, StreamState, parse as parse_states};

/// Why a catalog or a state cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("The {file} {problem}.")]
pub struct InputError {
    /// `catalog` or `state`.
    file: &'static str,
    /// What is wrong, where, and what to do.
    problem: String,
}

/// Whether a text was given up because it is nested deeper than 128 levels. `serde_json` says so in words only.
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
