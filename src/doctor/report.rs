//! The report of a run, as data with which two runs can be compared.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::assumptions::events::{self, EventType};
use super::assumptions::{self, Finding, Verdict, clock};
use super::endpoints::{self, Access, Endpoint};
use super::forecast::{Forecast, forecast};
use super::observations::{Observations, Stop};
use super::text::{count, list};
use super::{MOST, page};

/// The version of the JSON report. It changes with a name or a meaning, not with an addition.
const VERSION: u32 = 2;

/// The report of a run. Serialized, it is the JSON report that `docs/doctor.md` describes.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    /// Which streams can be synced, and what is missing for the others.
    pub headline: String,
    /// The run itself.
    pub run: Run,
    /// Every assumption.
    pub verdicts: Vec<Finding>,
    /// The endpoint of every probed stream.
    pub endpoints: Vec<Endpoint>,
    /// The webhook events that were read, by type.
    pub events: Vec<EventType>,
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
    /// Why the run ended early; `null` if it did not.
    pub stopped: Option<String>,
    /// The streams that the report is about.
    pub streams: usize,
    /// The configured pace of a sync.
    pub requests_per_second: u32,
    /// The configured number of requests at once.
    pub max_concurrent_requests: usize,
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
    /// Judges what was observed.
    pub(super) fn new(seen: &Observations, begun: DateTime<Utc>, took: Duration) -> Self {
        let ms = |percent| clock::latency(seen.responses.iter(), percent).map(|took| took.as_millis());
        let run = Run {
            connector: env!("CARGO_PKG_VERSION"),
            begun: begun.to_rfc3339_opts(SecondsFormat::Secs, true),
            seconds: (took.as_secs_f64() * 10.0).round() / 10.0,
            requests: seen.requests,
            most_requests: MOST,
            stopped: seen.stopped.map(|stop| why(stop, seen)),
            streams: seen.selected.len(),
            requests_per_second: seen.settings.requests_per_second,
            max_concurrent_requests: seen.settings.max_concurrent_requests,
            include_deleted_users: seen.settings.include_deleted_users,
            http: seen.responses.first().map(|response| response.raw.version.clone()),
            skew_seconds: clock::skew(seen).map(|apart| apart.num_seconds()),
            median_ms: ms(50),
            p95_ms: ms(95),
        };
        let endpoints = endpoints::all(seen);
        Self {
            version: VERSION,
            headline: headline(seen, &endpoints, run.stopped.as_deref()),
            verdicts: verdicts(seen, run.stopped.as_deref()),
            endpoints,
            events: events::types(seen),
            forecast: forecast(seen, |stream| endpoints::access(seen, stream) != Access::MissingScope),
            run,
        }
    }

    /// The page for people.
    #[must_use]
    pub fn markdown(&self) -> String {
        page::render(self)
    }

    /// The report as data.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::json!(self)
    }

    /// The finding about one assumption.
    #[must_use]
    pub fn verdict(&self, id: &str) -> Option<&Finding> {
        self.verdicts.iter().find(|finding| finding.id == id)
    }
}

/// Every assumption. If only some streams were requested, those that say nothing are left out.
fn verdicts(seen: &Observations, stopped: Option<&str>) -> Vec<Finding> {
    let mut findings = assumptions::judge(seen);
    let is_unknown = |finding: &Finding| finding.verdict == Verdict::Unknown;
    if let Some(stopped) = stopped {
        for finding in findings.iter_mut().filter(|finding| is_unknown(finding)) {
            finding.seen = format!("{} The run ended early: {stopped}", finding.seen);
        }
    } else if seen.selected.len() < crate::streams::STREAMS.len() {
        findings.retain(|finding| !is_unknown(finding));
    }
    findings
}

/// Which streams can be synced, and what is missing for the others.
fn headline(seen: &Observations, endpoints: &[Endpoint], stopped: Option<&str>) -> String {
    let is_selected = |one: &&Endpoint| seen.selected.iter().any(|stream| stream.name == one.stream);
    let selected: Vec<&Endpoint> = endpoints.iter().filter(is_selected).collect();
    let with = |access: Access| -> Vec<&str> {
        selected.iter().filter(|one| one.access == access).map(|one| one.stream).collect()
    };
    let (readable, without_scope) = (with(Access::Readable), with(Access::MissingScope));
    let (failing, not_checked) = (with(Access::Fails), with(Access::NotChecked));
    let mut parts = Vec::new();
    if not_checked.len() < selected.len() {
        parts.push(match (readable.len(), selected.len()) {
            (1, 1) => format!("You can sync {}", readable[0]),
            (some, all) if some == all => format!("You can sync all {}", count(all, "stream")),
            (some, all) => format!("You can sync {some} of {}", count(all, "stream")),
        });
    }
    if !without_scope.is_empty() {
        let lacks = endpoints.iter().filter(|one| one.granted == Some(false));
        let scopes: BTreeSet<&str> = lacks.map(|one| one.scope).collect();
        let scopes = list(&scopes.into_iter().collect::<Vec<_>>());
        parts.push(format!("{} cannot be read: add {scopes}", list(&without_scope)));
    }
    if !failing.is_empty() {
        parts.push(format!("{} would fail: see below", list(&failing)));
    }
    if !not_checked.is_empty() {
        let what = count(not_checked.len(), "stream");
        let reason = if stopped.is_some() { "run it again later" } else { "their parents have no rows" };
        parts.push(format!("{what} not checked: {reason}"));
    }
    let early = if stopped.is_some() && not_checked.is_empty() {
        ", but the check ended early: run it again later"
    } else {
        ""
    };
    format!("{}{early}.", parts.join("; "))
}

fn why(stop: Stop, seen: &Observations) -> String {
    let stream = seen.responses.last().map_or("", |response| response.request.stream.name);
    match stop {
        Stop::Status(status) => format!("HTTP {status} for {stream}."),
        Stop::Token => format!("HTTP 401 for {stream}, with a token that was just issued."),
        Stop::NoResponse(what) => format!("{what}."),
        Stop::Unreadable => format!("the response for {stream} is not a page of the documented shape."),
    }
}
