//! Tenants with an alternative API behavior: no row is lost, and nothing is refused or requested forever.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::support::destination::Destination;
use crate::support::output::differences;
use crate::support::{Account, Files, Output, every_stream, quick, run_with};
use chrono::{DateTime, Utc};
use clap::ValueEnum as _;
use sandbox_360learning::{Options, Scale, Variant};
use source_360learning::api::{Clock, Timing};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Tenants at a time.
const AT_ONCE: usize = 3;

/// A sync of a small account that takes longer does not end by itself.
const PATIENCE: Duration = Duration::from_mins(2);

/// Enough for each kind of change to meet each kind of row.
const DAYS: usize = 5;

/// The machine's clock is the sandbox's: where answers have no date, it is the only one.
fn first_day() -> DateTime<Utc> {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

fn last_day() -> DateTime<Utc> {
    "2026-11-07T08:00:00Z".parse().unwrap()
}

/// Variants that combine.
const TOGETHER: [Variant; 13] = [
    Variant::Gzip,
    Variant::EncodedBracketsRefused,
    Variant::Unordered,
    Variant::RepeatedRows,
    Variant::NextOnce,
    Variant::NextRefusesFilters,
    Variant::NoMilliseconds,
    Variant::DateOnlyRefused,
    Variant::RelativeLinks,
    Variant::ShortPages,
    Variant::NumericExpiry,
    Variant::NoDateHeader,
    Variant::RegistrationsUnderSlots,
];

/// The syncs of one tenant, and what went wrong.
struct Trial {
    account: Account,
    /// A `next` is valid for a short time.
    is_short: bool,
    destination: Destination,
    complaints: Vec<String>,
    /// Of each sync.
    requests: Vec<u64>,
}

impl Trial {
    async fn open(variants: Vec<Variant>) -> Self {
        let options = Options { scale: Scale::Small, rate_limit: 0, variants, ..Options::default() };
        // A `next` that ends after 60 requests is requested in time at a real account's pace, not at this one.
        let is_short = options.variants.contains(&Variant::ShortNext);
        let mut account = Account::open(options).await;
        if is_short {
            account.config["requests_per_second"] = 200.into();
        }
        let (complaints, requests) = (Vec::new(), Vec::new());
        Self { account, is_short, destination: Destination::default(), complaints, requests }
    }

    async fn read(&mut self, mode: &str, now: fn() -> DateTime<Utc>) {
        let files = Files::new();
        let streams = every_stream();
        let paths = [
            files.write("config.json", &self.account.config),
            files.write("catalog.json", &crate::support::catalog(&streams, mode)),
            files.write("state.json", &self.destination.state()),
        ];
        let [config, catalog, state] = paths.each_ref().map(|path| path.to_str().unwrap());
        let arguments = ["read", "--config", config, "--catalog", catalog, "--state", state];
        // Long enough for a slow machine; a lasting fault ends the sync soon.
        let timing = Timing {
            idle: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            budget: Duration::from_secs(10),
            now: Clock::new(now),
            ..quick()
        };
        self.account.sandbox.reset_requests();
        match timeout(PATIENCE, run_with(timing, &arguments)).await {
            Ok(output) => self.take(&output, &streams),
            Err(_) => self.complaints.push("the sync does not end".to_owned()),
        }
        let requests = self.account.sandbox.requests();
        self.requests.push(requests.total);
        let refused: BTreeMap<_, _> =
            requests.statuses.iter().filter(|(status, _)| !matches!(status, 200 | 404)).collect();
        if !refused.is_empty() {
            self.complaints.push(format!("statuses {refused:?}"));
        }
    }

    fn take(&mut self, output: &Output, streams: &[&str]) {
        output.counts_add_up();
        if output.code != 0 {
            let text = |error: &&serde_json::Value| {
                let stream = error.pointer("/stream_descriptor/name").and_then(|name| name.as_str());
                format!("{}: {}", stream.unwrap_or("-"), error["message"].as_str().unwrap())
            };
            let errors: Vec<String> = output.errors().iter().map(text).collect();
            self.complaints.push(format!("exit code {}: {errors:?}", output.code));
        }
        self.destination.take(output, streams);
    }

    fn days_pass(&mut self) {
        for _ in 0..DAYS {
            let changes = self.account.sandbox.change();
            self.destination.forget(&changes);
        }
    }

    /// Compares the destination with what the platform holds.
    fn weigh(&mut self) {
        for stream in every_stream() {
            let rows = self.destination.rows.get(stream).map_or(&[][..], Vec::as_slice);
            let found = differences(stream, rows, &self.account.sandbox.truth(stream));
            let counts = [found.lost.0, found.surplus.0, found.different.0];
            if counts != [0, 0, 0] {
                let text: String = format!("{found:?}").chars().take(600).collect();
                self.complaints.push(format!("{stream}: [lost, surplus, different] = {counts:?}: {text}"));
            }
        }
    }
}

async fn full_refresh(variants: Vec<Variant>) -> Trial {
    let mut trial = Trial::open(variants).await;
    trial.read("full_refresh", first_day).await;
    trial.weigh();
    trial
}

async fn two_syncs(variants: Vec<Variant>) -> Trial {
    let mut trial = Trial::open(variants).await;
    trial.read("incremental", first_day).await;
    trial.days_pass();
    trial.read("incremental", last_day).await;
    trial.weigh();
    trial
}

/// Compares the syncs of every tenant with those of the documented one: at most half as many requests again.
async fn every_tenant<F>(syncs: fn(Vec<Variant>) -> F)
where
    F: Future<Output = Trial> + Send + 'static,
{
    let documented = syncs(Vec::new()).await;
    assert_eq!(documented.complaints, Vec::<String>::new(), "as documented");
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let tenants = Variant::value_variants().iter().map(|variant| (variant.to_string(), vec![*variant]));
    let tenants = tenants.chain([("together".to_owned(), TOGETHER.to_vec())]);
    let trials: Vec<_> = tenants
        .map(|(name, variants)| {
            let places = Arc::clone(&places);
            let trial = tokio::spawn(async move {
                let _place = places.acquire_owned().await;
                let mut trial = syncs(variants.clone()).await;
                // A busy machine may request a short-lived `next` too late: one of three trials must be in time.
                for _ in 0..2 {
                    if trial.is_short && !trial.complaints.is_empty() {
                        trial = syncs(variants.clone()).await;
                    }
                }
                trial
            });
            (name, trial)
        })
        .collect();
    let mut failed = Vec::new();
    for (variant, trial) in trials {
        let mut trial = match trial.await {
            Ok(trial) => trial,
            Err(panic) => {
                failed.push(format!("{variant}: {panic}"));
                continue;
            }
        };
        for (made, minimum) in trial.requests.iter().zip(&documented.requests) {
            if *made > minimum + minimum / 2 {
                trial.complaints.push(format!("{made} requests where {minimum} are enough"));
            }
        }
        failed.extend(trial.complaints.iter().map(|complaint| format!("{variant}: {complaint}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_refresh_of_any_tenant_is_complete() {
    every_tenant(full_refresh).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_on_any_tenant_arrives_with_the_next_incremental_sync() {
    every_tenant(two_syncs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_is_reported_by_check_and_sync_in_any_form() {
    const STREAMS: [&str; 3] = ["classrooms", "classroom_slots", "attendance_sheets"];
    let mut failed = Vec::new();
    for variants in [vec![], vec![Variant::Flat403], vec![Variant::ScopeAfterLookup]] {
        let name = format!("{variants:?}");
        let missing_scopes = vec!["attendanceSheets:read".to_owned()];
        let account =
            Account::open(Options { missing_scopes, variants, rate_limit: 0, ..Options::default() }).await;
        let output = account.read(&STREAMS, "full_refresh", None);
        let is_named =
            output.errors().iter().any(|error| error.to_string().contains("attendanceSheets:read"));
        if output.code != 1 || !is_named || output.statuses("attendance_sheets").last() != Some(&"INCOMPLETE")
        {
            failed.push(format!("{name}: the sync ends with {} and {:?}", output.code, output.errors()));
        }
        if output.statuses("classroom_slots").last() != Some(&"COMPLETE") {
            failed.push(format!("{name}: the other streams do not end well"));
        }
        let check = crate::support::run("check", &account.config, None, None);
        let status = check.all("CONNECTION_STATUS")[0].to_string();
        if !status.contains("attendanceSheets:read") {
            failed.push(format!("{name}: check prints {status}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_with_a_retry_after_is_kept_and_loses_nothing() {
    let variants = vec![Variant::RetryAfter];
    let account = Account::open(Options { rate_limit: 40, variants, ..Options::default() }).await;
    let streams = ["users", "user_managers"];
    let output = account.read(&streams, "full_refresh", None);
    output.is_complete(&streams);
    for stream in streams {
        crate::support::output::same_rows(stream, output.records(stream), &account.sandbox.truth(stream));
    }
    let requests = account.sandbox.requests();
    assert!(requests.statuses[&429] > 0 && requests.total < 400, "{requests:?}");
}
