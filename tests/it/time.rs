//! Clocks that differ, responses that take forever, next pages that expired.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use crate::support::api::{Api, error, page, token};
use crate::support::{quick, read_with};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

/// This machine's clock in these tests.
fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

/// The next cursor when the API's clock is so far ahead of this machine's, and the log.
async fn next_cursor(ahead: TimeDelta) -> (Value, String) {
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
async fn the_earlier_of_two_clocks_is_the_next_cursor_so_that_a_wrong_one_loses_nothing() {
    let (cursor, log) = next_cursor(TimeDelta::zero()).await;
    assert_eq!(cursor, "2026-11-02T12:00:00Z");
    assert!(!log.contains("clock"), "{log}");

    let (cursor, log) = next_cursor(TimeDelta::hours(1)).await;
    assert_eq!(cursor, "2026-11-02T12:00:00Z");
    assert!(log.contains("60 minutes ahead of this machine's"), "{log}");

    // A proxy whose clock is wrong: no matter how far, it is not believed, and that is reported.
    for days in [1, 2, 400] {
        let (cursor, log) = next_cursor(TimeDelta::days(days)).await;
        assert_eq!(cursor, "2026-11-02T12:00:00Z");
        assert!(log.contains(&format!("{} minutes ahead of this machine's", days * 1440)), "{log}");
    }

    let (cursor, log) = next_cursor(TimeDelta::hours(-1)).await;
    assert_eq!(cursor, "2026-11-02T11:00:00Z");
    assert!(log.contains("60 minutes behind this machine's"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_clock_is_in_1970_turns_no_state_back() {
    let api = Api::without_token().await;
    let date = httpdate::fmt_http_date(noon().into());
    api.token(ResponseTemplate::new(200).insert_header("date", date).set_body_json(token("token-1"))).await;
    let rows = json!([{"_id": "old", "createdAt": "2026-01-01T00:00:00.000Z"}, {"_id": "new", "createdAt": "2026-11-02T11:00:00.000Z"}]);
    api.get("/classrooms", page(&rows)).await;
    let stored = json!({"cursor": "2026-11-01T12:00:00Z", "previous": "2026-10-31T12:00:00Z"});
    let timing = Timing { now: Clock::new(|| DateTime::UNIX_EPOCH), ..quick() };
    let before = crate::support::state("classrooms", stored.clone());
    let catalog = crate::support::catalog(&["classrooms"], "incremental");
    let output = crate::support::read_from_with(timing, &api.config(), &catalog, &before).await;
    assert_eq!(output.is_complete(&["classrooms"]).ids("classrooms"), ["new"]);
    assert_eq!(output.states("classrooms"), [&stored]);
    assert!(output.log().contains("ahead of this machine's"), "{}", output.log());
}

/// A server that returns a token at once, and never a page: nothing at all, or a byte at a time.
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
async fn a_response_that_never_comes_or_never_ends_is_given_up_with_a_sentence() {
    for (trickles, sentence) in [(false, "no complete response in"), (true, "no complete response in")] {
        let config = crate::support::config(&endless(trickles));
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
async fn a_list_whose_next_page_token_expired_is_restarted_from_the_first_page() {
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
            assert_eq!(crate::support::output::keys("users", output.records("users")).len(), 2);
            assert!(output.log().contains("restarting from the first page"), "{}", output.log());
        } else {
            let (failure, stream, message) = output.only_error();
            // A later sync, with less to do beside it, may be in time.
            assert_eq!((failure, stream), ("transient_error", "users"));
            assert!(message.contains("HTTP 400 invalidNextToken"), "{message}");
        }
    }
}
