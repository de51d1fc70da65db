//! The report of a run: as data with which two runs can be compared, and as a page.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;
use serde_json::Value;

use super::MOST;
use super::assumptions::events::{self, EventType, Followed};
use super::assumptions::{self, Effect, Finding, Verdict, clock};
use super::endpoints::{Access, Endpoint, endpoint};
use super::forecast::{Forecast, forecast};
use super::observations::Observations;
use super::text::{count, grouped, list};

const TEMPLATE: &str = include_str!("page.md.jinja");

/// The version of the JSON report. It changes with a name or a meaning, not with an addition.
const VERSION: u32 = 2;

/// The report of a run. Serialized, it is the JSON report that `docs/doctor.md` describes.
#[derive(Debug, Serialize)]
pub struct Report {
    version: u32,
    /// Which streams can be synced, and what is missing for the others.
    pub headline: String,
    /// False if the run ended before it showed anything about a selected stream.
    #[serde(skip)]
    is_checked: bool,
    /// The run itself.
    pub run: Run,
    /// Every assumption.
    pub verdicts: Vec<Finding>,
    /// The endpoint of every probed stream.
    pub endpoints: Vec<Endpoint>,
    /// The webhook events that were read, by type.
    pub events: Vec<EventType>,
    /// The types of webhook events that the account subscribes to and of which none was requested.
    pub events_unread: Vec<String>,
    /// The streams of which an incremental sync may visit only users who changed.
    pub followed: Vec<Followed>,
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
    /// What to do about that; `null` if it did not.
    pub advice: Option<&'static str>,
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
        let endpoints: Vec<_> = seen.streams().map(|stream| endpoint(seen, stream)).collect();
        let is_selected = |one: &&Endpoint| seen.selected.iter().any(|stream| stream.name == one.stream);
        let selected: Vec<&Endpoint> = endpoints.iter().filter(is_selected).collect();
        let is_checked = selected.iter().any(|one| one.access != Access::NotChecked);
        let advice = seen.stopped.as_ref().map(|stop| stop.advice(!is_checked));
        let headline = match &seen.stopped {
            Some(stop) if !is_checked => stop.headline(),
            _ => headline(&selected, &endpoints, advice),
        };
        let run = Run {
            connector: env!("CARGO_PKG_VERSION"),
            begun: begun.to_rfc3339_opts(SecondsFormat::Secs, true),
            seconds: (took.as_secs_f64() * 10.0).round() / 10.0,
            requests: seen.requests,
            most_requests: MOST,
            stopped: seen.stopped.as_ref().map(|stop| stop.reason.clone()),
            advice,
            streams: seen.selected.len(),
            requests_per_second: seen.settings.requests_per_second,
            max_concurrent_requests: seen.settings.max_concurrent_requests,
            include_deleted_users: seen.settings.include_deleted_users,
            http: seen.responses.first().map(|response| response.raw.version.clone()),
            skew_seconds: clock::skew(seen).map(|apart| apart.num_seconds()),
            median_ms: ms(50),
            p95_ms: ms(95),
        };
        Self {
            version: VERSION,
            headline,
            is_checked,
            run,
            verdicts: assumptions::judge(seen),
            endpoints,
            events: events::types(seen),
            events_unread: events::unread(seen),
            followed: events::followed(seen),
            forecast: forecast(seen),
        }
    }

    /// The page for people.
    #[must_use]
    pub fn markdown(&self) -> String {
        page(self)
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

/// The page, from its template.
fn page(report: &Report) -> String {
    let with = |verdict| report.verdicts.iter().filter(move |finding| finding.verdict == verdict);
    let is_to_do = |finding: &&Finding| finding.effect != Effect::None && !finding.advice.is_empty();
    let (mut to_do, harmless): (Vec<_>, Vec<_>) = with(Verdict::Differs).partition(is_to_do);
    to_do.sort_by_key(|finding| finding.effect);
    let page = context! {
        report => Serde(report),
        // False if the first sentence says that nothing was checked, and why.
        is_checked => report.is_checked,
        // Worst first.
        to_do => Serde(to_do),
        harmless => Serde(harmless),
        holds => Serde(with(Verdict::AsAssumed).collect::<Vec<_>>()),
        unknown => Serde(with(Verdict::Unknown).collect::<Vec<_>>()),
    };
    let mut environment = Environment::new();
    environment.add_filter("grouped", grouped);
    environment.add_filter("cell", |text: String| text.replace('|', "\\|"));
    environment.add_filter("names", |names: Vec<String>| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    });
    environment
        .render_str(TEMPLATE, page)
        .expect("the template fits the report: a test renders every part of it")
}

/// Which of the selected streams can be synced, and what is missing for the others. `advice` is that
/// of a run which ended early.
fn headline(selected: &[&Endpoint], endpoints: &[Endpoint], advice: Option<&str>) -> String {
    let with = |access: Access| -> Vec<&str> {
        selected.iter().filter(|one| one.access == access).map(|one| one.stream).collect()
    };
    let (readable, not_checked) = (with(Access::Readable), with(Access::NotChecked));
    let lacks = endpoints.iter().filter(|one| one.granted == Some(false));
    let scopes: Vec<&str> = lacks.map(|one| one.scope).collect::<BTreeSet<_>>().into_iter().collect();
    let mut parts = Vec::new();
    if not_checked.len() < selected.len() {
        parts.push(match (readable.len(), selected.len()) {
            (1, 1) => format!("You can sync {}", readable[0]),
            (some, all) if some == all => format!("You can sync all {}", count(all, "stream")),
            (some, all) => format!("You can sync {some} of {}", count(all, "stream")),
        });
    }
    for (access, what) in [
        (Access::MissingScope, &*format!("cannot be read: add {}", list(&scopes))),
        (Access::FeatureOff, "would be empty: the feature is off"),
        (Access::Fails, "would fail: see below"),
    ] {
        let streams = with(access);
        if !streams.is_empty() {
            parts.push(format!("{} {what}", list(&streams)));
        }
    }
    // Within a sentence.
    let advice = advice.map(|advice| {
        advice.trim_end_matches('.').replacen(char::is_uppercase, &advice[..1].to_lowercase(), 1)
    });
    let mut early = String::new();
    if !not_checked.is_empty() {
        let reason = advice.as_deref().unwrap_or("their parents have no rows");
        parts.push(format!("{} not checked: {reason}", count(not_checked.len(), "stream")));
    } else if let Some(advice) = advice {
        early = format!(", but the check ended early: {advice}");
    }
    format!("{}{early}.", parts.join("; "))
}
