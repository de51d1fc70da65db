//! What goes wrong on request, as a client sees it.

use std::time::Duration;

use clap::{Parser as _, ValueEnum as _};
use sandbox_360learning::{Fault, FaultKind, Options, Sandbox};
use serde_json::{Value, json};

use crate::client::{Answer, Client, credentials};
use crate::{open, start};

/// The response to a GET with this fault.
async fn faulty(fault: &str, path: &str) -> Answer {
    let faults = vec![format!("{fault}=1").parse().unwrap()];
    let (_sandbox, client) = start(Options { faults, ..open() }).await;
    client.get(path)
}

#[tokio::test]
async fn a_response_fails_in_its_own_way() {
    let users = async |fault: &str| faulty(fault, "/users").await;
    assert_eq!(users("500").await.status, 500);
    assert_eq!(users("503").await.status, 503);
    assert_eq!(users("429").await.header("retry-after"), None);
    assert_eq!(users("429-retry-after").await.header("retry-after"), Some("1"));
    let dated = users("429-date").await;
    let at = |name: &str| dated.header(name).unwrap().to_owned();
    assert_eq!(
        (at("date").as_str(), at("retry-after").as_str()),
        ("Mon, 02 Nov 2026 08:00:00 GMT", "Mon, 02 Nov 2026 08:00:01 GMT")
    );
    for (fault, status) in [("502-html", 502), ("504-html", 504), ("html", 200)] {
        let page = users(fault).await;
        assert!(page.status == status && page.body.starts_with("<!DOCTYPE html>"), "{fault}");
    }
    let length = |answer: &Answer| answer.header("content-length").unwrap().parse::<usize>().unwrap();
    for fault in ["truncated", "invalid"] {
        let cut = users(fault).await;
        assert_eq!((cut.status, length(&cut)), (200, cut.body.len()));
        assert!(serde_json::from_str::<Value>(&cut.body).is_err(), "{fault}");
    }
    let reset = users("reset").await;
    assert!(reset.status == 200 && !reset.body.is_empty() && length(&reset) > reset.body.len());
    assert!(!users("trickle").await.rows().is_empty());
}

#[tokio::test]
async fn a_connection_may_close_or_hang_before_the_first_byte() {
    for fault in ["reset-early=1", "hang=1"] {
        let (_sandbox, mut client) = start(Options { faults: vec![fault.parse().unwrap()], ..open() }).await;
        client.patience = Duration::from_secs(2);
        assert_eq!(client.get("/users").head, "", "{fault}");
    }
}

#[tokio::test]
async fn an_error_may_repeat_the_token_that_it_was_sent() {
    let echo = faulty("echo", "/users").await;
    let header = echo.header("x-echo").unwrap();
    let token = header.strip_prefix("Bearer ").unwrap();
    assert!(token.starts_with("sandbox-token-"));
    assert_eq!(echo.json()["error"]["code"], token);
    assert!(echo.json()["error"]["message"].as_str().unwrap().starts_with(header));
}

#[tokio::test]
async fn an_empty_page_leads_to_the_rows_that_it_should_have() {
    let faults = vec!["empty-page=1".parse().unwrap()];
    let (sandbox, client) = start(Options { faults, ..open() }).await;
    assert_eq!(client.get("/courses/stats").body, "[]");
    let (rows, pages) = client.list("/courses/stats");
    assert_eq!((rows.len(), pages), (sandbox.count("course_stats"), 6));
    // A refusal stays one.
    assert_eq!(client.get("/users/000000000000000000000000/roles").status, 404);
}

#[tokio::test]
async fn a_link_may_lead_nowhere_in_a_circle_or_away() {
    let link =
        async |fault: &str| faulty(fault, "/groups").await.header("link").unwrap_or_default().to_owned();
    assert!(link("link-loop").await.ends_with("/api/v2/groups?again=1>; rel=\"next\""));
    let away = faulty("foreign-link", "/courses/stats").await;
    assert!(away.header("link").unwrap().starts_with("<http://127.0.0.1:9/api/v2/courses/stats?"));
    assert_eq!(faulty("foreign-link", "/groups").await.header("link"), None, "there is no next page");
    assert_eq!(faulty("expired-next", "/groups").await.status, 200);
    let expired = faulty("expired-next", "/groups?next=1").await;
    assert_eq!((expired.status, &expired.json()["error"]["code"]), (400, &json!("invalidNextToken")));
}

#[tokio::test]
async fn a_fault_may_concern_one_endpoint_only() {
    let faults = vec!["500=1@/users/{userId}/roles".parse().unwrap()];
    let (sandbox, client) = start(Options { faults, ..open() }).await;
    let user = sandbox.truth("users")[0]["_id"].as_str().unwrap().to_owned();
    assert_eq!(client.get("/users").status, 200);
    assert_eq!(client.get(&format!("/users/{user}/roles")).status, 500);
    assert!("500=1@/nowhere".parse::<Fault>().unwrap_err().contains("not an endpoint"));
}

#[tokio::test]
async fn every_fault_has_a_name_of_its_own() {
    for &kind in FaultKind::value_variants() {
        assert_eq!(format!("{kind}=0.5").parse::<Fault>().unwrap(), Fault { kind, rate: 0.5, only: None });
    }
    for wrong in ["500", "500=2", "500=x", "teapot=0.1", "500=0.1@/nowhere"] {
        assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
    }
    let error = "teapot=1".parse::<Fault>().unwrap_err();
    assert!(FaultKind::value_variants().iter().all(|kind| error.contains(&kind.to_string())), "{error}");
}

#[tokio::test]
async fn a_fault_strikes_at_its_rate_and_the_same_way_each_time() {
    let statuses = async || {
        let faults = ["500=0.1", "503=0.05"].map(|fault| fault.parse().unwrap()).to_vec();
        let (_sandbox, client) = start(Options { faults, ..open() }).await;
        (0..2_000).map(|n| client.get(&format!("/tags/{}", n / 2)).status).collect::<Vec<u16>>()
    };
    let first = statuses().await;
    assert_eq!(first, statuses().await);
    let count = |status| first.iter().filter(|hit| **hit == status).count();
    assert!((150..250).contains(&count(500)), "{}", count(500));
    assert!((60..140).contains(&count(503)), "{}", count(503));
}

#[tokio::test]
async fn tokens_are_revoked_all_at_once_and_the_next_may_take_a_while() {
    let options = Options { revoke_every_requests: Some(3), ..open() };
    let (_sandbox, client) = start(options).await;
    assert_eq!([(); 4].map(|()| client.get("/groups").status), [200, 200, 200, 401]);

    let sandbox = Sandbox::start(Options { token_failures: 2, ..open() }).await.unwrap();
    let client = Client::without_token(&sandbox);
    assert_eq!([(); 6].map(|()| client.token(&credentials()).status), [503, 503, 200, 503, 503, 200]);
    assert_eq!((sandbox.tokens().len(), sandbox.requests().tokens), (2, 2));
}

#[tokio::test]
async fn a_parent_may_vanish_while_lists_still_show_it() {
    let (sandbox, client) = start(open()).await;
    let slot = sandbox.truth("classroom_slots")[0].clone();
    let id = slot["_id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/classroom-slots/{id}/attendance-sheets")).status, 200);
    assert_eq!(client.send("POST", &format!("/__sandbox/vanish/{id}"), &[], "").status, 204);
    let gone = client.get(&format!("/classroom-slots/{id}/attendance-sheets"));
    assert_eq!((gone.status, &gone.json()["error"]["code"]), (404, &json!("classroomSlotNotFound")));
    let slots = client.get(&format!("/classrooms/{}/slots", slot["classroomId"].as_str().unwrap())).rows();
    assert!(slots.iter().any(|row| row["_id"] == id));
}

#[tokio::test]
async fn a_day_may_pass_in_the_middle_and_the_date_header_may_be_wrong() {
    let options = Options { change_after_requests: Some(2), date_skew_seconds: -3600, ..open() };
    let (sandbox, client) = start(options).await;
    let dates = [(); 3].map(|()| client.get("/groups").header("date").unwrap().to_owned());
    let day = |day| format!("{day} Nov 2026 07:00:00 GMT");
    assert_eq!(dates, [day("Mon, 02"), day("Tue, 03"), day("Tue, 03")]);
    assert_eq!((sandbox.changes().len(), sandbox.clock().as_str()), (1, "2026-11-03T08:00:00.000Z"));
}

#[tokio::test]
async fn an_id_that_no_row_has_cannot_vanish() {
    let (_sandbox, client) = start(open()).await;
    for id in ["000000000000000000000000", "slot"] {
        assert_eq!(client.send("POST", &format!("/__sandbox/vanish/{id}"), &[], "").status, 404, "{id}");
    }
}

#[test]
fn an_option_without_effect_or_out_of_bounds_is_refused() {
    #[derive(clap::Parser)]
    struct Arguments {
        #[command(flatten)]
        options: Options,
    }
    let parse = |option: &str| Arguments::try_parse_from(["sandbox", option]).map(|parsed| parsed.options);
    assert_eq!(parse("--missing-scope=users:read").unwrap().missing_scopes, ["users:read"]);
    assert_eq!(parse("--date-skew-seconds=-3600").unwrap().date_skew_seconds, -3600);
    for wrong in [
        "--missing-scope=user:read",
        "--missing-scope=",
        "--feature-off=skill",
        "--date-skew-seconds=31536001",
        "--date-skew-seconds=-9223372036854775808",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}
