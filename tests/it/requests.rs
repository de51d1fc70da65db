//! What is requested from 360Learning, and what its responses lead to: one behavior at a time.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use crate::support::api::{Api, error, page, token};
use crate::support::{catalog, config, quick, read_with, run};
use serde_json::json;
use source_360learning::api::{Client, Priority, Shape, Timing};
use source_360learning::config::Config;
use wiremock::ResponseTemplate;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_requested_with_the_token_the_version_and_our_name() {
    let api = Api::new().await;
    api.get("/users", page(&json!([]))).await;
    api.read(&["users"], "full_refresh").is_complete(&["users"]);
    let get = &api.gets().await[0];
    assert_eq!(get.headers["authorization"], "Bearer token-1");
    assert_eq!(get.headers["360-api-version"], "v2.0");
    assert_eq!(get.headers["accept"], "application/json");
    assert_eq!(get.headers["user-agent"], concat!("source-360learning/", env!("CARGO_PKG_VERSION")));
    assert!(get.headers["accept-encoding"].to_str().unwrap().contains("gzip"));
}

#[tokio::test(flavor = "multi_thread")]
async fn brackets_of_filters_are_sent_raw_and_a_window_has_a_beginning_only() {
    let api = Api::without_token().await;
    let clock = ResponseTemplate::new(200).insert_header("date", "Mon, 02 Nov 2026 08:00:00 GMT");
    api.token(clock.set_body_json(token("t"))).await;
    api.get("/path", page(&json!([]))).await;
    api.get("/paths/sessions", page(&json!([]))).await;
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "path_sessions"}, "stream_state": {"cursor": "2026-10-01T00:00:00Z"}}}]);
    let output = run("read", &api.config(), Some(&catalog(&["path_sessions"], "incremental")), Some(&state));
    output.is_complete(&["path_sessions"]);
    // Ten minutes before the cursor: a change may become visible so late.
    assert_eq!(api.requested().await, ["/paths/sessions?modifiedAt[gte]=2026-09-30T23:50:00.000Z"]);
    let expected = json!({"cursor": "2026-11-02T08:00:00Z", "previous": "2026-10-01T00:00:00Z"});
    assert_eq!(output.states("path_sessions"), [&expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_the_server_ignores_is_applied_here() {
    let api = Api::without_token().await;
    let clock = ResponseTemplate::new(200).insert_header("date", "Mon, 02 Nov 2026 08:00:00 GMT");
    api.token(clock.set_body_json(token("t"))).await;
    let row = |id: &str, at: &str| json!({"_id": id, "modifiedAt": at});
    let rows = json!([
        row("old", "2026-09-30T23:49:59.999Z"),
        row("first", "2026-09-30T23:50:00.000Z"),
        row("last", "2026-11-02T07:59:59.999Z"),
        row("during the sync", "2026-11-02T08:00:01.000Z"),
    ]);
    api.get("/paths/sessions", page(&rows)).await;
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "path_sessions"}, "stream_state": {"cursor": "2026-10-01T00:00:00Z"}}}]);
    let output = run("read", &api.config(), Some(&catalog(&["path_sessions"], "incremental")), Some(&state));
    let ids: Vec<&str> =
        output.records("path_sessions").iter().map(|row| row["_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["first", "last", "during the sync"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn undocumented_values_fields_and_types_pass_through_untouched() {
    let api = Api::new().await;
    let body = "[\n  {\"_id\": \"u1\", \"status\": \"frozen\",\r\n   \"lang\": 7, \"score\": 1.10, \"big\": 12345678901234567890123,\n   \"badge\": {\"a\": [null, \"l\\n\\u00e9\"]}}\n]";
    api.get("/users", ResponseTemplate::new(200).set_body_raw(body, "application/json")).await;
    let files = crate::support::Files::new();
    let mut command = crate::support::connector();
    command.arg("read").arg("--config").arg(files.write("c", &api.config()));
    command.arg("--catalog").arg(files.write("k", &catalog(&["users"], "full_refresh")));
    let output = crate::support::output(command);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(text.contains(r#""score": 1.10, "big": 12345678901234567890123,"#), "{text}");
    let output = crate::support::Output::new(&output);
    output.is_complete(&["users"]);
    assert_eq!(output.records("users")[0]["status"], "frozen");
    assert_eq!(output.records("users")[0]["badge"], json!({"a": [null, "l\né"]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_retried() {
    let html = ResponseTemplate::new(200).set_body_raw("<html>soon</html>", "text/html");
    let cut = ResponseTemplate::new(200).set_body_raw(r#"[{"_id": "g1"}, {"_i"#, "application/json");
    for fault in [429, 408, 425, 500, 502, 503, 504].map(ResponseTemplate::new).into_iter().chain([html, cut])
    {
        let api = Api::new().await;
        api.get_first("/groups", 1, fault).await;
        api.get("/groups", page(&json!([{"_id": "g1"}]))).await;
        let output = api.read(&["groups"], "full_refresh");
        assert_eq!(output.is_complete(&["groups"]).records("groups").len(), 1, "nothing twice, nothing lost");
        assert_eq!(api.gets().await.len(), 2);
        assert!(output.log().contains("retrying in"), "{}", output.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_cut_by_the_network_is_requested_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let whole = |body: &str| {
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        };
        let rows = r#"[{"_id": "g1"}, {"_id": "g2"}]"#;
        let cut =
            format!("HTTP/1.1 200 OK\r\ncontent-length: 500\r\nconnection: close\r\n\r\n{}", &rows[..20]);
        for answer in [whole(&token("t").to_string()), cut, whole(rows)] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            while !seen.windows(4).any(|window| window == b"\r\n\r\n")
                || seen.starts_with(b"POST") && !seen.ends_with(b"}")
            {
                let count = stream.read(&mut buffer).unwrap();
                seen.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let output = run("read", &config(&url), Some(&catalog(&["groups"], "full_refresh")), None);
    assert_eq!(output.is_complete(&["groups"]).records("groups").len(), 2);
    server.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_is_reported_to_the_platform_with_its_end_and_a_heartbeat() {
    let api = Api::new().await;
    let limited = ResponseTemplate::new(429).set_body_json(json!({"error": "tooManyRequests"}));
    api.get_first("/users", 1, limited.insert_header("retry-after", "5")).await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    let started = chrono::Utc::now().timestamp_millis();
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.code, 0);
    assert_eq!(output.statuses("users"), ["STARTED", "RUNNING", "RATE_LIMITED", "COMPLETE"]);
    let traces = output.all("TRACE");
    let reset = traces
        .iter()
        .find_map(|trace| trace.pointer("/stream_status/reasons/0/rate_limited/quota_reset"))
        .unwrap();
    assert!(reset.as_i64().unwrap() >= started + 5000);
    assert_eq!(
        output.states("users").len(),
        2,
        "the state is repeated, since only RECORD and STATE are a heartbeat"
    );
    output.counts_add_up();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere = Api::new().await;
    let api = Api::new().await;
    let target = format!("{}/api/v2/users", elsewhere.url());
    api.get("/users", ResponseTemplate::new(302).insert_header("location", target.as_str())).await;
    let output = read_with(quick(), &api.config(), &["users"], "full_refresh").await;
    assert_eq!(output.code, 1);
    assert!(output.only_error().2.contains("HTTP 302"), "{:?}", output.only_error());
    assert!(elsewhere.gets().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_fails_its_stream_alone_in_both_forms_of_the_error() {
    let flat = ResponseTemplate::new(403).set_body_json(json!({"error": "invalid_scope"}));
    for refusal in [flat, error(403, "invalid_scope")] {
        let api = Api::new().await;
        api.get("/groups", refusal).await;
        api.get("/users", page(&json!([{"_id": "u1"}]))).await;
        let output = api.read(&["groups", "users"], "full_refresh");
        assert_eq!(output.code, 1);
        let (failure, stream, message) = output.only_error();
        assert_eq!((failure, stream), ("config_error", "groups"));
        assert!(message.contains("`groups:read`") && message.contains("`groups`"), "{message}");
        assert_eq!(output.statuses("groups"), ["STARTED", "INCOMPLETE"]);
        assert_eq!(output.statuses("users"), ["STARTED", "RUNNING", "COMPLETE"]);
        assert!(output.states("groups").is_empty(), "a stream that failed claims nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_of_a_stream_that_fails_reports_why_and_fails_in_the_same_way() {
    let api = Api::new().await;
    api.get("/classrooms", error(403, "invalid_scope")).await;
    let output = api.read(&["attendances"], "full_refresh");
    assert_eq!(output.code, 1);
    let (failure, stream, message) = output.only_error();
    assert_eq!((failure, stream), ("config_error", "attendances"));
    assert!(message.contains("classrooms:read"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_one_page_announces_how_much_comes() {
    let api = Api::new().await;
    api.get("/tags", page(&json!([{"_id": "u1"}, {"_id": "u2"}]))).await;
    let output = api.read(&["tags"], "full_refresh");
    let traces = output.all("TRACE");
    let estimate = traces.iter().find(|trace| trace["type"] == "ESTIMATE").unwrap();
    assert_eq!(estimate["estimate"]["row_estimate"], 2);
    assert!(estimate["estimate"]["byte_estimate"].as_u64().unwrap() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_a_list_repeats_is_requested_once() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}, {"_id": "u2", "status": "deleted"}, {"_id": "u1"}]))).await;
    let value = json!([{"customFieldId": "f1", "type": "string", "value": "Pêche"}]);
    for user in ["u1", "u2"] {
        api.get(&format!("/users/{user}/custom-fields/values"), page(&value)).await;
    }
    let output = api.read(&["user_custom_field_values"], "full_refresh");
    output.is_complete(&["user_custom_field_values"]);
    let expected = ["u1", "u2"]
        .map(|user| json!({"userId": user, "customFieldId": "f1", "type": "string", "value": "Pêche"}));
    let mut records: Vec<_> = output.records("user_custom_field_values").into_iter().cloned().collect();
    records.sort_by_key(|record| record["userId"].to_string());
    for record in &mut records {
        record.as_object_mut().unwrap().remove("readAt");
    }
    assert_eq!(records, expected);
    assert_eq!(api.gets().await.len(), 4, "both lists of users, and two users");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_with_a_code_of_its_own_fails_its_stream_with_this_code() {
    let api = Api::new().await;
    api.get("/groups", error(409, "somethingElse")).await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    let output = api.read(&["users", "groups"], "full_refresh");
    assert_eq!(output.code, 1);
    let (failure, stream, message) = output.only_error();
    assert_eq!((failure, stream), ("config_error", "groups"));
    assert!(message.contains("HTTP 409 somethingElse"), "{message}");
    assert_eq!(output.statuses("users"), ["STARTED", "RUNNING", "COMPLETE"]);
    assert_eq!(api.gets().await.iter().filter(|get| get.url.path().ends_with("/groups")).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firewalls_page_is_retried_and_reported_as_no_missing_scope() {
    for status in [403, 404, 400] {
        let html = ResponseTemplate::new(status).set_body_raw("<html>blocked</html>", "text/html");
        let api = Api::new().await;
        api.get_first("/tags", 1, html.clone()).await;
        api.get("/tags", page(&json!([{"_id": "t1"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!(output.is_complete(&["tags"]).records("tags").len(), 1, "{status} once");

        let api = Api::new().await;
        api.get("/tags", html).await;
        let timing = Timing { firewall: Duration::from_millis(200), ..quick() };
        let output = read_with(timing, &api.config(), &["tags"], "full_refresh").await;
        assert_eq!(output.code, 1);
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, "transient_error");
        assert!(message.contains(&format!("HTTP {status}")) && !message.contains("scope"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_body_is_no_row_of_a_one_object_stream_and_a_fault_of_a_list() {
    for empty in [
        ResponseTemplate::new(204),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_string("null"),
    ] {
        let api = Api::new().await;
        api.get(
            "/paths/sessions",
            page(&json!([{"_id": "s1", "modifiedAt": "2026-01-01T00:00:00.000Z", "pathId": "p1"}])),
        )
        .await;
        api.get("/paths/p1/sessions/s1/user-statuses", empty.clone()).await;
        let output = read_with(quick(), &api.config(), &["path_session_metrics"], "full_refresh").await;
        assert!(output.is_complete(&["path_session_metrics"]).all("RECORD").is_empty());
        assert!(output.log().contains("1 responses held no object"), "{}", output.log());

        let api = Api::new().await;
        api.get_first("/tags", 1, empty).await;
        api.get("/tags", page(&json!([{"_id": "t1"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!(output.is_complete(&["tags"]).ids("tags"), ["t1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn time_in_which_no_request_could_be_made_costs_no_attempt() {
    let api = Api::new().await;
    api.get("/users", page(&json!([]))).await;
    api.get_first("/groups", 1, ResponseTemplate::new(503)).await;
    api.get("/groups", page(&json!([]))).await;
    let mut config = api.config();
    config["max_concurrent_requests"] = json!(1);
    let settings = Config::parse(&config.to_string()).unwrap().validate().unwrap();
    let base = Duration::from_millis(10);
    let timing = Timing { base, budget: Duration::from_millis(800), ..Timing::default() };
    let (events, _) = tokio::sync::mpsc::unbounded_channel();
    let client = Arc::new(Client::new(&settings, timing, events, false).unwrap());
    let held = client.page(&client.url("/users", ""), Shape::Objects, Priority::List).await.unwrap();
    let waiting = tokio::spawn({
        let client = Arc::clone(&client);
        async move {
            let page = client.page(&client.url("/groups", ""), Shape::Objects, Priority::FanOut).await;
            page.map(|page| page.rows.len())
        }
    });
    // As long as this page is held, as by a slow reader, the other one has no turn.
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(held);
    assert_eq!(waiting.await.unwrap().unwrap(), 0);
}
