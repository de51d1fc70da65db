//! Parents that a list shows and the API does not find: absence is checked, and never becomes an empty table.

use std::time::Duration;

use crate::support::api::{Api, error, page};
use crate::support::{Output, catalog, quick, read_from_with};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

const VALUES: &str = "user_custom_field_values";

/// A sync with delays of milliseconds.
async fn sync(api: &Api, streams: &[&str], mode: &str, before: &Value) -> Output {
    read_from_with(quick(), &api.config(), &catalog(streams, mode), before).await
}

fn last(output: &Output, stream: &str) -> Value {
    (*output.states(stream).last().unwrap()).clone()
}

/// How often the values of this user were requested.
async fn requests_for(api: &Api, user: &str) -> usize {
    let path = format!("/users/{user}/custom-fields/values");
    api.requested().await.iter().filter(|requested| **requested == path).count()
}

fn gone() -> ResponseTemplate {
    error(404, "whateverNotFound")
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_whom_all_are_not_found_are_a_failure_and_no_empty_table() {
    for count in [2, 9, 40] {
        let all: Vec<_> = (1..=count).map(|n| (n, gone())).collect();
        let api = Api::with_users(count, &all).await;
        for mode in ["full_refresh", "incremental"] {
            let output = sync(&api, &[VALUES], mode, &json!([])).await;
            assert_eq!((output.code, output.statuses(VALUES).last()), (1, Some(&"INCOMPLETE")), "{count}");
            let (failure, _, message) = output.only_error();
            assert_eq!(failure, "transient_error");
            let text = format!("listed {count} rows of `users`, and then did not find {count} of them");
            assert!(message.contains(&text), "{message}");
            let mut state = last(&output, VALUES);
            state.as_object_mut().unwrap().remove("readAt");
            assert_eq!(state, json!({}), "everything is read again");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_many_or_one_in_twenty_are_gone_without_a_failure_and_more_are_not() {
    for (count, missing, complete) in [(9, 2, true), (9, 3, false), (60, 3, true), (59, 3, false)] {
        let absent: Vec<_> = (1..=missing).map(|n| (n, gone())).collect();
        let api = Api::with_users(count, &absent).await;
        let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
        assert_eq!(output.code == 0, complete, "{missing} of {count}: {}", output.log());
        assert_eq!(output.records(VALUES).len(), count - missing);
        let text = format!("{missing} of {count}");
        assert_eq!(
            output.logged("INFO").iter().filter(|line| line.contains(&text)).count(),
            1,
            "{}",
            output.log()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_parent_that_is_gone_is_a_warning() {
    for status in [404, 410] {
        let api = Api::with_users(1, &[(1, error(status, "goneForGood"))]).await;
        let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
        output.is_complete(&[VALUES]);
        assert!(output.logged("WARN").iter().any(|line| line.contains("1 of 1")), "{}", output.log());
        assert_eq!(requests_for(&api, "u01").await, 2, "it is requested again before it counts as gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_classroom_that_is_not_found_once_keeps_its_slots() {
    let api = Api::new().await;
    api.get("/classrooms", page(&json!([{"_id": "c1"}, {"_id": "c2"}]))).await;
    api.get("/classrooms/c1/slots", page(&json!([{"_id": "s1"}]))).await;
    api.get_first("/classrooms/c2/slots", 1, error(404, "classroomNotFound")).await;
    api.get("/classrooms/c2/slots", page(&json!([{"_id": "s2"}]))).await;
    let output = sync(&api, &["classroom_slots"], "full_refresh", &json!([])).await;
    let mut ids = output.is_complete(&["classroom_slots"]).ids("classroom_slots");
    ids.sort_unstable();
    assert_eq!(ids, ["s1", "s2"]);
    assert!(!output.log().contains(" of 2"), "{}", output.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_parent_waits_seconds_before_it_is_requested_again() {
    let api = Api::with_users(3, &[(2, gone())]).await;
    let started = std::time::Instant::now();
    api.read(&[VALUES], "full_refresh").is_complete(&[VALUES]);
    assert!(started.elapsed() >= Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(requests_for(&api, "u02").await, 2);
    assert_eq!(requests_for(&api, "u01").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_that_are_archived_or_deleted_by_their_own_row_are_none() {
    let api = Api::new().await;
    let rows = json!([
        {"_id": "u1", "status": "deleted"}, {"_id": "u2", "deleted": true}, {"_id": "u3", "status": "deleted"},
        {"_id": "u4", "status": "active"},
    ]);
    api.get("/users", page(&rows)).await;
    for user in ["u1", "u2", "u3"] {
        api.get(&format!("/users/{user}/custom-fields/values"), error(404, "userNotFound")).await;
    }
    api.get("/users/u4/custom-fields/values", page(&json!([{"customFieldId": "f", "value": "x"}]))).await;
    let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
    assert_eq!(output.is_complete(&[VALUES]).records(VALUES).len(), 1);
    assert!(!output.log().contains(" of 4"), "{}", output.log());
    for user in ["u1", "u2", "u3"] {
        assert_eq!(requests_for(&api, user).await, 1, "it is no surprise");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_missing_parent_hides_is_not_requested() {
    let api = Api::new().await;
    let date = "2026-01-01T00:00:00.000Z";
    let paths: Vec<Value> =
        (1..=3).map(|n| json!({"_id": format!("p{n}"), "status": "published", "modifiedAt": date})).collect();
    api.get("/paths", page(&json!(paths))).await;
    for n in [1, 3] {
        api.get(
            &format!("/paths/p{n}/enrollments"),
            page(&json!([{"_id": format!("e{n}"), "status": "open"}])),
        )
        .await;
    }
    api.get("/paths/p2/enrollments", error(404, "pathNotFound")).await;
    sync(&api, &["path_enrollments"], "full_refresh", &json!([])).await.is_complete(&["path_enrollments"]);
    let requested = api.requested().await;
    let second: Vec<_> = requested.iter().filter(|url| url.starts_with("/paths/p2/")).collect();
    assert_eq!(second, ["/paths/p2/enrollments", "/paths/p2/enrollments"]);
}
