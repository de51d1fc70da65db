use std::sync::Arc;

use chrono::Duration;
use serde_json::json;

use super::*;
use crate::api::Clocks;
use crate::config::Config;
use crate::protocol::{Configured, StreamState, SyncMode};
use crate::streams::{
    ATTENDANCE_SHEETS, CLASSROOMS, COURSES, GROUPS, PATH_STATS, PATH_TAGS, USER_MANAGERS, USERS,
};
use crate::sync::plan::{Start, plan};

fn reader(stream: &'static Stream, cursor: Option<&str>) -> RowReader {
    let config = json!({"client_id": "id-of-the-client", "client_secret": "s3cret-s3cret"});
    let settings = Config::parse(&config.to_string()).unwrap().validate().unwrap();
    let now = "2026-11-02T12:00:00Z".parse().unwrap();
    let start = Start::new(&Clocks { server: Some(now), machine: now + Duration::seconds(1) });
    let mode = if cursor.is_some() { SyncMode::Incremental } else { SyncMode::FullRefresh };
    let configured = Configured { name: stream.name.to_owned(), sync_mode: Ok(None), sync_id: None };
    let state = StreamState { cursor: cursor.map(|at| at.parse().unwrap()), ..StreamState::default() };
    RowReader::new(
        stream,
        Some(plan(stream, &configured, Some(mode), Some(&state), &settings, start)),
        &["_id"],
        None,
    )
}

/// What becomes of these rows of one list: data and meta of each record, parent ids, and the report.
fn read(
    reader: &RowReader,
    list: List,
    added: &[(&'static str, String)],
    rows: &[&str],
) -> (Vec<serde_json::Value>, Vec<String>, RowReport) {
    let mut lines = RecordLines::new(reader.stream.name, 7, 0, 0);
    let mut parents = ParentRows::new(&["_id"], None);
    let mut report = RowReport::default();
    let source = RowSource { list, emits: true, added, nulled: &[], above: None };
    for row in rows {
        let without_row = &mut Vec::new();
        let mut sink = RowSink { lines: &mut lines, parents: &mut parents, without_row, report: &mut report };
        reader.read(row, &source, None, &mut sink);
    }
    parents.sort();
    let text = String::from_utf8(lines.take().0).unwrap();
    let records =
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["record"].clone());
    let parents = Arc::new(parents);
    (records.collect(), (0..parents.len()).map(|row| parents.row(row).id().to_owned()).collect(), report)
}

fn ids(records: &[serde_json::Value]) -> Vec<&str> {
    records.iter().map(|record| record["data"]["_id"].as_str().unwrap()).collect()
}

#[test]
fn a_row_without_a_status_is_never_dropped_because_of_it() {
    let reader = reader(&USERS, None);
    let rows = [
        r#"{"_id":"a","status":"active"}"#,
        r#"{"_id":"b","status":"deleted"}"#,
        r#"{"_id":"c","deleted":true}"#,
        r#"{"_id":"d","status":null}"#,
    ];
    let (records, _, report) = read(&reader, List::Hidden(&USERS.hidden[0]), &[], &rows);
    assert_eq!(ids(&records), ["b", "c", "d"]);
    assert_eq!((report.without_status, report.seen_statuses.len()), (2, 0));
    let (records, _, report) = read(&reader, List::Plain, &[], &rows);
    assert_eq!((records.len(), report.seen_statuses), (4, vec!["deleted"]));
}

#[test]
fn a_status_that_is_an_object_is_no_status_of_the_list() {
    let row = r#"{"_id":"a","status":{"type":"late"}}"#;
    let (records, ..) = read(&reader(&PATH_STATS, None), List::Hidden(&PATH_STATS.hidden[0]), &[], &[row]);
    assert_eq!(records.len(), 1);
}

#[test]
fn an_archived_course_is_emitted_whatever_its_date() {
    let rows = [
        r#"{"_id":"old","status":"published","modifiedAt":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"_id":"archived","status":"archived","modifiedAt":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"_id":"new","status":"published","modifiedAt":"2026-11-02T11:00:00.000Z"}"#,
        r#"{"_id":"later","status":"published","modifiedAt":"2030-01-01T00:00:00.000Z"}"#,
    ];
    let (records, parents, _) =
        read(&reader(&COURSES, Some("2026-11-01T00:00:00Z")), List::Plain, &[], &rows);
    assert_eq!(ids(&records), ["archived", "new", "later"]);
    assert_eq!(parents, ["archived", "later", "new", "old"], "children are read under all of them");
}

#[test]
fn a_string_that_is_no_date_is_null_and_says_so() {
    let rows = [
        r#"{"_id":"a","lastLoginDate":"+020226-03-31T10:00:00.000Z","deletedAt":["2026-01-01T00:00:00.000Z",""]}"#,
        r#"{"_id":"b","lastLoginDate":"2026-01-01T00:00:00.000Z","job":"24/12/2026"}"#,
    ];
    let (records, _, report) = read(&reader(&USERS, None), List::Plain, &[], &rows);
    assert_eq!(records[0]["data"]["lastLoginDate"], json!(null));
    assert_eq!(records[0]["data"]["deletedAt"], json!(["2026-01-01T00:00:00.000Z", null]));
    let change = |field| json!({"field": field, "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"});
    assert_eq!(records[0]["meta"]["changes"], json!([change("lastLoginDate"), change("deletedAt.1")]));
    assert_eq!(records[1]["data"]["job"], "24/12/2026");
    assert!(records[1].get("meta").is_none());
    assert_eq!(report.nulled.len(), 2);
}

#[test]
fn a_lone_surrogate_is_replaced_before_anything_is_looked_for() {
    let row = r#"{"caf\ud83d":1,"name":"caf\ud83d \udc00","_id":"a"}"#;
    let (records, parents, report) = read(&reader(&GROUPS, None), List::Plain, &[], &[row]);
    assert_eq!(records[0]["data"]["name"], "caf\u{fffd} \u{fffd}");
    assert_eq!(report.replaced["name"], 1, "records are counted, not characters");
    assert_eq!(parents, ["a"]);
    assert!(report.replaced.values().sum::<u64>() >= 1);
}

#[test]
fn a_row_without_its_key_is_counted_and_not_emitted() {
    let rows = [
        r#"{"name":"x"}"#,
        r#"{"_id":null}"#,
        r#"{"_id":{"a":1}}"#,
        r#"{"_id":true}"#,
        r#"{"_id":""}"#,
        r#"{"_id":"a"}"#,
    ];
    let (records, parents, report) = read(&reader(&GROUPS, None), List::Plain, &[], &rows);
    assert_eq!((ids(&records), report.without_key, parents.len()), (vec!["a"], 5, 1));
    let added = [("userId", "\"u\"".to_owned())];
    let (records, _, report) = read(&reader(&USER_MANAGERS, None), List::Plain, &added, &["\"m\"", "null"]);
    assert_eq!((records.len(), report.without_key), (1, 1));
}

#[test]
fn what_the_api_sends_wins_over_what_is_added_unless_it_is_null() {
    let added = [("pathId", "\"added\"".to_owned())];
    let rows = [
        r#"{"tagId":"t","source":"native"}"#,
        r#"{"tagId":"t","pathId":"own","source":"native"}"#,
        r#"{"tagId":"t","pathId":null,"source":"native"}"#,
    ];
    let reader = reader(&PATH_TAGS, None);
    let mut lines = RecordLines::new("path_tags", 7, 0, 0);
    let (mut parents, mut report) = (ParentRows::new(&[], None), RowReport::default());
    for row in rows {
        let source = RowSource { list: List::Plain, emits: true, added: &added, nulled: &[], above: None };
        let without_row = &mut Vec::new();
        let mut sink = RowSink { lines: &mut lines, parents: &mut parents, without_row, report: &mut report };
        reader.read(row, &source, None, &mut sink);
    }
    let text = String::from_utf8(lines.take().0).unwrap();
    for (line, id) in text.lines().zip(["added", "own", "added"]) {
        assert_eq!(line.matches("pathId").count(), 1, "{line}");
        assert!(line.contains(&format!("\"pathId\":\"{id}\"")), "{line}");
    }
}

#[test]
fn attendance_says_when_it_was_read() {
    let reader = reader(&ATTENDANCE_SHEETS, None);
    let added = [("readAt", "\"2026-11-02T12:00:00.000Z\"".to_owned())];
    let (records, ..) = read(&reader, List::Plain, &added, &[r#"{"_id":"s"}"#]);
    assert_eq!(records[0]["data"]["readAt"], "2026-11-02T12:00:00.000Z");
}

#[test]
fn a_row_of_any_new_date_or_of_none_is_emitted() {
    let rows = [
        r#"{"_id":"old","createdAt":"2020-01-01T00:00:00.000Z","modifiedAt":null}"#,
        r#"{"_id":"edited","createdAt":"2020-01-01T00:00:00.000Z","modifiedAt":"2026-11-02T00:00:00.000Z"}"#,
        r#"{"_id":"undated"}"#,
        r#"{"_id":"unreadable","createdAt":1764547200000}"#,
    ];
    let (records, ..) = read(&reader(&CLASSROOMS, Some("2026-11-01T00:00:00Z")), List::Plain, &[], &rows);
    assert_eq!(ids(&records), ["edited", "undated", "unreadable"]);
}
