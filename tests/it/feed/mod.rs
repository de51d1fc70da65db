//! Incremental syncs that visit only the users who changed, and when they visit all.

mod costs;
mod kills;
mod log;

use std::collections::BTreeSet;

use crate::support::api::error;
use crate::support::feed::{AWARDED, CERTIFICATES, Story, UPDATED, VALUES, object_id};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Asserts that all users were visited, for a reason that one line of the log gives.
fn visits_all(story: &Story, output: &crate::support::Output, reason: &str) {
    let users: BTreeSet<String> = story.tenant().users.keys().cloned().collect();
    assert_eq!(story.visited(), users, "{reason}");
    let lines = output.logged("INFO");
    let lines: Vec<_> = lines.iter().filter(|line| line.contains("are visited, because ")).collect();
    assert!(lines.len() == 1 && lines[0].contains(reason), "{reason}: {lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_day_visits_no_user() {
    let mut story = Story::after_a_first_sync(200).await;
    let output = story.sync().await;
    let subscription = story.tenant().subscriptions[0]["_id"].as_str().unwrap().to_owned();
    story.requested.sort();
    assert_eq!(
        story.requested,
        [
            "/custom-fields".to_owned(),
            "/users".to_owned(),
            "/users?status[eq]=deleted".to_owned(),
            "/users?status[eq]=deleted".to_owned(),
            "/webhooks/subscriptions".to_owned(),
            // From the start of the last sync, less an hour.
            format!("/webhooks/subscriptions/{subscription}/events?createdAt[gte]=2026-11-02T02:00:00.000Z"),
        ]
    );
    assert!(
        output
            .log()
            .contains("none of 200 rows of `users` is visited: no webhook event names one, and none changed"),
        "{}",
        output.log()
    );
    let state = output.last_states()[0].to_string();
    assert!(state.len() < 3_000, "{} characters of state", state.len());
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn users_whom_events_name_in_any_form_are_visited_whatever_became_of_the_delivery() {
    let mut story = Story::after_a_first_sync(60).await;
    {
        let mut tenant = story.tenant();
        for (user, value) in [("u001", Some("new")), ("u002", None), ("u003", Some("x")), ("u004", Some("y"))]
        {
            tenant.set(user, "f1", value);
        }
        tenant.fire(UPDATED, &json!({"userIds": ["u001", "u002"]}));
        // One change may log several events, and members may have any name.
        tenant.fire(UPDATED, &json!({"userIds": ["u001"]}));
        tenant.fire(
            UPDATED,
            &json!({"changes": {"learners": [{"_id": "u003", "by": "u050"}]}, "others": ["u004"]}),
        );
    }
    let output = story.sync().await;
    assert_eq!(story.visited(), set(&["u001", "u002", "u003", "u004", "u050"]));
    assert!(
        output.log().contains("5 of 60 rows of `users` are visited: 5 named by 3 webhook events"),
        "{}",
        output.log()
    );
    let gone = &story.table["u002 f1"];
    assert_eq!(gone["value"], Value::Null, "a value that was removed leaves the table");
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_names_no_listed_user_visits_all() {
    for data in [
        json!({}),
        json!(null),
        json!({"count": 12}),
        json!({"updatedBy": "u001"}),
        json!({"author": {"userId": "u001"}}),
        json!({"userId": "a user who is gone"}),
    ] {
        let mut story = Story::after_a_first_sync(20).await;
        story.tenant().set("u007", "f2", Some("new"));
        story.tenant().fire(UPDATED, &data);
        let output = story.sync().await;
        visits_all(&story, &output, "does not name each user by the id of one who is listed");
        story.equals_the_truth();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_are_new_merged_reactivated_or_pseudonymized_are_visited_without_any_event() {
    let mut story = Story::begin(300).await;
    story.tenant().users.get_mut("u009").unwrap()["status"] = json!("deleted");
    story.sync().await;
    story.pass(TimeDelta::days(1));
    {
        let mut tenant = story.tenant();
        tenant.add_user("u999");
        // u011 becomes part of u012, whose name changes with it.
        tenant.users.remove("u011");
        tenant.users.get_mut("u012").unwrap()["mail"] = json!("both@example.org");
        tenant.set("u012", "f1", Some("of u011"));
        let back = tenant.users.get_mut("u009").unwrap();
        (back["status"], back["reactivatedAt"]) = (json!("active"), json!(["2026-11-03T01:00:00.000Z"]));
        tenant.set("u009", "f2", Some("back"));
        let gone = tenant.users.get_mut("u020").unwrap();
        (gone["status"], gone["firstName"]) = (json!("deleted"), json!("anonymous"));
        tenant.set("u020", "f1", None);
        tenant.set("u020", "f2", None);
    }
    story.sync().await;
    let visited = story.visited();
    assert!(set(&["u999", "u012", "u009", "u020"]).is_subset(&visited), "{visited:?}");
    assert!(visited.len() < 40, "{} users", visited.len());
    assert!(!visited.contains("u011"), "who left the list is not visited");
    assert!(story.table["u020 f1"]["value"].is_null(), "personal data leaves the table");
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_whom_the_api_no_longer_finds_has_no_value() {
    let mut story = Story::after_a_first_sync(40).await;
    story.tenant().users.get_mut("u020").unwrap()["status"] = json!("deleted");
    story.tenant().instead.insert("/users/u020/custom-fields/values".to_owned(), error(404, "userNotFound"));
    story.sync().await;
    assert!(story.table["u020 f1"]["value"].is_null() && story.table["u020 f2"]["value"].is_null());
    // The next sync makes sure, once.
    for visits in [true, false] {
        story.pass(TimeDelta::days(1));
        story.sync().await;
        assert_eq!(story.visited().contains("u020"), visits);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_visits_no_user() {
    let mut story = Story::after_a_first_sync(50).await;
    for user in story.tenant().users.values_mut() {
        user["lastLoginDate"] = json!("2026-11-03T02:00:00.000Z");
    }
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_field_that_is_deleted_or_new_visits_all_and_one_of_contents_does_not() {
    let mut story = Story::after_a_first_sync(20).await;
    story.tenant().fields.remove("f2");
    let output = story.sync().await;
    visits_all(&story, &output, "rows of `custom_fields` are not known to be those of the last sync");
    story.equals_the_truth();
    story.pass(TimeDelta::days(1));
    story.tenant().fields.insert("f3".to_owned(), json!({"_id": "f3", "targetType": "users"}));
    story.tenant().set("u001", "f3", Some("new"));
    let output = story.sync().await;
    visits_all(&story, &output, "rows of `custom_fields` are not known to be those of the last sync");
    story.equals_the_truth();
    story.pass(TimeDelta::days(1));
    story.tenant().fields.remove("content");
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fires_no_event_is_old_until_all_users_are_visited_again() {
    let mut story = Story::after_a_first_sync(100).await;
    story.tenant().set("u042", "f1", Some("imported without an event"));
    story.tenant().set("u043", "f2", None);
    for day in 1..7 {
        story.sync().await;
        assert_eq!(story.visited(), set(&[]), "day {day}");
        assert_eq!(story.differences(), set(&["u042 f1", "u043 f2"]), "day {day}");
        story.pass(TimeDelta::days(1));
    }
    let output = story.sync().await;
    visits_all(&story, &output, "the last time is 7 days ago (full_user_refresh_days)");
    story.equals_the_truth();
    story.pass(TimeDelta::days(1));
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_config_sets_when_all_users_are_visited_again_and_0_never_reads_the_log() {
    let mut story = Story::begin(10).await;
    story.config["full_user_refresh_days"] = json!(2);
    let mut visited = Vec::new();
    for _ in 0..5 {
        story.sync().await;
        visited.push(story.visited().len());
        story.pass(TimeDelta::days(1));
    }
    assert_eq!(visited, [10, 0, 10, 0, 10]);
    story.config["full_user_refresh_days"] = json!(0);
    let output = story.sync().await;
    visits_all(&story, &output, "full_user_refresh_days is 0");
    assert!(!story.requested.iter().any(|path| path.contains("webhooks")), "{:?}", story.requested);
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_changed_are_visited_by_one_more_sync_because_values_may_follow_their_row() {
    let mut story = Story::after_a_first_sync(60).await;
    story.pass(TimeDelta::days(1));
    story.tenant().add_user("late");
    story.sync().await;
    story.pass(TimeDelta::days(1));
    story.tenant().set("late", "f1", Some("set a minute later, without an event"));
    story.sync().await;
    story.equals_the_truth();
    story.pass(TimeDelta::days(1));
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_users_whom_the_config_left_out_are_visited_once_it_includes_them() {
    let mut story = Story::begin(60).await;
    story.tenant().users.get_mut("u007").unwrap()["status"] = json!("deleted");
    story.config["include_deleted_users"] = json!(false);
    story.sync().await;
    assert!(!story.visited().contains("u007"));
    story.pass(TimeDelta::days(1));
    story.config["include_deleted_users"] = json!(true);
    story.sync().await;
    assert!(story.visited().contains("u007"));
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_refresh_visits_all_and_reads_no_log() {
    let mut story = Story::after_a_first_sync(10).await;
    story.tenant().set("u003", "f1", None);
    let output = story.read(&[VALUES], "full_refresh").await;
    output.is_complete(&[VALUES]);
    assert_eq!(output.records(VALUES).len(), 19, "no row without a value");
    assert_eq!(story.requested.len(), 13, "users and their values: {:?}", story.requested);
    let state = output.last_states()[0]["stream"]["stream_state"].clone();
    assert_eq!(state, json!({"__ab_full_refresh_sync_complete": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_url_is_requested_twice_where_the_lists_are_selected_too() {
    let mut story = Story::after_a_first_sync(10).await;
    story.tenant().fire(UPDATED, &json!({"userIds": ["u003"]}));
    let streams = ["users", "custom_fields", VALUES, CERTIFICATES, "webhook_subscriptions", "webhook_events"];
    let output = story.read(&streams, "incremental").await;
    output.is_complete(&streams);
    let mut requested = story.requested.clone();
    requested.retain(|path| !path.contains("status[eq]"));
    let distinct: BTreeSet<&String> = requested.iter().collect();
    assert_eq!(distinct.len(), requested.len(), "{requested:?}");
    assert_eq!(output.records("custom_fields").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_follow_their_own_event() {
    let mut story = Story::begin(30).await;
    story.tenant().certificates.insert("u001".to_owned(), vec!["c1".to_owned()]);
    let output = story.read(&[CERTIFICATES], "incremental").await;
    assert_eq!(output.is_complete(&[CERTIFICATES]).ids(CERTIFICATES), ["c1"]);
    assert!(!story.requested.iter().any(|path| path.contains("custom-fields")));
    story.state = output.last_states();
    story.pass(TimeDelta::days(1));
    story.tenant().fire(UPDATED, &json!({"userIds": ["u009"]}));
    story.tenant().certificates.insert("u002".to_owned(), vec!["c2".to_owned()]);
    story.tenant().fire(AWARDED, &json!({"userId": "u002", "certificateId": "c2"}));
    let output = story.read(&[CERTIFICATES], "incremental").await;
    assert_eq!(output.is_complete(&[CERTIFICATES]).ids(CERTIFICATES), ["c2"]);
    assert_eq!(story.visited(), set(&["u002"]));
}
