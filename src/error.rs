//! The errors of the layers, joined: who can mend each, and the sentence that a user reads.

use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error as ThisError;

use crate::api::ApiError;
use crate::config::ConfigError;
use crate::protocol::{FailureType, InputError};

/// Whatever ends a command or a stream.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The catalog or the state cannot be used.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file cannot be read.
    #[error("The {what} file {path} cannot be read: {reason}.")]
    File {
        /// `config`, `catalog` or `state`.
        what: &'static str,
        /// As it was given.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// A report cannot be written.
    #[error("The report cannot be written to {path}: {reason}.")]
    Unwritable {
        /// As it was given.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The command line cannot be used.
    #[error("{0}")]
    Usage(String),
    /// The API could not be read.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The credentials lack the scope of a stream.
    #[error(
        "The credentials lack the scope `{scope}`, so the stream `{stream}` cannot be read. Add the scope to the API v2 credentials in 360Learning, or deselect the stream."
    )]
    Scope {
        /// The stream.
        stream: &'static str,
        /// The scope that it needs.
        scope: &'static str,
    },
    /// A stream could not be read because the stream above it could not.
    #[error("The stream `{stream}` is read under `{parent}`, which failed: {cause}")]
    Parent {
        /// The stream.
        stream: &'static str,
        /// The stream above it.
        parent: &'static str,
        /// Why that one failed.
        cause: Arc<Error>,
    },
    /// A parent's record has no usable id.
    #[error("A record of `{stream}` has no usable `{field}`, so `{child}` cannot be read under it.")]
    ParentWithoutId {
        /// The parent stream.
        stream: &'static str,
        /// The field.
        field: &'static str,
        /// The stream that needs it.
        child: &'static str,
    },
    /// The catalog names a stream that does not exist.
    #[error("There is no stream `{0}`. Run discover, and refresh the connection's schema.")]
    UnknownStream(String),
    /// The catalog asks for a sync mode that does not exist.
    #[error(
        "The stream `{stream}` has the sync_mode `{given}` in the catalog; it must be full_refresh or incremental."
    )]
    SyncMode {
        /// The stream.
        stream: String,
        /// What the catalog says.
        given: String,
    },
    /// A part of the sync ended without a result.
    #[error("The connector failed inside: {0}. Please report it.")]
    Lost(String),
    /// Standard output was closed by whoever reads it.
    #[error("standard output was closed")]
    Stdout,
    /// The process was asked to stop.
    #[error("The sync was stopped before its end; the next one continues from the last state.")]
    Interrupted,
}

/// Where the latest panic was.
static PANICKED_AT: Mutex<Option<String>> = Mutex::new(None);

/// Keeps the place of every panic for the message that is made of it. Its text is dropped: it may hold what was read.
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        *PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        if !error.is_panic() {
            return Self::Lost("a task was cancelled".to_owned());
        }
        let place = PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self::Lost(format!("a panic at {}", place.as_deref().unwrap_or("an unknown place")))
    }
}

impl Error {
    /// Who can mend it.
    #[must_use]
    pub fn failure_type(&self) -> FailureType {
        match self {
            Error::Config(_)
            | Error::Input(_)
            | Error::File { .. }
            | Error::Unwritable { .. }
            | Error::Usage(_)
            | Error::Scope { .. }
            | Error::UnknownStream(_)
            | Error::SyncMode { .. }
            | Error::Api(ApiError::Credentials { .. } | ApiError::Forbidden { .. }) => FailureType::Config,
            Error::Api(ApiError::Exhausted { .. }) | Error::Stdout | Error::Interrupted => {
                FailureType::Transient
            }
            Error::Api(
                ApiError::Rejected { .. }
                | ApiError::NoPage { .. }
                | ApiError::ForeignLink { .. }
                | ApiError::Loop { .. }
                | ApiError::Endless { .. }
                | ApiError::Setup(_),
            )
            | Error::ParentWithoutId { .. }
            | Error::Lost(_) => FailureType::System,
            Error::Parent { cause, .. } => cause.failure_type(),
        }
    }
}
