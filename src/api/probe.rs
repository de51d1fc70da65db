//! One GET without retries, and everything that its response shows: for `doctor`, which examines
//! the API.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;

use super::transport::SendError;
use super::{ApiError, Client, Rows, Shape, Timing, TokenFormat, link};
use crate::config::Settings;

/// Requests once, at the client's pace and with its token.
#[derive(Debug)]
pub struct ProbeClient {
    client: Client,
}

/// One response, whatever it is. Its `Debug` shows what was read: it is never printed.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct RawResponse {
    /// HTTP status.
    pub status: u16,
    /// The API's error code; `-` if the body has none.
    pub code: String,
    /// Whether the error is a bare string, `{"error": "code"}`, rather than an object.
    pub is_bare: bool,
    /// From departure to the last byte.
    pub took: Duration,
    /// Whether the body was packed with gzip.
    pub packed: bool,
    /// The version of HTTP, such as `HTTP/1.1`.
    pub version: String,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// Whether it has a `Retry-After`.
    pub retry_after: bool,
    /// The link to the next page, as it is written.
    pub link: Option<String>,
    /// The next page.
    pub next: Option<Url>,
    /// Whether a sync would fail at the `Link` header.
    pub is_link_unreadable: bool,
    /// The rows, if the body is a page of the expected shape.
    pub rows: Option<Rows>,
    /// Whether the body is JSON.
    pub is_json: bool,
}

/// Why there is no response.
#[derive(Debug)]
pub enum ProbeError {
    /// There is no token.
    NoToken(ApiError),
    /// No connection could be made.
    NoConnection,
    /// It did not end in time.
    Late,
    /// It ended early.
    Broken,
    /// It is larger than any page.
    TooLarge,
}

impl ProbeClient {
    /// A client for these settings, at their pace.
    pub fn new(settings: &Settings, timing: Timing) -> Result<Self, ApiError> {
        let (events, _) = unbounded_channel();
        Ok(Self { client: Client::new(settings, timing, events, false)? })
    }

    /// Proves the credentials.
    pub async fn token(&self) -> Result<TokenFormat, ApiError> {
        Ok(self.client.token().await?.format)
    }

    /// The address of a path under `/api/v2`.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> Url {
        self.client.url(path, query)
    }

    /// The machine's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.client.now()
    }

    /// One GET, once.
    pub async fn get(&self, url: &Url, shape: Shape) -> Result<RawResponse, ProbeError> {
        let (token, departed) = self.client.depart().await.map_err(ProbeError::NoToken)?;
        let mut memory = self.client.reservation();
        let response =
            self.client.get(url, &token, &mut memory).await.map_err(|error| probe_error(&error))?;
        let took = departed.elapsed();
        let is_success = (200..300).contains(&response.status);
        let parsed: Option<Value> =
            if is_success { None } else { serde_json::from_slice(&response.body).ok() };
        let links = response.link();
        let next = links.as_ref().map_err(|error| *error).and_then(|links| link::next(links, url));
        Ok(RawResponse {
            status: response.status,
            code: if is_success { None } else { response.code() }.unwrap_or_else(|| "-".to_owned()),
            is_bare: parsed.is_some_and(|body| body["error"].is_string()),
            took,
            packed: response.is_packed,
            version: format!("{:?}", response.version),
            date: response.date().map(DateTime::from),
            retry_after: response.has_retry_after(),
            link: links.ok().as_deref().and_then(link::written),
            is_link_unreadable: next.is_err(),
            next: next.ok().flatten(),
            is_json: serde_json::from_slice::<serde::de::IgnoredAny>(&response.body).is_ok(),
            rows: if is_success { Rows::cut(response.body, shape).ok() } else { None },
        })
    }
}

/// The library's own text may name the server: only the kind is reported.
fn probe_error(error: &SendError) -> ProbeError {
    match error {
        SendError::Connection(error) if error.is_connect() => ProbeError::NoConnection,
        SendError::Timeout(_) => ProbeError::Late,
        SendError::Connection(_) | SendError::Broken(_) => ProbeError::Broken,
        SendError::TooLarge => ProbeError::TooLarge,
    }
}
