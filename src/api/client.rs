//! One whole page: send, status, complete body, within the retries.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep};
use url::Url;

use super::auth::{Auth, Token};
use super::budget::{MemoryBudget, Reservation};
use super::limit::{ConcurrencyLimit, Permit, Priority};
use super::pace::Pace;
use super::refusal::{Refusal, Refusals};
use super::response::{Response, Verdict, send};
use super::retry::{Attempts, Fault, Kind, Passing};
use super::transport::{SendError, Transport};
use super::{ApiError, Clocks, Event, Rows, Shape, Timing, Unfit, link};
use crate::config::Settings;

/// The API, at one pace and with one token.
#[derive(Debug)]
pub struct Client {
    http: Transport,
    origin: Url,
    auth: Auth,
    pace: Pace,
    limit: ConcurrencyLimit,
    memory: MemoryBudget,
    timing: Timing,
    events: UnboundedSender<Event>,
    /// Whether to send an event for each response.
    verbose: bool,
}

/// One page of a list, and the next one.
///
/// It holds its place and its memory until it is dropped: a task that keeps a page while it
/// requests another one may wait forever.
#[derive(Debug)]
pub struct Page {
    /// Its rows.
    pub rows: Rows,
    /// The next page; `None` at the end of the list.
    pub next: Option<Url>,
    _permit: Permit,
    _memory: Reservation,
}

impl Client {
    /// A client for these settings. `events` receives retries and pauses, and each response if
    /// `verbose`.
    pub fn new(
        settings: &Settings,
        timing: Timing,
        events: UnboundedSender<Event>,
        verbose: bool,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            http: Transport::new(settings, &timing)?,
            origin: settings.origin.clone(),
            auth: Auth::new(settings),
            pace: Pace::new(settings.requests_per_second),
            limit: ConcurrencyLimit::new(settings.max_concurrent_requests),
            memory: MemoryBudget::new(),
            timing,
            events,
            verbose,
        })
    }

    /// The address of a path under `/api/v2`. Brackets of a query stay raw: only that form is
    /// documented.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&format!("/api/v2{path}"));
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        url
    }

    /// The server's clock and the machine's. The first request: it proves the credentials.
    pub async fn clocks(&self) -> Result<Clocks, ApiError> {
        let clocks = self.token().await?.clocks;
        match clocks.server {
            None => self.emit(Event::NoClock),
            Some(server) => match (server - clocks.machine).num_minutes() {
                0 => {}
                minutes_ahead => self.emit(Event::Clocks { minutes_ahead }),
            },
        }
        Ok(clocks)
    }

    /// One whole page.
    pub async fn page(&self, url: &Url, shape: Shape, priority: Priority) -> Result<Page, ApiError> {
        let path = url.path();
        let (mut attempts, mut refusals) = (Attempts::default(), Refusals::default());
        let mut first = None;
        loop {
            // Also waits for a slow reader of the rows: a page holds its place until it is written.
            let permit = self.limit.enter(priority).await?;
            let (token, departed) = self.depart().await?;
            let mut memory = self.memory.reservation();
            let fault = match self.attempt(url, shape, &token, departed, &mut memory).await {
                Ok((rows, next)) => return Ok(Page { rows, next, _permit: permit, _memory: memory }),
                Err(fault) => fault,
            };
            let took = departed.elapsed().saturating_sub(memory.waited());
            let elapsed = first.get_or_insert(departed).elapsed();
            drop((permit, memory));
            let failure = match fault {
                Fault::Fatal(error) => return Err(error),
                Fault::Passing(failure) => failure,
                Fault::TokenRefused(failure) => match refusals.add(&token.usage, token.is_over(), departed) {
                    Refusal::Again => continue,
                    Refusal::Later => {
                        self.retry(path, failure, self.timing.base).await;
                        continue;
                    }
                    // What is not the API's is a firewall's, which a new token does not open.
                    Refusal::Final if failure.kind == Kind::Firewall => failure,
                    Refusal::Final => {
                        let answer =
                            format!("{} from {}{path}, repeatedly", failure.reason, self.http.route.server());
                        return Err(ApiError::Credentials { answer });
                    }
                },
            };
            let wait = attempts.next(&self.timing, path, &failure, took, elapsed)?;
            if failure.kind == Kind::RateLimit {
                // 360Learning documents no Retry-After and recommends to wait about a second.
                let hold = failure.retry_after.unwrap_or_default().max(self.timing.base);
                if self.pace.limit(departed, hold) {
                    self.emit(Event::Paused { wait: hold });
                }
            }
            self.retry(path, failure, wait).await;
        }
    }

    async fn attempt(
        &self,
        url: &Url,
        shape: Shape,
        token: &Token,
        departed: Instant,
        memory: &mut Reservation,
    ) -> Result<(Rows, Option<Url>), Fault> {
        let path = url.path();
        let response =
            self.get(url, token, memory).await.map_err(|error| error.fault(path, &self.http.route))?;
        let failure = || response.failure(self.http.route.server());
        let (status, bytes, took) = (response.status, response.body.len(), departed.elapsed());
        if self.verbose {
            self.emit(Event::Answered { path: path.to_owned(), status, bytes, took });
        }
        match response.verdict() {
            Verdict::Success if response.is_markup() => Err(Fault::Passing(failure())),
            Verdict::Success => {
                token.usage.authorized(departed);
                let next = response.link().and_then(|header| link::next(&header, url));
                let next = next.map_err(Fault::passing)?;
                Ok((rows(response.body, shape, path, memory).await?, next))
            }
            Verdict::Retry => Err(Fault::Passing(failure())),
            Verdict::Unauthorized => Err(Fault::TokenRefused(failure())),
            Verdict::ProxyAuthentication => Err(Fault::Fatal(self.http.route.login().into())),
            Verdict::Refused => {
                let Some(code) = response.code() else { return Err(Fault::Passing(failure())) };
                token.usage.authorized(departed);
                let path = path.to_owned();
                Err(Fault::Fatal(match status {
                    403 if code == "invalid_scope" => ApiError::Forbidden { path },
                    _ => ApiError::Rejected { path, status, code },
                }))
            }
        }
    }

    /// One GET. Any response is one.
    pub(super) async fn get(
        &self,
        url: &Url,
        token: &Token,
        memory: &mut Reservation,
    ) -> Result<Response, SendError> {
        let request = self
            .http
            .client
            .get(url.clone())
            .header(AUTHORIZATION, token.header.clone())
            .header("360-api-version", HeaderValue::from_static("v2.0"))
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        send(request, &self.timing, memory).await
    }

    async fn retry(&self, path: &str, failure: Passing, wait: Duration) {
        self.emit(Event::Retry { path: path.to_owned(), reason: failure.reason, wait });
        sleep(wait).await;
    }

    /// Waits for the turn of a request. Tokens are fetched in turn: pages that waited for one
    /// would depart together.
    pub(super) async fn depart(&self) -> Result<(Token, Instant), ApiError> {
        let turn = self.pace.turn().await;
        loop {
            turn.due().await;
            let token = self.token().await?;
            if let Some(departed) = turn.depart() {
                return Ok((token, departed));
            }
        }
    }

    pub(super) async fn token(&self) -> Result<Token, ApiError> {
        self.auth.token(&self.http, &self.timing, &self.events).await
    }

    pub(super) fn reservation(&self) -> Reservation {
        self.memory.reservation()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.timing.now.now()
    }

    fn emit(&self, event: Event) {
        // Fails when the sync is ending and reads no events.
        let _ = self.events.send(event);
    }
}

/// The rows of a page. A resource of one object may be missing: no content, an empty body, `null`.
async fn rows(body: Vec<u8>, shape: Shape, path: &str, memory: &mut Reservation) -> Result<Rows, Fault> {
    if shape == Shape::Object && matches!(body.trim_ascii(), b"" | b"null") {
        return Ok(Rows::default());
    }
    memory.grow(Rows::cost(&body, shape)).await;
    let rows = Rows::cut(body, shape).map_err(|unfit| match unfit {
        Unfit::Broken(what) => Fault::passing(what),
        Unfit::TooLarge => Fault::too_large(path, "exceeds 64 MiB, more than any page of this API"),
        Unfit::TooManyRows => Fault::too_large(path, "has more rows than any page of this API"),
        Unfit::TooDeep => {
            Fault::too_large(path, "holds a value nested more deeply than any record of this API")
        }
    })?;
    memory.shrink_to(rows.memory());
    Ok(rows)
}
