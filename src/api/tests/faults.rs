//! What is retried, and what is not.

use std::time::Duration;

use super::fake::{Reply, Server, quick};
use super::{first_page, read, rows};
use crate::api::{ApiError, Clock, Clocks, ConnectionError, Event, Priority, Shape, Timing};

#[tokio::test]
async fn what_may_pass_is_retried() {
    let limited = Reply::new(429, "retry-after: 0\r\n", r#"{"error":"tooManyRequests"}"#);
    let faults = [408, 425, 429, 500, 502, 503, 504, 599].map(|status| Reply::new(status, "", ""));
    for fault in faults.into_iter().chain([limited, Reply::error(500, "internalError"), Reply::html(502)]) {
        let (server, page) = first_page(vec![fault, Reply::page("[{}]")]).await;
        assert_eq!(page.unwrap().rows.len(), 1);
        assert_eq!(server.gets(), 2);
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_the_apis_is_retried() {
    let cut = Reply::raw(
        "HTTP/1.1 404 X\r\nconnection: close\r\ncontent-length: 90\r\n\r\n{\"error\":{\"code\":\"no",
    );
    let long = Reply::new(404, "", format!("{{\"error\":\"{}\"}}", "x".repeat(70_000)));
    let gateway = Reply::new(403, "", r#"{"message":"Forbidden"}"#);
    let redirect = Reply::new(302, "location: http://127.0.0.1:9/\r\n", "");
    for fault in [Reply::html(403), Reply::html(404), Reply::html(400), cut, long, gateway, redirect] {
        let (server, page) = first_page(vec![fault, Reply::page("[{}]")]).await;
        assert_eq!(page.unwrap().rows.len(), 1);
        assert_eq!(server.gets(), 2);
    }
}

#[tokio::test]
async fn a_firewall_that_stays_ends_the_page_after_its_time_with_a_clear_sentence() {
    let server = Server::sequence(vec![Reply::html(403)]).await;
    let (client, _events) = server.client(Timing { firewall: Duration::from_secs(1), ..quick() });
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(&error, ApiError::Blocked { reason, .. } if reason.starts_with("HTTP 403 ")), "{error}");
    let text = error.to_string();
    assert!(
        text.starts_with("/api/v2/users: HTTP 403 without an error code of the API, from 127.0.0.1:"),
        "{text}"
    );
    assert!(text.contains("A firewall or a proxy may block the request") && server.gets() > 5, "{text}");
}

#[tokio::test]
async fn a_firewalls_page_at_the_token_is_retried_and_never_a_wrong_credential() {
    let mut left = vec![Reply::html(403), Reply::html(404), Reply::html(401), Reply::new(302, "", "")];
    let left = std::sync::Mutex::new(std::mem::take(&mut left));
    let server = Server::start(move |request| request.is_token().then(|| left.lock().unwrap().pop())?).await;
    let (client, _events) = server.client(quick());
    assert!(read(&client, "/users").await.unwrap().rows.is_empty());
    assert_eq!((server.tokens(), server.gets()), (5, 1));

    let server = Server::start(|request| request.is_token().then(|| Reply::html(403))).await;
    let (client, _events) = server.client(Timing { firewall: Duration::from_millis(300), ..quick() });
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(&error, ApiError::Blocked { reason, .. } if reason.starts_with("HTTP 403 ")), "{error}");
}

#[tokio::test]
async fn credentials_that_the_api_refuses_are_refused_at_once() {
    for (status, code) in [(401, "invalid_client"), (400, "invalid_request"), (403, "blocked")] {
        let body = format!("{{\"error\":\"{code}\"}}");
        let server =
            Server::start(move |request| request.is_token().then(|| Reply::new(status, "", &body))).await;
        let (client, _events) = server.client(quick());
        for _ in 0..2 {
            let error = read(&client, "/users").await.unwrap_err();
            assert!(matches!(error, ApiError::Credentials { .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains(&format!("(HTTP {status} {code} from 127.0.0.1:")), "{text}");
            assert!(text.contains("/api/v2/oauth2/token)"), "{text}");
        }
        assert_eq!(server.tokens(), 1);
    }
}

#[tokio::test]
async fn a_refusal_of_the_api_ends_the_page_at_once_with_its_code() {
    for (status, code) in [(400, "skillSolutionNotEnabled"), (404, "userNotFound"), (410, "gone")] {
        let (server, page) = first_page(vec![Reply::error(status, code)]).await;
        let error = page.unwrap_err();
        assert!(
            matches!(&error, ApiError::Rejected { status: s, code: c, .. } if (*s, c.as_str()) == (status, code)),
            "{error}"
        );
        assert_eq!(server.gets(), 1);
    }
}

#[tokio::test]
async fn a_code_of_any_form_is_the_apis_word_but_only_a_plain_one_is_shown() {
    for code in [
        "error-401",
        "v2.notSupported",
        "E1234",
        "a code of more than forty-eight characters, repeating what it was sent",
    ] {
        let (server, page) = first_page(vec![Reply::error(400, code)]).await;
        let error = page.unwrap_err();
        assert!(matches!(&error, ApiError::Rejected { code, .. } if code == "-"), "{error}");
        assert_eq!(server.gets(), 1);
    }
}

#[tokio::test]
async fn a_missing_scope_is_told_in_both_forms_of_the_error() {
    let bare = Reply::new(403, "", r#"{"error":"invalid_scope"}"#);
    for reply in [bare, Reply::error(403, "invalid_scope")] {
        let error = first_page(vec![reply]).await.1.unwrap_err();
        assert!(matches!(error, ApiError::Forbidden { .. }), "{error}");
    }
    let error = first_page(vec![Reply::error(403, "featureNotEnabled")]).await.1.unwrap_err();
    assert!(matches!(error, ApiError::Rejected { status: 403, .. }), "{error}");
}

#[tokio::test]
async fn a_proxy_that_requires_a_login_is_named_at_once() {
    let (server, page) = first_page(vec![Reply::html(407)]).await;
    let error = page.unwrap_err();
    assert!(
        matches!(error, ApiError::Connection { error: ConnectionError::ServerIsProxy { .. }, .. }),
        "{error}"
    );
    assert_eq!(server.gets(), 1);
}

#[tokio::test]
async fn the_next_page_is_requested_at_the_same_server_whatever_the_link_says() {
    let link = "link: <https://app.360learning.com/api/v2/users?next=2>; rel=\"next\"\r\n";
    let (server, page) = first_page(vec![Reply::new(200, link, "[{\"_id\":\"a\"}]")]).await;
    let next = page.unwrap().next.unwrap();
    assert_eq!(next, server.url.join("/api/v2/users?next=2").unwrap());
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_retried_and_never_the_end_of_a_list() {
    let link = |link: &str| Reply::new(200, &format!("link: {link}\r\n"), "[{\"_id\":\"a\"}]");
    let good = link("</api/v2/users?next=2>; title=\"a \\\"quoted\\\" pair, and more\"; rel=\"next\"");
    for fault in [
        "</api/v2/users?next=2>",
        "</api/v2/users?next=2>; rel='next'",
        "</api/v2/users?next=2>; rel=\"\"",
        "</api/v2/users?next=2>; title=next",
        "</api/v2/users>; rel=next",
        "</api/v2/groups?next=2>; rel=next",
        "\u{e9}\u{ff}<",
    ] {
        let (server, page) = first_page(vec![link(fault), good.clone()]).await;
        assert_eq!(page.unwrap().next.unwrap().query(), Some("next=2"));
        assert_eq!(server.gets(), 2, "{fault}");
    }
}

#[tokio::test]
async fn no_message_holds_the_origin_of_a_link_or_a_header() {
    let link = "link: <https://secret.internal/api/v2/groups?next=2>; rel=\"next\"\r\nx-secret: internal\r\n";
    let server = Server::sequence(vec![Reply::new(200, link, "[]")]).await;
    let (client, mut events) = server.client(Timing { budget: Duration::from_millis(50), ..quick() });
    let error = read(&client, "/users").await.unwrap_err().to_string();
    assert!(error.contains("another path") && !error.contains("internal"), "{error}");
    assert!(!format!("{:?}", events.recv().await).contains("internal"));
}

#[tokio::test]
async fn nothing_listens_is_retried_and_given_up_with_a_sentence() {
    let mut settings = Server::start(|_| None).await.settings();
    settings.origin.set_port(Some(9)).unwrap();
    let (events, _received) = tokio::sync::mpsc::unbounded_channel();
    let timing = Timing { budget: Duration::from_millis(50), ..quick() };
    let client = crate::api::Client::new(&settings, timing, events, false).unwrap();
    let error = read(&client, "/users").await.unwrap_err();
    assert!(matches!(error, ApiError::Exhausted { .. }), "{error}");
}

#[tokio::test]
async fn a_429_is_told_as_a_pause_of_what_the_server_requests() {
    let limited = Reply::new(429, "retry-after: 1\r\n", r#"{"error":"tooManyRequests"}"#);
    let server = Server::sequence(vec![limited, Reply::page("[{}]")]).await;
    let (client, mut events) = server.client(quick());
    let page = client.page(&client.url("/users", ""), Shape::Objects, Priority::FanOut).await.unwrap();
    assert_eq!(rows(&page), ["{}"]);
    let second = Duration::from_secs(1);
    assert!(matches!(events.recv().await.unwrap(), Event::Paused { wait } if wait == second));
    let Event::Retry { path, reason, wait } = events.recv().await.unwrap() else { panic!() };
    assert_eq!((path.as_str(), reason.as_str()), ("/api/v2/users", "HTTP 429 tooManyRequests"));
    assert_eq!(wait, second);
}

#[tokio::test]
async fn clocks_that_differ_by_a_minute_or_by_years_are_reported_and_both_are_known() {
    // The server's says noon of 2 November 2026.
    for (machine, minutes) in [
        ("2026-11-02T12:00:59Z", None),
        ("2026-11-02T12:01:00Z", Some(-1)),
        ("2026-11-02T10:00:00Z", Some(120)),
        ("1970-01-01T00:00:00Z", Some(29_893_680)),
    ] {
        let machine = machine.parse().unwrap();
        let server = Server::start(|_| None).await;
        let (client, mut events) = server.client(Timing { now: Clock::new(move || machine), ..quick() });
        let clocks = client.clocks().await.unwrap();
        let noon = "2026-11-02T12:00:00Z".parse().unwrap();
        assert_eq!(clocks, Clocks { server: Some(noon), machine });
        assert_eq!((clocks.earlier(), clocks.later()), (noon.min(machine), noon.max(machine)));
        let reported = match events.try_recv() {
            Ok(Event::Clocks { minutes_ahead }) => Some(minutes_ahead),
            _ => None,
        };
        assert_eq!(reported, minutes);
    }
}

#[tokio::test]
async fn a_server_without_a_date_leaves_the_machines_clock() {
    let token = r#"{"access_token":"token-1","expires_in":3600}"#;
    let server = Server::start(move |request| request.is_token().then(|| Reply::page(token))).await;
    let (client, mut events) = server.client(quick());
    let clocks = client.clocks().await.unwrap();
    assert_eq!((clocks.server, clocks.earlier()), (None, clocks.later()));
    assert!(matches!(events.recv().await, Some(Event::NoClock)));
}
