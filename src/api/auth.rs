//! The access token: client credentials, one request at a time, renewed before it expires.
//!
//! Source: 360Learning docs, "Authentication". The body is JSON; any parameter beyond the three is refused, `scope` too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;
use url::Url;

use super::retry::{Attempts, Timing, Verdict, verdict};
use super::send::{Fault, send};
use super::{ApiError, Event};
use crate::config::Settings;
use crate::secrets::Secrets;

const PATH: &str = "/api/v2/oauth2/token";

/// How long before its end a token is replaced, at most; a tenth of its life where that is shorter.
const EARLY: Duration = Duration::from_secs(60);

/// Life of a token whose answer does not say (documented: one hour).
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);

/// A longer life than this is not believed.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Nor a shorter one: every page would cost a token of its own. One that does end sooner is refused, and replaced.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// The credentials and the token that they bought.
#[derive(Debug)]
pub(super) struct Auth {
    url: Url,
    client_id: String,
    client_secret: SecretString,
    /// Learns each token.
    secrets: Secrets,
    /// Locked while a token is fetched: whoever comes meanwhile gets that one, or learns that there is none.
    current: Mutex<Current>,
}

#[derive(Debug, Default)]
struct Current {
    token: Option<Token>,
    /// The retries did not help, or cannot: this process gets no token any more.
    failed: Option<ApiError>,
}

/// A token, and the server's clock when it was issued.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// `Bearer …`, marked as sensitive: no `Debug` shows it.
    pub(super) header: HeaderValue,
    pub(super) issued: Option<DateTime<Utc>>,
    /// Whether `expires_in` came as a text; `None` where it came as neither text nor number.
    pub(super) life_is_text: Option<bool>,
    renew_at: Instant,
    pub(super) known: Arc<Known>,
}

/// What all who hold a token learn of it as soon as one of them does: hundreds of pages may wait behind a refused one.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The API took it at least once.
    pub(super) proven: AtomicBool,
    /// The API did not take it.
    pub(super) refused: AtomicBool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    /// A number in the OpenAPI, a text in its own example.
    #[serde(default)]
    expires_in: Value,
}

impl Auth {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut url = settings.origin.clone();
        url.set_path(PATH);
        let (client_id, client_secret) = (settings.client_id.clone(), settings.client_secret.clone());
        Self { url, client_id, client_secret, secrets: settings.secrets.clone(), current: Mutex::default() }
    }

    /// A token that is not about to expire, and that nobody was refused with.
    pub(super) async fn token(
        &self,
        http: &reqwest::Client,
        timing: &Timing,
        events: &UnboundedSender<Event>,
    ) -> Result<Token, ApiError> {
        let mut current = self.current.lock().await;
        if let Some(error) = &current.failed {
            return Err(error.clone());
        }
        let good = |token: &&Token| !token.known.refused.load(Relaxed) && Instant::now() < token.renew_at;
        if let Some(token) = current.token.as_ref().filter(good) {
            return Ok(token.clone());
        }
        let fetched = self.fetch(http, timing, events).await;
        match &fetched {
            Ok(token) => current.token = Some(token.clone()),
            Err(error) => current.failed = Some(error.clone()),
        }
        fetched
    }

    async fn fetch(
        &self,
        http: &reqwest::Client,
        timing: &Timing,
        events: &UnboundedSender<Event>,
    ) -> Result<Token, ApiError> {
        let mut attempts = Attempts::new();
        loop {
            attempts.begin();
            match self.once(http, timing).await {
                Ok(token) => return Ok(token),
                Err(Fault::Fatal(error)) => return Err(error),
                Err(Fault::Passing { reason, retry_after, .. }) => {
                    let wait = attempts.next(timing, PATH, &reason, retry_after)?;
                    // Nobody listens any more when the sync is ending.
                    let _ = events.send(Event::Retry { path: PATH.to_owned(), reason, wait });
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn once(&self, http: &reqwest::Client, timing: &Timing) -> Result<Token, Fault> {
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret.expose_secret(),
        });
        let request = http
            .post(self.url.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        let answer = send(request, PATH, timing.answer).await?;
        match verdict(answer.status) {
            Verdict::Done => {}
            Verdict::Retry => return Err(answer.passing()),
            Verdict::Renew | Verdict::Fail => {
                let code = answer.refusal()?;
                let answer = format!("HTTP {} {code} from {PATH}", answer.status);
                return Err(Fault::Fatal(ApiError::Credentials { answer }));
            }
        }
        let no_token = || Fault::passing("the token endpoint answered with something that is no token");
        let parsed: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| no_token())?;
        let token = parsed.access_token.expose_secret();
        self.secrets.add(token);
        let mut header = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| no_token())?;
        header.set_sensitive(true);
        let life = life(&parsed.expires_in);
        Ok(Token {
            header,
            issued: answer.date.map(DateTime::from),
            life_is_text: match parsed.expires_in {
                Value::String(_) => Some(true),
                Value::Number(_) => Some(false),
                _ => None,
            },
            renew_at: Instant::now() + life - EARLY.min(life / 10),
            known: Arc::default(),
        })
    }
}

/// `expires_in` as a number of seconds, also where it comes as a text.
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
    fn expires_in_is_read_as_a_number_and_as_a_text() {
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
