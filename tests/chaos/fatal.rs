//! What no retry can fix: one clear error for the stream that it concerns, and every other stream complete.

use std::time::Duration;

use sandbox_360learning::{Fault, Options};
use serde_json::json;
use source_360learning::api::Timing;

use crate::report::Line;
use crate::support::network::closed_port;
use crate::support::output::{Output, differences};
use crate::support::{Account, every_stream, quick, read_with};
use crate::trial::broken;

/// A fault that lasts, and its error.
pub(crate) struct Fatal {
    pub(crate) scenario: &'static str,
    options: Options,
    /// The streams that fail.
    failing: &'static [&'static str],
    failure_type: &'static str,
    /// Part of the error's sentence.
    sentence: &'static str,
    timing: Timing,
}

/// Every fault that ends a stream.
pub(crate) fn all(seed: u64) -> Vec<Fatal> {
    let at = |fault: &str| broken(seed, vec![fault.parse::<Fault>().unwrap()]);
    let plain = || broken(seed, Vec::new());
    let fatal = |scenario, options, failing, failure_type, sentence| Fatal {
        scenario,
        options,
        failing,
        failure_type,
        sentence,
        timing: impatient(),
    };
    let tags: &[&str] = &["tags"];
    vec![
        fatal("a `Link` loop", at("link-loop=1@/tags"), tags, "transient_error", "go in a circle"),
        fatal(
            "`next` tokens that never work",
            at("expired-next=1@/courses/stats"),
            &["course_stats"],
            "transient_error",
            "refused the next page (HTTP 400 invalidNextToken)",
        ),
        fatal("503 forever", at("503=1@/tags"), tags, "transient_error", "gave up after"),
        fatal(
            "a page of HTML forever",
            at("html=1@/tags"),
            tags,
            "transient_error",
            "a page of HTML in place of JSON",
        ),
        Fatal {
            timing: Timing { answer: Duration::from_secs(2), budget: Duration::from_secs(7), ..impatient() },
            ..fatal(
                "connections that hang forever",
                at("hang=1@/tags"),
                tags,
                "transient_error",
                "no complete response in",
            )
        },
        fatal("bodies cut forever", at("reset=1@/tags"), tags, "transient_error", "gave up after"),
        fatal(
            "a missing scope",
            Options { missing_scopes: vec!["attendanceSheets:read".to_owned()], ..plain() },
            &["attendance_sheets", "attendances"],
            "config_error",
            "`attendanceSheets:read`",
        ),
    ]
}

/// A lasting fault is retried for a second here, for ten minutes in life. A slow machine is not a silent server.
fn impatient() -> Timing {
    let silence = Duration::from_mins(1);
    Timing { budget: Duration::from_secs(1), connect: silence, idle: silence, answer: silence, ..quick() }
}

pub(crate) async fn run(fatal: Fatal) -> Line {
    let account = Account::open(fatal.options).await;
    let streams = every_stream();
    let output = read_with(fatal.timing, &account.config, &streams, "full_refresh").await;
    output.counts_add_up();
    assert_eq!(output.code, 1, "a partial read never ends as a complete one");
    let mut failed: Vec<&str> = Vec::new();
    for error in output.errors() {
        let (stream, text) = (&error["stream_descriptor"]["name"], error["message"].as_str().unwrap());
        assert_eq!(error["failure_type"], fatal.failure_type, "{text}");
        assert!(text.contains(fatal.sentence), "{text}");
        failed.push(stream.as_str().unwrap());
    }
    failed.sort_unstable();
    assert_eq!(failed, fatal.failing);
    let mut line = others_are_complete(fatal.scenario, &account, &output, fatal.failing);
    line.requests = account.sandbox.requests().total;
    line
}

fn others_are_complete(scenario: &str, account: &Account, output: &Output, failing: &[&str]) -> Line {
    let mut line = Line {
        scenario: format!("{scenario}: all but `{}`", failing.join("`, `")),
        syncs: 1,
        ..Line::default()
    };
    for stream in every_stream() {
        if failing.contains(&stream) {
            assert_eq!(output.statuses(stream).last(), Some(&"INCOMPLETE"), "{stream}");
            continue;
        }
        assert_eq!(output.statuses(stream), ["STARTED", "RUNNING", "COMPLETE"], "{stream}");
        line.rows += account.sandbox.count(stream) as u64;
        let truth = account.sandbox.truth(stream);
        line.lose(stream, &differences(stream, output.records(stream), &truth));
    }
    line
}

/// No request succeeds at all: one error for the whole sync.
pub(crate) async fn unreachable(seed: u64) -> Line {
    let unknown = json!({"base_url": "https://no-such-host.invalid"});
    let account = Account::open(Options { token_ttl_requests: Some(0), ..broken(seed, Vec::new()) }).await;
    let mut line = Line { scenario: "no DNS, no server, no token that works".to_owned(), ..Line::default() };
    let refused = json!({"base_url": format!("http://127.0.0.1:{}", closed_port())});
    for (change, failure_type, sentence) in [
        (unknown, "transient_error", "gave up after"),
        (refused, "transient_error", "gave up after"),
        (json!({}), "config_error", "/api/v2/tags, repeatedly"),
    ] {
        let mut config = account.config.clone();
        config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let output = read_with(impatient(), &config, &["tags"], "full_refresh").await;
        assert_eq!(output.code, 1);
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, failure_type, "{message}");
        assert!(message.contains(sentence), "{message}");
        line.syncs += 1;
    }
    line.requests = account.sandbox.requests().total;
    line
}
