//! `doctor`, from outside: its requests, when it stops, its report, and what a report never has.

mod command;
mod forecast;
mod pages;
mod privacy;
mod single;
mod tenants;
mod variants;

use std::collections::BTreeSet;

use crate::support::{Account, quick};
use chrono::{DateTime, Utc};
use sandbox_360learning::{Fault, Options, Scale, Variant};
use serde_json::Value;
use source_360learning::api::{Clock, Timing};
use source_360learning::config::Config;
use source_360learning::doctor::{Access, Doctor, MOST, Precision, Progress, Report, Verdict};
use source_360learning::streams::{STREAMS, Stream};

/// Fast tests; `command` proves the real pace.
const QUICK: u32 = 900;

/// The clock of a new sandbox.
fn clock() -> DateTime<Utc> {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

fn timing() -> Timing {
    Timing { now: Clock::new(clock), ..quick() }
}

/// The report of an account, at a pace that a busy machine reaches: a response may take a tenth of a second.
async fn examine(config: &Value) -> Report {
    let mut config = config.clone();
    config["requests_per_second"] = 200.into();
    examine_streams(&config, STREAMS).await
}

/// The report about these streams.
async fn examine_streams(config: &Value, streams: &[&'static Stream]) -> Report {
    let settings = Config::parse(&config.to_string()).unwrap().validate().unwrap();
    let doctor = Doctor::admit(&settings, timing(), QUICK).await.unwrap();
    doctor.examine(streams, &Progress::Silent).await
}

/// A report of an account at the default pace, so that its forecast does not depend on the machine.
async fn examine_at_default_pace(account: &Account, streams: &[&'static Stream]) -> Report {
    let mut config = account.config.clone();
    config["requests_per_second"] = Value::Null;
    examine_streams(&config, streams).await
}

/// A sandbox with these options, and its report.
async fn examined(options: Options) -> (Account, Report) {
    let account = Account::open(options).await;
    let report = examine(&account.config).await;
    (account, report)
}

fn open() -> Options {
    Options { rate_limit: 0, ..Options::default() }
}

/// The ids with this verdict.
fn with(report: &Report, verdict: Verdict) -> BTreeSet<&'static str> {
    report.verdicts.iter().filter(|finding| finding.verdict == verdict).map(|finding| finding.id).collect()
}

fn seen<'a>(report: &'a Report, id: &str) -> &'a str {
    &report.verdict(id).unwrap().seen
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_is_as_assumed_except_for_what_reading_cannot_check() {
    let (account, report) = examined(open()).await;
    assert_eq!(with(&report, Verdict::Differs), BTreeSet::new(), "{}", report.markdown());
    assert_eq!(
        with(&report, Verdict::Unknown),
        BTreeSet::from(["forbidden_form", "retry_after", "scope_before_lookup"])
    );
    let requests = account.sandbox.requests();
    assert!(requests.total <= MOST as u64, "{}", requests.total);
    assert_eq!((requests.total, requests.tokens), (report.run.requests as u64, 1));
    // No request is repeated but the page that is meant to be.
    assert_eq!(requests.repeated.len(), 1, "{:?}", requests.repeated);
    let statuses: Vec<&u16> = requests.statuses.keys().collect();
    assert_eq!(statuses, [&200, &404], "404 is for missing objects, which are requested on purpose");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_is_named_with_the_streams_that_would_fail() {
    let missing_scopes = vec!["attendanceSheets:read".to_owned(), "users:read".to_owned()];
    let (_account, report) = examined(Options { missing_scopes, ..open() }).await;
    assert_eq!(with(&report, Verdict::Differs), BTreeSet::from(["scopes"]));
    let finding = report.verdict("scopes").unwrap();
    assert_eq!(finding.seen, "2 of 20 scopes are missing: attendanceSheets:read, users:read.");
    for stream in ["users", "user_managers", "attendance_sheets", "attendances"] {
        assert!(finding.meaning.contains(stream), "{}", finding.meaning);
    }
    for (id, text) in [("scope_before_lookup", "403 under an object"), ("forbidden_form", "of that form")] {
        assert_eq!(report.verdict(id).unwrap().verdict, Verdict::AsAssumed);
        assert!(seen(&report, id).contains(text), "{}", seen(&report, id));
    }
    let forecast = &report.forecast.streams;
    assert!(!forecast.contains_key("attendances") && forecast.contains_key("group_memberships"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_below_a_missing_scope_is_named_in_the_first_sentence_too() {
    let missing_scopes = vec!["classrooms:read".to_owned(), "attendanceSheets:read".to_owned()];
    let (_account, report) = examined(Options { missing_scopes: missing_scopes.clone(), ..open() }).await;
    assert!(
        report.headline.ends_with(" cannot be read: add attendanceSheets:read and classrooms:read."),
        "{}",
        report.headline
    );
    assert_eq!(report.verdict("scope_before_lookup").unwrap().verdict, Verdict::AsAssumed);
    // If the API looks the parent up first, nothing shows the second scope.
    let variants = vec![Variant::ScopeAfterLookup];
    let (_account, report) = examined(Options { missing_scopes, variants, ..open() }).await;
    assert!(report.headline.ends_with(" cannot be read: add classrooms:read."), "{}", report.headline);
    let sheets = report.endpoints.iter().find(|one| one.stream == "attendance_sheets").unwrap();
    assert_eq!(sheets.granted, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_at_the_first_sign_of_trouble_and_reports_it() {
    for (fault, why) in [
        ("429=1", "HTTP 429 for users."),
        ("500=1", "HTTP 500 for users."),
        ("502-html=1", "HTTP 502 for users."),
        ("html=1", "the response for users is not a page of the documented shape."),
        ("truncated=1", "a response was cut off."),
        ("reset=1", "a response was cut off."),
        ("hang=1", "a response timed out."),
    ] {
        let faults: Vec<Fault> = vec![fault.parse().unwrap()];
        let (account, report) = examined(Options { faults, ..open() }).await;
        assert_eq!(account.sandbox.requests().total, 1, "{fault}");
        let stopped = report.run.stopped.as_deref().unwrap();
        let is_known = stopped == why || fault == "truncated=1" && stopped.contains("not a page");
        assert!(is_known, "{fault}: {stopped}");
        assert!(!report.markdown().contains("A full refresh takes"), "{fault}");
        let open = report.verdict("archived_paths").unwrap();
        assert_eq!(open.verdict, Verdict::Unknown, "{fault}");
        assert!(open.seen.contains("ended early"), "{fault}: {}", open.seen);
        assert_eq!(with(&report, Verdict::Differs).iter().find(|id| **id != "retry_after"), None, "{fault}");
        assert_eq!(report.verdict("endpoints").unwrap().verdict, Verdict::Unknown, "{fault}");
        assert_eq!(report.forecast.total.precision, Precision::AtLeast, "{fault}");
        let headline = if stopped.contains("not a page") {
            "Nothing could be checked: the response was not a page of the API. Check base_url.".to_owned()
        } else {
            format!("Nothing could be checked: {stopped} Run it again later.")
        };
        assert_eq!(report.headline, headline, "{fault}");
    }
    // Earlier responses are judged all the same.
    let faults: Vec<Fault> = vec!["500=1@/courses/{courseId}/tags".parse().unwrap()];
    let (account, report) = examined(Options { faults, ..open() }).await;
    assert_eq!(account.sandbox.requests().statuses[&500], 1);
    assert_eq!(report.run.stopped.as_deref(), Some("HTTP 500 for course_tags."));
    assert_eq!(report.verdict("archived_paths").unwrap().verdict, Verdict::AsAssumed);
    assert_eq!(with(&report, Verdict::Differs), BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_ends_the_probes() {
    let (account, report) = examined(Options { token_ttl_requests: Some(9), ..open() }).await;
    assert_eq!(account.sandbox.requests().statuses[&401], 1);
    assert!(report.run.stopped.as_deref().unwrap().starts_with("HTTP 401 for "), "{:?}", report.run.stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_off_is_an_empty_stream() {
    let features_off = vec!["skills".to_owned(), "course-custom-fields".to_owned()];
    let (_account, report) = examined(Options { features_off, ..open() }).await;
    assert_eq!(with(&report, Verdict::Differs), BTreeSet::new());
    let requests = |name: &str| report.forecast.streams[name].requests;
    assert_eq!((requests("skills"), requests("course_custom_field_values")), (1, 1));
    let off = report.endpoints.iter().filter(|one| one.access == Access::FeatureOff).map(|one| one.stream);
    assert_eq!(off.collect::<Vec<_>>(), ["course_custom_field_values", "skills", "skill_powers"]);
    assert!(report.headline.contains("would be empty: the feature is off"), "{}", report.headline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_account_costs_no_more_probes_and_its_forecast_is_right() {
    let (account, report) = examined(Options { scale: Scale::FranceNum, ..open() }).await;
    assert_eq!(with(&report, Verdict::Differs), BTreeSet::new(), "{}", report.markdown());
    let requests = account.sandbox.requests();
    assert!(requests.total <= MOST as u64, "{}", requests.total);
    // A full refresh sends about 16,140 requests, 120 of them for pages of attempts.
    let forecast = &report.forecast;
    let (full, rows) = (forecast.total.requests, forecast.total.rows);
    assert!((15_000..17_500).contains(&full), "{full} requests");
    assert!((150_000..260_000).contains(&rows), "{rows} rows");
    let requests = |name: &str| report.forecast.streams[name].requests;
    assert_eq!(requests("user_custom_field_values"), 2_980);
    assert_eq!(requests("classroom_slots"), 110);
    let sheets = requests("attendance_sheets");
    assert!((450..900).contains(&sheets), "{sheets} sheets");
    let by_user = ["user_managers", "user_certificates", "user_custom_field_values", "user_custom_links"];
    assert_eq!(forecast.dominating, by_user);
    let page = report.markdown();
    assert!(page.contains("Each of these takes a tenth of them or more: `user_managers`"), "{page}");
    assert!(page.contains("| about 2,980 |"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forecast_of_a_small_account_is_what_a_sync_then_sends() {
    for variants in [vec![], vec![Variant::HiddenArchived]] {
        let (account, report) = examined(Options { variants: variants.clone(), ..open() }).await;
        account.sandbox.reset_requests();
        account
            .read(&crate::support::every_stream(), "full_refresh", None)
            .is_complete(&crate::support::every_stream());
        let made = account.sandbox.requests().total;
        let forecast = report.forecast.total.requests as u64;
        assert!(made.abs_diff(forecast) * 20 <= made, "{variants:?}: {forecast} for {made} requests");
        assert_eq!(report.forecast.streams.len(), STREAMS.len());
        for (stream, cost) in &report.forecast.streams {
            let truth = account.sandbox.count(stream);
            let is_exact = cost.precision == Precision::Exact;
            assert!(!is_exact || cost.rows == truth, "{stream}: {} for {truth}", cost.rows);
        }
    }
}
