//! What a sandbox is started with.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::num::ParseIntError;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Parser, value_parser};
use tokio_rustls::rustls::pki_types::{InvalidDnsNameError, ServerName};

use crate::endpoints::ENDPOINTS;
use crate::faults::{Fault, faults_help};
use crate::scale::Scale;
use crate::variants::Variant;

/// The seconds of 365 days.
const YEAR_SECONDS: i64 = 365 * 86_400;

/// A mock of the 360Learning API v2 on localhost, with deterministic data, and faults on request.
///
/// Its clock is a fixed date, whatever the time of day. It moves one day with each POST to /__sandbox/change.
#[derive(Parser, Clone, Debug)]
#[command(version)]
pub struct Options {
    /// How much data there is
    #[arg(long, value_enum, default_value_t = Scale::FranceNum)]
    pub scale: Scale,
    /// The seed of the data, of the changes and of the faults
    #[arg(long, default_value_t = 360, value_name = "N")]
    pub seed: u64,
    /// The address to listen on; 0.0.0.0 lets other machines and containers in
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST.into(), value_name = "IP")]
    pub host: IpAddr,
    /// The port; 0 takes any free one
    #[arg(long, default_value_t = 3600)]
    pub port: u16,
    /// Serve https, and write the certificate of the authority to verify it with to DIR/ca.pem, new at each start
    #[arg(long, value_name = "DIR")]
    pub tls: Option<PathBuf>,
    /// One more name or address under which clients reach --tls, such as sandbox.default.svc (repeatable)
    #[arg(long = "tls-name", value_name = "NAME", requires = "tls", value_parser = server_name)]
    pub tls_names: Vec<String>,
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
    /// An additional, active webhook subscription to events of this type (repeatable)
    #[arg(long = "subscribe", value_name = "TYPE")]
    pub subscriptions: Vec<String>,
    /// A part of the platform that the company has not enabled (repeatable)
    #[arg(long = "feature-off", value_name = "NAME", value_parser = ["skills", "course-custom-fields"])]
    pub features_off: Vec<String>,
}

/// The scopes that endpoints need.
fn scopes() -> PossibleValuesParser {
    let scopes: BTreeSet<&str> = ENDPOINTS.iter().filter_map(|endpoint| endpoint.scope).collect();
    PossibleValuesParser::new(scopes)
}

fn server_name(text: &str) -> Result<String, InvalidDnsNameError> {
    ServerName::try_from(text).map(|_| text.to_owned())
}

fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}

impl Default for Options {
    /// A small account on any free port, as tests start it; the rest as on the command line.
    fn default() -> Self {
        Self::parse_from(["sandbox-360learning", "--scale=small", "--port=0"])
    }
}
