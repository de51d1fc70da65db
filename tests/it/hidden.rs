//! Lists that may hide rows of a status: rows that move between two of them meanwhile are found, and none is dropped.

use std::sync::{Arc, Mutex};

use crate::support::api::{Api, page};
use crate::support::{ago, catalog, run, state};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, Request};

/// The list of one hidden status.
async fn hidden(api: &Api, at: &str, status: &str, rows: Value) {
    let list = Mock::given(path(format!("/api/v2{at}"))).and(query_param("status[eq]", status));
    list.respond_with(page(&rows)).mount(&api.0).await;
}

/// The plain list.
async fn plain(api: &Api, at: &str, rows: Value) {
    let list = Mock::given(path(format!("/api/v2{at}"))).and(query_param_is_missing("status[eq]"));
    list.respond_with(page(&rows)).mount(&api.0).await;
}

/// Rows of `at` by id and status. The plain list hides those of the status `hides`; `then` runs after each response.
async fn living(
    api: &Api,
    at: &'static str,
    hides: &'static str,
    rows: &[(&str, &str)],
    then: impl Fn(&mut Vec<(String, String)>, bool) + Send + Sync + 'static,
) {
    let rows: Vec<(String, String)> =
        rows.iter().map(|(id, status)| ((*id).to_owned(), (*status).to_owned())).collect();
    let rows = Arc::new(Mutex::new(rows));
    let respond = move |request: &Request| {
        let mut rows = rows.lock().unwrap();
        let wants_hidden = request.url.query().is_some_and(|query| query.contains("status[eq]"));
        let listed: Vec<Value> = rows
            .iter()
            .filter(|(_, status)| (status == hides) == wants_hidden)
            .map(
                |(id, status)| json!({"_id": id, "status": status, "modifiedAt": "2025-01-01T00:00:00.000Z"}),
            )
            .collect();
        then(&mut rows, wants_hidden);
        page(&json!(listed))
    };
    let list = Mock::given(method("GET")).and(path(format!("/api/v2{at}")));
    list.respond_with(respond).mount(&api.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_reactivated_after_any_list_is_found_with_its_values() {
    for after_the_plain_list in [true, false] {
        let api = Api::new().await;
        living(&api, "/users", "deleted", &[("u1", "active"), ("u2", "deleted")], move |users, is_hidden| {
            if is_hidden != after_the_plain_list {
                "active".clone_into(&mut users[1].1);
            }
        })
        .await;
        let value = json!([{"customFieldId": "f1", "type": "string", "value": "x"}]);
        for user in ["u1", "u2"] {
            api.get(&format!("/users/{user}/custom-fields/values"), page(&value)).await;
        }
        let streams = ["users", "user_custom_field_values"];
        let output = api.read(&streams, "full_refresh");
        output.is_complete(&streams);
        assert!(output.ids("users").contains(&"u2"), "{:?}", output.ids("users"));
        let mut users = output.values(streams[1], "userId");
        users.sort_unstable();
        assert_eq!(users, ["u1", "u2"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_archived_or_restored_between_two_lists_is_found_with_its_enrollments() {
    for (before, after) in [("archived", "published"), ("published", "archived")] {
        let api = Api::new().await;
        living(
            &api,
            "/paths",
            "archived",
            &[("p1", "published"), ("p2", before)],
            move |paths, is_hidden| {
                if is_hidden == (before == "archived") {
                    after.clone_into(&mut paths[1].1);
                }
            },
        )
        .await;
        let old = "2025-01-01T00:00:00.000Z";
        for (n, at) in [(1, old.to_owned()), (2, ago(chrono::TimeDelta::minutes(3)))] {
            let rows = json!([{"_id": format!("e{n}"), "createdAt": at, "status": "archived"}]);
            api.get(&format!("/paths/p{n}/enrollments"), page(&rows)).await;
        }
        let before = state("path_enrollments", json!({"cursor": ago(chrono::TimeDelta::hours(1))}));
        let output = api.read_from(&before, &["path_enrollments"]);
        assert_eq!(output.is_complete(&["path_enrollments"]).ids("path_enrollments"), ["e2"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_a_status_filter_returns_without_a_status_are_emitted_and_reported() {
    let api = Api::new().await;
    hidden(&api, "/users", "deleted", json!([{"_id": "u2", "deleted": true}])).await;
    plain(&api, "/users", json!([{"_id": "u1", "deleted": false}])).await;
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.is_complete(&["users"]).ids("users"), ["u2", "u1"]);
    let text = "rows were requested by status and carry none; they were emitted";
    assert!(output.log().contains(text), "{}", output.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_status_are_dropped_from_a_list_that_ignores_the_filter() {
    let api = Api::new().await;
    let all = json!([{"_id": "u1", "status": "active"}, {"_id": "u2", "status": "deleted"}]);
    hidden(&api, "/users", "deleted", all).await;
    plain(&api, "/users", json!([{"_id": "u1", "status": "active"}])).await;
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.is_complete(&["users"]).ids("users"), ["u2", "u1"], "each row once");
    let deleted = "/users?status[eq]=deleted";
    assert_eq!(api.requested().await, [deleted, "/users", deleted], "the plain list showed none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_list_is_not_read_again_after_a_plain_list_that_shows_its_status() {
    let api = Api::new().await;
    let row = |id: &str, status: &str| json!({"_id": id, "status": status, "modifiedAt": "2026-02-01T00:00:00.000Z"});
    hidden(&api, "/courses", "archived", json!([row("a", "archived"), row("c", "archived")])).await;
    hidden(&api, "/courses", "deleted", json!([])).await;
    // The second one is restored between the two lists: its newer version comes last.
    plain(&api, "/courses", json!([row("a", "archived"), row("c", "published")])).await;
    let before = state("courses", json!({"cursor": "2026-01-01T00:00:00Z"}));
    let output = api.read_from(&before, &["courses"]);
    output.is_complete(&["courses"]);
    let emitted: Vec<_> = output.ids("courses").into_iter().zip(output.values("courses", "status")).collect();
    assert_eq!(emitted, [("a", "archived"), ("c", "archived"), ("c", "published")]);
    let filter = "modifiedAt[gte]=2025-12-31T23:50:00.000Z";
    let of = |status: &str| format!("/courses?status[eq]={status}");
    let plain = format!("/courses?{filter}");
    assert_eq!(api.requested().await, [of("archived"), of("deleted"), plain, of("deleted")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_course_is_emitted_whatever_its_date() {
    let api = Api::new().await;
    let old = json!([{"_id": "a", "status": "archived", "modifiedAt": "2020-01-01T00:00:00.000Z"}]);
    hidden(&api, "/courses", "archived", old).await;
    hidden(&api, "/courses", "deleted", json!([])).await;
    plain(&api, "/courses", json!([])).await;
    let before = state("courses", json!({"cursor": "2026-01-01T00:00:00Z"}));
    let catalog = catalog(&["courses"], "incremental");
    let output = run("read", &api.config(), Some(&catalog), Some(&before));
    assert_eq!(output.is_complete(&["courses"]).ids("courses"), ["a"]);
}

/// Statistics carry no status, so a plain list shows the archived ones only if all of them come again.
mod statistics {
    use std::time::Duration;

    use super::*;

    const ARCHIVED: &str = "/paths/stats?status[eq]=archived";

    #[tokio::test(flavor = "multi_thread")]
    async fn a_plain_list_that_repeats_the_archived_rows_is_the_last_one() {
        let api = Api::new().await;
        api.get_first("/paths/stats", 1, page(&json!([{"_id": "s1"}]))).await;
        api.get("/paths/stats", page(&json!([{"_id": "s1"}, {"_id": "s2"}]))).await;
        let output = api.read(&["path_stats"], "full_refresh");
        assert_eq!(output.is_complete(&["path_stats"]).ids("path_stats"), ["s1", "s2"]);
        assert_eq!(api.requested().await, [ARCHIVED, "/paths/stats"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_row_archived_while_the_lists_are_read_is_found() {
        let api = Api::new().await;
        let slow =
            page(&json!([{"_id": "s1"}])).insert_header("link", "</api/v2/paths/stats?next=2>; rel=\"next\"");
        api.get_first("/paths/stats", 1, page(&json!([]))).await;
        api.get_first("/paths/stats", 1, slow.set_delay(Duration::from_millis(200))).await;
        api.get_first("/paths/stats", 1, page(&json!([]))).await;
        api.get("/paths/stats", page(&json!([{"_id": "s2"}]))).await;
        let output = api.read(&["path_stats"], "full_refresh");
        assert_eq!(output.is_complete(&["path_stats"]).ids("path_stats"), ["s1", "s2"]);
        assert_eq!(api.requested().await, [ARCHIVED, "/paths/stats", "/paths/stats?next=2", ARCHIVED]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_row_archived_while_another_one_is_restored_is_found() {
        let api = Api::new().await;
        api.get_first("/paths/stats", 1, page(&json!([{"_id": "restored"}, {"_id": "archived"}]))).await;
        api.get_first("/paths/stats", 1, page(&json!([{"_id": "restored"}, {"_id": "open"}]))).await;
        api.get("/paths/stats", page(&json!([{"_id": "archived"}, {"_id": "archived meanwhile"}]))).await;
        let output = api.read(&["path_stats"], "full_refresh");
        let ids = output.is_complete(&["path_stats"]).ids("path_stats");
        assert_eq!(ids, ["restored", "archived", "open", "archived meanwhile"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_parents_the_hidden_list_is_requested_until_a_plain_list_shows_its_status() {
    let api = Api::new().await;
    let paths: Vec<Value> = (1..=3)
        .map(|n| json!({"_id": format!("p{n}"), "status": "published", "modifiedAt": "2026-01-01T00:00:00.000Z"}))
        .collect();
    plain(&api, "/paths", json!(paths)).await;
    hidden(&api, "/paths", "archived", json!([])).await;
    for n in 1..=3 {
        let at = format!("/paths/p{n}/enrollments");
        plain(
            &api,
            &at,
            json!([{"_id": format!("e{n}"), "status": if n == 1 { "open" } else { "archived" }}]),
        )
        .await;
        hidden(&api, &at, "archived", json!([{"_id": format!("h{n}"), "status": "archived"}])).await;
    }
    let mut config = api.config();
    config["max_concurrent_requests"] = json!(1);
    let catalog = catalog(&["path_enrollments"], "full_refresh");
    let output = run("read", &config, Some(&catalog), None);
    let mut ids = output.is_complete(&["path_enrollments"]).ids("path_enrollments");
    ids.sort_unstable();
    assert_eq!(ids, ["e1", "e2", "e3", "h1"], "the second path shows archived ones by itself");
}
