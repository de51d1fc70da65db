//! Clocks that differ, answers that take for ever, pages whose way was lost.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use support::api::{Api, error, page, token};
use support::{quick, read_with};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

/// This machine's clock in these tests.
fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

/// Where a sync ends when the API's clock is so far ahead of this machine's, and what the log says of it.
async fn end(ahead: TimeDelta) -> (Value, String) {
    let api = Api::without_token().await;
    let date = httpdate::fmt_http_date((noon() + ahead).into());
    api.token(ResponseTemplate::new(200).insert_header("date", date).set_body_json(token("token-1"))).await;
    api.get("/classrooms", page(&json!([]))).await;
    let output =
        read_with(Timing { now: Clock::new(noon), ..quick() }, &api.config(), &["classrooms"], "incremental")
            .await;
    output.is_complete(&["classrooms"]);
    (output.states("classrooms")[0]["cursor"].clone(), output.log())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_ends_at_the_earlier_of_two_clocks_so_that_a_wrong_one_loses_nothing() {
    let (cursor, log) = end(TimeDelta::zero()).await;
    assert_eq!(cursor, "2026-11-02T11:59:00Z");
    assert!(!log.contains("clock"), "{log}");

    let (cursor, log) = end(TimeDelta::hours(1)).await;
    assert_eq!(cursor, "2026-11-02T11:59:00Z");
    assert!(log.contains("60 minutes ahead of this machine's"), "{log}");

    let (cursor, log) = end(TimeDelta::hours(-1)).await;
    assert_eq!(cursor, "2026-11-02T10:59:00Z");
    assert!(log.contains("60 minutes behind this machine's"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_clock_stands_in_another_year_is_not_believed() {
    let (cursor, _) = end(TimeDelta::days(400)).await;
    assert_eq!(cursor, "2027-12-07T11:59:00Z");
}

/// A server that answers the token at once, and a page never: not at all, or a byte at a time.
fn endless(trickles: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                // A request is small and comes whole; the client keeps the connection for the page.
                while let Ok(count @ 1..) = connection.read(&mut buffer) {
                    if buffer[..count].starts_with(b"POST") {
                        let body = token("token-1").to_string();
                        let answer =
                            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                        connection.write_all(answer.as_bytes()).unwrap();
                    } else if trickles {
                        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[");
                        while connection.write_all(b" ").is_ok() {
                            std::thread::sleep(Duration::from_millis(5));
                        }
                    }
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_or_never_ends_is_given_up_with_a_sentence() {
    for (trickles, sentence) in [(false, "operation timed out"), (true, "no whole answer in")] {
        let config = support::config(&endless(trickles));
        let budget = Duration::from_secs(3);
        let timing =
            Timing { idle: Duration::from_millis(300), answer: Duration::from_secs(1), budget, ..quick() };
        let output = read_with(timing, &config, &["tags"], "full_refresh").await;
        let (failure, stream, message) = output.only_error();
        assert_eq!((output.code, failure, stream), (1, "transient_error", "tags"));
        assert!(message.contains("gave up after") && message.contains(sentence), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_whose_next_page_is_no_longer_known_is_read_again_from_its_beginning() {
    for (times, code) in [(2, 0), (9, 1)] {
        let api = Api::new().await;
        let next = Mock::given(method("GET")).and(path("/api/v2/users")).and(query_param("next", "2"));
        next.respond_with(error(400, "invalidNextToken")).up_to_n_times(times).mount(&api.0).await;
        let next = Mock::given(method("GET")).and(path("/api/v2/users")).and(query_param("next", "2"));
        next.respond_with(page(&json!([{"_id": "u2"}]))).mount(&api.0).await;
        let first = page(&json!([{"_id": "u1"}]));
        api.get("/users", first.insert_header("link", "</api/v2/users?next=2>; rel=\"next\"")).await;
        let output = read_with(quick(), &api.config(), &["users"], "full_refresh").await;
        assert_eq!(output.code, code, "{times} times");
        if code == 0 {
            assert_eq!(support::output::keys("users", output.records("users")).len(), 2);
            assert!(output.log().contains("read again from its beginning"), "{}", output.log());
        } else {
            let (failure, stream, message) = output.only_error();
            assert_eq!((failure, stream), ("system_error", "users"));
            assert!(message.contains("HTTP 400 invalidNextToken"), "{message}");
        }
    }
}
