//! What a full refresh costs, estimated from a few responses.

use serde_json::{Value, json};
use source_360learning::doctor::{Precision, Report};
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request};

use super::examine;
use super::single::empty;
use crate::support::api::page;

/// So many rows with ids.
fn rows(count: usize) -> Value {
    (0..count).map(|number| json!({"_id": format!("65f0{number:020x}"), "status": "active"})).collect()
}

fn requests(report: &Report, stream: &str) -> usize {
    report.forecast.streams[stream].requests
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_follow_from_pages_parents_and_variants() {
    let lists = [("/users", rows(3)), ("/groups", rows(2)), ("/tags", rows(5))];
    let report = examine(&empty(&lists).await.config()).await;
    assert_eq!(requests(&report, "tags"), 1);
    // The list of deleted users is read before and after the plain one, which does not show any.
    assert_eq!(requests(&report, "users"), 3);
    assert_eq!(requests(&report, "user_managers"), 3);
    assert_eq!(requests(&report, "group_library_contents"), 4, "two lists under each group");
    let all: usize = report.forecast.streams.values().map(|cost| cost.requests).sum();
    assert_eq!(report.forecast.total.requests, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_dominate_are_named_and_get_a_schedule_of_their_own() {
    let advice = "give them a connection and a schedule of their own";
    let few = examine(&empty(&[("/users", rows(10))]).await.config()).await;
    assert!(!few.markdown().contains(advice), "{}", few.markdown());
    let many = examine(&empty(&[("/users", rows(400))]).await.config()).await;
    let by_user = ["user_managers", "user_certificates", "user_custom_field_values", "user_custom_links"];
    assert_eq!(many.forecast.dominating, by_user);
    let page = many.markdown();
    assert!(by_user.iter().all(|name| page.contains(name)) && page.contains(advice), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_counted_to_its_end_is_at_least() {
    let api = empty(&[("/tags", rows(5))]).await;
    let endless = |request: &Request| {
        let number: usize = request.url.query_pairs().find_map(|(_, value)| value.parse().ok()).unwrap_or(0);
        let row = json!([{"_id": format!("65f1{number:020x}"), "status": "active"}]);
        page(&row).insert_header("link", format!("</api/v2/users?next={}>; rel=\"next\"", number + 1))
    };
    Mock::given(method("GET"))
        .and(path("/api/v2/users"))
        .respond_with(endless)
        .with_priority(1)
        .mount(&api.0)
        .await;
    let forecast = examine(&api.config()).await.forecast;
    let precision = |stream: &str| forecast.streams[stream].precision;
    assert_eq!(precision("tags"), Precision::Exact);
    assert_eq!([precision("users"), precision("user_managers")], [Precision::AtLeast; 2]);
    assert_eq!(forecast.total.precision, Precision::AtLeast);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_giant_among_the_parents_is_counted_once() {
    let api = empty(&[("/groups", rows(5))]).await;
    let giant = page(&rows(1000)).insert_header("link", "</api/v2/groups/roles?next=2>; rel=\"next\"");
    let first = rows(1)[0]["_id"].as_str().unwrap().to_owned();
    api.get(&format!("/groups/{first}/roles"), giant).await;
    let report = examine(&api.config()).await;
    let cost = report.forecast.streams["group_memberships"];
    assert_eq!((cost.requests, cost.rows, cost.precision), (5 + 1, 1000, Precision::AtLeast));
}
