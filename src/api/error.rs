//! Why a page could not be read.

use std::error::Error as StdError;
use std::sync::Arc;

use thiserror::Error;

/// What a library reported: for the chain of causes, never for the sentence.
pub type Cause = Arc<dyn StdError + Send + Sync>;

/// A failure of the API layer, after every retry. Texts name paths, never queries, tokens, bodies
/// or headers.
#[derive(Debug, Clone, Error)]
pub enum ApiError {
    /// The token endpoint refused the credentials, or a page refused a new token.
    #[error(
        "360Learning rejected the credentials ({answer}). Check client_id, client_secret and region: both complete, not swapped, and of API v2."
    )]
    Credentials {
        /// What the API answered, such as `HTTP 401 invalid_client from HOST/api/v2/oauth2/token`.
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
    /// Every response was one that is not the API's: a firewall's page, a proxy's, a redirect.
    #[error(
        "{path}: {reason}, after {} in {seconds} s. A firewall or a proxy may block the request: check base_url and the network, or ask 360Learning to allow this address.",
        number_of(*attempts)
    )]
    Blocked {
        /// Path of the request.
        path: String,
        /// What the last response was, and from which host.
        reason: String,
        /// How many attempts were made.
        attempts: u32,
        /// How long they took.
        seconds: u64,
    },
    /// The retries did not help within their time.
    #[error(
        "{path}: gave up after {} in {seconds} s; the last one failed with: {reason}. {advice}",
        number_of(*attempts)
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
        /// What to do.
        advice: String,
        /// What the HTTP client reported.
        #[source]
        cause: Option<Cause>,
    },
    /// The response is larger, longer or deeper than any page can be.
    #[error("{path}: the response {what}. Check base_url.")]
    TooLarge {
        /// Path of the request.
        path: String,
        /// Which bound it exceeds.
        what: &'static str,
    },
    /// No request can succeed on this way.
    #[error("{error}")]
    Connection {
        /// What the user has to change.
        error: ConnectionError,
        /// What the HTTP client reported.
        #[source]
        cause: Option<Cause>,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not start: {0}")]
    Setup(String),
}

/// What has to change on this machine or in the configuration before any request can succeed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectionError {
    /// The server's or the proxy's certificate is not trusted.
    #[error("The TLS certificate of {server} is not trusted: {reason}. {advice}.")]
    Certificate {
        /// Host and port.
        server: String,
        /// Why.
        reason: &'static str,
        /// What to do.
        advice: String,
    },
    /// A variable names root certificates that cannot be read.
    #[error(
        "The environment variable {variable} names {path}, which {problem}. Correct it, or unset it to use the certificates of this machine."
    )]
    Roots {
        /// `SSL_CERT_FILE` or `SSL_CERT_DIR`.
        variable: &'static str,
        /// As it was given.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// There are no root certificates.
    #[error(
        "This machine has no root certificates, so no server can be trusted. Install the package ca-certificates, or set the environment variable SSL_CERT_FILE to a PEM file with root certificates."
    )]
    NoRoots,
    /// The other side does not speak TLS.
    #[error("There is no TLS at {server}. {advice}.")]
    NoTls {
        /// Host and port.
        server: String,
        /// What to do.
        advice: String,
    },
    /// A variable does not name a proxy.
    #[error(
        "The environment variable {variable} {problem}. Write it as http://host:port, or as http://user:password@host:port with special characters percent-encoded, or unset it."
    )]
    ProxyVariable {
        /// Its name.
        variable: &'static str,
        /// What is wrong. Never its value, which may hold a password.
        problem: &'static str,
    },
    /// The proxy requires a login.
    #[error(
        "The proxy {proxy} requires a login (HTTP 407). Put the user name and password into the environment variable {variable}, as http://user:password@host:port."
    )]
    ProxyLogin {
        /// Host and port.
        proxy: String,
        /// The variable that names it.
        variable: &'static str,
    },
    /// The proxy refuses the login.
    #[error(
        "The proxy {proxy} rejected the user name and password in the environment variable {variable} (HTTP 407). Correct them, with special characters percent-encoded."
    )]
    ProxyPassword {
        /// Host and port.
        proxy: String,
        /// The variable that names it.
        variable: &'static str,
    },
    /// Something that is not the configured proxy requires a proxy's login.
    #[error(
        "{server} requires the login of a proxy (HTTP 407), so it is not 360Learning. Check base_url, and name the proxy in the environment variable HTTPS_PROXY, as http://user:password@host:port."
    )]
    ServerIsProxy {
        /// Host and port.
        server: String,
    },
}

/// `1 attempt`, `2 attempts`.
fn number_of(attempts: u32) -> String {
    format!("{attempts} attempt{}", if attempts == 1 { "" } else { "s" })
}

impl From<ConnectionError> for ApiError {
    fn from(error: ConnectionError) -> Self {
        Self::Connection { error, cause: None }
    }
}
