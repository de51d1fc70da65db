//! What a sync could not see: its children, the attempt that continues it and the next sync must know it.

use crate::support::api::{Api, error, page};
use crate::support::{Output, catalog, quick, read_from_with, state};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use wiremock::ResponseTemplate;

const REGISTRATIONS: &str = "classroom_registrations";
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// A sync with delays of milliseconds, so many days after the first one.
async fn sync(day: i64, api: &Api, streams: &[&str], mode: &str, before: &Value) -> Output {
    let now: DateTime<Utc> = "2026-11-02T12:00:00Z".parse().unwrap();
    let timing = Timing { now: Clock::new(move || now + TimeDelta::days(day)), ..quick() };
    read_from_with(timing, &api.config(), &catalog(streams, mode), before).await
}

fn last(output: &Output, stream: &str) -> Value {
    (*output.states(stream).last().unwrap()).clone()
}

/// The checkpoint of a stream that was interrupted behind it.
fn checkpoint(output: &Output, stream: &str) -> Value {
    let states = output.states(stream);
    let found = states.iter().find(|state| !state["resume"].is_null());
    state(stream, (**found.unwrap_or_else(|| panic!("no checkpoint: {states:?}"))).clone())
}

/// A server with sixty classrooms of an old registration each; `odd` responds for the tenth instead, as often as given.
async fn classrooms(odd: ResponseTemplate, times: u64) -> Api {
    let api = Api::new().await;
    let rows: Vec<Value> = (1..=60).map(|n| json!({"_id": format!("c{n:02}")})).collect();
    api.get("/classrooms", page(&json!(rows))).await;
    for n in 1..=60 {
        let at = format!("/classrooms/c{n:02}/registrations");
        if n == 10 {
            api.get_first(&at, times, odd.clone()).await;
        }
        let row = json!({"_id": format!("r{n:02}"), "createdAt": "2020-01-01T00:00:00.000Z", "status": "published"});
        api.get(&at, page(&json!([row]))).await;
    }
    api
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_first_sync_missed_comes_with_all_that_is_below_it_in_the_second() {
    let moment = error(404, "classroomNotFound");
    let link = r#"</api/v2/classrooms/c1/slots?next=2>; rel="next""#;
    // A classroom that is not found for a moment, and a slot that slips over the edge of a page.
    let rows = |ids: &[&str]| {
        let dated = |id: &&str| {
            json!({"_id": id, "startDate": "2019-01-01T08:00:00.000Z", "endDate": "2019-01-01T10:00:00.000Z",
            "updatedAt": "2019-01-01T08:00:00.000Z", "createdAt": "2019-01-01T08:00:00.000Z"})
        };
        page(&json!(ids.iter().map(dated).collect::<Vec<_>>()))
    };
    for first in [vec![moment.clone(), moment], vec![rows(&["s0"]).insert_header("link", link), rows(&[])]] {
        let api = Api::new().await;
        api.get("/classrooms", page(&json!([{"_id": "c1"}, {"_id": "c2"}, {"_id": "c3"}]))).await;
        for response in first {
            api.get_first("/classrooms/c1/slots", 1, response).await;
        }
        api.get("/classrooms/c1/slots", rows(&["s0", "s1"])).await;
        for room in ["c2", "c3"] {
            api.get(&format!("/classrooms/{room}/slots"), rows(&[])).await;
        }
        for slot in ["s0", "s1"] {
            let sheets = format!("/classroom-slots/{slot}/attendance-sheets");
            api.get(&sheets, page(&json!([{"_id": format!("sheet_{slot}")}]))).await;
            let lines = format!("{sheets}/sheet_{slot}/attendances");
            api.get(&lines, page(&json!([{"_id": format!("line_{slot}")}]))).await;
        }
        let streams = ["classroom_slots", "attendance_sheets", "attendances"];
        let first = sync(0, &api, &streams, "incremental", &json!([])).await;
        assert!(!first.is_complete(&streams).ids("attendances").contains(&"line_s1"));
        for stream in streams {
            assert_eq!(last(&first, stream)["previous"], EPOCH, "{stream}");
        }
        let second = sync(1, &api, &streams, "incremental", &first.last_states()).await;
        assert!(second.is_complete(&streams).ids("attendances").contains(&"line_s1"), "{}", second.log());
        let third = sync(2, &api, &streams, "incremental", &second.last_states()).await;
        assert!(third.is_complete(&streams).ids("attendances").is_empty(), "once is enough");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_classroom_that_was_not_found_before_an_interruption_comes_with_the_sync_after_the_resumed_one() {
    let api = classrooms(error(404, "classroomNotFound"), 2).await;
    let first = sync(0, &api, &[REGISTRATIONS], "incremental", &json!([])).await;
    let resumed = sync(0, &api, &[REGISTRATIONS], "incremental", &checkpoint(&first, REGISTRATIONS)).await;
    assert!(
        resumed.is_complete(&[REGISTRATIONS]).records(REGISTRATIONS).len() < 20,
        "it goes on behind the mark"
    );
    assert_eq!(last(&resumed, REGISTRATIONS)["previous"], EPOCH);
    // A client may change what it does not know.
    let mut odd = checkpoint(&first, REGISTRATIONS);
    odd[0]["stream"]["stream_state"]["resume"]["is_doubtful"] = Value::Null;
    let odd = sync(0, &api, &[REGISTRATIONS], "incremental", &odd).await;
    assert_eq!(last(odd.is_complete(&[REGISTRATIONS]), REGISTRATIONS)["previous"], EPOCH);
    let next = sync(1, &api, &[REGISTRATIONS], "incremental", &resumed.last_states()).await;
    assert!(next.is_complete(&[REGISTRATIONS]).ids(REGISTRATIONS).contains(&"r10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_key_is_never_behind_a_checkpoint() {
    for mode in ["full_refresh", "incremental"] {
        let api = classrooms(page(&json!([{"status": "published"}])), 99).await;
        let output = sync(1, &api, &[REGISTRATIONS], mode, &json!([])).await;
        assert_eq!((output.code, output.records(REGISTRATIONS).len()), (1, 59));
        for state in output.states(REGISTRATIONS) {
            let after = state["resume"]["after"].as_str().unwrap_or_default();
            assert!(after < "c10", "{mode}: an attempt from here would be complete without a word: {state}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_off_moves_no_cursor_so_that_old_rows_come_once_it_is_on() {
    let api = Api::new().await;
    api.get_first("/skills", 2, error(400, "skillSolutionNotEnabled")).await;
    let (old, new) = ("2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z");
    api.get("/skills", page(&json!([{"_id": "old", "updatedAt": old}, {"_id": "new", "updatedAt": new}])))
        .await;
    let first = sync(0, &api, &["skills"], "incremental", &json!([])).await;
    assert!(first.is_complete(&["skills"]).records("skills").is_empty());
    let cursor = json!({"cursor": "2026-10-20T00:00:00Z", "previous": "2026-10-19T00:00:00Z"});
    let kept = sync(0, &api, &["skills"], "incremental", &state("skills", cursor.clone())).await;
    assert_eq!(last(kept.is_complete(&["skills"]), "skills"), cursor);
    for (before, expected) in [(first.last_states(), vec!["old", "new"]), (kept.last_states(), vec!["new"])] {
        let output = sync(1, &api, &["skills"], "incremental", &before).await;
        assert_eq!(output.is_complete(&["skills"]).ids("skills"), expected);
    }
}
