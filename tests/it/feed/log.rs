//! Whether the log of events reaches back to the last sync, and is worth its cost.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_since_the_last_sync_all_users_are_visited_and_the_next_sync_may_follow() {
    type Change = fn(&mut crate::support::feed::Tenant);
    let changes: [(Change, &str, bool); 7] = [
        (
            |tenant| tenant.subscriptions.clear(),
            "no webhook subscription to user.customfield.values.updated is active",
            false,
        ),
        (|tenant| tenant.subscriptions[0]["status"] = json!("inactive"), "is active. Create one", false),
        (
            |tenant| tenant.subscriptions[0]["eventType"] = json!("user.updated"),
            "is active. Create one",
            false,
        ),
        (
            |tenant| {
                tenant.subscriptions.remove(0);
                tenant.subscribe(UPDATED, tenant.now - TimeDelta::minutes(11), 9);
            },
            "the last sync did not use this webhook subscription",
            true,
        ),
        // A change before its creation is in no log, and that sync may have read what was older.
        (
            |tenant| {
                tenant.subscriptions.remove(0);
                tenant.subscribe(UPDATED, tenant.now - TimeDelta::minutes(9), 9);
            },
            "the last sync did not use this webhook subscription",
            false,
        ),
        // Another one, as old as the one that was used: whether it was active is not known.
        (
            |tenant| {
                tenant.subscriptions.remove(0);
                tenant.subscribe(UPDATED, tenant.now - TimeDelta::days(30), 9);
            },
            "the last sync did not use this webhook subscription",
            true,
        ),
        (
            |tenant| {
                let refused = error(403, "invalid_scope");
                tenant.instead.insert("/webhooks/subscriptions".to_owned(), refused);
            },
            "the webhook events cannot be read: the credentials lack the scope `webhooks:read`",
            false,
        ),
    ];
    for (change, reason, may_follow) in changes {
        let mut story = Story::after_a_first_sync(12).await;
        change(&mut story.tenant());
        story.tenant().set("u003", "f1", Some("unlogged"));
        let output = story.sync().await;
        visits_all(&story, &output, reason);
        story.equals_the_truth();
        story.pass(TimeDelta::days(1));
        let output = story.sync().await;
        if may_follow {
            assert_eq!(story.visited(), set(&[]), "{reason}: {}", output.log());
        } else {
            visits_all(&story, &output, reason);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_is_active_again_has_a_gap() {
    let mut story = Story::after_a_first_sync(12).await;
    story.tenant().subscriptions[0]["status"] = json!("inactive");
    story.sync().await;
    story.pass(TimeDelta::days(1));
    story.tenant().set("u005", "f1", Some("in the gap"));
    story.tenant().subscriptions[0]["status"] = json!("active");
    let output = story.sync().await;
    visits_all(&story, &output, "the last sync did not use this webhook subscription");
    story.equals_the_truth();
    story.pass(TimeDelta::days(1));
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_younger_than_the_last_sync_or_without_a_date_in_its_id_is_not_followed() {
    let start: DateTime<Utc> = "2026-11-02T03:00:00Z".parse().unwrap();
    for (id, reason) in [
        (object_id(start, 7), "the last sync did not use this webhook subscription"),
        ("sub_7".to_owned(), "does not say when its log begins"),
    ] {
        let mut story = Story::begin(12).await;
        story.tenant().subscriptions[0]["_id"] = json!(id);
        story.sync().await;
        story.pass(TimeDelta::days(1));
        let output = story.sync().await;
        visits_all(&story, &output, reason);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_active_subscription_of_the_type_does_not_disturb() {
    let mut story = Story::after_a_first_sync(12).await;
    let now = story.tenant().now;
    story.tenant().subscribe(UPDATED, now - TimeDelta::days(90), 1);
    story.sync().await;
    assert_eq!(story.visited(), set(&[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_80_days_later_does_not_trust_a_log_that_forgets_after_90() {
    for (days, follows) in [(79, true), (80, false), (95, false)] {
        let mut story = Story::after_a_first_sync(10).await;
        story.config["full_user_refresh_days"] = json!(90);
        story.tenant().set("u003", "f1", Some("long ago"));
        story.tenant().fire(UPDATED, &json!({"userIds": ["u003"]}));
        story.pass(TimeDelta::days(days - 1));
        let output = story.sync().await;
        if follows {
            assert_eq!(story.visited(), set(&["u003"]));
        } else {
            visits_all(&story, &output, if days < 90 { "the last sync is 80 days ago" } else { "days ago" });
        }
        story.equals_the_truth();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_within_the_hour_before_the_last_sync_counts_and_an_older_one_does_not() {
    let mut story = Story::after_a_first_sync(10).await;
    let now = story.tenant().now;
    for (user, minutes) in [("u001", 59), ("u002", 61)] {
        story.tenant().now = now - TimeDelta::days(1) - TimeDelta::minutes(minutes);
        story.tenant().fire(UPDATED, &json!({"userIds": [user]}));
    }
    story.tenant().now = now;
    story.sync().await;
    assert_eq!(story.visited(), set(&["u001"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_would_cost_more_than_a_tenth_of_all_users_is_not_read_on() {
    let mut story = Story::after_a_first_sync(150).await;
    story.tenant().page_of_events = 1;
    for _ in 0..100 {
        story.tenant().fire(UPDATED, &json!({"userIds": ["u001"]}));
    }
    let output = story.sync().await;
    visits_all(&story, &output, "there are more than 15 pages of webhook events");
    let pages = story.requested.iter().filter(|path| path.contains("/events")).count();
    assert_eq!(pages, 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_or_custom_fields_that_cannot_be_read_cost_a_visit_of_all_and_no_stream() {
    let mut story = Story::after_a_first_sync(10).await;
    let id = story.tenant().subscriptions[0]["_id"].as_str().unwrap().to_owned();
    story.tenant().instead.insert(format!("/webhooks/subscriptions/{id}/events"), ResponseTemplate::new(500));
    let output = story.sync().await;
    visits_all(&story, &output, "the webhook events cannot be read: ");
    story.pass(TimeDelta::days(1));
    story.tenant().instead.clear();
    story.tenant().instead.insert("/custom-fields".to_owned(), error(403, "invalid_scope"));
    let output = story.sync().await;
    visits_all(&story, &output, "`custom_fields` cannot be read");
    let warned = output.logged("WARN");
    assert!(warned.iter().any(|line| line.contains("lack the scope `customFields:read`")), "{warned:?}");
    story.pass(TimeDelta::days(1));
    story.tenant().instead.clear();
    story.sync().await;
    assert_eq!(
        story.visited().len(),
        10,
        "without a digest of the fields nothing shows that none was deleted"
    );
}
