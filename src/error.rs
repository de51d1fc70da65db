//! The errors of the layers, joined: who can fix each, and the sentence that a user reads.

use std::error::Error as StdError;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error as ThisError;

use crate::api::ApiError;
use crate::config::ConfigError;
use crate::protocol::{FailureType, InputError};

/// Why a command or a stream ended before its end.
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
    /// A stream is incomplete because the stream above it is.
    #[error(
        "The stream `{stream}` is incomplete, because it is read under `{parent}`, which failed: {cause}"
    )]
    Parent {
        /// The stream.
        stream: &'static str,
        /// The stream above it.
        parent: &'static str,
        /// Why that one failed.
        #[source]
        cause: Arc<Error>,
    },
    /// Some parents of a stream could not be read; the others were.
    #[error("{}", parents(stream, parent, *failed, *requested, *has_ended_early, named))]
    Parents {
        /// The stream.
        stream: &'static str,
        /// The parent stream.
        parent: &'static str,
        /// How many parents failed.
        failed: usize,
        /// How many were requested.
        requested: usize,
        /// True if so many failed in a row that the others were not requested.
        has_ended_early: bool,
        /// The first of them.
        named: Vec<FailedParent>,
    },
    /// The API finds too many parents no more that it listed before.
    #[error(
        "The stream `{stream}` is incomplete: 360Learning listed {requested} rows of `{parent}`, and then did not find {gone} of them. Run the sync again; if it persists, check base_url and any proxy before 360Learning."
    )]
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
    /// A parent's record has no usable id.
    #[error("the parent's row has no usable id, so `{stream}` cannot be read under it")]
    ParentWithoutId {
        /// The stream that needs it.
        stream: &'static str,
    },
    /// One parent says that a feature is off, after others had a normal response.
    #[error("360Learning says that the feature is off, although other rows of `{stream}` were read")]
    FeatureOffLater {
        /// The stream.
        stream: &'static str,
    },
    /// Rows came without their key.
    #[error(
        "The stream `{stream}` is incomplete: {count} rows came without their key ({key}) and were not emitted. Report it to 360Learning, or deselect the stream."
    )]
    RowsWithoutKey {
        /// The stream.
        stream: &'static str,
        /// The key's fields.
        key: String,
        /// How many rows.
        count: u64,
    },
    /// The next page was already read.
    #[error("{path}: the pages go in a circle: the next page was read before. Run the sync again.")]
    PagesInACircle {
        /// The list's path.
        path: String,
    },
    /// A list does not end.
    #[error("{path}: the list does not end: {pages} pages were read, and there is a next one.")]
    ListWithoutEnd {
        /// The list's path.
        path: String,
        /// How many pages were read.
        pages: usize,
    },
    /// The way from page to page ended early in every attempt to read a list.
    #[error(
        "{path}: 360Learning refused the next page (HTTP {status} {code}) in each of {attempts} attempts to read the list. The pages may expire before a slow destination takes them: run the sync again with fewer streams; if it persists, report the path and the code to 360Learning."
    )]
    NextPageExpired {
        /// The list's path.
        path: String,
        /// HTTP status.
        status: u16,
        /// The API's code.
        code: String,
        /// How often the list was begun.
        attempts: u32,
    },
    /// The catalog names a stream that does not exist.
    #[error("There is no stream `{0}`. Run discover, and refresh the connection's schema.")]
    UnknownStream(String),
    /// The catalog has a sync mode that does not exist.
    #[error(
        "The stream `{stream}` has the sync_mode `{given}` in the catalog; it must be full_refresh or incremental."
    )]
    SyncMode {
        /// The stream.
        stream: String,
        /// What the catalog says.
        given: String,
    },
    /// `check` could not end in time.
    #[error(
        "The connection test did not end within {minutes} minutes, because requests had to be repeated ({reason}). Run it again later."
    )]
    CheckTimeout {
        /// How long it ran.
        minutes: u64,
        /// Why the last request failed.
        reason: String,
    },
    /// A part of the sync ended without a result.
    #[error("Internal error: {0}. Please report it.")]
    Internal(String),
    /// Standard output was closed by its reader.
    #[error("standard output was closed")]
    Stdout,
    /// The process was asked to stop.
    #[error("The sync was stopped before its end; the next one continues from the last state.")]
    Interrupted,
}

/// A parent that could not be read.
#[derive(Debug)]
pub struct FailedParent {
    /// Its id.
    pub id: String,
    /// Why.
    pub error: Arc<Error>,
}

fn parents(
    stream: &str,
    parent: &str,
    failed: usize,
    requested: usize,
    has_ended_early: bool,
    named: &[FailedParent],
) -> String {
    let reasons: Vec<String> = named
        .iter()
        .map(|failed| format!("{}: {}", failed.id, failed.error.to_string().trim_end_matches('.')))
        .collect();
    let more = if failed > named.len() { ", …" } else { "" };
    let others = if has_ended_early {
        "They failed one after the other, so the rest was not requested"
    } else {
        "The others were read"
    };
    format!(
        "The stream `{stream}` is incomplete: {failed} of {requested} rows of `{parent}` failed ({}{more}). {others}. The next sync reads the stream again.",
        reasons.join("; ")
    )
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
            return Self::Internal("a task was canceled".to_owned());
        }
        let place = PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self::Internal(format!("a panic at {}", place.as_deref().unwrap_or("an unknown place")))
    }
}

impl Error {
    /// The error of an input file, with what to do.
    #[must_use]
    pub fn unreadable(what: &'static str, path: &str, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                "permission denied. Make the file and its folder readable for the user of this process; in a container, start it with --user \"$(id -u)\"".to_owned()
            }
            io::ErrorKind::IsADirectory => {
                "it is a folder. Docker makes one where the mounted file does not exist, so check the path of the mount".to_owned()
            }
            _ => error.to_string(),
        };
        Self::File { what, path: path.to_owned(), reason }
    }

    /// True if retries did not help in the time that they have.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        matches!(self, Error::Api(ApiError::Exhausted { .. }))
    }

    /// True if no other parent of the stream would fare better.
    #[must_use]
    pub fn ends_stream(&self) -> bool {
        match self {
            Error::Api(error) => match error {
                ApiError::Rejected { .. }
                | ApiError::Blocked { .. }
                | ApiError::Exhausted { .. }
                | ApiError::TooLarge { .. } => false,
                ApiError::Credentials { .. }
                | ApiError::Forbidden { .. }
                | ApiError::Connection { .. }
                | ApiError::Setup(_) => true,
            },
            Error::PagesInACircle { .. }
            | Error::ListWithoutEnd { .. }
            | Error::NextPageExpired { .. }
            | Error::ParentWithoutId { .. } => false,
            _ => true,
        }
    }

    /// The sentence and its causes, a line each: for debugging.
    #[must_use]
    pub fn stack_trace(&self) -> String {
        let mut next: Option<&(dyn StdError + 'static)> = match self {
            Error::Parents { named, .. } => named.first().map(|failed| &*failed.error as _),
            _ => self.source(),
        };
        let mut lines = vec![self.to_string()];
        while let Some(cause) = next {
            lines.push(cause.to_string().replace('\n', " "));
            next = cause.source();
        }
        lines.dedup();
        lines.join("\nCaused by: ")
    }

    /// Who can fix it, and so whether the platform retries.
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
            | Error::SyncMode { .. } => FailureType::Config,
            Error::Api(error) => match error {
                // A refusal with a code of its own stays: no use in trying the job twenty times.
                ApiError::Credentials { .. }
                | ApiError::Forbidden { .. }
                | ApiError::Rejected { .. }
                | ApiError::Connection { .. } => FailureType::Config,
                ApiError::Exhausted { .. } | ApiError::Blocked { .. } => FailureType::Transient,
                ApiError::TooLarge { .. } | ApiError::Setup(_) => FailureType::System,
            },
            Error::Stdout
            | Error::Interrupted
            | Error::ParentsGone { .. }
            | Error::PagesInACircle { .. }
            | Error::NextPageExpired { .. }
            | Error::CheckTimeout { .. } => FailureType::Transient,
            Error::ParentWithoutId { .. }
            | Error::FeatureOffLater { .. }
            | Error::RowsWithoutKey { .. }
            | Error::ListWithoutEnd { .. }
            | Error::Internal(_) => FailureType::System,
            Error::Parent { cause, .. } => cause.failure_type(),
            Error::Parents { named, .. } => {
                let types = named.iter().map(|failed| failed.error.failure_type());
                types.min().unwrap_or(FailureType::System)
            }
        }
    }
}
