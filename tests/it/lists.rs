//! The pages of a list: the way from one to the next, and how a list ends.

use crate::support::api::{Api, page};
use serde_json::json;
use wiremock::Mock;
use wiremock::matchers::path;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_empty_pages_without_end_is_a_failure() {
    let api = Api::new().await;
    let pages = std::sync::atomic::AtomicU32::new(0);
    let answer = move |_: &wiremock::Request| {
        let next = pages.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // It does end after all, so that a connector without a bound passes the list.
        let link = format!("</api/v2/tags?next={next}>; rel=\"next\"");
        if next < 1200 { page(&json!([])).insert_header("link", link) } else { page(&json!([])) }
    };
    Mock::given(path("/api/v2/tags")).respond_with(answer).mount(&api.0).await;
    let output = api.read(&["tags"], "full_refresh");
    assert_eq!(output.code, 1);
    let (failure, stream, message) = output.only_error();
    assert_eq!((failure, stream), ("system_error", "tags"));
    assert!(message.contains("the list does not end: 1000 pages were read"), "{message}");
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
    let output = api.read(&["groups"], "full_refresh");
    assert_eq!(output.is_complete(&["groups"]).records("groups").len(), 2);
    let queries: Vec<_> =
        api.gets().await.iter().map(|get| get.url.query().unwrap_or("").to_owned()).collect();
    assert_eq!(queries, ["", "next=2", "next=3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_go_round_in_a_circle_end_with_an_error() {
    let api = Api::new().await;
    let circle = page(&json!([{"_id": "u1"}])).insert_header("link", "</api/v2/users?next=2>; rel=\"next\"");
    api.get("/users", circle).await;
    let output = api.read(&["users"], "full_refresh");
    assert_eq!(output.code, 1);
    let (failure, stream, message) = output.only_error();
    assert_eq!((failure, stream), ("transient_error", "users"));
    assert!(message.contains("circle"), "{message}");
    assert_eq!(api.requested().await, ["/users?status[eq]=deleted", "/users?next=2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_page_on_another_host_is_requested_from_base_url_and_the_other_host_gets_nothing() {
    let elsewhere = Api::new().await;
    let port = elsewhere.0.address().port();
    for target in [
        format!("http://localhost:{port}/api/v2/tags?next=2"),
        "https://elsewhere.invalid/v2/tags?next=2".to_owned(),
        "//elsewhere.invalid/tags?next=2".to_owned(),
    ] {
        let api = Api::new().await;
        let first = page(&json!([{"_id": "t1"}]));
        let link = format!("<{target}>; rel=\"next\"");
        api.get_first("/tags", 1, first.insert_header("link", link.as_str())).await;
        api.get("/tags", page(&json!([{"_id": "t2"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!(output.is_complete(&["tags"]).ids("tags"), ["t1", "t2"], "{target}");
        assert_eq!(api.requested().await, ["/tags", "/tags?next=2"], "{target}");
    }
    assert!(elsewhere.gets().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_without_a_readable_next_page_never_ends_a_list() {
    for link in [
        "/api/v2/tags?next=2; rel=\"next\"",
        "</api/v2/tags?next=2; rel=\"next\"",
        "</api/v2/tags?next=2>",
        "</api/v2/tags?next=2>; rel=\"\"",
        "</api/v2/tags?next=2>; rel='next'",
        "</api/v2/tags?next=2>; title=next",
        "</api/v2/tags>; rel=\"next\"",
        "</api/v2/users?next=2>; rel=\"next\"",
    ] {
        let api = Api::new().await;
        let first = page(&json!([{"_id": "t1"}]));
        api.get_first("/tags", 1, first.clone().insert_header("link", link)).await;
        let good = first.insert_header("link", "</api/v2/tags?next=2>; rel=\"next\"");
        api.get_first("/tags", 1, good).await;
        api.get("/tags", page(&json!([{"_id": "t2"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!(output.is_complete(&["tags"]).ids("tags"), ["t1", "t2"], "{link}");
        assert!(output.log().contains("/tags: the "), "{}", output.log());
        assert!(output.log().contains("Link header") && output.log().contains("retrying in"), "{link}");
        assert_eq!(api.gets().await.len(), 3, "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_links_and_odd_quotes_end_no_list_and_cost_no_retry() {
    for (link, pages) in [
        ("</api/v2/tags>; rel=\"first\", </api/v2/tags?next=2>; rel=next", 2),
        ("</api/v2/tags?next=2>; title=\"a \\\"quoted\\\" > pair\"; rel=\"next\"", 2),
        ("</api/v2/tags?next=2>; rel=\"prev NEXT\"", 2),
        ("</api/v2/tags>; rel=\"prev\", <https://example.com/style.css>; rel=preload", 1),
    ] {
        let api = Api::new().await;
        api.get_first("/tags", 1, page(&json!([{"_id": "t1"}])).insert_header("link", link)).await;
        api.get("/tags", page(&json!([{"_id": "t2"}]))).await;
        let output = api.read(&["tags"], "full_refresh");
        assert_eq!(output.is_complete(&["tags"]).records("tags").len(), pages, "{link}");
        assert_eq!(api.gets().await.len(), pages, "{link}");
    }
}
