//! What a value of a row may be: a RECORD line is JSON for every reader, and a date is a date.

use crate::support::api::{Api, page};
use crate::support::{Files, Output, catalog, connector, given, output};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

/// The raw lines and the output of a full refresh of one stream whose list is this text.
async fn read_raw(stream: &str, at: &str, body: &str) -> (String, Output) {
    let api = Api::new().await;
    api.get(at, ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    let (files, catalog) = (Files::new(), catalog(&[stream], "full_refresh"));
    let output = output(given(connector(), "read", &files, &api.config(), Some(&catalog), None));
    (String::from_utf8(output.stdout.clone()).unwrap(), Output::new(&output))
}

/// The `data` of each record line, as it is written.
fn raw_data(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.contains("\"RECORD\""))
        .map(|line| line.split_once("\"data\":").unwrap().1)
        .collect()
}

/// The `meta` of each record message.
fn metas(output: &Output) -> Vec<Value> {
    output.all("RECORD").iter().map(|record| record["meta"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_surrogate_becomes_the_replacement_character_with_a_warning() {
    let body = r#"[{"_id": "t1", "name": "caf\ud83d"}, {"_id": "t2", "name": "\udc00\ud83d\ude00"}, {"_id": "t3", "name": "\\ud83d"}]"#;
    let (text, output) = read_raw("tags", "/tags", body).await;
    output.is_complete(&["tags"]);
    assert_eq!(output.values("tags", "name"), ["caf\u{fffd}", "\u{fffd}\u{1f600}", "\\ud83d"]);
    let data = raw_data(&text);
    assert!(
        data[1].contains(r"\ud83d\ude00") && data[2].starts_with(r#"{"_id": "t3", "name": "\\ud83d"}"#),
        "{text}"
    );
    let warnings = output.logged("WARN");
    assert!(
        warnings
            .iter()
            .any(|line| line.starts_with("tags: ") && line.contains("name") && line.contains("2 records")),
        "{warnings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_surrogate_in_a_parents_id_or_name_does_not_stop_its_children() {
    let api = Api::new().await;
    let body = r#"[{"_id": "g1", "name": "\ud83d"}]"#;
    api.get("/groups", ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    api.get("/groups/g1/roles", page(&json!([{"userId": "u1", "role": "learner"}]))).await;
    let streams = ["groups", "group_memberships"];
    let output = api.read(&streams, "full_refresh");
    output.is_complete(&streams);
    assert_eq!(output.records("groups")[0]["name"], "\u{fffd}");
    assert_eq!(output.values("group_memberships", "groupId"), ["g1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn separators_at_which_some_readers_split_lines_are_escaped() {
    let body = "[{\"_id\": \"t1\", \"name\": \"a\u{2028}b\u{2029}c\u{85}d\"}]";
    let (text, output) = read_raw("tags", "/tags", body).await;
    output.is_complete(&["tags"]);
    assert_eq!(output.values("tags", "name"), ["a\u{2028}b\u{2029}c\u{85}d"]);
    assert!(!text.contains(['\u{2028}', '\u{2029}', '\u{85}']));
    assert!(output.logged("WARN").is_empty(), "nothing changed for a JSON reader: {}", output.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_date_of_the_years_1_to_9999_becomes_null_and_says_so() {
    let bad = [
        "+020226-03-31T10:00:00.000Z",
        "",
        "24/12/2026",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "soon",
        "2026-02-30T10:00:00.000Z",
    ];
    let rows: Vec<Value> = bad
        .iter()
        .enumerate()
        .map(|(n, date)| json!({"_id": format!("c{n}"), "name": "x", "createdAt": date}))
        .collect();
    let (_, output) = read_raw("classrooms", "/classrooms", &json!(rows).to_string()).await;
    output.is_complete(&["classrooms"]);
    let change = json!({"changes": [{"field": "createdAt", "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"}]});
    for (row, meta) in output.records("classrooms").iter().zip(metas(&output)) {
        assert_eq!((&row["createdAt"], &row["name"], &meta), (&json!(null), &json!("x"), &change));
    }
    let text = format!("classrooms: {} ", bad.len());
    let warnings = output.logged("WARN");
    assert!(
        warnings.iter().any(|line| line.contains("createdAt") && line.contains(&bad.len().to_string())),
        "{text}: {warnings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_whose_only_date_is_bad_is_emitted_by_an_incremental_sync() {
    let api = Api::new().await;
    let row = |id: &str, modified: Value| json!({"_id": id, "createdAt": "2025-01-01T00:00:00.000Z", "modifiedAt": modified});
    let rows = json!([
        row("epoch", json!(1_764_547_200_000_u64)),
        row("date", json!("2026-10-05")),
        row("five digits", json!("+020226-03-31T10:00:00.000Z")),
        row("null", json!(null)),
        row("old", json!("2025-02-01T00:00:00.000Z")),
    ]);
    api.get("/classrooms", page(&rows)).await;
    let before = crate::support::state("classrooms", json!({"cursor": "2026-01-01T00:00:00Z"}));
    let output = api.read_from(&before, &["classrooms"]);
    assert_eq!(output.ids("classrooms"), ["epoch", "date", "five digits"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_emitted_where_any_of_its_dates_is_new() {
    let api = Api::new().await;
    api.get("/classrooms", page(&json!([{"_id": "c1"}]))).await;
    let (old, new) = ("2025-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z");
    let rows = json!([
        {"_id": "archived", "createdAt": old, "archivedAt": new},
        {"_id": "archived, and changed before", "createdAt": old, "modifiedAt": old, "archivedAt": new},
        {"_id": "changed", "createdAt": old, "modifiedAt": new},
        {"_id": "old", "createdAt": old, "modifiedAt": old, "archivedAt": old},
        {"_id": "undated"},
    ]);
    api.get("/classrooms/c1/registrations", page(&rows)).await;
    let before = crate::support::state("classroom_registrations", json!({"cursor": "2026-01-01T00:00:00Z"}));
    let output = api.read_from(&before, &["classroom_registrations"]);
    let expected = ["archived", "archived, and changed before", "changed", "undated"];
    assert_eq!(output.ids("classroom_registrations"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_key_is_not_emitted_and_makes_its_stream_incomplete() {
    for row in [json!({"name": "x"}), json!({"_id": null, "name": "x"})] {
        let api = Api::new().await;
        api.get("/tags", page(&json!([{"_id": "t1", "name": "a"}, row, {"_id": "t2", "name": "b"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!((output.code, output.ids("tags")), (1, vec!["t1", "t2"]));
        assert_eq!(output.statuses("tags").last(), Some(&"INCOMPLETE"));
        let (_, stream, message) = output.only_error();
        assert!(stream == "tags" && message.contains("1 rows came without their key (_id)"), "{message}");
        assert!(output.logged("WARN").iter().any(|line| line.contains("_id")), "{}", output.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_wrong_not_one_byte_changes() {
    let rows = [
        r#"{"_id":"t1","name":"\u00e9 \ud83d\ude00 \\u2028","big":12345678901234567890123,"score":1.10,"e":1E+2}"#,
        r#"{"_id" : "t2" , "name" : "Pêche", "when": "24/12/2026", "x":{"y":[null,true,{"z":"\/"}]}}"#,
    ];
    let (text, output) = read_raw("tags", "/tags", &format!("[{}]", rows.join(","))).await;
    output.is_complete(&["tags"]);
    for (data, row) in raw_data(&text).iter().zip(rows) {
        assert!(data.starts_with(row), "{data}");
    }
    assert!(metas(&output).iter().all(Value::is_null));
}
