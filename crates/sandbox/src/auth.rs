//! Credentials and tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::data::rng::Rng;
use crate::options::Options;

/// The client id that the sandbox accepts.
pub const CLIENT_ID: &str = "5e0a360360360360360360aa";

/// The secret that belongs to it; it opens nothing but a sandbox.
pub const CLIENT_SECRET: &str = "sandbox-secret-not-a-real-one";

const LIFETIME: Duration = Duration::from_hours(1);

/// The body of a token call: an unknown key, or a key given twice, makes it invalid.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    grant_type: String,
    client_id: String,
    client_secret: String,
    pub(crate) user_id: Option<String>,
    #[expect(dead_code, reason = "accepted and of no effect on reads")]
    company_id: Option<String>,
}

impl TokenRequest {
    /// The status and error of a request that gets no token.
    pub(crate) fn refusal(&self) -> Option<(u16, &'static str)> {
        if self.grant_type != "client_credentials" {
            return Some((400, "unsupported_grant_type"));
        }
        let genuine = self.client_id == CLIENT_ID && self.client_secret == CLIENT_SECRET;
        (!genuine).then_some((401, "invalid_client"))
    }
}

struct Token {
    issued: Instant,
    requests: u64,
}

/// The tokens in circulation.
pub(crate) struct Tokens {
    requests_allowed: Option<u64>,
    revoke_every: Option<u64>,
    failures: u64,
    state: Mutex<State>,
}

struct State {
    rng: Rng,
    circulating: HashMap<String, Token>,
    /// Every token so far.
    issued: Vec<String>,
    calls: u64,
    admitted: u64,
}

impl Tokens {
    pub(crate) fn new(options: &Options) -> Self {
        let rng = Rng::new(options.seed, "tokens");
        Self {
            requests_allowed: options.token_ttl_requests,
            revoke_every: options.revoke_every_requests,
            failures: options.token_failures,
            state: Mutex::new(State {
                rng,
                circulating: HashMap::new(),
                issued: Vec::new(),
                calls: 0,
                admitted: 0,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new token; none when this call is one of those that fail.
    pub(crate) fn issue(&self) -> Option<String> {
        let mut state = self.state();
        state.calls += 1;
        if !state.calls.is_multiple_of(self.failures + 1) {
            return None;
        }
        state.circulating.retain(|_, token| token.issued.elapsed() < LIFETIME);
        let name = format!("sandbox-token-{:016x}{:016x}", state.rng.draw(), state.rng.draw());
        state.circulating.insert(name.clone(), Token { issued: Instant::now(), requests: 0 });
        state.issued.push(name.clone());
        Some(name)
    }

    /// Every token so far, also those that are no longer good.
    pub(crate) fn issued(&self) -> Vec<String> {
        self.state().issued.clone()
    }

    /// Counts a request against the token of an `Authorization` header; false if it is not good, or no longer.
    pub(crate) fn admit(&self, authorization: Option<&str>) -> bool {
        let Some(name) = bearer(authorization) else { return false };
        let mut state = self.state();
        let Some(token) = state.circulating.get_mut(name) else { return false };
        token.requests += 1;
        let good = token.issued.elapsed() < LIFETIME
            && self.requests_allowed.is_none_or(|allowed| token.requests <= allowed);
        if good {
            state.admitted += 1;
            if self.revoke_every.is_some_and(|every| state.admitted.is_multiple_of(every)) {
                state.circulating.clear();
            }
        }
        good
    }
}

/// The token of an `Authorization` header.
pub(crate) fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
