//! Tokens: how they are requested, replaced, and given up.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::api::{Api, page, token};
use crate::support::{Files, catalog, quick, run, run_with};
use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::{Mock, ResponseTemplate};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_requested_once_with_exactly_the_documented_body() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    api.get("/groups", page(&json!([{"_id": "g1"}]))).await;
    api.read(&["users", "groups"], "full_refresh").is_complete(&["users", "groups"]);

    let requests = api.0.received_requests().await.unwrap();
    let tokens: Vec<_> = requests.iter().filter(|request| request.method.as_str() == "POST").collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0].headers["content-type"], "application/json");
    let body: Value = tokens[0].body_json().unwrap();
    let expected = json!({
        "grant_type": "client_credentials",
        "client_id": sandbox_360learning::CLIENT_ID,
        "client_secret": sandbox_360learning::CLIENT_SECRET,
    });
    assert_eq!(body, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_replaced_once_and_the_page_requested_again() {
    let api = Api::new().await;
    api.get_first("/users", 1, ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_token"})))
        .await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.is_complete(&["users"]).records("users").len(), 1);
    assert_eq!(api.tokens_issued().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_that_is_refused_is_the_users_to_fix() {
    let api = Api::new().await;
    api.get("/users", ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_token"}))).await;
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.code, 1);
    let (failure, stream, message) = output.only_error();
    assert_eq!((failure, stream), ("config_error", "users"));
    assert!(message.contains("rejected the credentials"), "{message}");
    assert_eq!(output.statuses("users"), ["STARTED", "INCOMPLETE"]);
    // One replacement is the proof; the last request shows that the path did not refuse it by
    // chance.
    assert_eq!((api.tokens_issued().await, api.gets().await.len()), (2, 3));
}

/// A replacement that others used up looks like one that never worked.
#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_that_ends_before_its_first_response_is_not_a_wrong_credential() {
    let api = Api::new().await;
    let refused = || ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_token"}));
    api.get_first("/users", 2, refused()).await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    api.read(&["users"], "full_refresh").is_complete(&["users"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_token_lets_no_burst_through() {
    let api = Api::without_token().await;
    let mut answer = token("t");
    answer["expires_in"] = json!("1");
    api.token(ResponseTemplate::new(200).set_body_json(answer).set_delay(Duration::from_millis(700))).await;
    let users: Vec<Value> = (100..220).map(|id| json!({"_id": format!("u{id}")})).collect();
    api.get("/users", page(&json!(users))).await;
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&arrivals);
    let note = move |_: &wiremock::Request| {
        noted.lock().unwrap().push(Instant::now());
        page(&json!([]))
    };
    wiremock::Mock::given(wiremock::matchers::method("GET")).respond_with(note).mount(&api.0).await;
    let mut config = api.config();
    config["requests_per_second"] = json!(40);
    let streams = ["user_custom_field_values"];
    run("read", &config, Some(&catalog(&streams, "full_refresh")), None).is_complete(&streams);
    assert!(api.tokens_issued().await > 2, "tokens ended on the way");
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 120);
    for window in arrivals.windows(41) {
        assert!(window[40] - window[0] >= Duration::from_secs(1), "{:?}", window[40] - window[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_token_that_could_not_be_fetched_no_stream_requests_another() {
    let api = Api::without_token().await;
    let mut short = token("t");
    short["expires_in"] = json!("1");
    let post = || Mock::given(wiremock::matchers::method("POST"));
    post().respond_with(ResponseTemplate::new(200).set_body_json(short)).up_to_n_times(1).mount(&api.0).await;
    post().respond_with(ResponseTemplate::new(503)).mount(&api.0).await;
    let users: Vec<Value> = (100..220)
        .map(|id| json!({"_id": format!("u{id}"), "status": if id == 100 { "deleted" } else { "active" }}))
        .collect();
    api.get("/users", page(&json!(users)).set_delay(Duration::from_millis(1200))).await;
    let streams = ["user_managers", "user_certificates", "user_custom_field_values", "user_custom_links"];
    let files = Files::new();
    let mut config = api.config();
    config["max_concurrent_requests"] = json!(5);
    let config = files.write("config.json", &config);
    let catalog = files.write("catalog.json", &catalog(&streams, "full_refresh"));
    let arguments = ["read", "--config", config.to_str().unwrap(), "--catalog", catalog.to_str().unwrap()];
    let patience = Duration::from_secs(5);
    let timing = Timing { budget: Duration::from_millis(300), idle: patience, answer: patience, ..quick() };
    let output = run_with(timing, &arguments).await;
    // A stream names the list above it that failed, and its own failures.
    let failed: std::collections::BTreeSet<_> =
        output.errors().iter().map(|error| error["stream_descriptor"]["name"].to_string()).collect();
    assert_eq!((output.code, failed.len()), (1, 4));
    let retries = output.log().matches("oauth2/token: ").count();
    assert!(retries > 1, "{}", output.log());
    // The one that was issued, and one series of attempts.
    assert_eq!(api.tokens_issued().await, 1 + 1 + retries);
}
