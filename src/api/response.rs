//! One attempt: a request is sent and its response read to the end.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use reqwest::header::{ACCEPT_ENCODING, DATE, HeaderMap, HeaderName, HeaderValue, LINK, RETRY_AFTER};
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::body::{self, Encoding};
use super::budget::Reservation;
use super::retry::{Kind, Passing, retry_after};
use super::rows::LARGEST;
use super::transport::SendError;
use super::{Timing, link};

/// Bytes of an error that are read, at most. A longer one is not the API's.
const LARGEST_ERROR: usize = 64 * 1024;

/// What the status of a response means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    /// A retry may succeed.
    Retry,
    /// The token was refused.
    Unauthorized,
    /// The proxy requires a login.
    ProxyAuthentication,
    /// Refused for good, if it is the API that refuses.
    Refused,
}

/// A response, read to its end.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) version: reqwest::Version,
    /// Unpacked. Empty if it is an error that cannot be read: its status is what counts.
    pub(super) body: Vec<u8>,
    pub(super) is_packed: bool,
    headers: HeaderMap,
}

impl Response {
    /// Every 5xx and these few 4xx may pass; a 401 may be an expired token (the API's docs,
    /// "Errors").
    pub(super) fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Success,
            401 => Verdict::Unauthorized,
            407 => Verdict::ProxyAuthentication,
            408 | 425 | 429 | 500.. => Verdict::Retry,
            _ => Verdict::Refused,
        }
    }

    /// The server's clock, also where it is before 1970.
    pub(super) fn date(&self) -> Option<SystemTime> {
        let date = text(&self.headers, &DATE)?;
        let rfc2822 = || DateTime::parse_from_rfc2822(date).ok().map(SystemTime::from);
        httpdate::parse_http_date(date).ok().or_else(rfc2822)
    }

    /// The `Link` headers as one list; empty if there are none.
    pub(super) fn link(&self) -> Result<String, &'static str> {
        let links = self.headers.get_all(LINK).iter();
        let links: Result<Vec<_>, _> = links.map(|value| std::str::from_utf8(value.as_bytes())).collect();
        links.map(|links| links.join(", ")).map_err(|_| link::UNREADABLE)
    }

    /// How long the server requests to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        retry_after(text(&self.headers, &RETRY_AFTER)?, self.date().unwrap_or_else(SystemTime::now))
    }

    /// Whether a `Retry-After` arrived, readable or not.
    pub(super) fn has_retry_after(&self) -> bool {
        self.headers.contains_key(RETRY_AFTER)
    }

    /// The API's error code.
    pub(super) fn code(&self) -> Option<String> {
        code(&self.body)
    }

    /// True if the body is a page of HTML or XML: no JSON begins so.
    pub(super) fn is_markup(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Why a response fails, from this server.
    pub(super) fn failure(&self, server: &str) -> Passing {
        let (status, code) = (self.status, self.code());
        let (kind, reason) = match (self.verdict(), &code) {
            (Verdict::Success, _) => {
                (Kind::Firewall, format!("HTTP {status} with a page of HTML in place of JSON, from {server}"))
            }
            (Verdict::Refused, None) if status < 400 => {
                (Kind::Firewall, format!("HTTP {status}, a redirect, from {server}"))
            }
            (Verdict::Refused | Verdict::Unauthorized, None) => {
                (Kind::Firewall, format!("HTTP {status} without an error code of the API, from {server}"))
            }
            (_, Some(code)) => (Kind::Failure, format!("HTTP {status} {code}")),
            (_, None) => (Kind::Failure, format!("HTTP {status}")),
        };
        let kind = if status == 429 { Kind::RateLimit } else { kind };
        Passing { kind, retry_after: self.retry_after(), ..Passing::new(reason) }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The code in an error body, of either form: `{"error": "code"}` or `{"error": {"code": "code"}}`.
/// One that does not look like a code is `-`: a body may repeat what it was sent.
pub(super) fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error").unwrap_or(&body);
    let code = error.as_str().or_else(|| error.get("code")?.as_str())?;
    let is_plain = code.len() <= 48 && code.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    (!code.is_empty()).then(|| if is_plain { code.to_owned() } else { "-".to_owned() })
}

/// Sends a request and reads the complete response.
pub(super) async fn send(
    request: reqwest::RequestBuilder,
    timing: &Timing,
    memory: &mut Reservation,
) -> Result<Response, SendError> {
    let started = Instant::now();
    let request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut response = timeout(timing.answer, request.send()).await.map_err(|_| body::too_slow(timing))??;
    let status = response.status();
    let most = if status.is_success() { LARGEST } else { LARGEST_ERROR };
    let body = match body::read(&mut response, most, started, timing, memory).await {
        Err(_) if !status.is_success() => Vec::new(),
        body => body?,
    };
    Ok(Response {
        status: status.as_u16(),
        version: response.version(),
        body,
        is_packed: Encoding::of(response.headers()) == Encoding::Gzip,
        headers: std::mem::take(response.headers_mut()),
    })
}
