//! Why a page could not be had.

use thiserror::Error;

/// A failure of the API layer, after every retry. Texts name paths, never queries, tokens or bodies.
#[derive(Debug, Clone, Error)]
pub enum ApiError {
    /// The token endpoint refused the credentials, or a fresh token was refused.
    #[error(
        "360Learning rejected the credentials ({answer}). Check client_id, client_secret and region; credentials of API v1 do not work with API v2."
    )]
    Credentials {
        /// What the API answered, such as `HTTP 401 invalid_client from /oauth2/token`.
        answer: String,
    },
    /// The credentials lack a scope.
    #[error("{path}: the credentials lack the scope for it (HTTP 403 invalid_scope)")]
    Forbidden {
        /// Path asked for.
        path: String,
    },
    /// The API refused the request for another reason.
    #[error("{path}: 360Learning refused the request (HTTP {status} {code})")]
    Rejected {
        /// Path asked for.
        path: String,
        /// HTTP status.
        status: u16,
        /// The API's error code; `-` where the body has none.
        code: String,
    },
    /// The retries did not help in the time that they have.
    #[error(
        "{path}: gave up after {attempts} attempts in {seconds} s; the last one failed with: {reason}. If it persists, check 360Learning's status, the region or base_url, and the network."
    )]
    Exhausted {
        /// Path asked for.
        path: String,
        /// How often it was tried.
        attempts: u32,
        /// How long it was tried.
        seconds: u64,
        /// What the last attempt met.
        reason: String,
    },
    /// The answer is larger, longer or deeper than any page can be.
    #[error("{path}: the answer {what}. Is base_url right?")]
    NoPage {
        /// Path asked for.
        path: String,
        /// What no page is.
        what: &'static str,
    },
    /// The next page is on another server: following it would send the token there.
    #[error(
        "{path}: the next page is said to be on another server ({origin}); it was not followed, so that the token stays with 360Learning"
    )]
    ForeignLink {
        /// Path asked for.
        path: String,
        /// Origin of the link.
        origin: String,
    },
    /// The next page was already read.
    #[error("{path}: the pages go round in a circle; the API sent a next page that was already read")]
    Loop {
        /// Path asked for.
        path: String,
    },
    /// Empty pages follow one another without end.
    #[error("{path}: {pages} empty pages in a row, each with a next one; the list does not end")]
    Endless {
        /// Path asked for.
        path: String,
        /// How many were read.
        pages: u32,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not start: {0}")]
    Setup(String),
}
