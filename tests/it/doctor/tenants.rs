//! Accounts that no variant of the sandbox mocks: odd but harmless ones, and faulty ones that look
//! well.

use serde_json::{Value, json};
use source_360learning::doctor::{Access, Effect, Report, Verdict};
use source_360learning::streams::STREAMS;
use wiremock::matchers::{method, path, path_regex, query_param, query_param_is_missing};
use wiremock::{Mock, ResponseTemplate};

use super::single::empty;
use super::{examine, seen, with};
use crate::support::api::{Api, error, page};

fn verdict(report: &Report, id: &str) -> (Verdict, Effect) {
    let finding = report.verdict(id).unwrap();
    (finding.verdict, finding.effect)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_under_a_parent_that_does_not_exist_is_harmless() {
    let api = empty(&[]).await;
    // An object has no empty form.
    let objects = Mock::given(path_regex("/(user-statuses|audiences)$"));
    objects.respond_with(error(404, "sessionNotFound")).mount(&api.0).await;
    let report = examine(&api.config()).await;
    assert_eq!(verdict(&report, "absent_codes"), (Verdict::Differs, Effect::None));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_without_rows_show_nothing_about_filters() {
    let report = examine(&empty(&[]).await.config()).await;
    for id in ["date_filters", "status_filters", "encoded_brackets", "date_only", "next_keeps_filters"] {
        assert_eq!(verdict(&report, id).0, Verdict::Unknown, "{id}");
    }
    assert!(report.endpoints.iter().all(|one| one.date_filter.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_path_is_not_a_missing_scope() {
    let api = empty(&[]).await;
    api.get("/classrooms/registrations", error(403, "forbidden")).await;
    let report = examine(&api.config()).await;
    let differs = with(&report, Verdict::Differs);
    assert!(!differs.contains("scopes") && !differs.contains("forbidden_form"), "{differs:?}");
    assert_eq!(report.forecast.streams.len(), STREAMS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_by_a_firewall_ends_the_probes_and_is_not_a_missing_scope() {
    let api = Api::new().await;
    let blocked = ResponseTemplate::new(403).set_body_raw("<html>blocked</html>", "text/html");
    Mock::given(method("GET")).respond_with(blocked).mount(&api.0).await;
    let report = examine(&api.config()).await;
    let wanted = "Nothing could be checked: HTTP 403 for users, not from the API: a firewall or a proxy may block the request. Check base_url and the network.";
    assert_eq!(report.headline, wanted);
    // Nothing of it is blamed on the API.
    for id in ["scopes", "forbidden_form", "endpoints"] {
        assert_eq!(verdict(&report, id).0, Verdict::Unknown, "{id}");
    }
    // The same once pages were read.
    let api = empty(&[]).await;
    let blocked = ResponseTemplate::new(403).set_body_raw("<html>blocked</html>", "text/html");
    api.get("/tags", blocked).await;
    let headline = examine(&api.config()).await.headline;
    assert!(headline.starts_with("You can sync "), "{headline}");
    assert!(headline.ends_with(" streams not checked: check base_url and the network."), "{headline}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_the_api_is_a_reason_to_check_base_url() {
    let html = ResponseTemplate::new(200).set_body_raw("<html>welcome</html>", "text/html");
    let elsewhere = ResponseTemplate::new(302).insert_header("location", "https://example.com/login");
    let large = ResponseTemplate::new(200).set_body_raw(vec![b' '; 65 << 20], "application/json");
    for answer in [html, elsewhere, large] {
        let api = Api::new().await;
        Mock::given(method("GET")).respond_with(answer).mount(&api.0).await;
        let report = examine(&api.config()).await;
        let wanted = "Nothing could be checked: the response was not a page of the API. Check base_url.";
        assert_eq!(report.headline, wanted);
        let page = report.markdown();
        assert!(!page.contains("A full refresh takes") && page.contains("\nCheck base_url.\n"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_refused_where_others_of_its_scope_are_read_is_named() {
    let api = empty(&[("/users", json!([{"_id": "65f000000000000000000001", "status": "active"}]))]).await;
    api.get("/users/65f000000000000000000001/managers", error(403, "invalid_scope")).await;
    let report = examine(&api.config()).await;
    let wanted = "Refused, or of another shape: user_managers (HTTP 403 invalid_scope).";
    assert_eq!(seen(&report, "endpoints"), wanted);
    assert!(!with(&report, Verdict::Differs).contains("scopes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_of_another_shape_is_reported_and_the_probes_go_on() {
    let api = empty(&[("/projects", json!({"data": []}))]).await;
    api.get("/groups", ResponseTemplate::new(204)).await;
    let report = examine(&api.config()).await;
    let wanted = "Refused, or of another shape: groups (HTTP 204 not a page of this shape) and projects (HTTP 200 not a page of this shape).";
    assert_eq!((seen(&report, "endpoints"), report.run.stopped.as_deref()), (wanted, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_status_filter_is_reported_since_a_sync_would_fail() {
    let api = empty(&[]).await;
    let deleted = Mock::given(path("/api/v2/users")).and(query_param("status[eq]", "deleted"));
    deleted.respond_with(error(400, "invalidFilter")).with_priority(1).mount(&api.0).await;
    let report = examine(&api.config()).await;
    assert_eq!(verdict(&report, "status_filters"), (Verdict::Differs, Effect::Fails));
    assert_eq!(seen(&report, "status_filters"), "Refused by users.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_in_the_middle_of_a_probe_is_not_a_refusal() {
    let course = json!([{"_id": "65f000000000000000000001", "createdAt": "2026-01-01T00:00:00.000Z"}]);
    for (field, value, about) in [
        ("modifiedAt[gte]", "2100-01-01T00:00:00.000Z", "date_filters"),
        ("status[eq]", "archived", "status_filters"),
    ] {
        let api = empty(&[("/courses", course.clone())]).await;
        let limited = Mock::given(path("/api/v2/courses")).and(query_param(field, value));
        limited.respond_with(error(429, "tooManyRequests")).with_priority(1).mount(&api.0).await;
        let report = examine(&api.config()).await;
        assert_eq!(report.run.stopped.as_deref(), Some("HTTP 429 for courses."));
        for id in [about, "endpoints"] {
            assert_ne!(verdict(&report, id).0, Verdict::Differs, "{id}: {}", seen(&report, id));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_no_parent_has_is_named_and_one_absent_parent_is_not() {
    let groups = json!([{"_id": "65f000000000000000000001"}, {"_id": "65f000000000000000000002"}]);
    let api = empty(&[("/groups", groups)]).await;
    api.get("/groups/65f000000000000000000001/roles", error(404, "groupNotFound")).await;
    for group in ["65f000000000000000000001", "65f000000000000000000002"] {
        api.get(&format!("/groups/{group}/catalog/course-ids"), error(404, "groupNotFound")).await;
        api.get(&format!("/groups/{group}/catalog/path-session-ids"), error(404, "groupNotFound")).await;
    }
    let report = examine(&api.config()).await;
    let wanted = "Refused, or of another shape: group_catalog_contents (HTTP 404 groupNotFound).";
    assert_eq!(seen(&report, "endpoints"), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_exist_is_named_if_a_proxy_responds() {
    let api = empty(&[]).await;
    let page = ResponseTemplate::new(404).set_body_raw("<html>nothing here</html>", "text/html");
    api.get("/projects", page).await;
    let report = examine(&api.config()).await;
    let wanted = "Refused, or of another shape: projects (HTTP 404 without a code).";
    assert_eq!(seen(&report, "endpoints"), wanted);
}

/// A list of two pages; `next` has the successive responses to the second one.
async fn two_pages(at: &str, row: Value, next: &[ResponseTemplate]) -> Api {
    let api = empty(&[]).await;
    let link = format!("</api/v2{at}?next=2>; rel=\"next\"");
    for (times, answer) in next.iter().enumerate() {
        let mock = Mock::given(path(format!("/api/v2{at}"))).and(query_param("next", "2"));
        let mock = mock.respond_with(answer.clone()).with_priority(1);
        let last = times + 1 == next.len();
        if last { mock.mount(&api.0).await } else { mock.up_to_n_times(1).mount(&api.0).await }
    }
    api.get(at, page(&json!([row])).insert_header("link", link)).await;
    api
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_page_that_is_refused_is_named_and_not_requested_again() {
    let api = two_pages("/tags", json!({"_id": "t1"}), &[error(404, "notFound")]).await;
    let report = examine(&api.config()).await;
    let wanted = "Refused, or of another shape: tags (HTTP 404 notFound, next page).";
    assert_eq!(seen(&report, "endpoints"), wanted);
    let repeated = api.gets().await.into_iter().filter(|get| get.url.query() == Some("next=2")).count();
    assert_eq!(repeated, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_page_that_is_refused_in_another_way_than_known_makes_streams_fail() {
    let second = page(&json!([{"_id": "t2"}]));
    for (status, effect) in [(400, Effect::Cost), (410, Effect::Cost), (404, Effect::Fails)] {
        let api =
            two_pages("/tags", json!({"_id": "t1"}), &[second.clone(), error(status, "invalidNext")]).await;
        let report = examine(&api.config()).await;
        assert_eq!(verdict(&report, "next_again"), (Verdict::Differs, effect), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_learner_who_continues_meanwhile_is_not_another_row() {
    let row = |at: &str| json!([{"_id": "a2", "lastActivityAt": at}]);
    let (one, other) = (row("2026-10-01T08:00:00.000Z"), row("2026-11-02T08:00:00.000Z"));
    let api = two_pages("/courses/stats", json!({"_id": "a1"}), &[page(&one), page(&other)]).await;
    let report = examine(&api.config()).await;
    for id in ["next_again", "same_order", "next_late"] {
        assert_eq!(verdict(&report, id).0, Verdict::AsAssumed, "{id}: {}", seen(&report, id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_are_safe_raise_no_alarm() {
    // Older than its id, as if copied from another account; changed a millisecond before its
    // creation, with an offset.
    let path = json!([{
        "_id": "65f000000000000000000001",
        "createdAt": "2020-01-01T00:00:00.001Z",
        "modifiedAt": "2020-01-01T02:00:00.000+02:00",
    }]);
    let report = examine(&empty(&[("/paths", path)]).await.config()).await;
    assert_eq!(verdict(&report, "parent_ids").0, Verdict::AsAssumed);
    assert_eq!(verdict(&report, "modified_at_creation").0, Verdict::AsAssumed);
    assert_eq!(verdict(&report, "date_form"), (Verdict::Differs, Effect::None));
    assert_eq!(
        seen(&report, "date_form"),
        "1 with milliseconds, 0 without, 1 with an offset from UTC, 0 unreadable."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_not_to_the_next_page_is_ignored() {
    let api = empty(&[]).await;
    let link = "</api/v2/tags>; rel=\"first\", </style.css>; rel=preload";
    api.get("/tags", page(&json!([{"_id": "t1"}])).insert_header("link", link)).await;
    let report = examine(&api.config()).await;
    assert_eq!(verdict(&report, "link_form").0, Verdict::Unknown);
    let tags = report.endpoints.iter().find(|one| one.stream == "tags").unwrap();
    assert_eq!(tags.read_in_full, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_link_is_reported_without_its_address() {
    for (link, verdict, form) in [
        (
            "<https://app.360learning.com/api/v2/tags?a[gte]=1&next=2>; rel=\"next\"",
            Verdict::AsAssumed,
            "1 absolute and 0 relative, 1 with quotes, 1 with raw and 0 with encoded brackets.",
        ),
        (
            "</api/v2/tags?a%5Bgte%5D=1&next=2>; rel=next",
            Verdict::Differs,
            "0 absolute and 1 relative, 0 with quotes, 0 with raw and 1 with encoded brackets.",
        ),
    ] {
        let api = empty(&[]).await;
        let first = Mock::given(path("/api/v2/tags")).and(query_param_is_missing("next"));
        let page = page(&json!([{"_id": "t1"}])).insert_header("link", link);
        first.respond_with(page).with_priority(1).mount(&api.0).await;
        let report = examine(&api.config()).await;
        assert_eq!(report.verdict("link_form").unwrap().verdict, verdict);
        assert_eq!(seen(&report, "link_form"), format!("1 Link header: {form}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_longer_than_documented_is_reported() {
    let paths: Vec<Value> = (0..201).map(|n| json!({"_id": format!("{n:024x}")})).collect();
    let report = examine(&empty(&[("/paths", json!(paths))]).await.config()).await;
    assert_eq!(seen(&report, "page_size"), "1 list: paths (201 instead of 200).");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_in_one_order_are_reported() {
    let three = json!([{"_id": "a"}, {"_id": "b"}, {"_id": "c"}]);
    let lists = ["/tags", "/projects", "/skills"].map(|at| (at, three.clone()));
    let report = examine(&empty(&lists).await.config()).await;
    assert_eq!(verdict(&report, "no_order"), (Verdict::Differs, Effect::None));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_missing_scope_is_named_if_no_stream_can_be_read() {
    let api = Api::new().await;
    Mock::given(method("GET")).respond_with(error(403, "invalid_scope")).mount(&api.0).await;
    let report = examine(&api.config()).await;
    let wanted = format!("You can sync 0 of {} streams; ", STREAMS.len());
    assert!(report.headline.starts_with(&wanted), "{}", report.headline);
    assert!(report.endpoints.iter().all(|one| one.granted == Some(false)), "{}", report.headline);
    let page = report.markdown();
    assert!(page.contains("All streams fail.") && !page.contains("The others are read"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stream_is_said_to_be_read_if_every_request_is_forbidden() {
    let api = Api::new().await;
    Mock::given(method("GET")).respond_with(error(403, "forbidden")).mount(&api.0).await;
    let report = examine(&api.config()).await;
    let wanted = format!("You can sync 0 of {} streams; ", STREAMS.len());
    assert!(report.headline.starts_with(&wanted), "{}", report.headline);
    assert!(!report.markdown().contains("The others are read"), "{}", report.markdown());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_parents_and_without_a_response_is_not_checked() {
    let report = examine(&empty(&[]).await.config()).await;
    let access = |name: &str| report.endpoints.iter().find(|one| one.stream == name).unwrap().access;
    assert_eq!(access("users"), Access::Readable);
    assert_eq!(access("attendance_sheets"), Access::NotChecked);
    assert!(report.headline.ends_with(" not checked: their parents have no rows."), "{}", report.headline);
}
