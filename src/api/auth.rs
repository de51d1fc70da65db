//! The access token: client credentials, one request at a time, renewed before it expires.
//!
//! Source: 360Learning docs, "Authentication". The body is JSON; any parameter beyond the three is
//! refused, `scope` too.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;
use url::Url;

use super::budget::MemoryBudget;
use super::refusal::Usage;
use super::response::{Verdict, send};
use super::retry::{Attempts, Fault, Timing};
use super::transport::Transport;
use super::{ApiError, Clocks, Event};
use crate::config::Settings;
use crate::secrets::Secrets;

const PATH: &str = "/api/v2/oauth2/token";

/// How long before its end a token is replaced, at most; a tenth of a shorter life.
const EARLY: Duration = Duration::from_mins(1);

/// Life of a token whose response does not name one (documented: one hour).
const DEFAULT_LIFE: Duration = Duration::from_hours(1);

const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// With a shorter one every page would cost a token.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The credentials and the token that they bought.
#[derive(Debug)]
pub(super) struct Auth {
    url: Url,
    client_id: String,
    client_secret: SecretString,
    /// Learns each token.
    secrets: Secrets,
    /// Locked while a token is fetched: the others get that one, or its error.
    current: tokio::sync::Mutex<Option<Result<Token, ApiError>>>,
}

/// A token, and the clocks when it was issued.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// `Bearer …`, marked as sensitive: no `Debug` shows it.
    pub(super) header: HeaderValue,
    pub(super) clocks: Clocks,
    pub(super) format: TokenFormat,
    renew_at: Instant,
    pub(super) usage: Arc<Usage>,
}

/// The form of a token response.
#[derive(Debug, Clone, Copy)]
pub struct TokenFormat {
    /// Whether `expires_in` is a string; `None` if it is neither a string nor a number.
    pub expires_in_is_string: Option<bool>,
}

impl Token {
    /// Whether another token has to be used.
    pub(super) fn is_over(&self) -> bool {
        self.usage.is_replaced() || Instant::now() >= self.renew_at
    }
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    /// A number in the OpenAPI, a string in its own example.
    #[serde(default)]
    expires_in: Value,
}

impl Auth {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut url = settings.origin.clone();
        url.set_path(PATH);
        Self {
            url,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            secrets: settings.secrets.clone(),
            current: tokio::sync::Mutex::default(),
        }
    }

    /// A token that is neither replaced nor about to expire. After a failure there are no further
    /// attempts.
    pub(super) async fn token(
        &self,
        http: &Transport,
        timing: &Timing,
        events: &UnboundedSender<Event>,
    ) -> Result<Token, ApiError> {
        let mut current = self.current.lock().await;
        let usage = match &*current {
            Some(Ok(token)) if token.is_over() => token.usage.next(),
            Some(known) => return known.clone(),
            None => Usage::default(),
        };
        let mut fetched = self.fetch(http, timing, events).await;
        if let Ok(token) = &mut fetched {
            token.usage = Arc::new(usage);
        }
        current.insert(fetched).clone()
    }

    async fn fetch(
        &self,
        http: &Transport,
        timing: &Timing,
        events: &UnboundedSender<Event>,
    ) -> Result<Token, ApiError> {
        let (mut attempts, first) = (Attempts::default(), Instant::now());
        loop {
            let begun = Instant::now();
            let failure = match self.request(http, timing).await {
                Ok(token) => return Ok(token),
                Err(Fault::Passing(failure) | Fault::TokenRefused(failure)) => failure,
                Err(Fault::Fatal(error)) => return Err(error),
            };
            let wait = attempts.next(timing, PATH, &failure, begun.elapsed(), first.elapsed())?;
            // Fails when the sync is ending and reads no events.
            let _ = events.send(Event::Retry { path: PATH.to_owned(), reason: failure.reason, wait });
            tokio::time::sleep(wait).await;
        }
    }

    async fn request(&self, http: &Transport, timing: &Timing) -> Result<Token, Fault> {
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.expose_secret(),
        });
        let request = http
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        // A budget of its own: pages that hold all memory may wait for this token.
        let mut memory = MemoryBudget::new().reservation();
        let response =
            send(request, timing, &mut memory).await.map_err(|error| error.fault(PATH, &http.route))?;
        let server = http.route.server();
        let machine = timing.now.now();
        match response.verdict() {
            Verdict::Success if !response.is_markup() => {}
            Verdict::ProxyAuthentication => return Err(Fault::Fatal(http.route.login().into())),
            Verdict::Unauthorized | Verdict::Refused if response.code().is_some() => {
                let answer = format!("{} from {server}{PATH}", response.failure(server).reason);
                return Err(Fault::Fatal(ApiError::Credentials { answer }));
            }
            _ => return Err(Fault::Passing(response.failure(server))),
        }
        let no_token = || Fault::passing("the response of the token endpoint has no token");
        let parsed: TokenResponse = serde_json::from_slice(&response.body).map_err(|_| no_token())?;
        let token = parsed.access_token.expose_secret();
        if token.trim().is_empty() {
            return Err(no_token());
        }
        self.secrets.add(token);
        let mut header = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| no_token())?;
        header.set_sensitive(true);
        let life = life(&parsed.expires_in);
        Ok(Token {
            header,
            clocks: Clocks { server: response.date().map(DateTime::from), machine },
            format: TokenFormat {
                expires_in_is_string: match parsed.expires_in {
                    Value::String(_) => Some(true),
                    Value::Number(_) => Some(false),
                    _ => None,
                },
            },
            renew_at: Instant::now() + life - EARLY.min(life / 10),
            usage: Arc::default(),
        })
    }
}

/// `expires_in` as a number of seconds, also if it is a string.
fn life(expires_in: &Value) -> Duration {
    let seconds = match expires_in {
        Value::String(text) => text.trim().parse::<f64>().ok(),
        number => number.as_f64(),
    };
    let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    life.unwrap_or(DEFAULT_LIFE).clamp(SHORTEST_LIFE, LONGEST_LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expires_in_is_read_as_a_number_and_as_a_string() {
        let seconds = |value| life(&value).as_secs();
        assert_eq!(seconds(json!("3600")), 3600);
        assert_eq!(seconds(json!(120.0)), 120);
        assert_eq!(seconds(json!(null)), 3600);
        for nonsense in [json!("-1"), json!("NaN"), json!(-1), json!({}), json!("1e999")] {
            assert_eq!(seconds(nonsense), 3600);
        }
        assert_eq!(seconds(json!(1e300)), 3600);
        assert_eq!(seconds(json!(0)), 1);
        assert_eq!(seconds(json!(1e9)), 24 * 3600);
    }
}
