//! Lists that move while they are read, leave rows out, or have no end; and which of their rows are emitted.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::api::{Api, page};
use support::{catalog, run};
use wiremock::Mock;
use wiremock::matchers::{path, query_param};

#[tokio::test(flavor = "multi_thread")]
async fn a_row_whose_date_cannot_be_read_is_emitted() {
    let api = Api::new().await;
    let row = |id: &str, modified: Value| json!({"_id": id, "createdAt": "2025-01-01T00:00:00.000Z", "modifiedAt": modified});
    let rows = json!([
        row("epoch", json!(1_764_547_200_000_u64)),
        row("date", json!("2026-10-05")),
        row("null", json!(null)),
        row("old", json!("2025-02-01T00:00:00.000Z")),
    ]);
    api.get("/classrooms", page(&rows)).await;
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "classrooms"}, "stream_state": {"cursor": "2026-01-01T00:00:00Z"}}}]);
    let said = run("read", &api.config(), Some(&catalog(&["classrooms"], "incremental")), Some(&state));
    let ids: Vec<&str> = said.records("classrooms").iter().map(|row| row["_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["epoch", "date"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_archived_while_its_lists_are_read_is_found() {
    let api = Api::new().await;
    let slow =
        page(&json!([{"_id": "s1"}])).insert_header("link", "</api/v2/paths/stats?next=2>; rel=\"next\"");
    api.get_first("/paths/stats", 1, page(&json!([]))).await;
    api.get_first("/paths/stats", 1, slow.set_delay(Duration::from_millis(200))).await;
    api.get_first("/paths/stats", 1, page(&json!([]))).await;
    api.get("/paths/stats", page(&json!([{"_id": "s2"}]))).await;
    let said = api.read(&["path_stats"], "full_refresh");
    assert_eq!(said.is_complete(&["path_stats"]).records("path_stats").len(), 2);
    let asked: Vec<_> = api.gets().await.iter().map(|get| get.url.query().unwrap_or("").to_owned()).collect();
    let archived = "status[eq]=archived";
    assert_eq!(asked, [archived, "", "next=2", archived], "the plain list did not show the archived ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_archived_while_another_one_is_restored_is_found() {
    let api = Api::new().await;
    api.get_first("/paths/stats", 1, page(&json!([{"_id": "restored"}, {"_id": "archived"}]))).await;
    api.get_first("/paths/stats", 1, page(&json!([{"_id": "restored"}, {"_id": "open"}]))).await;
    api.get("/paths/stats", page(&json!([{"_id": "archived"}, {"_id": "archived meanwhile"}]))).await;
    let said = api.read(&["path_stats"], "full_refresh");
    let ids: Vec<_> = said
        .is_complete(&["path_stats"])
        .records("path_stats")
        .iter()
        .map(|row| row["_id"].clone())
        .collect();
    assert_eq!(ids, ["restored", "archived", "open", "archived meanwhile"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_emitted_where_any_of_its_dates_is_new() {
    let api = Api::new().await;
    api.get("/classrooms", page(&json!([{"_id": "c1"}]))).await;
    let (old, new) = ("2025-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z");
    let rows = json!([
        {"_id": "archived", "createdAt": old, "archivedAt": new},
        {"_id": "archived, and changed before", "createdAt": old, "modifiedAt": old, "archivedAt": new},
        {"_id": "changed", "createdAt": old, "modifiedAt": new},
        {"_id": "old", "createdAt": old, "modifiedAt": old, "archivedAt": old},
        {"_id": "undated"},
    ]);
    api.get("/classrooms/c1/registrations", page(&rows)).await;
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "classroom_registrations"}, "stream_state": {"cursor": "2026-01-01T00:00:00Z"}}}]);
    let catalog = catalog(&["classroom_registrations"], "incremental");
    let said = run("read", &api.config(), Some(&catalog), Some(&state));
    let rows = said.records("classroom_registrations");
    let ids: Vec<&str> = rows.iter().map(|row| row["_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["archived", "archived, and changed before", "changed", "undated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_empty_pages_without_end_is_a_failure() {
    let api = Api::new().await;
    let pages = std::sync::atomic::AtomicU32::new(0);
    let answer = move |_: &wiremock::Request| {
        let next = pages.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // With an end after all, so that whoever does not notice gets there.
        let link = format!("</api/v2/tags?next={next}>; rel=\"next\"");
        if next < 1200 { page(&json!([])).insert_header("link", link) } else { page(&json!([])) }
    };
    Mock::given(path("/api/v2/tags")).respond_with(answer).mount(&api.0).await;
    let said = api.read(&["tags"], "full_refresh");
    assert_eq!(said.code, 1);
    let (failure, stream, message) = said.only_error();
    assert_eq!((failure, stream), ("system_error", "tags"));
    assert!(message.contains("1000 empty pages in a row"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_list_that_shows_the_archived_rows_is_the_last_one_and_repeats_none() {
    let api = Api::new().await;
    api.get_first("/paths/stats", 1, page(&json!([{"_id": "s1"}]))).await;
    api.get("/paths/stats", page(&json!([{"_id": "s1"}, {"_id": "s2"}]))).await;
    let said = api.read(&["path_stats"], "full_refresh");
    assert_eq!(said.is_complete(&["path_stats"]).records("path_stats").len(), 2);
    assert_eq!(api.gets().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_list_leaves_out_is_asked_for_until_it_shows_one() {
    let api = Api::new().await;
    let mounted =
        |query: &'static str| Mock::given(path("/api/v2/users")).and(query_param("status[eq]", query));
    mounted("deleted")
        .respond_with(page(&json!([{"_id": "u1", "status": "active"}, {"_id": "u2", "status": "deleted"}])))
        .mount(&api.0)
        .await;
    api.get("/users", page(&json!([{"_id": "u1", "status": "active"}]))).await;
    let said = api.read(&["users"], "full_refresh");
    let ids: Vec<_> =
        said.is_complete(&["users"]).records("users").iter().map(|row| row["_id"].clone()).collect();
    assert_eq!(ids, ["u1", "u2"], "a server that ignores the filter repeats nothing");
    assert_eq!(api.gets().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_that_changed_and_is_archived_is_told_once() {
    let api = Api::new().await;
    let (old, new) = ("2025-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z");
    let row = |id: &str, status: &str, at: &str| json!({"_id": id, "status": status, "modifiedAt": at});
    let by_status =
        |status: &'static str| Mock::given(path("/api/v2/courses")).and(query_param("status[eq]", status));
    // One is archived between the two lists: what it was before does not hide it.
    let archived = json!([row("a", "archived", new), row("b", "archived", old), row("c", "archived", new)]);
    by_status("archived").respond_with(page(&archived)).mount(&api.0).await;
    by_status("deleted").respond_with(page(&json!([]))).mount(&api.0).await;
    let changed = json!([row("a", "archived", new), row("c", "published", new)]);
    api.get("/courses", page(&changed)).await;
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "courses"}, "stream_state": {"cursor": "2026-01-01T00:00:00Z"}}}]);
    let said = run("read", &api.config(), Some(&catalog(&["courses"], "incremental")), Some(&state));
    let told: Vec<(&str, &str)> = said
        .records("courses")
        .iter()
        .map(|row| (row["_id"].as_str().unwrap(), row["status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("a", "archived"), ("c", "published"), ("b", "archived"), ("c", "archived")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_followed_until_there_is_no_link_whatever_they_hold() {
    let api = Api::new().await;
    let next = |rest: &str| format!("<{}/api/v2/groups?{rest}>; rel=\"next\"", api.url());
    api.get_first("/groups", 1, page(&json!([{"_id": "g1"}])).insert_header("link", next("next=2").as_str()))
        .await;
    api.get_first("/groups", 1, page(&json!([])).insert_header("link", "</api/v2/groups?next=3>; rel=next"))
        .await;
    api.get("/groups", page(&json!([{"_id": "g2"}]))).await;
    let said = api.read(&["groups"], "full_refresh");
    assert_eq!(said.is_complete(&["groups"]).records("groups").len(), 2);
    let asked: Vec<_> = api.gets().await.iter().map(|get| get.url.query().unwrap_or("").to_owned()).collect();
    assert_eq!(asked, ["", "next=2", "next=3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_go_round_in_a_circle_end_with_an_error() {
    let api = Api::new().await;
    let circle = page(&json!([{"_id": "u1"}])).insert_header("link", "</api/v2/users?next=2>; rel=\"next\"");
    api.get("/users", circle).await;
    let said = api.read(&["users"], "full_refresh");
    assert_eq!(said.code, 1);
    let (failure, stream, message) = said.only_error();
    assert_eq!((failure, stream), ("system_error", "users"));
    assert!(message.contains("circle"), "{message}");
    assert_eq!(api.gets().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_page_on_another_server_never_gets_the_token() {
    let elsewhere = Api::new().await;
    let api = Api::new().await;
    let link = format!("<{}/api/v2/users?next=2>; rel=\"next\"", elsewhere.url());
    api.get("/users", page(&json!([{"_id": "u1"}])).insert_header("link", link.as_str())).await;
    let said = api.read(&["users"], "full_refresh");
    assert_eq!(said.code, 1);
    assert!(said.only_error().2.contains("another server"), "{:?}", said.only_error());
    assert!(elsewhere.gets().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_cannot_be_read_never_ends_a_list() {
    for link in ["/api/v2/users?next=2; rel=\"next\"", "</api/v2/users?next=2; rel=\"next\""] {
        let api = Api::new().await;
        api.get_first("/users", 1, page(&json!([{"_id": "u1"}])).insert_header("link", link)).await;
        let readable =
            page(&json!([{"_id": "u1"}])).insert_header("link", "</api/v2/users?next=2>; rel=\"next\"");
        api.get_first("/users", 1, readable).await;
        api.get("/users", page(&json!([{"_id": "u2"}]))).await;
        let said = api.read(&["users"], "full_refresh");
        assert_eq!(said.is_complete(&["users"]).records("users").len(), 2, "{link}");
        assert!(said.log().contains("the Link header cannot be read"), "{}", said.log());
    }
}
