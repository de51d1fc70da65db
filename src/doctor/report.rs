//! The report of a run, as data with which two runs can be compared.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::endpoints::{self, Endpoint};
use super::forecast::{self, Forecast};
use super::markdown;
use super::observations::{Observations, Stop};
use super::verdict::{Effect, Finding, Verdict};
use super::verdicts::{self, clock};
use super::{MOST, forecast_input};
use crate::config::Settings;

/// The version of the JSON report. It changes with a name or a meaning, not with an addition.
const VERSION: u32 = 1;

/// The report of a run. Serialized, it is the JSON report that `docs/doctor.md` describes.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    /// The run itself.
    pub run: Run,
    /// Every assumption.
    pub verdicts: Vec<Finding>,
    /// Every stream's endpoint.
    pub endpoints: Vec<Endpoint>,
    /// The cost of a sync.
    pub forecast: Forecast,
}

/// Facts of the run.
#[derive(Debug, Serialize)]
pub struct Run {
    /// Version of the connector.
    pub connector: &'static str,
    /// By this machine's clock.
    pub begun: String,
    /// Duration.
    pub seconds: f64,
    /// GETs sent.
    pub requests: usize,
    /// The hard limit.
    pub most_requests: usize,
    /// Why the probes stopped early; `null` if they did not.
    pub stopped: Option<String>,
    /// The configured pace of a sync.
    pub requests_per_second: u32,
    /// The configured number of requests at once.
    pub max_concurrent_requests: usize,
    /// The configured lookback, in days.
    pub attendance_lookback_days: i64,
    /// True if children of deleted users are read.
    pub include_deleted_users: bool,
    /// The version of HTTP.
    pub http: Option<String>,
    /// 360Learning's clock minus this machine's, in seconds.
    pub skew_seconds: Option<i64>,
    /// The median response time.
    pub median_ms: Option<u128>,
    /// The 95th percentile of the response times.
    pub p95_ms: Option<u128>,
}

impl Report {
    /// The page for people.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::page(self)
    }

    pub(super) fn new(
        seen: &Observations,
        settings: &Settings,
        begun: DateTime<Utc>,
        took: Duration,
    ) -> Self {
        let ms = |percent| clock::latency(seen.responses.iter(), percent).map(|took| took.as_millis());
        let run = Run {
            connector: env!("CARGO_PKG_VERSION"),
            begun: begun.to_rfc3339_opts(SecondsFormat::Secs, true),
            seconds: (took.as_secs_f64() * 10.0).round() / 10.0,
            requests: seen.requests,
            most_requests: MOST,
            stopped: seen.stopped.map(|stop| why(stop, seen)),
            requests_per_second: settings.requests_per_second,
            max_concurrent_requests: settings.max_concurrent_requests,
            attendance_lookback_days: settings.attendance_lookback.num_days(),
            include_deleted_users: settings.include_deleted_users,
            http: seen.responses.first().map(|response| response.version.clone()),
            skew_seconds: clock::skew(seen).map(|apart| apart.num_seconds()),
            median_ms: ms(50),
            p95_ms: ms(95),
        };
        let mut verdicts = verdicts::all(seen, settings);
        if let Some(stopped) = &run.stopped {
            for finding in verdicts.iter_mut().filter(|finding| finding.verdict == Verdict::Unknown) {
                finding.seen = format!("{} The run ended early: {stopped}", finding.seen);
            }
        }
        let forecast =
            forecast::forecast(|stream| forecast_input::of(seen, settings, stream), pace(seen, settings));
        Self { version: VERSION, run, verdicts, endpoints: endpoints::all(seen), forecast }
    }

    /// The verdicts in one line, and the path of the page.
    #[must_use]
    pub fn summary(&self, place: Option<&str>) -> String {
        let of = |verdict| self.with(verdict).len();
        let (holds, differs, open) = (of(Verdict::AsAssumed), of(Verdict::Differs), of(Verdict::Unknown));
        let serious = self.serious();
        let place = place.map_or(String::new(), |path| format!("; the page is {path}"));
        format!("{holds} as assumed, {differs} not ({serious} of them serious), {open} unknown{place}")
    }

    /// The data.
    #[must_use]
    pub fn json(&self) -> Value {
        // Keys are strings and numbers are finite, so serialization cannot fail.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The verdict of this name.
    #[must_use]
    pub fn verdict(&self, id: &str) -> Option<&Finding> {
        self.verdicts.iter().find(|finding| finding.id == id)
    }

    /// The ids of the differences, worst first.
    #[must_use]
    pub fn differences(&self) -> Vec<&'static str> {
        self.with(Verdict::Differs).iter().map(|finding| finding.id).collect()
    }

    /// The findings of one verdict, worst first.
    pub(super) fn with(&self, verdict: Verdict) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> =
            self.verdicts.iter().filter(|finding| finding.verdict == verdict).collect();
        findings.sort_by_key(|finding| finding.effect);
        findings
    }

    /// The number of differences by which rows may be missing or streams fail.
    pub(super) fn serious(&self) -> usize {
        self.with(Verdict::Differs).iter().filter(|finding| finding.effect <= Effect::Rows).count()
    }
}

/// Requests per second that a sync reaches: the pace, or the limit by concurrency and latency.
fn pace(seen: &Observations, settings: &Settings) -> f64 {
    let configured = f64::from(settings.requests_per_second);
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    let places = settings.max_concurrent_requests as f64;
    let reached =
        clock::latency(seen.responses.iter(), 50).map(|median| places / median.as_secs_f64().max(0.001));
    reached.map_or(configured, |reached| configured.min(reached))
}

fn why(stop: Stop, seen: &Observations) -> String {
    let last = seen.responses.last();
    let place =
        last.filter(|_| !matches!(stop, Stop::NoResponse(_))).map_or("", |response| response.stream.name);
    match stop {
        Stop::Status(status) => format!("HTTP {status} for {place}."),
        Stop::Token => format!("HTTP 401 for {place}, with a token that was just issued."),
        Stop::NoResponse(what) => format!("{what}."),
        Stop::Unreadable => format!("the response for {place} is not a page of the documented shape."),
    }
}
