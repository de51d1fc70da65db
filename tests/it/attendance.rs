//! Attendance carries no dates: which slots are read again, and a cursor that never goes back.

use std::sync::{Arc, Mutex};

use crate::support::api::{Api, page, token};
use crate::support::{Output, catalog, quick, read_from_with, state};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

const SHEETS: &str = "attendance_sheets";

fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

/// One classroom with these slots, each with one sheet; the API's clock shows `server`.
async fn classroom(slots: &Arc<Mutex<Vec<Value>>>, server: DateTime<Utc>) -> Api {
    let api = Api::without_token().await;
    let date = httpdate::fmt_http_date(server.into());
    api.token(ResponseTemplate::new(200).insert_header("date", date).set_body_json(token("t"))).await;
    api.get("/classrooms", page(&json!([{"_id": "c1"}]))).await;
    let slots = Arc::clone(slots);
    let slots_now = slots.lock().unwrap().clone();
    for slot in &slots_now {
        let id = slot["_id"].as_str().unwrap();
        api.get(
            &format!("/classroom-slots/{id}/attendance-sheets"),
            page(&json!([{"_id": format!("a-{id}")}])),
        )
        .await;
    }
    let list = Mock::given(method("GET")).and(path("/api/v2/classrooms/c1/slots"));
    list.respond_with(move |_: &wiremock::Request| page(&json!(*slots.lock().unwrap()))).mount(&api.0).await;
    api
}

fn slot(id: &str, end: &str) -> Value {
    json!({"_id": id, "classroomId": "c1", "endDate": end, "createdAt": "2025-01-01T00:00:00.000Z", "modifiedAt": "2025-01-01T00:00:00.000Z"})
}

/// A sync while the machine's clock shows noon.
async fn sync(api: &Api, before: &Value) -> Output {
    let timing = Timing { now: Clock::new(noon), ..quick() };
    read_from_with(timing, &api.config(), &catalog(&[SHEETS], "incremental"), before).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_moved_to_an_earlier_date_comes_with_a_later_cursor() {
    let slots = Arc::new(Mutex::new(vec![slot("s1", "2026-12-24T17:00:00.000Z")]));
    let mut before = json!([]);
    let mut seen: Vec<(String, String)> = Vec::new();
    for day in 0..3 {
        if day == 1 {
            let mut slots = slots.lock().unwrap();
            slots[0]["endDate"] = json!("2026-10-01T17:00:00.000Z");
            slots[0]["modifiedAt"] = json!("2026-11-03T08:00:00.000Z");
        }
        let api = classroom(&slots, noon() + TimeDelta::days(day)).await;
        let output = sync(&api, &before).await;
        let row = output.is_complete(&[SHEETS]).records(SHEETS)[0];
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        seen.push((text("readAt"), text("classroomSlotEndDate")));
        before = output.last_states();
    }
    let expected = [
        ("2026-11-02T12:00:00.000Z", "2026-12-24T17:00:00.000Z"),
        ("2026-11-03T12:00:00.000Z", "2026-10-01T17:00:00.000Z"),
        ("2026-11-04T12:00:00.000Z", "2026-10-01T17:00:00.000Z"),
    ];
    assert_eq!(seen.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_moves_no_cursor_back_not_even_in_a_full_refresh() {
    let slots = Arc::new(Mutex::new(vec![slot("s1", "2026-12-24T17:00:00.000Z")]));
    let stored = "2026-11-02T18:00:00Z";
    let at = "2026-11-02T11:30:00Z";
    for blob in [
        json!({"cursor": "2026-11-01T12:00:00Z", "readAt": stored}),
        json!({"readAt": stored, "resume": {"after": "r", "sync_id": 7, "at": at}}),
    ] {
        for mode in ["incremental", "full_refresh"] {
            let api = classroom(&slots, noon()).await;
            let timing = Timing { now: Clock::new(noon), ..quick() };
            let output = read_from_with(
                timing,
                &api.config(),
                &catalog(&[SHEETS], mode),
                &state(SHEETS, blob.clone()),
            )
            .await;
            let read_at = output.is_complete(&[SHEETS]).values(SHEETS, "readAt");
            assert_eq!(read_at, ["2026-11-02T18:00:00.000Z"], "{mode} {blob}");
            if mode == "incremental" {
                assert_eq!(output.states(SHEETS).last().unwrap()["readAt"], stored);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_clock_is_when_a_row_was_read_and_the_earlier_one_is_the_cursor() {
    let slots = Arc::new(Mutex::new(vec![slot("s1", "2026-12-24T17:00:00.000Z")]));
    let api = classroom(&slots, noon() + TimeDelta::hours(3)).await;
    let output = sync(&api, &json!([])).await;
    assert_eq!(output.is_complete(&[SHEETS]).values(SHEETS, "readAt"), ["2026-11-02T15:00:00.000Z"]);
    let expected = json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-02T12:00:00Z", "readAt": "2026-11-02T15:00:00Z"});
    assert_eq!(output.states(SHEETS).last().unwrap(), &&expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_that_ended_long_ago_are_read_again_only_if_they_changed_or_carry_no_date() {
    let changed = |id: &str, field: &str| {
        let mut slot = slot(id, "2026-01-01T00:00:00.000Z");
        slot[field] = json!("2026-11-01T12:00:01.000Z");
        slot
    };
    let mut undated = slot("undated", "2026-01-01T00:00:00.000Z");
    undated.as_object_mut().unwrap().remove("endDate");
    let slots = vec![
        slot("future", "2027-01-01T00:00:00.000Z"),
        slot("lookback", "2026-08-03T12:00:00.000Z"),
        slot("old", "2026-08-03T11:49:59.999Z"),
        changed("modified", "modifiedAt"),
        changed("created", "createdAt"),
        undated,
    ];
    let api = classroom(&Arc::new(Mutex::new(slots)), noon()).await;
    let before = state(SHEETS, json!({"cursor": "2026-11-01T12:00:00Z", "previous": "2026-11-01T12:00:00Z"}));
    let output = sync(&api, &before).await;
    let mut read = output.is_complete(&[SHEETS]).values(SHEETS, "classroomSlotId");
    read.sort_unstable();
    assert_eq!(read, ["created", "future", "lookback", "modified", "undated"]);
    let requested = api.requested().await;
    assert!(!requested.iter().any(|url| url.contains("/old/")), "{requested:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_of_the_slot_that_is_none_is_null_on_its_sheets_and_says_so() {
    let slot = json!({"_id": "s1", "endDate": "24/12/2026", "createdAt": "", "modifiedAt": "2026-01-01T00:00:00.000Z"});
    let api = classroom(&Arc::new(Mutex::new(vec![slot])), noon()).await;
    let output = api.read(&[SHEETS], "full_refresh");
    output.is_complete(&[SHEETS]);
    let record = output.all("RECORD")[0].clone();
    assert_eq!(record["data"]["classroomSlotEndDate"], json!(null));
    assert_eq!(record["data"]["classroomSlotCreatedAt"], json!(null));
    assert_eq!(record["data"]["classroomSlotModifiedAt"], "2026-01-01T00:00:00.000Z");
    let changes = record["meta"]["changes"].as_array().unwrap();
    let fields: Vec<&str> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["classroomSlotEndDate", "classroomSlotCreatedAt"]);
    assert!(
        output.log().contains("`classroomSlotEndDate` held no valid date in 1 records"),
        "{}",
        output.log()
    );
}
