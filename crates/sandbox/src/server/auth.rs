//! Credentials and tokens.

use std::collections::HashMap;
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
    rng: Rng,
    valid: HashMap<String, Token>,
    /// Every token so far, also those that are no longer valid.
    pub(crate) issued: Vec<String>,
    calls: u64,
    admitted: u64,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        let rng = Rng::new(seed, "tokens");
        Self { rng, valid: HashMap::new(), issued: Vec::new(), calls: 0, admitted: 0 }
    }

    /// A new token; none when this call is one of those that fail.
    pub(super) fn issue(&mut self, options: &Options) -> Option<String> {
        self.calls += 1;
        if !self.calls.is_multiple_of(options.token_failures + 1) {
            return None;
        }
        self.valid.retain(|_, token| token.issued.elapsed() < LIFETIME);
        let name = format!("sandbox-token-{:032x}", self.rng.0.u128(..));
        self.valid.insert(name.clone(), Token { issued: Instant::now(), requests: 0 });
        self.issued.push(name.clone());
        Some(name)
    }

    /// Counts a request against the token of an `Authorization` header; false if it is not valid.
    pub(super) fn admit(&mut self, authorization: Option<&str>, options: &Options) -> bool {
        let Some(token) = bearer(authorization).and_then(|name| self.valid.get_mut(name)) else {
            return false;
        };
        token.requests += 1;
        let is_valid = token.issued.elapsed() < LIFETIME
            && options.token_ttl_requests.is_none_or(|allowed| token.requests <= allowed);
        if is_valid {
            self.admitted += 1;
            if options.revoke_every_requests.is_some_and(|every| self.admitted.is_multiple_of(every)) {
                self.valid.clear();
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
