//! Syncs that end before their end: the next one continues, and nothing is lost.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::destination::{Destination, killed_after};
use crate::support::{Account, Files, Output, connector, every_stream, given, start};
use sandbox_360learning::Options;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

/// What a platform sees of a first read that is killed once so many lines were seen.
fn killed(lines: usize, account: &Account, catalog: &Value) -> Output {
    let files = Files::new();
    let command = given(connector(), "read", &files, &account.config, Some(catalog), None);
    tokio::task::block_in_place(|| killed_after(lines, command))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_killed_at_any_line_loses_nothing() {
    let account = Account::small().await;
    let streams = every_stream();
    for mode in ["full_refresh", "incremental"] {
        let whole = account.read(&streams, mode, None).messages.len();
        let catalog = crate::support::catalog(&streams, mode);
        let mut continued = 0;
        for kill in (1..whole).step_by(whole / 12) {
            let mut destination = Destination::default();
            destination.take(&killed(kill, &account, &catalog), &streams);
            let second = account.read(&streams, mode, Some(&destination.state()));
            second.is_complete(&streams);
            continued += usize::from(second.messages.len() < whole);
            destination.take(&second, &streams);
            destination.equals_the_truth(&account, &streams);
        }
        assert!(continued > 3, "{mode}: a later attempt has less to read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_between_a_kill_and_its_resume_is_not_lost() {
    let streams = [
        "path_enrollments",
        "classroom_slots",
        "classroom_registrations",
        "attendance_sheets",
        "attendances",
    ];
    for kill in [400, 900, 1400] {
        let account = Account::small().await;
        let catalog = crate::support::catalog(&streams, "incremental");
        let mut destination = Destination::default();
        destination.take(&killed(kill, &account, &catalog), &streams);
        let changes = account.sandbox.change();
        for _ in
            ["the resumed sync ends where the first one would have", "the next one reads what changed since"]
        {
            let output = account.read(&streams, "incremental", Some(&destination.state()));
            destination.take(output.is_complete(&streams), &streams);
        }
        destination.forget(&changes);
        destination.equals_the_truth(&account, &streams);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_full_refresh_is_continued_within_its_job_and_started_over_in_the_next() {
    let account = Account::small().await;
    let streams = ["user_custom_field_values"];
    let users = account.sandbox.truth("users").len() as u64;
    let mut catalog = crate::support::catalog(&streams, "full_refresh");
    let first = killed(3500, &account, &catalog);
    let state = first.last_states();
    assert!(state[0]["stream"]["stream_state"]["resume"]["after"].is_string(), "{state}");

    let mut requests = |sync_id: Value| {
        catalog["streams"][0]["sync_id"] = sync_id;
        account.sandbox.reset_requests();
        crate::support::run("read", &account.config, Some(&catalog), Some(&state)).is_complete(&streams);
        account.sandbox.requests().total
    };
    assert!(requests(json!(7)) < users, "the same job goes on behind the last parent");
    assert_eq!(requests(json!(8)), users + 2, "another job reads everything, and two lists of users");
    assert_eq!(requests(json!(null)), users + 2, "so does a job without an id");

    // PyAirbyte reads everything incrementally, and always as the same job.
    account.sandbox.reset_requests();
    account.read(&streams, "incremental", Some(&state)).is_complete(&streams);
    assert_eq!(account.sandbox.requests().total, users + 4, "and the subscriptions and the custom fields");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_stopped_leaves_its_last_state_and_exit_code_143() {
    let account =
        Account::open(Options { latency: Duration::from_millis(20), rate_limit: 0, ..Options::default() })
            .await;
    let streams = ["users", "user_custom_field_values"];
    let catalog = crate::support::catalog(&streams, "full_refresh");
    let files = Files::new();
    let mut config = account.config.clone();
    config["max_concurrent_requests"] = json!(2);
    let output = tokio::task::block_in_place(|| {
        let mut child = start("read", &files, &config, &catalog, None);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        // Two users at a time, 40 values each: with the fifth, the first are done.
        for _ in 0..200 {
            let before = text.len();
            while !text[before..].contains("\"userId\"") {
                assert_ne!(
                    stdout.read_line(&mut text).unwrap(),
                    0,
                    "the sync ended before it could be stopped"
                );
            }
        }
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        std::io::Read::read_to_string(&mut stdout, &mut text).unwrap();
        let status = child.wait().unwrap();
        Output::new(&std::process::Output { status, stdout: text.into_bytes(), stderr: Vec::new() })
    });
    assert_eq!(output.code, 143);
    assert_eq!(output.statuses("user_custom_field_values"), ["STARTED", "RUNNING", "INCOMPLETE"]);
    assert!(output.errors().is_empty(), "{:?}", output.errors());
    output.counts_add_up();

    let mut destination = Destination::default();
    destination.take(&output, &streams);
    assert!(destination.states["user_custom_field_values"]["stream"]["stream_state"]["resume"].is_object());
    destination.take(
        account.read(&streams, "full_refresh", Some(&destination.state())).is_complete(&streams),
        &streams,
    );
    destination.equals_the_truth(&account, &streams);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_stopped_under_a_stalled_reader_does_not_wait_forever() {
    // Of one stream everything is read, and only the writing is left to do.
    for streams in [every_stream(), vec!["course_stats"]] {
        let account = Account::small().await;
        let files = Files::new();
        let catalog = crate::support::catalog(&streams, "full_refresh");
        let code = tokio::task::block_in_place(|| {
            let mut child = start("read", &files, &account.config, &catalog, None);
            let mut before = u64::MAX;
            while account.sandbox.requests().total != before || before == 0 {
                before = account.sandbox.requests().total;
                std::thread::sleep(Duration::from_millis(200));
            }
            Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
            // Its pipe is full and stays so.
            for _ in 0..600 {
                if let Some(ended) = child.try_wait().unwrap() {
                    return ended.code();
                }
                std::thread::sleep(Duration::from_millis(100));
            }
            child.kill().unwrap();
            None
        });
        assert_eq!(code, Some(143), "{streams:?}");
    }
}

/// As the first process of a container, which ignores every signal that it does not handle.
#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_waits_for_the_api_ends_when_it_is_asked_to() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_mins(5));
    for (verb, signal) in [("check", "-TERM"), ("check", "-INT"), ("doctor", "-TERM")] {
        let api = crate::support::api::Api::without_token().await;
        api.token(slow.clone()).await;
        let (files, config) = (Files::new(), api.config());
        let mut command = given(connector(), verb, &files, &config, None, None);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        while api.0.received_requests().await.unwrap_or_default().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let output = tokio::task::block_in_place(|| child.wait_with_output().unwrap());
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(143), "{verb} {signal}");
        assert!(text.ends_with("source-360learning: It was stopped.\n"), "{verb}: {text}");
    }
    // One that waits for its configuration, too.
    let mut command = connector();
    command.args(["check", "--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_whose_output_is_closed_ends_quietly_with_exit_code_1() {
    let account = Account::small().await;
    let files = Files::new();
    let catalog = crate::support::catalog(&every_stream(), "full_refresh");
    let (code, stderr) = tokio::task::block_in_place(|| {
        let mut child = start("read", &files, &account.config, &catalog, None);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), output.stderr)
    });
    assert_eq!((code, stderr), (Some(1), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_whose_output_is_closed_ends_while_it_waits_for_the_api() {
    let api = crate::support::api::Api::new().await;
    api.get("/users", ResponseTemplate::new(503)).await;
    let files = Files::new();
    let started = std::time::Instant::now();
    let code = tokio::task::block_in_place(|| {
        let mut child =
            start("read", &files, &api.config(), &crate::support::catalog(&["users"], "full_refresh"), None);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.contains("retrying in") {
            assert_ne!(stdout.read_line(&mut text).unwrap(), 0, "{text}");
        }
        drop(stdout);
        child.wait().unwrap().code()
    });
    assert_eq!(code, Some(1));
    assert!(started.elapsed() < Duration::from_mins(1), "not the whole budget of ten minutes");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn a_reader_that_stalls_stops_the_requests_and_memory_stays_flat() {
    let account = Account::open(Options {
        scale: sandbox_360learning::Scale::FranceNum,
        rate_limit: 0,
        ..Options::default()
    })
    .await;
    let files = Files::new();
    let catalog = crate::support::catalog(&every_stream(), "full_refresh");
    let output = tokio::task::block_in_place(|| {
        let mut child = start("read", &files, &account.config, &catalog, None);
        // Wait until requests stop coming: the pipe and the buffers are full.
        let mut before = u64::MAX;
        while account.sandbox.requests().total != before || before == 0 {
            before = account.sandbox.requests().total;
            std::thread::sleep(Duration::from_millis(500));
        }
        assert!(before < 2000, "{before} requests without a reader");
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let peak = crate::support::peak_megabytes(&status);
        assert!(peak < 64.0, "{peak} MB");
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut child.stdout.take().unwrap(), &mut text).unwrap();
        Output::new(&std::process::Output { status: child.wait().unwrap(), stdout: text, stderr: Vec::new() })
    });
    output.is_complete(&every_stream());
}

/// Slices that waited for room in the channel to the writer were not polled while their stream waited there itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_never_stops_a_sync_for_good() {
    let account = Account::small().await;
    let files = Files::new();
    let catalog = crate::support::catalog(&["user_custom_field_values"], "full_refresh");
    let reads = tokio::task::block_in_place(|| {
        let mut child = start("read", &files, &account.config, &catalog, None);
        let mut stdout = child.stdout.take().unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = std::io::Read::read(&mut stdout, &mut buffer) {
                text.extend_from_slice(&buffer[..count]);
                std::thread::sleep(Duration::from_millis(5));
                let _ = send.send(());
            }
            let _ = child.wait();
            text
        });
        // Ten seconds without a byte: it hangs.
        let mut reads = 0;
        loop {
            match receive.recv_timeout(Duration::from_secs(10)) {
                Ok(()) => reads += 1,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break reads,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    panic!("nothing comes any more, after {reads} reads")
                }
            }
        }
    });
    assert!(reads > 100, "{reads} reads");
}
