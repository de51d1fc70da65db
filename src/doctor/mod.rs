//! `doctor`: checks the connector's assumptions against a real account with at most 120 read-only
//! requests.
//!
//! # Layout
//!
//! `probes` is what is requested, in order, and the one place that sends it. `exchange` is a request
//! and its response, `observations` all of them, `stop` why a run ended early. The rest is pure:
//! `assumptions` is a table, and a file for each topic with its requests and judgments. `endpoints` has
//! the facts of each stream, `fields` compares rows with their schema, `forecast` estimates a sync,
//! `report` joins it all as data, and shows it by a template.
//!
//! A report has counts, timings, names of fields and codes of the API: never a value of a record.

mod assumptions;
mod endpoints;
mod exchange;
mod fields;
mod forecast;
mod observations;
mod probes;
mod progress;
mod report;
mod stop;
mod text;

pub use assumptions::events::{EventType, Followed};
pub use assumptions::filters::Filtering;
pub use assumptions::{Effect, Finding, Verdict};
pub use endpoints::{Access, Endpoint};
pub use fields::Fields;
pub use forecast::{Cost, Forecast, Precision};
pub use progress::Progress;
pub use report::{Report, Run};

use std::collections::BTreeMap;
use std::time::Duration;

use observations::Observations;

use crate::api::{ProbeClient, Timing, TokenFormat};
use crate::config::Settings;
use crate::error::Error;
use crate::streams::Stream;

/// GETs of one run. At five per second they take half a minute.
pub const MOST: usize = 120;

/// Requests per second, unless the configuration allows fewer: a tenth of what 360Learning grants.
pub const PER_SECOND: u32 = 5;

/// An account whose credentials were accepted.
#[derive(Debug)]
pub struct Doctor {
    client: ProbeClient,
    token: TokenFormat,
    settings: Settings,
}

impl Doctor {
    /// Proves the credentials. `per_second` bounds the pace; the configured one may be lower.
    pub async fn admit(settings: &Settings, timing: Timing, per_second: u32) -> Result<Self, Error> {
        let pace = settings.requests_per_second.min(per_second);
        // No retries, not even for the token.
        let timing = Timing { budget: Duration::ZERO, ..timing };
        let client = ProbeClient::new(&Settings { requests_per_second: pace, ..settings.clone() }, timing)?;
        let token = client.token().await?;
        Ok(Self { client, token, settings: settings.clone() })
    }

    /// Sends the probes of these streams and of those above them, judges and reports. There is
    /// always a report, even if no request succeeded.
    pub async fn examine(&self, streams: &[&'static Stream], progress: &Progress) -> Report {
        let started = tokio::time::Instant::now();
        let begun = self.client.now();
        let seen = Observations {
            settings: self.settings.clone(),
            selected: streams.to_vec(),
            expiry_is_string: self.token.expires_in_is_string,
            responses: Vec::new(),
            fields: BTreeMap::new(),
            stopped: None,
            requests: 0,
        };
        let seen = probes::run(&self.client, progress, seen).await;
        progress.end(seen.requests);
        Report::new(&seen, begun, started.elapsed())
    }
}
