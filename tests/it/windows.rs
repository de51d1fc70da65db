//! Which rows an incremental sync emits, and which state it leaves: windows have a beginning and no end.

use std::sync::{Arc, Mutex};

use crate::support::api::{Api, page, token};
use crate::support::{Output, ago, catalog, quick, read_from_with, state};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use source_360learning::api::{Clock, Timing};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

/// Both clocks in these tests, unless one is moved.
fn noon() -> DateTime<Utc> {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

fn at(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A sync of one stream at this moment, by both clocks.
async fn sync(api: &Api, stream: &str, now: DateTime<Utc>, before: &Value) -> Output {
    let timing = Timing { now: Clock::new(move || now), ..quick() };
    read_from_with(timing, &api.config(), &catalog(&[stream], "incremental"), before).await
}

/// A server whose responses carry no date, so that the machine's clock is the only one; `rows` may change.
async fn server(at: &str, rows: &Arc<Mutex<Vec<Value>>>) -> Api {
    let api = Api::without_token().await;
    // A date that is not readable is none.
    api.token(ResponseTemplate::new(200).insert_header("date", "-").set_body_json(token("t"))).await;
    let rows = Arc::clone(rows);
    let list = Mock::given(method("GET")).and(path(format!("/api/v2{at}")));
    list.respond_with(move |_: &wiremock::Request| page(&json!(*rows.lock().unwrap()))).mount(&api.0).await;
    api
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_touched_just_before_or_during_a_sync_or_later_is_in_this_sync() {
    let rows: Vec<Value> = [-61, -59, -1, 0, 30, 86_400]
        .iter()
        .map(|seconds| json!({"_id": seconds.to_string(), "modifiedAt": at(noon() + TimeDelta::seconds(*seconds))}))
        .collect();
    for (stream, list) in [("path_sessions", "/paths/sessions"), ("classrooms", "/classrooms")] {
        let api = server(list, &Arc::new(Mutex::new(rows.clone()))).await;
        for before in [json!([]), state(stream, json!({"cursor": "2026-11-01T12:00:00Z"}))] {
            let output = sync(&api, stream, noon(), &before).await;
            let ids = output.is_complete(&[stream]).ids(stream);
            assert_eq!(ids, ["-61", "-59", "-1", "0", "30", "86400"], "{stream}");
            assert_eq!(output.states(stream)[0]["cursor"], "2026-11-02T12:00:00Z", "only the state stops");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_emitted_by_two_syncs_and_by_no_third() {
    let rows = Arc::new(Mutex::new(Vec::new()));
    let api = server("/classrooms", &rows).await;
    let mut states = json!([]);
    let mut emitted = Vec::new();
    for day in 0..5 {
        let now = noon() + TimeDelta::days(day);
        if day == 1 {
            rows.lock().unwrap().push(json!({"_id": "c1", "modifiedAt": at(now - TimeDelta::hours(1))}));
        }
        let output = sync(&api, "classrooms", now, &states).await;
        emitted.push(output.is_complete(&["classrooms"]).records("classrooms").len());
        states = output.last_states();
    }
    assert_eq!(emitted, [0, 1, 1, 0, 0]);
    let expected = json!({"cursor": "2026-11-06T12:00:00Z", "previous": "2026-11-05T12:00:00Z"});
    assert_eq!(states[0]["stream"]["stream_state"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_becomes_visible_nine_minutes_late_is_emitted_by_the_next_sync() {
    // The first sync, and one after a sync that had nothing before it: no `previous` helps there.
    for cursor in [
        json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-02T12:00:00Z"}),
        json!({"cursor": "2026-11-02T12:00:00Z"}),
    ] {
        let late = json!({"_id": "c1", "modifiedAt": "2026-11-02T11:51:00.000Z"});
        let old = json!({"_id": "c2", "modifiedAt": "2026-11-02T11:49:59.999Z"});
        let api = server("/classrooms", &Arc::new(Mutex::new(vec![late, old]))).await;
        let output =
            sync(&api, "classrooms", noon() + TimeDelta::hours(1), &state("classrooms", cursor)).await;
        assert_eq!(output.is_complete(&["classrooms"]).ids("classrooms"), ["c1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_syncs_within_a_second_do_not_shorten_the_window() {
    let api = server("/classrooms", &Arc::new(Mutex::new(Vec::new()))).await;
    let before =
        state("classrooms", json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-01T12:00:00Z"}));
    let output = sync(&api, "classrooms", noon(), &before).await;
    let state = output.is_complete(&["classrooms"]).states("classrooms")[0].clone();
    assert_eq!(state, json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-01T12:00:00Z"}));
}

/// Pages by offset, of rows that an edit moves out of every list filtered by an upper bound.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_edited_between_two_pages_shifts_no_other_row_out_of_a_filtered_list() {
    let now = noon();
    let early = at(now - TimeDelta::hours(1));
    let rows: Arc<Mutex<Vec<Value>>> =
        Arc::new(Mutex::new((0..4).map(|n| json!({"_id": n.to_string(), "modifiedAt": early})).collect()));
    let api = Api::new().await;
    let list = Mock::given(method("GET")).and(path("/api/v2/paths/sessions"));
    list.respond_with(move |request: &wiremock::Request| {
        let mut rows = rows.lock().unwrap();
        let query: std::collections::BTreeMap<String, String> =
            request.url.query_pairs().into_owned().collect();
        let until = query.get("modifiedAt[lt]").cloned().unwrap_or("9".to_owned());
        let listed: Vec<Value> =
            rows.iter().filter(|row| row["modifiedAt"].as_str().unwrap() < until.as_str()).cloned().collect();
        let offset: usize = query.get("offset").map_or(0, |offset| offset.parse().unwrap());
        let response = page(&json!(listed.iter().skip(offset).take(2).collect::<Vec<_>>()));
        // The first row is edited: its date is now.
        rows[0]["modifiedAt"] = json!(at(now + TimeDelta::seconds(1)));
        if offset + 2 >= listed.len() {
            return response;
        }
        let filters = request.url.query().unwrap_or_default().split("&offset").next().unwrap();
        let link = format!("</api/v2/paths/sessions?{filters}&offset={}>; rel=\"next\"", offset + 2);
        response.insert_header("link", link.as_str())
    })
    .mount(&api.0)
    .await;
    let before = state("path_sessions", json!({"cursor": at(now - TimeDelta::days(1))}));
    let output = sync(&api, "path_sessions", now, &before).await;
    assert_eq!(output.is_complete(&["path_sessions"]).ids("path_sessions"), ["0", "1", "2", "3"]);
}

/// Six paths, each with an enrollment of three days ago.
async fn enrolled_three_days_ago() -> Api {
    let api = Api::new().await;
    let paths: Vec<Value> = (1..=6)
        .map(|n| json!({"_id": format!("p{n}"), "modifiedAt": "2026-01-01T00:00:00.000Z", "status": "archived"}))
        .collect();
    api.get("/paths", page(&json!(paths))).await;
    for n in 1..=6 {
        let row =
            json!([{"_id": format!("e{n}"), "createdAt": ago(TimeDelta::days(3)), "status": "archived"}]);
        api.get(&format!("/paths/p{n}/enrollments"), page(&row)).await;
    }
    api
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_continues_another_emits_what_changed_since_that_one_began() {
    let api = enrolled_three_days_ago().await;
    let (cursor, until) = (ago(TimeDelta::days(8)), ago(TimeDelta::days(7)));
    let resume = json!({"until": until, "after": "p2", "at": ago(TimeDelta::hours(20))});
    let before = state("path_enrollments", json!({"cursor": cursor, "previous": cursor, "resume": resume}));
    let output = api.read_from(&before, &["path_enrollments"]);
    let mut ids = output.is_complete(&["path_enrollments"]).ids("path_enrollments");
    ids.sort_unstable();
    assert_eq!(ids, ["e3", "e4", "e5", "e6"], "those of the first two paths come with the next sync");
    let last = (*output.states("path_enrollments").last().unwrap()).clone();
    assert_eq!(last["cursor"].as_str().unwrap()[..19], until[..19], "the state of the interrupted sync");

    let output = api.read_from(&output.last_states(), &["path_enrollments"]);
    assert_eq!(output.is_complete(&["path_enrollments"]).records("path_enrollments").len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_older_than_a_day_or_without_a_date_is_dropped() {
    let (cursor, until) = (ago(TimeDelta::days(8)), ago(TimeDelta::days(7)));
    for at in [json!(ago(TimeDelta::hours(25))), json!(null)] {
        let api = enrolled_three_days_ago().await;
        let resume = json!({"until": until, "after": "p2", "at": at});
        let before = state("path_enrollments", json!({"cursor": cursor, "resume": resume}));
        let output = api.read_from(&before, &["path_enrollments"]);
        assert_eq!(output.is_complete(&["path_enrollments"]).records("path_enrollments").len(), 6);
        assert!(output.log().contains("more than a day away"), "{}", output.log());
        let last = (*output.states("path_enrollments").last().unwrap()).clone();
        assert!(last["cursor"].as_str().unwrap() > until.as_str() && last["resume"].is_null(), "{last}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_ahead_of_both_clocks_is_read_as_none_and_replaced_unless_it_is_far_ahead() {
    let rows = Arc::new(Mutex::new(vec![json!({"_id": "c1", "modifiedAt": "2025-01-01T00:00:00.000Z"})]));
    let api = server("/classrooms", &rows).await;
    let soon =
        state("classrooms", json!({"cursor": "2027-11-02T11:59:59Z", "previous": "2027-01-01T00:00:00Z"}));
    let output = sync(&api, "classrooms", noon(), &soon).await;
    assert_eq!(output.is_complete(&["classrooms"]).ids("classrooms"), ["c1"]);
    let own = json!({"cursor": "2026-11-02T12:00:00Z", "previous": "2026-11-02T12:00:00Z"});
    assert_eq!(*output.states("classrooms").last().unwrap(), &own);
    assert!(
        output.logged("WARN").iter().any(|text| text.contains("everything is read again")),
        "{}",
        output.log()
    );

    let far = json!({"cursor": "2027-11-02T12:00:00Z"});
    let requested = api.gets().await.len();
    let output = sync(&api, "classrooms", noon(), &state("classrooms", far.clone())).await;
    assert!(output.is_complete(&["classrooms"]).records("classrooms").is_empty());
    assert_eq!(output.states("classrooms"), [&far]);
    assert!(output.logged("WARN").iter().any(|text| text.contains("nothing is read")), "{}", output.log());
    assert_eq!(api.gets().await.len(), requested, "nothing is requested");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_pushed_over_a_pages_edge_in_a_first_sync_comes_with_the_second() {
    let api = Api::new().await;
    let row = |id: &str| json!({"_id": id, "createdAt": "2020-01-01T00:00:00.000Z"});
    let link = "</api/v2/classrooms?next=2>; rel=\"next\"";
    api.get_first("/classrooms", 1, page(&json!([row("c1")])).insert_header("link", link)).await;
    // The next page is an offset: c1 left the list meanwhile, so c2 is on the first page now.
    api.get_first("/classrooms", 1, page(&json!([row("c3")]))).await;
    api.get("/classrooms", page(&json!([row("c2"), row("c3")]))).await;
    let first = sync(&api, "classrooms", noon(), &json!([])).await;
    assert_eq!(first.states("classrooms")[0]["previous"], "1970-01-01T00:00:00Z");
    let second = sync(&api, "classrooms", noon() + TimeDelta::hours(1), &first.last_states()).await;
    let ids: Vec<_> = second.records("classrooms").iter().map(|row| row["_id"].clone()).collect();
    assert_eq!(ids, ["c2", "c3"]);
    let third = sync(&api, "classrooms", noon() + TimeDelta::hours(2), &second.last_states()).await;
    assert!(third.records("classrooms").is_empty());
}
