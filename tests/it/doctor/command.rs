//! The command line: files, exit codes, messages, and the default pace.

use std::process::Output;

use sandbox_360learning::Options;
use serde_json::{Value, json};
use source_360learning::streams::STREAMS;

use super::open;
use crate::support::{Account, Files, connector, output};

/// Nearly every scope is missing, so that few requests are sent: a test should not take half a
/// minute.
fn poor() -> Options {
    let scopes = STREAMS.iter().map(|stream| stream.scope.to_owned());
    Options { missing_scopes: scopes.filter(|scope| scope != "tags:read").collect(), ..open() }
}

fn doctor(files: &Files, config: &Value, more: &[&str]) -> Output {
    let mut command = connector();
    command.args(["doctor", "--config"]).arg(files.write("config.json", config)).args(more);
    output(command)
}

fn sentence(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text.trim_end().trim_start_matches("source-360learning: ").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_standard_output_at_five_requests_a_second() {
    let account = Account::open(poor()).await;
    let result = doctor(&Files::new(), &account.config, &[]);
    assert_eq!(result.status.code(), Some(0));
    let page = String::from_utf8(result.stdout).unwrap();
    assert!(page.starts_with("# 360Learning account check\n"), "{page}");
    let requests = account.sandbox.requests();
    // An arrival may be late on a busy machine, and the next one not.
    assert!(requests.peak_per_second <= 6, "{}", requests.peak_per_second);
    let steps = f64::from(u32::try_from(requests.total - 1).unwrap());
    assert!(requests.seconds >= steps / 5.0 - 1.0, "{requests:?}");
    assert_eq!(requests.tokens, 1);
    let log = String::from_utf8(result.stderr).unwrap();
    assert!(log.lines().count() < 8 && log.contains("the first page of every list"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_request_that_fails_is_not_retried() {
    let api = crate::support::api::Api::without_token().await;
    api.token(wiremock::ResponseTemplate::new(503)).await;
    let result = doctor(&Files::new(), &api.config(), &[]);
    assert_eq!((result.status.code(), result.stdout.len()), (Some(1), 0));
    assert!(sentence(&result).contains("HTTP 503"));
    assert_eq!(api.tokens_issued().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_reports_go_to_files() {
    let account = Account::open(poor()).await;
    let files = Files::new();
    let (page, data) = (files.path("report.md"), files.path("report.json"));
    let more = ["--output", page.to_str().unwrap(), "--json", data.to_str().unwrap()];
    let result = doctor(&files, &account.config, &more);
    assert_eq!((result.status.code(), result.stdout.len()), (Some(0), 0));
    let log = String::from_utf8(result.stderr).unwrap();
    let last = log.lines().last().unwrap();
    assert!(
        last.contains(&format!("You can sync 1 of {} streams", STREAMS.len()))
            && last.ends_with("/report.md"),
        "{log}"
    );
    // One can be synced, and six are named.
    let others = format!("groups, group_memberships and {} more cannot be read: add ", STREAMS.len() - 7);
    assert!(last.contains(&others), "{log}");
    assert!(std::fs::read_to_string(page).unwrap().contains("## What to do"));
    let data: Value = serde_json::from_slice(&std::fs::read(data).unwrap()).unwrap();
    assert_eq!(data["version"], 2);
    for (part, name) in [("verdicts", "id"), ("endpoints", "stream")] {
        assert!(data[part].as_array().unwrap().iter().all(|one| one[name].is_string()), "{part}");
    }
    assert_eq!(data["endpoints"].as_array().unwrap().len(), STREAMS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_for_some_streams_requests_only_these_and_those_above_them() {
    let account = Account::open(open()).await;
    let files = Files::new();
    let data = files.path("report.json");
    let result = doctor(
        &files,
        &account.config,
        &["--streams", "webhook_events,tags", "--json", data.to_str().unwrap()],
    );
    assert_eq!(result.status.code(), Some(0));
    assert!(String::from_utf8(result.stdout).unwrap().contains("You can sync all 2 streams."));
    let data: Value = serde_json::from_slice(&std::fs::read(data).unwrap()).unwrap();
    let endpoints = data["endpoints"].as_array().unwrap();
    let streams: Vec<&str> = endpoints.iter().map(|one| one["stream"].as_str().unwrap()).collect();
    assert_eq!(streams, ["tags", "webhook_subscriptions", "webhook_events"]);
    // What the other streams would show is left out, not reported as unknown.
    assert!(data["verdicts"].as_array().unwrap().iter().all(|one| one["verdict"] != "unknown"));
    assert!(account.sandbox.requests().total < 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_one_sentence_and_exit_code_1() {
    let account = Account::open(poor()).await;
    let files = Files::new();
    let mut rejected = account.config.clone();
    rejected["client_secret"] = json!("a-secret-that-is-wrong");
    let mut with_path = account.config.clone();
    with_path["base_url"] = json!("http://127.0.0.1:1/path");
    let nowhere = files.path("no/such/folder/report.md");
    let nowhere = nowhere.to_str().unwrap();
    let own = files.path("config.json");
    let own = own.to_str().unwrap();
    for (config, more, wanted) in [
        (&json!({}), &[][..], "The config lacks `client_id`."),
        (&with_path, &[], "The config field `base_url` must be the address of a server"),
        (&rejected, &[], "360Learning rejected the credentials (HTTP 401 invalid_client"),
        (&account.config, &["--output", nowhere], "The report cannot be written to "),
        (&account.config, &["--json", nowhere], "The report cannot be written to "),
        (
            &account.config,
            &["--output", "x", "--json", "x"],
            "Give --config, --output and --json a file each.",
        ),
        (&account.config, &["--output", own], "Give --config, --output and --json a file each."),
        (
            &account.config,
            &["--streams", "users,attendence"],
            "--streams: there is no stream `attendence`. Did you mean `attendances`?",
        ),
        (
            &account.config,
            &["--streams", "TAGS"],
            "--streams: there is no stream `TAGS`. Did you mean `tags`?",
        ),
        (&account.config, &["--streams", ""], "--streams: a name is empty. Give names with one comma"),
        (&account.config, &["--streams", ","], "--streams: a name is empty. Give names with one comma"),
        (&account.config, &["--streams", "tags,,users"], "--streams: a name is empty. Give names with"),
        (
            &account.config,
            &["--streams", "zzz"],
            "--streams: there is no stream `zzz`. The streams are users, user_managers, ",
        ),
    ] {
        let result = doctor(&files, config, more);
        assert_eq!((result.status.code(), result.stdout.len()), (Some(1), 0), "{wanted}");
        let sentence = sentence(&result);
        assert!(sentence.starts_with(wanted), "{sentence}");
        assert!(!sentence.contains("a-secret-that-is-wrong"));
    }
    assert_eq!(account.sandbox.requests().total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_never_overwrites_the_config_by_whatever_name() {
    let account = Account::open(poor()).await;
    let files = Files::new();
    let config = files.write("config.json", &account.config);
    let before = std::fs::read(&config).unwrap();
    let (symlink, hard_link) = (files.path("symlink.json"), files.path("hard-link.json"));
    std::os::unix::fs::symlink(&config, &symlink).unwrap();
    std::fs::hard_link(&config, &hard_link).unwrap();
    let dotted = files.path("./config.json");
    for name in [&dotted, &symlink, &hard_link] {
        for option in ["--output", "--json"] {
            let result = doctor(&files, &account.config, &[option, name.to_str().unwrap()]);
            assert_eq!(result.status.code(), Some(1), "{option} {name:?}");
            assert_eq!(sentence(&result), "Give --config, --output and --json a file each.");
            assert_eq!(std::fs::read(&config).unwrap(), before);
        }
    }
    let mut command = connector();
    command.args(["doctor", "--config", "-", "--output"]).arg(&config);
    command.stdin(std::fs::File::open(&config).unwrap());
    assert_eq!(sentence(&output(command)), "Give --config, --output and --json a file each.");
    assert_eq!(std::fs::read(&config).unwrap(), before);
    // The same new file by two names.
    let (one, other) = (files.path("report"), files.path("./report"));
    let more = ["--output", one.to_str().unwrap(), "--json", other.to_str().unwrap()];
    assert_eq!(
        sentence(&doctor(&files, &account.config, &more)),
        "Give --config, --output and --json a file each."
    );
    assert!(!one.exists());
    assert_eq!(account.sandbox.requests().total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_without_a_report_keeps_the_last_one_and_leaves_no_empty_file() {
    let account = Account::open(poor()).await;
    let files = Files::new();
    let (old, new) = (files.path("old.md"), files.path("new.md"));
    std::fs::write(&old, "the last report, which is longer than nothing").unwrap();
    let nowhere = files.path("no/such/folder/report.json");
    let mut rejected = account.config.clone();
    rejected["client_secret"] = json!("a-secret-that-is-wrong");
    for page in [&old, &new] {
        let page = page.to_str().unwrap();
        let more = ["--output", page, "--json", nowhere.to_str().unwrap()];
        assert_eq!(doctor(&files, &account.config, &more).status.code(), Some(1));
        assert_eq!(doctor(&files, &rejected, &["--output", page]).status.code(), Some(1));
    }
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "the last report, which is longer than nothing");
    assert!(!new.exists());
    // A longer file is replaced from its first to its last byte, and a device is written to.
    std::fs::write(&old, "x".repeat(1_000_000)).unwrap();
    let more = ["--streams", "tags", "--output", old.to_str().unwrap(), "--json", "/dev/null"];
    assert_eq!(doctor(&files, &account.config, &more).status.code(), Some(0));
    let page = std::fs::read_to_string(&old).unwrap();
    assert!(page.starts_with("# 360Learning account check") && !page.contains("xxx"));
}
