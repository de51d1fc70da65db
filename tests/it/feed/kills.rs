//! Syncs that are killed, miss a user or find a state that cannot be: nothing is lost.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_was_not_found_is_visited_by_the_next_sync() {
    for is_whole in [true, false] {
        let mut story = Story::begin(100).await;
        if !is_whole {
            story.sync().await;
            story.pass(TimeDelta::days(1));
            story.tenant().fire(UPDATED, &json!({"userIds": ["u031"]}));
        }
        story.tenant().set("u031", "f1", Some("new"));
        story
            .tenant()
            .instead
            .insert("/users/u031/custom-fields/values".to_owned(), error(404, "userNotFound"));
        story.sync().await;
        story.tenant().instead.clear();
        story.pass(TimeDelta::days(1));
        story.sync().await;
        let visited = story.visited();
        assert!(visited.contains("u031") && visited.len() < 20, "{visited:?}");
        story.equals_the_truth();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_users_whom_the_api_never_finds_fail_no_sync_that_visits_hardly_any_other() {
    let mut story = Story::begin(100).await;
    for id in ["u010", "u020", "u030", "u040"] {
        story
            .tenant()
            .instead
            .insert(format!("/users/{id}/custom-fields/values"), error(404, "userNotFound"));
    }
    for _ in 0..3 {
        let output = story.sync().await;
        output.is_complete(&[VALUES]);
        story.pass(TimeDelta::days(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_killed_at_any_line_and_continued_in_the_other_mode_loses_nothing() {
    // What the killed sync visits, and what the one after it does.
    for [is_whole, then_whole] in [[true, true], [true, false], [false, true], [false, false]] {
        let mut lines = 0;
        loop {
            let mut story = Story::begin(160).await;
            if !is_whole {
                story.sync().await;
                story.pass(TimeDelta::days(1));
                let mut tenant = story.tenant();
                let users: Vec<String> = tenant.users.keys().cloned().collect();
                for user in &users {
                    tenant.set(user, "f1", Some("second"));
                }
                tenant.fire(UPDATED, &json!({"userIds": users}));
            }
            let output = story.read(&[VALUES], "incremental").await;
            let count = output.messages.len();
            story.take(&output, lines);
            story.pass(TimeDelta::hours(2));
            {
                // Before and behind the mark: named by an event, and seen by their rows only.
                let mut tenant = story.tenant();
                for user in ["u003", "u150"] {
                    tenant.set(user, "f2", None);
                }
                tenant.fire(UPDATED, &json!({"userIds": ["u003", "u150"]}));
                for user in ["u005", "u155"] {
                    tenant.users.get_mut(user).unwrap()["mail"] = json!("new@example.org");
                    tenant.set(user, "f2", Some("profile"));
                }
                if then_whole {
                    tenant.subscriptions[0]["status"] = json!("inactive");
                }
            }
            story.sync().await;
            story.pass(TimeDelta::days(1));
            story.tenant().subscriptions[0]["status"] = json!("active");
            story.sync().await;
            story.equals_the_truth();
            if lines >= count {
                break;
            }
            lines += count / 7 + 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_sync_that_visits_changed_users_is_continued_behind_its_mark() {
    let mut story = Story::after_a_first_sync(160).await;
    let users: Vec<String> = story.tenant().users.keys().cloned().collect();
    story.tenant().fire(UPDATED, &json!({"userIds": users}));
    let output = story.read(&[VALUES], "incremental").await;
    let is_checkpoint = |message: &Value| message["state"]["stream"]["stream_state"]["resume"].is_object();
    let line = output.messages.iter().position(is_checkpoint).unwrap();
    story.take(&output, line + 1);
    assert_eq!(story.state[0]["stream"]["stream_state"]["resume"]["visited"], "changed");
    assert!(story.state.to_string().len() < 3_000);
    story.pass(TimeDelta::hours(1));
    story.sync().await;
    assert!(story.visited().len() <= 110, "{}", story.visited().len());
    story.equals_the_truth();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_was_damaged_visits_all() {
    let story = Story::after_a_first_sync(10).await;
    let good = story.state.clone();
    for (field, value) in [
        ("parents", json!("AAAA")),
        ("parents", json!(7)),
        ("wholeAt", json!("2999-01-01T00:00:00Z")),
        ("wholeAt", json!("yesterday")),
        ("wholeAt", Value::Null),
        ("definitions", Value::Null),
        ("subscription", json!("")),
    ] {
        let mut story = Story::after_a_first_sync(10).await;
        story.state = good.clone();
        story.state[0]["stream"]["stream_state"]["feed"][field] = value.clone();
        story.sync().await;
        assert_eq!(story.visited().len(), 10, "{field} {value}");
    }
}
