//! One GET that is not made again, and all that its answer tells: for those who look at the API itself, not at its rows.

use std::io::Read as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flate2::read::MultiGzDecoder;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, DATE, HeaderMap, HeaderName, LINK, RETRY_AFTER,
};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;

use super::super::{ApiError, Rows, Shape, Timing, error_code, link};
use super::{Client, chain};
use crate::config::Settings;

/// Bytes, packed or not. No page of the API comes near it.
const LARGEST: usize = 64 * 1024 * 1024;

/// Asks once, at the client's pace and with its token. Answers are not unpacked on the way, to see how they came.
#[derive(Debug)]
pub struct Asker {
    client: Client,
    http: reqwest::Client,
}

/// One answer, whatever it was. Its `Debug` shows what was read: it is never printed.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Seen {
    /// HTTP status.
    pub status: u16,
    /// The API's error code; `-` where the body has none.
    pub code: String,
    /// Whether the error was a bare text, `{"error": "code"}`, rather than an object.
    pub is_bare: bool,
    /// From departure to the last byte.
    pub took: Duration,
    /// Whether the body came packed with gzip.
    pub packed: bool,
    /// The version of HTTP, such as `HTTP/1.1`.
    pub version: String,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// Whether a `Retry-After` came.
    pub retry_after: bool,
    /// The link that tells the next page, as it was written.
    pub link: Option<String>,
    /// The next page, where one is told on the same server.
    pub next: Option<Url>,
    /// Whether a next page is told that cannot be followed: it is on another server, or the header cannot be read.
    pub is_astray: bool,
    /// The rows, where the body is a page of the shape that was expected.
    pub rows: Option<Rows>,
    /// Whether the body is JSON at all.
    pub is_json: bool,
}

/// What the token's answer told beside the token.
#[derive(Debug, Clone, Copy)]
pub struct Issued {
    /// Whether `expires_in` came as a text; `None` where it came as neither text nor number.
    pub life_is_text: Option<bool>,
}

/// Why there was no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// No token could be had.
    NoToken(ApiError),
    /// No connection could be made.
    NoConnection,
    /// It did not end in time.
    Late,
    /// It broke off.
    Broken,
    /// It is larger than any page.
    TooLarge,
}

impl Asker {
    /// Somebody who asks with these settings, at their pace.
    pub fn new(settings: &Settings, timing: Timing) -> Result<Self, ApiError> {
        // Nobody listens to what happens on the way to a token.
        let (events, _) = unbounded_channel();
        let client = Client::new(settings, timing, events, false)?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("source-360learning/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timing.connect)
            .read_timeout(timing.idle)
            .gzip(false)
            // A redirect would carry the token along.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ApiError::Setup(chain(&error)))?;
        Ok(Self { client, http })
    }

    /// Proves the credentials.
    pub async fn token(&self) -> Result<Issued, ApiError> {
        Ok(Issued { life_is_text: self.client.token().await?.life_is_text })
    }

    /// The address of a path under `/api/v2`.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> Url {
        self.client.url(path, query)
    }

    /// This machine's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.client.timing.now)()
    }

    /// One GET, once.
    pub async fn ask(&self, url: &Url, shape: Shape) -> Result<Seen, Unanswered> {
        let token = self.client.token().await.map_err(Unanswered::NoToken)?;
        self.client.pace.turn().await;
        let request = self
            .http
            .get(url.clone())
            .header(AUTHORIZATION, token.header.clone())
            .header("360-api-version", "v2.0")
            .header(ACCEPT, "application/json")
            .header(ACCEPT_ENCODING, "gzip");
        let answer = tokio::time::timeout(self.client.timing.answer, answer(request, url, shape)).await;
        answer.map_err(|_| Unanswered::Late)?
    }
}

async fn answer(request: reqwest::RequestBuilder, url: &Url, shape: Shape) -> Result<Seen, Unanswered> {
    let started = tokio::time::Instant::now();
    let mut response = request.send().await.map_err(|error| unanswered(&error))?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unanswered(&error))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(Unanswered::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let took = started.elapsed();
    let headers = response.headers();
    let packed = text(headers, &CONTENT_ENCODING).is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
    let body = if packed { unpacked(&body)? } else { body };
    let parsed: Option<Value> =
        if response.status().is_success() { None } else { serde_json::from_slice(&body).ok() };
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    let links: Vec<&str> = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).collect();
    let links = links.join(", ");
    let next = link::next(&links, url);
    Ok(Seen {
        status: response.status().as_u16(),
        code: error_code(&body),
        is_bare: parsed.is_some_and(|body| body["error"].is_string()),
        took,
        packed,
        version: format!("{:?}", response.version()),
        date: text(headers, &DATE).and_then(|date| httpdate::parse_http_date(date).ok()).map(DateTime::from),
        retry_after: headers.contains_key(RETRY_AFTER),
        link: link::written(&links),
        is_astray: next.is_err(),
        next: next.ok().flatten(),
        rows: if response.status().is_success() { Rows::cut(body, shape).ok() } else { None },
        is_json,
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, Unanswered> {
    let mut whole = Vec::new();
    let most = LARGEST as u64 + 1;
    MultiGzDecoder::new(body).take(most).read_to_end(&mut whole).map_err(|_| Unanswered::Broken)?;
    if whole.len() > LARGEST { Err(Unanswered::TooLarge) } else { Ok(whole) }
}

/// The library's own text may name the server: only the kind is told.
fn unanswered(error: &reqwest::Error) -> Unanswered {
    if error.is_timeout() {
        Unanswered::Late
    } else if error.is_connect() {
        Unanswered::NoConnection
    } else {
        Unanswered::Broken
    }
}
