//! The status of `check` where the configuration is right and the account is not, or cannot be reached.

use std::time::Duration;

use crate::support::api::{Api, error, page};
use crate::support::{Account, Output, catalog, quick, run, run_with};
use sandbox_360learning::Options;
use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

/// In the form of an error code, so that the code alone is no reason to hide it.
const SECRET: &str = "secretThatIsNeverPrinted";

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_are_reported_without_being_repeated() {
    let api = Api::without_token().await;
    api.token(ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_client"}))).await;
    let mut config = api.config();
    config["client_secret"] = json!(SECRET);
    let message = verdict_on_api(&config);
    assert!(
        message.contains("HTTP 401 invalid_client") && message.contains("Check client_id, client_secret"),
        "{message}"
    );
    assert_eq!(api.gets().await.len(), 0);
}

fn verdict_on_api(config: &Value) -> String {
    let check = run("check", config, None, None);
    assert_eq!(check.code, 0);
    assert_eq!(check.all("CONNECTION_STATUS")[0]["status"], "FAILED");
    let read = run("read", config, Some(&catalog(&["users"], "full_refresh")), None);
    assert_eq!(read.code, 1);
    let message = check.all("CONNECTION_STATUS")[0]["message"].as_str().unwrap();
    assert_eq!(read.only_error(), ("config_error", "", message));
    for output in [&check, &read] {
        assert!(output.messages.iter().all(|line| !line.to_string().contains(SECRET)));
    }
    message.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_date_in_the_future_is_in_the_message() {
    let mut account = Account::open(Options::default()).await;
    account.config["start_date"] = json!("2199-01-01");
    let check = run("check", &account.config, None, None);
    let message = check.all("CONNECTION_STATUS")[0]["message"].as_str().unwrap();
    assert!(message.contains("start_date (2199-01-01 00:00:00 UTC) is later than"), "{message}");
    assert!(message.contains("Set a date in the past."), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_body_that_echoes_the_secret_is_not_repeated() {
    let api = Api::without_token().await;
    api.token(
        ResponseTemplate::new(400).set_body_json(json!({"error": {"code": SECRET, "message": SECRET}})),
    )
    .await;
    let mut config = api.config();
    config["client_secret"] = json!(SECRET);
    verdict_on_api(&config);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host_is_a_failure_that_may_pass() {
    // A port that was just free: no server listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let timing = source_360learning::api::Timing {
        base: std::time::Duration::from_millis(10),
        budget: std::time::Duration::from_millis(100),
        ..Default::default()
    };
    let config = crate::support::config(&format!("http://127.0.0.1:{port}"));
    let settings =
        source_360learning::config::Config::parse(&config.to_string()).unwrap().validate().unwrap();
    let error = source_360learning::commands::check::check(
        &settings,
        timing,
        tokio::sync::mpsc::unbounded_channel().0,
        false,
    )
    .await
    .unwrap_err();
    assert_eq!(error.failure_type(), source_360learning::protocol::FailureType::Transient);
    let message = error.to_string();
    assert!(message.contains("gave up after") && message.contains("refused the connection"), "{message}");
    assert!(message.contains("base_url"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_missing_scopes_and_the_streams_that_would_fail() {
    let api = Api::new().await;
    api.get("/classrooms", error(403, "invalid_scope")).await;
    api.get("/paths/stats", error(403, "invalid_scope")).await;
    api.get(
        "/classroom-slots/000000000000000000000000/attendance-sheets",
        error(404, "classroomSlotNotFound"),
    )
    .await;
    let any = wiremock::Mock::given(wiremock::matchers::method("GET"));
    any.respond_with(page(&json!([]))).mount(&api.0).await;
    let output = api.check();
    assert_eq!(output.code, 0);
    let status = output.all("CONNECTION_STATUS")[0];
    assert_eq!(status["status"], "SUCCEEDED", "some streams can be read");
    let message = status["message"].as_str().unwrap();
    assert!(message.contains("classrooms:read, pathStats:read"), "{message}");
    let failing = "path_stats, path_session_metrics, classrooms, classroom_slots, classroom_registrations, classroom_slot_waitlist, attendance_sheets, attendances.";
    assert!(message.contains(failing), "{message}");
    let scopes: std::collections::BTreeSet<&str> =
        source_360learning::streams::STREAMS.iter().map(|stream| stream.scope).collect();
    let requests = api.gets().await.len();
    assert_eq!(requests, scopes.len() + 1, "one request per scope, and one for a slot that may have sheets");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_which_webhook_subscription_would_save_requests() {
    const UPDATED: &str = "user.customfield.values.updated";
    let row = |event: &str, status: &str| json!({"_id": "s", "eventType": event, "status": status});
    for (rows, days, wanted) in [
        (json!([]), 7, "Incremental syncs of user_certificates, user_custom_field_values visit all users"),
        (
            json!([row(UPDATED, "inactive")]),
            7,
            "subscription to user.certificate.awarded, user.customfield.values",
        ),
        (json!([row(UPDATED, "active")]), 7, "Incremental syncs of user_certificates visit all users"),
        (
            json!([row(UPDATED, "active"), row("user.certificate.awarded", "active")]),
            7,
            "only users who changed.",
        ),
        (json!([]), 0, "streams can be read."),
    ] {
        let api = Api::new().await;
        api.get("/webhooks/subscriptions", page(&rows)).await;
        let any = wiremock::Mock::given(wiremock::matchers::method("GET"));
        any.respond_with(page(&json!([]))).mount(&api.0).await;
        let mut config = api.config();
        config["full_user_refresh_days"] = json!(days);
        let output = run("check", &config, None, None);
        let message = output.all("CONNECTION_STATUS")[0]["message"].as_str().unwrap();
        assert!(message.contains(wanted), "{message}");
        assert!(days > 0 || message.ends_with(wanted), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_fails_when_no_stream_can_be_read() {
    let api = Api::new().await;
    wiremock::Mock::given(wiremock::matchers::method("GET"))
        .respond_with(error(403, "invalid_scope"))
        .mount(&api.0)
        .await;
    let output = api.check();
    assert_eq!(output.code, 0);
    assert_eq!(output.all("CONNECTION_STATUS")[0]["status"], "FAILED");
}

/// Each list is empty, but the one of projects.
async fn with_projects(response: ResponseTemplate) -> Api {
    let api = Api::new().await;
    api.get("/projects", response).await;
    let any = wiremock::Mock::given(wiremock::matchers::method("GET"));
    any.respond_with(page(&json!([]))).mount(&api.0).await;
    api
}

/// The status of a check whose delays take milliseconds.
async fn check(api: &Api) -> Output {
    let files = crate::support::Files::new();
    let config = files.write("config.json", &api.config());
    let timing =
        Timing { budget: Duration::from_millis(200), firewall: Duration::from_millis(200), ..quick() };
    run_with(timing, &["check", "--config", config.to_str().unwrap()]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_that_cannot_be_read_is_named_and_the_check_succeeds() {
    let html = ResponseTemplate::new(403).set_body_raw("<html>Forbidden</html>", "text/html");
    for (name, response) in [
        ("403 with another code", error(403, "featureNotEnabled")),
        ("a firewall's page", html),
        ("405", error(405, "methodNotAllowed")),
        ("an object", page(&json!({"items": []}))),
        ("500", error(500, "internalError")),
        ("204", ResponseTemplate::new(204)),
    ] {
        let output = check(&with_projects(response).await).await;
        let status = output.all("CONNECTION_STATUS")[0];
        assert_eq!((output.code, &status["status"]), (0, &json!("SUCCEEDED")), "{name}: {status}");
        let message = status["message"].as_str().unwrap();
        assert!(message.contains("These streams could not be read: projects ("), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_an_error_without_a_status_so_that_the_platform_retries() {
    let api = Api::new().await;
    let any = wiremock::Mock::given(wiremock::matchers::method("GET"));
    any.respond_with(error(500, "internalError")).mount(&api.0).await;
    let output = check(&api).await;
    assert_eq!(output.code, 1);
    assert!(output.all("CONNECTION_STATUS").is_empty(), "a FAILED would end the job");
    assert_eq!(output.only_error().0, "transient_error");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_exist_and_are_refused_with_any_code_are_not_readable() {
    for (status, code) in
        [(400, "somethingIsWrong"), (404, "notThere"), (403, "refused"), (405, "refused"), (422, "refused")]
    {
        let api = Api::new().await;
        Mock::given(method("GET")).respond_with(error(status, code)).mount(&api.0).await;
        let output = check(&api).await;
        let found = output.all("CONNECTION_STATUS")[0];
        assert_eq!(found["status"], "FAILED", "{status}: {found}");
        let message = found["message"].as_str().unwrap();
        assert!(message.contains("no stream can be read") && message.contains(code), "{message}");
    }
}
