//! The streams: their sizes, their endpoints and what they agree on.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sandbox_360learning::{Options, Scale, primary_key};
use serde_json::{Value, json};

use crate::client::Client;
use crate::{by_key, open, start, text};

fn france_num() -> Options {
    Options { scale: Scale::FranceNum, ..open() }
}

fn texts<'a>(rows: &'a [Value], field: &str) -> HashSet<&'a str> {
    rows.iter().map(|row| text(row, field)).collect()
}

#[tokio::test]
async fn the_france_num_scale_has_so_many_rows_and_pages_of_everything_else() {
    let (sandbox, client) = start(france_num()).await;
    for (stream, path, count, pages) in [
        ("courses", "/courses", 300, 1),
        ("course_stats", "/courses/stats", 60_000, 120),
        ("tags", "/tags", 90, 1),
        ("skills", "/skills", 140, 1),
        ("skill_powers", "/skills/powers", 480, 1),
        ("certificate_outlines", "/certificate-outlines", 32, 1),
        ("projects", "/projects", 24, 1),
        ("learning_needs", "/learning-needs", 80, 1),
        ("custom_links", "/custom-links", 7, 1),
        ("external_ids", "/external-ids", 3_400, 1),
        ("integrations", "/integrations", 5, 1),
        ("webhook_subscriptions", "/webhooks/subscriptions", 8, 1),
        ("bulk_operations", "/bulk/operations", 70, 4),
    ] {
        assert_eq!(sandbox.count(stream), count, "{stream}");
        let (rows, read) = client.list(path);
        assert_eq!(read, pages, "pages of {stream}");
        assert_eq!(rows, sandbox.truth(stream), "{stream}");
        let key = primary_key(stream)[0];
        assert_eq!(texts(&rows, key).len(), count, "keys of {stream}");
    }
}

/// The rows under each parent, of all parents, with the parent's id added; each list is one page.
fn under(client: &Client, parents: &[Value], path: &str, field: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for parent in parents {
        let (rows, pages) = client.list(&path.replace("{id}", text(parent, "_id")));
        assert!(pages == 1 || (path.contains("/roles") && pages == 3), "{path}: {pages}");
        for row in rows {
            let mut whole = json!({field: parent["_id"]});
            whole.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
            assert!(found.insert(whole.to_string()), "twice: {whole}");
        }
    }
    found
}

#[tokio::test]
async fn every_list_under_a_parent_is_one_page_but_the_members_of_the_root() {
    let (sandbox, client) = start(france_num()).await;
    for (stream, parents, path, field) in [
        ("course_tags", "courses", "/courses/{id}/tags", "courseId"),
        ("course_custom_field_values", "courses", "/courses/{id}/custom-fields/values", "courseId"),
        ("path_tags", "paths", "/paths/{id}/tags", "pathId"),
        ("group_memberships", "groups", "/groups/{id}/roles", "groupId"),
        ("user_certificates", "users", "/users/{id}/certificates", "userId"),
        ("webhook_events", "webhook_subscriptions", "/webhooks/subscriptions/{id}/events", "subscriptionId"),
    ] {
        sandbox.reset_requests();
        let parents = sandbox.truth(parents);
        let truth: BTreeSet<String> = sandbox.truth(stream).iter().map(Value::to_string).collect();
        assert_eq!(truth.len(), sandbox.count(stream), "{stream}");
        assert!(under(&client, &parents, path, field) == truth, "{stream}");
        let extra = if stream == "group_memberships" { 2 } else { 0 };
        assert_eq!(sandbox.requests().total, (parents.len() + extra) as u64, "requests of {stream}");
    }
}

#[tokio::test]
async fn what_belongs_together_agrees() {
    let (sandbox, _client) = start(france_num()).await;
    let courses = sandbox.truth("courses");
    let known = texts(&courses, "_id");
    let paths = sandbox.truth("paths");
    let steps = paths.iter().flat_map(|path| path["steps"].as_array().unwrap());
    assert!(steps.filter(|step| step["type"] == "course").all(|step| known.contains(text(step, "_id"))));
    let statuses = texts(&courses, "status");
    assert_eq!(statuses, HashSet::from(["archived", "deleted", "published"]));

    let attempts = sandbox.truth("course_stats");
    let users = sandbox.truth("users");
    assert!(texts(&attempts, "courseId").is_subset(&known));
    assert!(texts(&attempts, "userId").is_subset(&texts(&users, "_id")));
    let (done, open): (Vec<&Value>, Vec<&Value>) =
        attempts.iter().partition(|row| row.get("completedAt").is_some());
    assert!(done.len() > 20_000 && open.len() > 10_000);
    assert!(done.iter().all(|row| row["progress"] == 100 && row["completedAt"] == row["lastActivityAt"]));

    let stats = sandbox.truth("path_stats");
    let earned = stats.iter().filter(|row| row.get("certificateId").is_some());
    let earned: BTreeSet<_> = earned
        .map(|row| [&row["userId"], &row["sessionId"], &row["certificateId"]].map(Value::to_string))
        .collect();
    let certificates = sandbox.truth("user_certificates");
    let held = certificates.iter().filter(|row| row["type"] == "path");
    let held: BTreeSet<_> = held
        .map(|row| {
            [&row["userId"], &row["pathSessionId"], &row["certificateOutlineId"]].map(Value::to_string)
        })
        .collect();
    assert_eq!(earned, held);
    assert!(certificates.iter().any(|row| row["type"] == "external"));

    let memberships = sandbox.truth("group_memberships");
    let places: HashSet<(&str, &str)> =
        memberships.iter().map(|row| (text(row, "groupId"), text(row, "userId"))).collect();
    for user in users.iter().filter(|user| user.get("primaryGroupId").is_some()) {
        assert!(places.contains(&(text(user, "primaryGroupId"), text(user, "_id"))));
    }
    assert!(places.len() < memberships.len(), "one user has several roles");
}

#[tokio::test]
async fn what_is_not_there_is_refused_as_documented() {
    let (sandbox, client) = start(open()).await;
    let refusal = |path: String| {
        let answer = client.get(&path);
        (answer.status, text(&answer.json()["error"], "code").to_owned())
    };
    let first =
        |stream: &str, wanted: fn(&Value) -> bool| sandbox.truth(stream).into_iter().find(wanted).unwrap();
    let session = first("path_sessions", |row| row["isAudienceBuilder"] == false);
    let audience =
        format!("/paths/{}/sessions/{}/audiences", text(&session, "pathId"), text(&session, "_id"));
    assert_eq!(refusal(audience), (400, "sessionIsNotAudienceBuilder".to_owned()));
    let slot = first("classroom_slots", |row| row.get("maxCapacity").is_none());
    let waitlist = format!("/classroom-slots/{}/waitlist", text(&slot, "_id"));
    assert_eq!(refusal(waitlist), (404, "classroomSlotWaitlistNotFound".to_owned()));
    let user = first("users", |row| row["status"] == "deleted");
    let links = format!("/users/{}/custom-links", text(&user, "_id"));
    assert_eq!(refusal(links), (404, "userNotFound".to_owned()));
    let subscription = first("webhook_subscriptions", |_| true);
    let secrets = format!("/webhooks/subscriptions/{}/secrets", text(&subscription, "_id"));
    assert_eq!(refusal(secrets).0, 404);
}

#[tokio::test]
async fn a_feature_that_is_off_is_refused_and_has_no_rows() {
    let features_off = vec!["skills".to_owned(), "course-custom-fields".to_owned()];
    let (sandbox, client) = start(Options { features_off, ..open() }).await;
    let course = sandbox.truth("courses").swap_remove(0);
    let values = format!("/courses/{}/custom-fields/values", text(&course, "_id"));
    for (path, code) in [
        ("/skills", "skillSolutionNotEnabled"),
        ("/skills/powers", "skillSolutionNotEnabled"),
        (&values, "courseCustomFieldsNotEnabled"),
    ] {
        let answer = client.get(path);
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (400, &json!(code)), "{path}");
    }
    for stream in ["skills", "skill_powers", "course_custom_field_values"] {
        assert_eq!(sandbox.count(stream), 0, "{stream}");
    }
}

#[tokio::test]
async fn filters_select_by_dates_lists_and_fields_that_rows_do_not_show() {
    let (sandbox, client) = start(open()).await;
    let count = |path: &str| client.list(path).0.len();
    let courses = sandbox.count("courses");
    let split = |field: &str| {
        count(&format!("/courses?{field}[lt]=2025-06-01"))
            + count(&format!("/courses?{field}[gte]=2025-06-01"))
    };
    assert_eq!((split("createdAt"), split("modifiedAt")), (courses, courses));
    let tag = sandbox.truth("course_tags").swap_remove(0);
    let tagged = sandbox.truth("course_tags").iter().filter(|row| row["tagId"] == tag["tagId"]).count();
    assert_eq!(count(&format!("/courses?tagIds[in]={}", text(&tag, "tagId"))), tagged);
    let main = sandbox.truth("tags").iter().filter(|row| row["isMain"] == true).count();
    assert_eq!(count("/tags?isMain[eq]=true"), main);
    let dated = sandbox.truth("skills").iter().filter(|row| row.get("updatedAt").is_some()).count();
    assert_eq!(count("/skills?updatedAt[gte]=2020-01-01"), dated);
    assert!(dated < sandbox.count("skills"));
    let done = sandbox.truth("course_stats").iter().filter(|row| row.get("completedAt").is_some()).count();
    assert_eq!(count("/courses/stats?completedAt[gte]=2020-01-01"), done);
}

#[tokio::test]
async fn a_day_archives_a_course_without_a_date_and_ends_an_operation_that_was_created_before() {
    let (sandbox, _client) = start(open()).await;
    let rows = |stream: &str| by_key(&sandbox, stream);
    let (courses, operations, attempts) = (rows("courses"), rows("bulk_operations"), rows("course_stats"));
    let changes = sandbox.change().streams;
    for stream in ["course_stats", "webhook_events", "bulk_operations"] {
        assert!(!changes[stream].created.is_empty(), "{stream}");
    }
    assert_eq!(changes["skills"].updated.len(), 1);
    let moved = |stream: &str, before: &BTreeMap<String, Value>, field: &str| -> Vec<bool> {
        let after = rows(stream);
        let ids = changes[stream].updated.iter().map(Value::to_string);
        ids.map(|id| before[&id].get(field) != after[&id].get(field)).collect()
    };
    let mut dated = moved("courses", &courses, "modifiedAt");
    dated.sort_unstable();
    assert_eq!(dated, [false, true]);
    assert_eq!(moved("bulk_operations", &operations, "endedAt"), [true]);
    assert_eq!(moved("bulk_operations", &operations, "createdAt"), [false]);
    assert!(moved("course_stats", &attempts, "lastActivityAt").iter().all(|moved| *moved));
}
