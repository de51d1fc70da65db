//! Credentials and tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::data::draw::Rng;
use crate::options::Options;

/// The client id that the sandbox accepts.
pub const CLIENT_ID: &str = "5e0a360360360360360360aa";

/// Its secret; it is valid for a sandbox only.
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
    /// The status and error of a request without valid credentials.
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

/// The tokens issued, and which of them are valid.
pub(crate) struct Tokens {
    requests_allowed: Option<u64>,
    revoke_every: Option<u64>,
    failures: u64,
    registry: Mutex<Registry>,
}

struct Registry {
    rng: Rng,
    valid: HashMap<String, Token>,
    /// Every token so far.
    issued: Vec<String>,
    calls: u64,
    admitted: u64,
}

impl Tokens {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            requests_allowed: options.token_ttl_requests,
            revoke_every: options.revoke_every_requests,
            failures: options.token_failures,
            registry: Mutex::new(Registry {
                rng: Rng::new(options.seed, "tokens"),
                valid: HashMap::new(),
                issued: Vec::new(),
                calls: 0,
                admitted: 0,
            }),
        }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new token; none when this call is one of those that fail.
    pub(crate) fn issue(&self) -> Option<String> {
        let mut registry = self.registry();
        registry.calls += 1;
        if !registry.calls.is_multiple_of(self.failures + 1) {
            return None;
        }
        registry.valid.retain(|_, token| token.issued.elapsed() < LIFETIME);
        let name = format!("sandbox-token-{:032x}", registry.rng.0.u128(..));
        registry.valid.insert(name.clone(), Token { issued: Instant::now(), requests: 0 });
        registry.issued.push(name.clone());
        Some(name)
    }

    /// Every token so far, also those that are no longer valid.
    pub(crate) fn issued(&self) -> Vec<String> {
        self.registry().issued.clone()
    }

    /// Counts a request against the token of an `Authorization` header; false if it is not valid.
    pub(crate) fn admit(&self, authorization: Option<&str>) -> bool {
        let Some(name) = bearer(authorization) else { return false };
        let mut registry = self.registry();
        let Some(token) = registry.valid.get_mut(name) else { return false };
        token.requests += 1;
        let is_valid = token.issued.elapsed() < LIFETIME
            && self.requests_allowed.is_none_or(|allowed| token.requests <= allowed);
        if is_valid {
            registry.admitted += 1;
            if self.revoke_every.is_some_and(|every| registry.admitted.is_multiple_of(every)) {
                registry.valid.clear();
            }
        }
        is_valid
    }
}

/// The token of an `Authorization` header.
pub(crate) fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
