//! Why a page could not be read.

use thiserror::Error;

/// A failure of the API layer, after every retry. Texts name paths, never queries, tokens, bodies
/// or headers.
#[derive(Debug, Clone, Error)]
pub enum ApiError {
    /// The token endpoint refused the credentials, or a page refused a new token.
    #[error(
        "360Learning rejected the credentials ({answer}). Check client_id, client_secret and region; credentials of API v1 do not work with API v2."
    )]
    Credentials {
        /// What the API answered, such as `HTTP 401 invalid_client from /api/v2/oauth2/token`.
        answer: String,
    },
    /// The credentials lack a scope.
    #[error("{path}: the credentials lack the scope for it (HTTP 403 invalid_scope)")]
    Forbidden {
        /// Path of the request.
        path: String,
    },
    /// The API refused the request with an error code of its own.
    #[error("{path}: 360Learning refused the request (HTTP {status} {code})")]
    Rejected {
        /// Path of the request.
        path: String,
        /// HTTP status.
        status: u16,
        /// The API's error code.
        code: String,
    },
    /// Every response was a refusal that is not the API's: a firewall's page, a proxy's, a
    /// redirect.
    #[error(
        "{path}: HTTP {status} without an error code of the API, {attempts} times in {seconds} s. A firewall or a proxy may block the request: check base_url and the network, or ask 360Learning to allow this address."
    )]
    Blocked {
        /// Path of the request.
        path: String,
        /// HTTP status of the last attempt.
        status: u16,
        /// How many attempts were made.
        attempts: u32,
        /// How long they took.
        seconds: u64,
    },
    /// The retries did not help within their time.
    #[error(
        "{path}: gave up after {attempts} attempts in {seconds} s; the last one failed with: {reason}. If it persists, check 360Learning's status, the region or base_url, and the network."
    )]
    Exhausted {
        /// Path of the request.
        path: String,
        /// How many attempts were made.
        attempts: u32,
        /// How long they took.
        seconds: u64,
        /// Why the last one failed.
        reason: String,
    },
    /// The response is larger, longer or deeper than any page can be.
    #[error("{path}: the response {what}. Check base_url.")]
    TooLarge {
        /// Path of the request.
        path: String,
        /// Which bound it exceeds.
        what: &'static str,
    },
    /// The server's TLS certificate is not trusted.
    #[error(
        "The TLS certificate of the server is not trusted: {reason}. If a proxy of your company inspects TLS, set the environment variable SSL_CERT_FILE to a PEM file with its root certificate."
    )]
    Certificate {
        /// Why.
        reason: &'static str,
    },
    /// The proxy between this machine and the API requires a login.
    #[error(
        "The proxy requires a login (HTTP 407). Put the user name and password into the environment variable that names the proxy, as HTTPS_PROXY=http://user:password@host:port (or ALL_PROXY)."
    )]
    ProxyAuthentication,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not start: {0}")]
    Setup(String),
}
