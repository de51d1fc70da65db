//! `doctor`: checks the connector's assumptions against a real account with at most 120 read-only
//! requests.
//!
//! # Layout
//!
//! `probe_log` sends every request and keeps the response in `observations`. `probes` covers the
//! table of streams, `undocumented` what the documentation leaves open. The rest is pure: `fields`
//! compares rows with their schema, `verdicts` judge one assumption each, `endpoints` has the facts
//! of each stream, `forecast` estimates a sync, `report` joins it all as data and `markdown` as a
//! page.
//!
//! A report has counts, timings, names of fields and codes of the API: never a value of a record.

mod count;
mod endpoints;
mod fields;
mod forecast;
mod forecast_input;
mod markdown;
mod observations;
mod probe_log;
mod probes;
mod progress;
mod report;
mod undocumented;
mod verdict;
mod verdicts;

pub use count::{Count, Precision};
pub use forecast::{Cost, Forecast, Line, Total};
pub use progress::Progress;
pub use report::Report;
pub use verdict::{Effect, Finding, Verdict};

use std::time::Duration;

use observations::{Observations, Probe};
use probe_log::ProbeLog;

use crate::api::{ProbeClient, ProbeError, RawResponse, Timing, TokenFormat};
use crate::config::Settings;
use crate::error::Error;

/// GETs of one run. At five per second they take half a minute.
pub const MOST: usize = 120;

/// Requests per second, unless the configuration allows fewer: a tenth of what 360Learning grants.
pub const PER_SECOND: u32 = 5;

/// Requests reserved for the last probe: an old `next`.
const LAST: usize = 1;

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

    /// Sends the probes, judges and reports. There is always a report, even if no request
    /// succeeded.
    pub async fn examine(&self, progress: &Progress) -> Report {
        let started = tokio::time::Instant::now();
        let begun = self.client.now();
        let mut seen = self.probe(progress).await;
        seen.expiry_is_string = self.token.expires_in_is_string;
        progress.end(seen.requests);
        Report::new(&seen, &self.settings, begun, started.elapsed().max(Duration::from_millis(1)))
    }

    async fn probe(&self, progress: &Progress) -> Observations {
        let mut log = ProbeLog::new(&self.client, progress);
        progress.begin("the first page of every list");
        probes::lists(&mut log).await;
        undocumented::next(&mut log).await;
        progress.begin("child streams, for a few parents each");
        probes::children(&mut log, &self.settings).await;
        progress.begin("what the documentation leaves open");
        undocumented::probe(&mut log).await;
        progress.begin("more pages and parents, for the forecast");
        let left = log.left();
        probes::pages(&mut log, true, (left / 2).max(LAST)).await;
        probes::pages(&mut log, false, (left / 2).max(LAST)).await;
        probes::samples(&mut log, &self.settings, LAST).await;
        probes::pages(&mut log, false, LAST).await;
        undocumented::again(&mut log, Probe::NextLate).await;
        log.seen
    }
}
