//! One whole page: send, status, full body, all within the retries.

mod ask;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use super::auth::{Auth, Known, Token};
use super::gate::{Gate, Permit, Rank};
use super::pace::Pace;
use super::retry::{Attempts, Timing, Verdict, verdict};
use super::send::{Fault, chain, no_page, send};
use super::{ApiError, Event, Rows, Shape, Unfit, link};
use crate::config::Settings;

pub use ask::{Asker, Issued, Seen, Unanswered};

/// A machine whose clock is further off than this has none to speak of.
const BELIEVABLE: TimeDelta = TimeDelta::days(1);

/// Clocks of well-kept machines differ by less.
const NOTABLE: TimeDelta = TimeDelta::minutes(5);

/// The API, at one pace and with one token.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    origin: Url,
    auth: Auth,
    pace: Pace,
    gate: Gate,
    timing: Timing,
    events: UnboundedSender<Event>,
    /// Whether answers that are no trouble are told too.
    verbose: bool,
}

/// One page of a list, and the way to the next.
#[derive(Debug)]
pub struct Page {
    /// What it holds.
    pub rows: Rows,
    /// The next page; the list ends where there is none.
    pub next: Option<Url>,
    /// Held as long as the page: so many pages are in memory at once, and no more.
    _permit: Permit,
}

impl Client {
    /// A client for these settings. Retries and pauses are told to `events`, each answer only where that is `verbose`.
    pub fn new(
        settings: &Settings,
        timing: Timing,
        events: UnboundedSender<Event>,
        verbose: bool,
    ) -> Result<Self, ApiError> {
        // Fails only when a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("source-360learning/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timing.connect)
            .read_timeout(timing.idle)
            .pool_max_idle_per_host(settings.max_concurrent_requests)
            .tcp_nodelay(true)
            // A redirect would carry the token along: it is reported instead.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ApiError::Setup(chain(&error)))?;
        Ok(Self {
            http,
            origin: settings.origin.clone(),
            auth: Auth::new(settings),
            pace: Pace::new(settings.requests_per_second),
            gate: Gate::new(settings.max_concurrent_requests),
            timing,
            events,
            verbose,
        })
    }

    /// The address of a path under `/api/v2`. Brackets of a query stay as they are: only that form is documented.
    pub fn url(&self, path: &str, query: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&format!("/api/v2{path}"));
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        url
    }

    /// The server's clock, proving the credentials on the way. This machine's clock where that is the earlier one: a
    /// window that ends too early repeats rows, one that ends too late loses them.
    pub async fn clock(&self) -> Result<DateTime<Utc>, ApiError> {
        let issued = self.token().await?.issued;
        let here = (self.timing.now)();
        let Some(there) = issued else {
            self.tell(Event::NoClock);
            return Ok(here);
        };
        let apart = there - here;
        if apart.abs() >= BELIEVABLE {
            return Ok(there);
        }
        if apart.abs() >= NOTABLE {
            self.tell(Event::Clocks { minutes_ahead: apart.num_minutes() });
        }
        Ok(there.min(here))
    }

    /// One whole page.
    pub async fn page(&self, url: &Url, shape: Shape, rank: Rank) -> Result<Page, ApiError> {
        let mut attempts = Attempts::new();
        let mut refusals = Refusals::default();
        loop {
            // Waits for a slow reader of stdout too: pages come no faster than they are written.
            let permit = self.gate.enter(rank).await?;
            // Before the turn: whoever waited for a token after it would leave together with others.
            let token = self.token().await?;
            self.pace.turn().await;
            attempts.begin();
            let fault = match self.once(url, shape, &token).await {
                Ok(Reply::Page { rows, next }) => {
                    token.known.proven.store(true, Relaxed);
                    self.pace.succeeded();
                    return Ok(Page { rows, next, _permit: permit });
                }
                Ok(Reply::TokenRefused) => {
                    refusals.add(&token, url.path())?;
                    continue;
                }
                Err(fault) => fault,
            };
            drop(permit);
            let (reason, retry_after, limited) = match fault {
                Fault::Fatal(error) => return Err(error),
                Fault::Passing { reason, retry_after, limited } => (reason, retry_after, limited),
            };
            // 360Learning documents no Retry-After and advises to wait about a second.
            let asked = if limited { retry_after.max(Some(self.timing.base)) } else { retry_after };
            let wait = attempts.next(&self.timing, url.path(), &reason, asked)?;
            if limited {
                self.hold(wait);
            }
            self.tell(Event::Retry { path: url.path().to_owned(), reason, wait });
            tokio::time::sleep(wait).await;
        }
    }

    /// The first page of a list that may not be there: one attempt, and nothing where the answer is no such page. Whoever asks
    /// has another way.
    pub async fn probe(&self, url: &Url, shape: Shape) -> Option<Page> {
        let permit = self.gate.enter(Rank::Chain).await.ok()?;
        let token = self.token().await.ok()?;
        self.pace.turn().await;
        match self.once(url, shape, &token).await {
            Ok(Reply::Page { rows, next }) => Some(Page { rows, next, _permit: permit }),
            Err(Fault::Passing { retry_after, limited: true, .. }) => {
                self.hold(retry_after.unwrap_or(self.timing.base).min(self.timing.budget));
                None
            }
            _ => None,
        }
    }

    async fn token(&self) -> Result<Token, ApiError> {
        self.auth.token(&self.http, &self.timing, &self.events).await
    }

    async fn once(&self, url: &Url, shape: Shape, token: &Token) -> Result<Reply, Fault> {
        let request = self
            .http
            .get(url.clone())
            .header(AUTHORIZATION, token.header.clone())
            .header("360-api-version", HeaderValue::from_static("v2.0"))
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let path = url.path();
        let started = tokio::time::Instant::now();
        let answer = send(request, path, self.timing.answer).await?;
        let status = answer.status;
        if self.verbose {
            let (bytes, took) = (answer.body.len(), started.elapsed());
            self.tell(Event::Answered { path: path.to_owned(), status, bytes, took });
        }
        match verdict(status) {
            Verdict::Done => {
                let next = answer.link.as_deref().map_or(Ok(None), |header| link::next(header, url))?;
                let rows = Rows::cut(answer.body, shape).map_err(|unfit| match unfit {
                    Unfit::Broken(what) => Fault::passing(what),
                    Unfit::TooManyRows => no_page(path, "has more rows than any page of the API"),
                    Unfit::TooDeep => {
                        no_page(path, "holds a value that is nested deeper than any record of the API")
                    }
                })?;
                Ok(Reply::Page { rows, next })
            }
            Verdict::Renew => Ok(Reply::TokenRefused),
            Verdict::Retry => Err(answer.passing()),
            Verdict::Fail => {
                let (path, code) = (path.to_owned(), answer.refusal()?);
                Err(Fault::Fatal(match status {
                    403 if code == "invalid_scope" => ApiError::Forbidden { path },
                    _ => ApiError::Rejected { path, status, code },
                }))
            }
        }
    }

    /// The API asked for less: everybody waits.
    fn hold(&self, wait: Duration) {
        if self.pace.pause(wait) {
            self.tell(Event::Paused { wait });
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more when the sync is ending.
        let _ = self.events.send(event);
    }
}

enum Reply {
    Page { rows: Rows, next: Option<Url> },
    TokenRefused,
}

/// The tokens with which one page was refused.
#[derive(Default)]
struct Refusals(Vec<Arc<Known>>);

impl Refusals {
    /// A page outlives so many tokens; more means that this path refuses every token.
    const MOST: usize = 12;

    /// A refused token is replaced, for everybody. Two replacements of which neither ever worked end the page. One is not
    /// enough: where tokens end quickly, the answers that prove it may still be on their way.
    fn add(&mut self, token: &Token, path: &str) -> Result<(), ApiError> {
        token.known.refused.store(true, Relaxed);
        self.0.push(Arc::clone(&token.known));
        let replacements = &self.0[1..];
        let never_worked = |known: &Arc<Known>| !known.proven.load(Relaxed);
        if replacements.len() >= 2 && replacements.iter().all(never_worked) || self.0.len() > Self::MOST {
            return Err(ApiError::Credentials { answer: format!("HTTP 401 from {path} with a fresh token") });
        }
        Ok(())
    }
}
