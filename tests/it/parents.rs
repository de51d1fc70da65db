//! Parents that cannot be read, or are gone: what one of them costs, and what it does not.

use std::time::Duration;

use crate::support::api::{Api, error, page};
use crate::support::output::keys;
use crate::support::{Output, ago, catalog, quick, read_from_with, state};
use chrono::TimeDelta;
use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::ResponseTemplate;

const VALUES: &str = "user_custom_field_values";

/// A sync with delays of milliseconds.
async fn sync(api: &Api, streams: &[&str], mode: &str, before: &Value) -> Output {
    sync_with(quick(), api, streams, mode, before).await
}

async fn sync_with(timing: Timing, api: &Api, streams: &[&str], mode: &str, before: &Value) -> Output {
    read_from_with(timing, &api.config(), &catalog(streams, mode), before).await
}

fn last(output: &Output, stream: &str) -> Value {
    (*output.states(stream).last().unwrap()).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_parent_among_many_costs_itself_and_nothing_behind_or_before_it() {
    let api = Api::new().await;
    let paths: Vec<Value> = (1..=60)
        .map(|n| json!({"_id": format!("p{n:02}"), "modifiedAt": "2025-01-01T00:00:00.000Z", "status": "archived"}))
        .collect();
    api.get("/paths", page(&json!(paths))).await;
    for n in 1..=60 {
        let at = format!("/paths/p{n:02}/enrollments");
        let row = |id: &str, at: String| json!({"_id": format!("{id}{n:02}"), "createdAt": at, "status": "archived"});
        let first = row("a", ago(TimeDelta::days(9)));
        let later = row("b", ago(TimeDelta::minutes(2)));
        if n == 10 {
            api.get(&at, error(400, "pathHasNoOwner")).await;
        } else {
            api.get_first(&at, 1, page(&json!([first.clone()]))).await;
            api.get(&at, page(&json!([first, later]))).await;
        }
    }
    let (mut emitted, mut before) = (std::collections::BTreeSet::new(), json!([]));
    for _ in 0..2 {
        let output = sync(&api, &["path_enrollments"], "incremental", &before).await;
        assert_eq!((output.code, output.statuses("path_enrollments").last()), (1, Some(&"INCOMPLETE")));
        let (failure, stream, message) = output.only_error();
        assert_eq!(
            (failure, stream),
            ("config_error", "path_enrollments"),
            "no use in trying it twenty times"
        );
        assert!(
            message.contains("1 of 60 rows of `paths` failed (p10: ") && message.contains("pathHasNoOwner"),
            "{message}"
        );
        assert_eq!(last(&output, "path_enrollments"), json!({}), "the old cursor, and no checkpoint");
        emitted.extend(output.ids("path_enrollments").into_iter().map(str::to_owned));
        before = output.last_states();
    }
    assert_eq!(emitted.len(), 2 * 59, "what came later under the others is there too");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_incremental_stream_keeps_its_cursor_and_loses_its_checkpoint() {
    let api = Api::new().await;
    let rooms = json!([{"_id": "c1"}, {"_id": "c2"}, {"_id": "c3"}]);
    api.get("/classrooms", page(&rooms)).await;
    for n in [1, 3] {
        api.get(&format!("/classrooms/c{n}/registrations"), page(&json!([{"_id": format!("r{n}")}]))).await;
    }
    api.get("/classrooms/c2/registrations", error(409, "conflict")).await;
    let stream = "classroom_registrations";
    let (cursor, previous) = ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z");
    let resume = json!({"after": "c1", "until": "2026-01-03T00:00:00Z", "at": ago(TimeDelta::hours(1))});
    let before = state(stream, json!({"cursor": cursor, "previous": previous, "resume": resume}));
    let output = sync(&api, &[stream], "incremental", &before).await;
    assert_eq!((output.code, output.ids(stream)), (1, vec!["r3"]));
    assert_eq!(last(&output, stream), json!({"cursor": cursor, "previous": previous}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_refresh_with_a_failed_parent_goes_on_before_it_in_the_next_attempt() {
    let api = Api::with_users(6, &[(4, error(400, "userIsOdd"))]).await;
    let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
    assert_eq!((output.code, output.records(VALUES).len()), (1, 5));
    let resume = &last(&output, VALUES)["resume"];
    assert_eq!((&resume["after"], &resume["sync_id"]), (&json!("u03"), &json!(7)));
    let output = sync(&api, &[VALUES], "full_refresh", &output.last_states()).await;
    assert_eq!(output.values(VALUES, "userId").len(), 2, "the first three are not read twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_failed_parents_are_counted_and_the_first_are_named() {
    let refused: Vec<_> = [2, 4, 6, 8].map(|n| (n, error(400, "userIsOdd"))).into();
    let api = Api::with_users(9, &refused).await;
    let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
    assert_eq!(output.records(VALUES).len(), 5);
    let (_, _, message) = output.only_error();
    assert!(message.contains("4 of 9 rows of `users` failed") && message.contains(", …)"), "{message}");
    assert_eq!(message.matches("HTTP 400 userIsOdd").count(), 3, "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_whose_retries_are_exhausted_is_transient_and_the_others_are_read() {
    let api = Api::with_users(5, &[(2, ResponseTemplate::new(500))]).await;
    let timing = Timing { budget: Duration::from_millis(300), ..quick() };
    let output = sync_with(timing, &api, &[VALUES], "full_refresh", &json!([])).await;
    assert_eq!((output.code, output.records(VALUES).len()), (1, 4));
    let (failure, _, message) = output.only_error();
    assert_eq!(failure, "transient_error");
    assert!(message.contains("u02: ") && message.contains("gave up after"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_failures_in_a_row_end_a_stream() {
    let refused: Vec<_> = (1..=90).map(|n| (n, error(400, "userIsOdd"))).collect();
    let api = Api::with_users(90, &refused).await;
    let output = sync(&api, &["users", VALUES], "full_refresh", &json!([])).await;
    assert_eq!(output.statuses("users").last(), Some(&"COMPLETE"));
    let (_, _, message) = output.only_error();
    assert!(message.contains("failed one after the other"), "{message}");
    let requests = api.gets().await.len();
    assert!(requests < 60, "{requests} requests for 90 users who all fail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_row_without_a_usable_id_is_one_failed_parent() {
    for id in [json!(null), json!(7), json!(""), json!("../paths")] {
        let api = Api::new().await;
        api.get(
            "/users",
            page(&json!([{"_id": "u1", "status": "deleted"}, {"_id": id, "status": "active"}])),
        )
        .await;
        api.get("/users/u1/custom-fields/values", page(&json!([{"customFieldId": "f", "value": "x"}]))).await;
        let output = sync(&api, &[VALUES], "full_refresh", &json!([])).await;
        assert_eq!((output.code, output.records(VALUES).len()), (1, 1), "{id}");
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, "system_error");
        assert!(message.contains("1 of 2 rows of `users`") && message.contains("no usable id"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn children_of_an_incomplete_stream_are_read_under_what_was_read_and_keep_their_cursor() {
    let api = Api::new().await;
    api.get("/classrooms", page(&json!([{"_id": "c1"}, {"_id": "c2"}, {"_id": "c3"}]))).await;
    for n in [1, 3] {
        let slots = json!([{"_id": format!("s{n}"), "classroomId": format!("c{n}")}]);
        api.get(&format!("/classrooms/c{n}/slots"), page(&slots)).await;
        let sheets = json!([{"_id": format!("a{n}")}]);
        api.get(&format!("/classroom-slots/s{n}/attendance-sheets"), page(&sheets)).await;
    }
    api.get("/classrooms/c2/slots", error(400, "classroomIsOdd")).await;
    let streams = ["classroom_slots", "attendance_sheets"];
    let cursor = json!({"cursor": "2026-01-01T00:00:00Z"});
    let states = [state(streams[0], cursor.clone()), state(streams[1], cursor)].map(|one| one[0].clone());
    let output = sync(&api, &streams, "incremental", &json!(states)).await;
    assert_eq!(output.code, 1);
    for (stream, expected) in streams.into_iter().zip([["s1", "s3"], ["a1", "a3"]]) {
        assert_eq!(keys(stream, output.records(stream)), expected.map(str::to_owned).into());
    }
    for stream in streams {
        assert_eq!(output.statuses(stream).last(), Some(&"INCOMPLETE"), "{stream}");
        assert_eq!(last(&output, stream)["cursor"], "2026-01-01T00:00:00Z", "{stream}");
        assert!(last(&output, stream)["resume"].is_null(), "{stream}");
    }
    let child = output
        .errors()
        .iter()
        .find(|error| error["stream_descriptor"]["name"] == streams[1])
        .unwrap()["message"]
        .clone();
    assert!(child.as_str().unwrap().contains("is read under `classroom_slots`, which failed"), "{child}");
}

mod features {
    use super::*;

    const FIELDS: &str = "course_custom_field_values";

    /// As many courses; the feature is off for some of them by number.
    async fn courses(count: usize, off: impl Fn(usize) -> bool) -> Api {
        let api = Api::new().await;
        let rows: Vec<Value> = ["archived", "deleted"].into_iter().cycle().take(count).zip(1..)
            .map(|(status, n)| json!({"_id": format!("c{n:02}"), "status": status, "modifiedAt": "2026-01-01T00:00:00.000Z"}))
            .collect();
        api.get("/courses", page(&json!(rows))).await;
        for n in 1..=count {
            let value = page(&json!([{"customFieldId": "f", "type": "string", "value": "x"}]));
            let response = if off(n) { error(400, "courseCustomFieldsNotEnabled") } else { value };
            api.get(&format!("/courses/c{n:02}/custom-fields/values"), response).await;
        }
        api
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_course_that_says_off_after_normal_responses_is_a_failed_parent() {
        for off in [11, 1, 40] {
            let api = courses(40, |n| n == off).await;
            let output = sync(&api, &[FIELDS], "full_refresh", &json!([])).await;
            assert_eq!((output.code, output.records(FIELDS).len()), (1, 39), "course {off}");
            let (_, _, message) = output.only_error();
            assert!(message.contains(&format!("1 of 40 rows of `courses` failed (c{off:02}: ")), "{message}");
            // The next attempt reads what is behind the checkpoint: it may be this course alone.
            let again = sync(&api, &[FIELDS], "full_refresh", &output.last_states()).await;
            assert_eq!((again.code, again.statuses(FIELDS).last()), (1, Some(&"INCOMPLETE")), "course {off}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_feature_is_off_where_the_first_the_middle_and_the_last_course_say_so() {
        let api = courses(40, |_| true).await;
        let output = sync(&api, &[FIELDS], "full_refresh", &json!([])).await;
        assert!(output.is_complete(&[FIELDS]).records(FIELDS).is_empty());
        assert!(
            output.logged("WARN").iter().any(|line| line.contains("is off for your account")),
            "{}",
            output.log()
        );
        let under: Vec<_> =
            api.requested().await.into_iter().filter(|url| url.contains("custom-fields")).collect();
        assert_eq!(under.len(), 3, "{under:?}");
    }
}
