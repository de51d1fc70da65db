//! What a sandbox is started with.

use std::time::Duration;

use crate::faults::Fault;
use crate::scale::Scale;
use crate::variant::Variant;

/// How a sandbox behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much data there is.
    pub scale: Scale,
    /// The seed of the data, of the changes and of the faults.
    pub seed: u64,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// How long every GET waits before it is answered.
    pub latency: Duration,
    /// GETs admitted in any second; 0 admits all.
    pub rate_limit: u32,
    /// What goes wrong, and how often.
    pub faults: Vec<Fault>,
    /// Where this tenant differs from the documentation.
    pub variants: Vec<Variant>,
    /// Scopes that the credentials lack.
    pub missing_scopes: Vec<String>,
    /// Where a `Link` of the fault `foreign-link` leads, such as `http://127.0.0.1:9`.
    pub foreign_origin: Option<String>,
    /// A token is refused after so many requests.
    pub token_ttl_requests: Option<u64>,
    /// After so many admitted GETs, again and again, every token is revoked.
    pub revoke_every_requests: Option<u64>,
    /// So many calls for a token fail with `503` before each that is issued.
    pub token_failures: u64,
    /// How far the `Date` header is ahead of the clock that stamps the rows, in seconds; behind where it is negative.
    pub date_skew_seconds: i64,
    /// A day passes, once, after so many admitted GETs.
    pub change_after_requests: Option<u64>,
    /// Parts of the platform that the company has not enabled: `skills`, `course-custom-fields`.
    pub features_off: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scale: Scale::Small,
            seed: 360,
            port: 0,
            latency: Duration::ZERO,
            rate_limit: 50,
            faults: Vec::new(),
            variants: Vec::new(),
            missing_scopes: Vec::new(),
            foreign_origin: None,
            token_ttl_requests: None,
            revoke_every_requests: None,
            token_failures: 0,
            date_skew_seconds: 0,
            change_after_requests: None,
            features_off: Vec::new(),
        }
    }
}
