//! Incremental syncs on the sandbox: exactly what changed, and nothing lost.

use std::collections::BTreeSet;

use crate::support::output::{by_key, key_text, keys, same_rows, with_value};
use crate::support::{Account, every_stream, only_hidden_lists_are_read_twice};
use sandbox_360learning::{Options, Scale};
use serde_json::{Value, json};
use source_360learning::streams::{STREAMS, stream as stream_of};

/// Where the second window begins: the first sync began at 08:00 by the sandbox's clock, and nothing is before it.
const WINDOW: &str = "2026-11-02T07:50:00.000Z";

/// What an incremental sync must emit, from the rows alone.
fn changed_since(stream: &str, row: &Value, cursor: &str) -> bool {
    let newer = |field: &str| row[field].as_str().map(|at| at >= cursor);
    let any = |fields: &[&str]| {
        let dates: Vec<bool> = fields.iter().filter_map(|field| newer(field)).collect();
        dates.is_empty() || dates.contains(&true)
    };
    match stream {
        "path_sessions" => newer("modifiedAt").unwrap(),
        // The date may not move when a row is archived or deleted.
        "courses" | "paths" => {
            newer("modifiedAt").unwrap() || row["status"] == "archived" || row["status"] == "deleted"
        }
        "course_stats" => any(&["lastActivityAt", "completedAt", "firstActivityAt"]),
        "skills" => newer("updatedAt").unwrap_or(true),
        // Seven days before the window are read again.
        "webhook_events" | "bulk_operations" => {
            row["createdAt"].as_str().unwrap() >= "2026-10-26T07:50:00.000Z"
        }
        "path_enrollments" | "classrooms" | "classroom_slots" | "classroom_registrations" => {
            any(&["modifiedAt", "createdAt", "archivedAt"])
        }
        // 90 days before the window; a slot without an end may still be going on.
        "attendance_sheets" | "attendances" => {
            let end = row["classroomSlotEndDate"].as_str();
            any(&["classroomSlotModifiedAt", "classroomSlotCreatedAt"])
                || end.is_none_or(|end| end >= "2026-08-04T07:50:00.000Z")
        }
        _ => true,
    }
}

/// Streams with a cursor of which some list of the account has more than one page.
const LISTS_OF_SEVERAL_PAGES: [&str; 2] = ["course_stats", "bulk_operations"];

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sync_emits_exactly_what_changed_and_the_union_is_the_truth() {
    let subscriptions =
        vec!["user.customfield.values.updated".to_owned(), "user.certificate.awarded".to_owned()];
    let (scale, rate_limit) = (Scale::FranceNum, 1000);
    let account = Account::open(Options { scale, rate_limit, subscriptions, ..Options::default() }).await;
    let streams = every_stream();
    let first = account.read(&streams, "incremental", None);
    first.is_complete(&streams);
    account.was_read_in_full(&first, &streams);

    let changes = account.sandbox.change();
    account.sandbox.reset_requests();
    let second = account.read(&streams, "incremental", Some(&first.last_states()));
    second.is_complete(&streams);

    let mut repeated = Vec::new();
    for stream in &streams {
        let truth = account.truth(stream);
        let emitted = with_value(stream, second.records(stream));
        let follows = stream_of(stream).unwrap().feed().is_some();
        let visited: BTreeSet<&str> = emitted.iter().filter_map(|row| row["userId"].as_str()).collect();
        // Where the first sync may have missed a row, since its list has several pages, all of it comes again.
        let is_repeated = first.states(stream).last().unwrap()["previous"] == "1970-01-01T00:00:00Z";
        repeated.extend(is_repeated.then_some(*stream));
        let expected = truth.iter().filter(|row| {
            let is_visited = || row["userId"].as_str().is_some_and(|user| visited.contains(user));
            is_repeated || if follows { is_visited() } else { changed_since(stream, row, WINDOW) }
        });
        same_rows(stream, emitted.iter().copied(), expected);
        assert_eq!(emitted.len(), keys(stream, emitted.iter().copied()).len(), "{stream}: nothing twice");

        // What a destination that removes repeats by key then holds; only rows that were deleted are left over.
        let mut table = by_key(stream, with_value(stream, first.records(stream)));
        table.extend(by_key(stream, emitted.iter().copied()));
        let left_over: BTreeSet<String> =
            keys(stream, table.values().copied()).difference(&keys(stream, &truth)).cloned().collect();
        let deleted: BTreeSet<String> = changes
            .streams
            .get(*stream)
            .into_iter()
            .flat_map(|changes| &changes.deleted)
            .map(key_text)
            .collect();
        assert_eq!(left_over, deleted, "{stream}");
        table.retain(|key, _| !left_over.contains(key));
        same_rows(stream, table.values().copied(), &truth);

        // The batch of changes touched it, so the test above meant something.
        if STREAMS.iter().any(|entry| entry.name == *stream && entry.cursor.is_some()) {
            let touched = &changes.streams[*stream];
            assert!(!touched.created.is_empty() || !touched.updated.is_empty(), "{stream}");
            assert!(
                *stream == "path_stats" || is_repeated || emitted.len() * 2 < truth.len(),
                "{stream}: {} of {}",
                emitted.len(),
                truth.len()
            );
        }
    }
    assert_eq!(repeated, LISTS_OF_SEVERAL_PAGES);
    only_hidden_lists_are_read_twice(&account.sandbox.requests());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_read_for_one_incremental_stream_alone_is_filtered_by_the_server() {
    let account = Account::small().await;
    let streams = ["paths", "path_sessions", "courses"];
    let first = account.read(&streams, "incremental", None);
    let _ = account.sandbox.change();
    account.sandbox.reset_requests();
    let second = account.read(&streams, "incremental", Some(&first.last_states()));
    second.is_complete(&streams);
    for stream in streams {
        let truth = account.truth(stream);
        let expected = truth.iter().filter(|row| changed_since(stream, row, WINDOW));
        same_rows(stream, second.records(stream), expected.clone());
        assert_eq!(second.records(stream).len(), expected.count(), "{stream}: none comes twice");
    }
    // A list each, and those of what it may hide: again where no row that changed has this status.
    let mut expected = 3;
    for (stream, status) in [("paths", "archived"), ("courses", "archived"), ("courses", "deleted")] {
        let truth = account.truth(stream);
        let is_shown = |row: &Value| row["status"] == status && row["modifiedAt"].as_str().unwrap() >= WINDOW;
        expected += if truth.iter().any(is_shown) { 1 } else { 2 };
    }
    assert_eq!(account.sandbox.requests().total, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_last_changed_before_the_start_date_stay_out_of_a_first_incremental_sync_only() {
    let account = Account::small().await;
    let mut config = account.config.clone();
    config["start_date"] = json!("2026-01-01");
    let streams =
        ["paths", "path_enrollments", "classroom_slots", "classroom_registrations", "attendances", "users"];
    let incremental =
        crate::support::run("read", &config, Some(&crate::support::catalog(&streams, "incremental")), None);
    incremental.is_complete(&streams);
    for stream in streams {
        let truth = account.truth(stream);
        let start = "2026-01-01T00:00:00.000Z";
        let dated = |row: &Value, field: &str| row[field].as_str().map(|at| at >= start);
        let is_emitted = |row: &&Value| match stream {
            "attendances" => {
                let changed = dated(row, "classroomSlotModifiedAt").or(dated(row, "classroomSlotCreatedAt"));
                changed.unwrap_or(true) || dated(row, "classroomSlotEndDate").unwrap_or(true)
            }
            _ => changed_since(stream, row, start),
        };
        let expected = truth.iter().filter(is_emitted);
        same_rows(stream, incremental.records(stream), expected.clone());
        assert!(stream == "users" || expected.count() < truth.len(), "{stream}");
    }
    let full =
        crate::support::run("read", &config, Some(&crate::support::catalog(&streams, "full_refresh")), None);
    account.was_read_in_full(&full, &streams);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_ahead_of_the_servers_clock_yields_no_records_and_itself() {
    let account = Account::small().await;
    let streams: Vec<&str> =
        STREAMS.iter().filter(|stream| stream.cursor.is_some()).map(|stream| stream.name).collect();
    let state = |name: &&str| json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"cursor": "2999-01-01T00:00:00Z"}}});
    let states = Value::Array(streams.iter().map(state).collect());
    let output = account.read(&streams, "incremental", Some(&states));
    output.is_complete(&streams);
    assert!(output.all("RECORD").is_empty());
    for stream in &streams {
        assert_eq!(output.states(stream), [&json!({"cursor": "2999-01-01T00:00:00Z"})]);
    }
    assert_eq!(account.sandbox.requests().total, 0);
}
