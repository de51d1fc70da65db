//! One attempt: a request is sent and its answer read to the end.

use std::time::{Duration, SystemTime};

use super::retry::retry_after;
use super::{ApiError, error_code};

/// Bytes, unpacked. No page of the API comes near it: 7,000 rows of 1 KB are 7 MB.
const LARGEST_PAGE: usize = 64 * 1024 * 1024;

/// Bytes. An error's code stands at its beginning; of a longer one nothing is read.
const LARGEST_ERROR: usize = 64 * 1024;

/// Taken for "no next page", it would end a list before its end.
pub(super) const UNREADABLE_LINK: &str = "the Link header cannot be read";

/// Why one attempt failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// Worth another attempt.
    Passing {
        /// In a few words, for the log.
        reason: String,
        /// What the server asked for.
        retry_after: Option<Duration>,
        /// Whether the server said that we are too fast.
        limited: bool,
    },
    /// Not worth another attempt.
    Fatal(ApiError),
}

impl Fault {
    pub(super) fn passing(reason: impl Into<String>) -> Self {
        Self::Passing { reason: reason.into(), retry_after: None, limited: false }
    }
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The server's clock.
    pub(super) date: Option<SystemTime>,
    /// The `Link` headers, joined as a list.
    pub(super) link: Option<String>,
    retry_after: Option<Duration>,
}

impl Answer {
    /// The code of a refusal. One that begins as JSON and does not end as such was cut on the way: what it says may be
    /// normal, so it is asked again.
    pub(super) fn refusal(&self) -> Result<String, Fault> {
        let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok();
        if self.body.trim_ascii_start().starts_with(b"{") && !is_json() {
            return Err(Fault::passing(format!("HTTP {} with a body that was cut", self.status)));
        }
        Ok(error_code(&self.body))
    }

    pub(super) fn passing(&self) -> Fault {
        Fault::Passing {
            reason: format!("HTTP {} {}", self.status, error_code(&self.body)),
            retry_after: self.retry_after,
            limited: self.status == 429,
        }
    }
}

/// Sends a request and reads the whole answer, within `longest`.
pub(super) async fn send(
    request: reqwest::RequestBuilder,
    path: &str,
    longest: Duration,
) -> Result<Answer, Fault> {
    let late = |_| Fault::passing(format!("no whole answer in {} s", longest.as_secs()));
    tokio::time::timeout(longest, whole(request, path)).await.map_err(late)?
}

async fn whole(request: reqwest::RequestBuilder, path: &str) -> Result<Answer, Fault> {
    let mut response = request.send().await.map_err(network)?;
    let header = |name: reqwest::header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let date = header(reqwest::header::DATE).and_then(|date| httpdate::parse_http_date(&date).ok());
    let retry_after = header(reqwest::header::RETRY_AFTER)
        .and_then(|value| retry_after(&value, date.unwrap_or_else(SystemTime::now)));
    let links = response.headers().get_all(reqwest::header::LINK).iter();
    let links: Result<Vec<&str>, _> = links.map(|value| std::str::from_utf8(value.as_bytes())).collect();
    let links = links.map_err(|_| Fault::passing(UNREADABLE_LINK))?;
    let link = if links.is_empty() { None } else { Some(links.join(", ")) };
    let status = response.status().as_u16();
    let too_large = || no_page(path, "is larger than 64 MiB, as no page of the API is");
    let most = if response.status().is_success() { LARGEST_PAGE } else { LARGEST_ERROR };
    let length = response.content_length().unwrap_or_default();
    if most == LARGEST_PAGE && length > LARGEST_PAGE as u64 {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(usize::try_from(length).map_or(0, |length| length.min(most)));
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if body.len() + chunk.len() > most {
            if most == LARGEST_PAGE {
                return Err(too_large());
            }
            body.clear();
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, date, link, retry_after })
}

/// What cannot be a page, however often it is asked for.
pub(super) fn no_page(path: &str, what: &'static str) -> Fault {
    Fault::Fatal(ApiError::NoPage { path: path.to_owned(), what })
}

/// A failure of the network may pass. Its URL is left out: the path is told elsewhere, and a query may be long.
fn network(error: reqwest::Error) -> Fault {
    Fault::passing(chain(&error.without_url()))
}

/// The error with its causes, which is where reqwest says what happened.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut parts = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        // reqwest's own layer says no more than that there is a cause.
        if text != "error sending request" {
            parts.push(text);
        }
        cause = error.source();
    }
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
}
