//! What a sandbox is started with.

use std::collections::BTreeSet;
use std::num::ParseIntError;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, value_parser};

use crate::endpoints::ENDPOINTS;
use crate::faults::{Fault, faults_help};
use crate::scale::Scale;
use crate::variants::Variant;

/// The seconds of 365 days.
const YEAR_SECONDS: i64 = 365 * 86_400;

/// How a sandbox behaves.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How much data there is
    #[arg(long, value_enum, default_value_t = Scale::FranceNum)]
    pub scale: Scale,
    /// The seed of the data, of the changes and of the faults
    #[arg(long, default_value_t = 360, value_name = "N")]
    pub seed: u64,
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 3600)]
    pub port: u16,
    /// How long every GET waits, in milliseconds
    #[arg(long = "latency-ms", default_value = "0", value_name = "N", value_parser = milliseconds)]
    pub latency: Duration,
    /// GETs admitted in any second; 0 admits all
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub rate_limit: u32,
    /// Damage a share of the responses, of all endpoints or of one
    #[arg(long = "fault", value_name = "KIND=RATE[@ENDPOINT]", long_help = faults_help())]
    pub faults: Vec<Fault>,
    /// Simulate an alternative API behavior (repeatable)
    #[arg(long = "variant", value_name = "NAME", value_enum)]
    pub variants: Vec<Variant>,
    /// A scope that the credentials lack, such as attendanceSheets:read (repeatable)
    #[arg(long = "missing-scope", value_name = "SCOPE", value_parser = scopes(), hide_possible_values = true)]
    pub missing_scopes: Vec<String>,
    /// The origin of the links of the fault foreign-link, such as `http://127.0.0.1:9`
    #[arg(long, value_name = "ORIGIN")]
    pub foreign_origin: Option<String>,
    /// Refuse a token after N requests
    #[arg(long, value_name = "N")]
    pub token_ttl_requests: Option<u64>,
    /// Revoke every token after each N admitted GETs
    #[arg(long, value_name = "N")]
    pub revoke_every_requests: Option<u64>,
    /// Fail the first N token requests with 503 before issuing each token
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub token_failures: u64,
    /// Set the Date header N seconds ahead of the clock that stamps the rows; behind it where N is negative.
    /// At most a year
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true,
        value_parser = value_parser!(i64).range(-YEAR_SECONDS..=YEAR_SECONDS))]
    pub date_skew_seconds: i64,
    /// Let a day pass, once, after N admitted GETs
    #[arg(long, value_name = "N")]
    pub change_after_requests: Option<u64>,
    /// A part of the platform that the company has not enabled (repeatable)
    #[arg(long = "feature-off", value_name = "NAME", value_parser = ["skills", "course-custom-fields"])]
    pub features_off: Vec<String>,
}

/// The scopes that endpoints need.
fn scopes() -> PossibleValuesParser {
    let scopes: BTreeSet<&str> = ENDPOINTS.iter().filter_map(|endpoint| endpoint.scope).collect();
    PossibleValuesParser::new(scopes)
}

fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}

impl Default for Options {
    /// A small account on any free port, as tests start it.
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
