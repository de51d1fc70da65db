//! What the server returns: tokens, lists and pages.

use std::time::Duration;

use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use super::{Row, check, config, read, row};
use crate::support::api::{Api, error, page};
use crate::support::{Files, Output, quick, run_with};

const PASSES: &str = "transient_error";
const LASTS: &str = "config_error";

fn html(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw("\n<!doctype html><title>Sign in</title>", "text/html")
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"error": code}))
}

/// The outcome of `check` where the token endpoint responds so.
async fn token(response: ResponseTemplate) -> Output {
    let api = Api::without_token().await;
    api.token(response).await;
    ended(check(&config(&api.url()), &[])).await
}

/// A mock server waits forever to be dropped in a task that never yields.
async fn ended(output: Output) -> Output {
    tokio::task::yield_now().await;
    output
}

/// A server on which every list responds so.
async fn lists(response: ResponseTemplate) -> Api {
    let api = Api::new().await;
    Mock::given(method("GET")).respond_with(response).mount(&api.0).await;
    api
}

async fn checked(response: ResponseTemplate) -> Output {
    let api = lists(response).await;
    ended(check(&config(&api.url()), &[])).await
}

async fn tags(response: ResponseTemplate) -> Output {
    stream("tags", response).await
}

async fn stream(name: &str, response: ResponseTemplate) -> Output {
    let api = lists(response).await;
    ended(read(&config(&api.url()), &[name])).await
}

pub(super) async fn rows() -> Vec<Row> {
    let mut rows = tokens().await;
    rows.extend(checks().await);
    rows.extend(pages().await);
    rows
}

async fn tokens() -> Vec<Row> {
    let token_page: &[&str] =
        &["/api/v2/oauth2/token: HTTP 200 with a page of HTML in place of JSON, from 127.0.0.1:", "base_url"];
    vec![
        row(
            "wrong credentials",
            token(refusal(401, "invalid_client")).await,
            LASTS,
            &[
                "rejected the credentials (HTTP 401 invalid_client from 127.0.0.1:",
                "client_id, client_secret and region",
                "not swapped",
            ],
        ),
        row(
            "credentials of a deleted user",
            token(refusal(400, "non_existing_user")).await,
            LASTS,
            &["HTTP 400 non_existing_user"],
        ),
        row("a page of HTML at the token", token(html(200)).await, PASSES, token_page),
        row(
            "a firewall at the token",
            token(html(403)).await,
            PASSES,
            &["token: HTTP 403 without an error code of the API, from 127.0.0.1:", "A firewall or a proxy"],
        ),
        row(
            "a redirect at the token",
            token(ResponseTemplate::new(302).insert_header("location", "https://sso.example.com")).await,
            PASSES,
            &["HTTP 302, a redirect, from 127.0.0.1:", "check base_url"],
        ),
        row(
            "a token endpoint without a token",
            token(ResponseTemplate::new(200).set_body_json(json!({"ok": true}))).await,
            PASSES,
            &["the response of the token endpoint has no token", "base_url"],
        ),
        row(
            "an outage at the token",
            token(ResponseTemplate::new(503)).await,
            PASSES,
            &["gave up after", "HTTP 503", "status"],
        ),
        row(
            "too many requests at the token",
            token(refusal(429, "tooManyRequests")).await,
            PASSES,
            &["HTTP 429 tooManyRequests", "lower requests_per_second"],
        ),
    ]
}

async fn checks() -> Vec<Row> {
    vec![
        row(
            "pages of HTML in check",
            checked(html(200)).await,
            PASSES,
            &["/api/v2/", "with a page of HTML in place of JSON", "base_url"],
        ),
        row(
            "too many requests in check",
            checked(refusal(429, "tooManyRequests")).await,
            PASSES,
            &["gave up after", "HTTP 429", "lower requests_per_second"],
        ),
        row(
            "no scope at all",
            checked(refusal(403, "invalid_scope")).await,
            LASTS,
            &["no stream can be read", "lack the scopes", "users:read", "Add them"],
        ),
        row(
            "lists that are refused in check",
            checked(error(404, "notThere")).await,
            LASTS,
            &["no stream can be read", "HTTP 404 notThere"],
        ),
        row(
            "an outage in check",
            checked(error(500, "internalError")).await,
            PASSES,
            &["/api/v2/", "HTTP 500 internalError", "status"],
        ),
    ]
}

async fn pages() -> Vec<Row> {
    let later = ResponseTemplate::new(429).insert_header("retry-after", "3600");
    let no_rel = page(&json!([{"_id": "a"}])).insert_header("link", "<http://x/y?z>");
    vec![
        row(
            "a long pause",
            tags(later).await,
            PASSES,
            &["/api/v2/tags", "HTTP 429, with a Retry-After of 3600 s", "requests_per_second"],
        ),
        row(
            "a token that is refused",
            tags(refusal(401, "invalid_token")).await,
            LASTS,
            &["rejected the credentials", "invalid_token", "/api/v2/tags, repeatedly"],
        ),
        row(
            "a scope that is missing",
            tags(refusal(403, "invalid_scope")).await,
            LASTS,
            &["`tags:read`", "`tags`", "Add the scope", "or deselect"],
        ),
        row(
            "a firewall before a list",
            tags(html(403)).await,
            PASSES,
            &["/api/v2/tags: HTTP 403 without", "127.0.0.1:", "firewall"],
        ),
        row(
            "an outage of a list",
            tags(ResponseTemplate::new(502)).await,
            PASSES,
            &["/api/v2/tags: gave up", "HTTP 502"],
        ),
        row(
            "a refusal of a list",
            tags(error(422, "refused")).await,
            LASTS,
            &["/api/v2/tags", "HTTP 422 refused"],
        ),
        row(
            "a list that is cut",
            tags(ResponseTemplate::new(200).set_body_string("[{")).await,
            PASSES,
            &["not a complete JSON array"],
        ),
        row(
            "an object in place of a list",
            tags(page(&json!({"rows": []}))).await,
            PASSES,
            &["/api/v2/tags", "JSON array"],
        ),
        row(
            "a link without a rel",
            tags(no_rel).await,
            PASSES,
            &["/api/v2/tags", "Link header", "without a known rel"],
        ),
        row(
            "a next page that is refused again and again",
            dead_pages().await,
            PASSES,
            &[
                "/api/v2/tags",
                "refused the next page (HTTP 400 invalidPageToken)",
                "4 attempts",
                "fewer streams",
            ],
        ),
        row(
            "a stream that does not exist",
            stream("tag", page(&json!([]))).await,
            LASTS,
            &["no stream `tag`", "discover"],
        ),
    ]
}

/// A list whose second page is refused.
async fn dead_pages() -> Output {
    let api = Api::new().await;
    Mock::given(method("GET"))
        .respond_with(move |request: &wiremock::Request| match request.url.query() {
            Some(_) => error(400, "invalidPageToken"),
            None => page(&json!([{"_id": "a"}]))
                .insert_header("link", "<http://x/api/v2/tags?page=2>; rel=\"next\""),
        })
        .mount(&api.0)
        .await;
    ended(read(&config(&api.url()), &["tags"])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_off_is_not_counted_as_readable() {
    let api = Api::new().await;
    api.get("/skills", error(403, "skillSolutionNotEnabled")).await;
    Mock::given(method("GET")).respond_with(page(&json!([]))).mount(&api.0).await;
    let output = check(&config(&api.url()), &[]);
    let status = output.all("CONNECTION_STATUS")[0];
    let message = status["message"].as_str().unwrap();
    assert_eq!(status["status"], json!("SUCCEEDED"));
    assert!(message.contains("Connected. 41 of 42 streams can be read."), "{message}");
    assert!(message.contains("off for your account, so they would be empty: skills."), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_waits_says_so_once_for_each_reason() {
    let api = lists(error(429, "tooManyRequests")).await;
    let files = Files::new();
    let config = files.write("config.json", &config(&api.url()));
    let timing = Timing { patience: Duration::from_secs(3), ..quick() };
    let output = run_with(timing, &["check", "--config", config.to_str().unwrap()]).await;
    let waits: Vec<&str> = output.logged("WARN");
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(waits[0].contains("HTTP 429 tooManyRequests; retrying in"), "{waits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn causes_are_in_the_stack_trace_and_not_in_the_sentence() {
    let output = check(&config("https://no-such-host.invalid"), &[]);
    let error: &Value = output.errors()[0];
    let lines: Vec<&str> = error["stack_trace"].as_str().unwrap().lines().collect();
    assert_eq!(lines[0], error["message"]);
    assert!(lines.len() > 2 && lines[1..].iter().all(|line| line.starts_with("Caused by: ")), "{lines:?}");
    assert!(lines.last().unwrap().ends_with(error["internal_message"].as_str().unwrap()), "{lines:?}");
}
