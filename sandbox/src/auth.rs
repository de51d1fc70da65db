//! Credentials and tokens.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::data::rng::Rng;

/// The client id that the sandbox accepts.
pub const CLIENT_ID: &str = "5e0a360360360360360360aa";

/// The secret that belongs to it; it opens nothing but a sandbox.
pub const CLIENT_SECRET: &str = "sandbox-secret-not-a-real-one";

const LIFETIME: Duration = Duration::from_secs(3_600);

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
    state: Mutex<(Rng, HashMap<String, Token>)>,
}

impl Tokens {
    pub(crate) fn new(seed: u64, requests_allowed: Option<u64>) -> Self {
        Self { requests_allowed, state: Mutex::new((Rng::new(seed, "tokens"), HashMap::new())) }
    }

    pub(crate) fn issue(&self) -> String {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (rng, tokens) = &mut *state;
        tokens.retain(|_, token| token.issued.elapsed() < LIFETIME);
        let name = format!("sandbox-token-{:016x}{:016x}", rng.draw(), rng.draw());
        tokens.insert(name.clone(), Token { issued: Instant::now(), requests: 0 });
        name
    }

    /// Counts a request against the token of an `Authorization` header; false if it is not good, or no longer.
    pub(crate) fn admit(&self, authorization: Option<&str>) -> bool {
        let scheme = authorization.and_then(|header| header.split_once(' '));
        let Some((_, name)) = scheme.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
            return false;
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = state.1.get_mut(name.trim()) else { return false };
        token.requests += 1;
        token.issued.elapsed() < LIFETIME
            && self.requests_allowed.is_none_or(|allowed| token.requests <= allowed)
    }
}
