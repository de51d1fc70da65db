//! Behaviors that the sandbox does not have, against mock responses.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use source_360learning::doctor::{Effect, Verdict};
use wiremock::ResponseTemplate;
use wiremock::matchers::method;
use wiremock::{Mock, Request};

use super::{examine, seen, with};
use crate::support::api::{Api, error, page};

/// An account in which every list is empty but the given ones.
pub(crate) async fn empty(lists: &[(&str, Value)]) -> Api {
    let api = Api::new().await;
    for (path, rows) in lists {
        api.get(path, page(rows)).await;
    }
    Mock::given(method("GET")).respond_with(page(&json!([]))).with_priority(200).mount(&api.0).await;
    api
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_account_is_reported_without_guessing() {
    let api = empty(&[]).await;
    let report = examine(&api.config()).await;
    // Missing objects return empty pages, and so do the probable paths of registrations. The
    // server's clock is today's.
    let differs = with(&report, Verdict::Differs);
    assert_eq!(differs.into_iter().collect::<Vec<_>>(), ["absent_codes", "clocks", "registrations_list"]);
    // The clock of a mock is no alarm.
    assert_eq!(report.verdict("clocks").unwrap().effect, Effect::None);
    assert_eq!(report.forecast.total.rows, 0);
    assert!(api.gets().await.len() < 60);
    assert_eq!(api.tokens_issued().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_types_and_values_are_named_if_they_are_not_personal() {
    let users = json!([
        {"_id": "65f000000000000000000001", "status": "onLeave", "shoeSize": 41, "Adresse (privée) de Marie": "12 rue du Port"},
        {"_id": "65f000000000000000000002", "status": "Marie Le Goff, en congé", "mail": 7, "lastLoginDate": "hier",
            "deletedAt": ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00"]},
    ]);
    let api = empty(&[("/users", users)]).await;
    let report = examine(&api.config()).await;
    let users = report.endpoints.iter().find(|one| one.stream == "users").unwrap();
    let names =
        |fields: &std::collections::BTreeMap<String, usize>| fields.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&users.fields.new_fields), ["(a field with an unusual name)", "shoeSize"]);
    assert_eq!(names(&users.fields.new_values["status"]), ["(not shown)", "onLeave"]);
    assert_eq!(names(&users.fields.other_types), ["mail"]);
    assert_eq!(users.fields.dates, [1, 1, 1, 1]);
    let output = report.markdown() + &report.json().to_string();
    for text in ["Marie", "rue du Port", "hier", "65f0000"] {
        assert!(!output.contains(text), "{text}");
    }
    let differs = with(&report, Verdict::Differs);
    for id in ["known_fields", "known_values", "field_types", "date_form"] {
        assert!(differs.contains(id), "{id}: {differs:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_a_bare_value_have_its_type() {
    let user = "65f000000000000000000001";
    let managers = format!("/users/{user}/managers");
    for (row, types) in [(json!("65f0000000000000000000aa"), vec![]), (json!(7), vec!["managerId"])] {
        let api = empty(&[("/users", json!([{"_id": user}])), (&managers, json!([row]))]).await;
        let report = examine(&api.config()).await;
        let managers = report.endpoints.iter().find(|one| one.stream == "user_managers").unwrap();
        assert_eq!(managers.fields.other_types.keys().collect::<Vec<_>>(), types);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_the_connector_adds_are_not_reported_as_missing() {
    let (classroom, slot) = ("65f000000000000000000001", "65f000000000000000000002");
    let slots = format!("/classrooms/{classroom}/slots");
    let sheets = format!("/classroom-slots/{slot}/attendance-sheets");
    let api = empty(&[
        ("/classrooms", json!([{"_id": classroom}])),
        (&slots, json!([{"_id": slot}])),
        (&sheets, json!([{"_id": "a", "personalizedFields": {}}])),
    ])
    .await;
    let report = examine(&api.config()).await;
    let sheets = report.endpoints.iter().find(|one| one.stream == "attendance_sheets").unwrap();
    let nested = ["personalizedFields.organizationName", "personalizedFields.organizationLogoId"];
    assert_eq!(sheets.never_came, ["name", "status", "checkInCode", nested[0], nested[1]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_exist_is_named() {
    let api = empty(&[]).await;
    api.get("/projects", error(404, "notFound")).await;
    let report = examine(&api.config()).await;
    assert_eq!(seen(&report, "endpoints"), "Refused, or of another shape: projects (HTTP 404 notFound).");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_with_an_address_is_not_reported() {
    let api = empty(&[]).await;
    api.get("/projects", error(404, "marie@cabinet.example")).await;
    let report = examine(&api.config()).await;
    assert_eq!(
        seen(&report, "endpoints"),
        "Refused, or of another shape: projects (HTTP 404 without a code)."
    );
    assert!(!(report.markdown() + &report.json().to_string()).contains("marie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_are_not_valid_in_a_path_or_have_no_time_are_reported() {
    let api = empty(&[("/groups", json!([{"_id": "../users"}]))]).await;
    let report = examine(&api.config()).await;
    assert_eq!(seen(&report, "parent_ids"), "Ids that are not valid in a path: groups (1).");
    // No request was sent under it.
    assert!(api.gets().await.iter().all(|request| !request.url.path().contains("..")));
    let path = json!([{"_id": "path-1", "createdAt": "2026-01-01T00:00:00.000Z", "modifiedAt": "2025-01-01T00:00:00.000Z"}]);
    let api = empty(&[("/paths", path)]).await;
    let report = examine(&api.config()).await;
    assert!(
        seen(&report, "parent_ids").contains("without a time: paths (1)"),
        "{}",
        seen(&report, "parent_ids")
    );
    assert_eq!(report.verdict("modified_at_creation").unwrap().verdict, Verdict::Differs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_page_on_another_server_is_requested_from_base_url() {
    let other = Api::new().await;
    let link = format!("<{}/api/v2/tags?next=2>; rel=\"next\"", other.url());
    let api = empty(&[]).await;
    api.get("/tags", page(&json!([{"_id": "t1"}])).insert_header("link", link)).await;
    let report = examine(&api.config()).await;
    assert_eq!(report.verdict("link_form").unwrap().verdict, Verdict::AsAssumed);
    assert!(api.requested().await.contains(&"/tags?next=2".to_owned()), "{:?}", api.requested().await);
    assert!(other.gets().await.is_empty() && other.tokens_issued().await == 0);
    assert!(!report.markdown().contains("127.0.0.1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_tomorrow_shows_that_another_clock_stamps_rows() {
    let path = |at: &str| json!([{"_id": "65f000000000000000000001", "createdAt": at, "modifiedAt": at}]);
    let now = httpdate::fmt_http_date(super::clock().into());
    let api = empty(&[]).await;
    let dated = page(&path("2026-11-03T08:00:00.000Z")).insert_header("date", now.as_str());
    api.get("/paths", dated).await;
    let report = examine(&api.config()).await;
    assert_eq!(seen(&report, "rows_in_time"), "Dated after their response: 1 of 1 row.");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_gets_are_sent_and_a_redirect_is_not_followed() {
    let other = Api::new().await;
    let api = empty(&[]).await;
    let target = format!("{}/api/v2/groups", other.url());
    api.get("/groups", ResponseTemplate::new(302).insert_header("location", target)).await;
    let report = examine(&api.config()).await;
    assert_eq!(report.run.stopped.as_deref(), Some("HTTP 302 for groups."));
    let requests: Vec<Request> = api.0.received_requests().await.unwrap();
    let posts = requests.iter().filter(|request| request.method.as_str() != "GET").count();
    assert_eq!(posts, 1, "the token");
    assert!(other.0.received_requests().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_webhook_events_are_named_by_type_and_their_values_are_not() {
    let subscription = |id: &str, kind: &str| json!({"_id": id, "eventType": kind, "status": "active"});
    let lists = json!([
        subscription("65f000000000000000000001", "user.customfield.values.updated"),
        subscription("65f000000000000000000002", "user.updated"),
        subscription("65f000000000000000000003", "user.updated"),
    ]);
    let api = empty(&[("/webhooks/subscriptions", lists)]).await;
    let event = |data: Value| json!([{"_id": "msg_1", "createdAt": "2026-11-01T00:00:00.000Z", "payload": {"data": data}}]);
    let users = json!({"users": [{
        "userId": "65f0000000000000000000aa", "Nom de Marie": "Le Goff", "values": {"a1b2c3d4": "Le Goff"},
    }]});
    let updated =
        json!({"email": "marie@cabinet.example", "updatedBy": {"userId": "65f0000000000000000000bb"}});
    api.get("/webhooks/subscriptions/65f000000000000000000001/events", page(&event(users))).await;
    // Without an envelope.
    let updated = json!([{"_id": "msg_1", "payload": updated}]);
    api.get("/webhooks/subscriptions/65f000000000000000000002/events", page(&updated)).await;
    let report = examine(&api.config()).await;
    let types: Vec<_> = report
        .events
        .iter()
        .map(|one| {
            (one.name.as_str(), one.members.keys().map(String::as_str).collect::<Vec<_>>(), &one.users)
        })
        .collect();
    // An id has many digits.
    let unusual = ["users.(a field with an unusual name)", "users.values.(a field with an unusual name)"];
    assert_eq!(
        types,
        [
            (
                "user.customfield.values.updated",
                vec!["users", unusual[0], "users.userId", "users.values", unusual[1]],
                &vec!["users.userId".to_owned()]
            ),
            ("user.updated", vec!["email", "updatedBy", "updatedBy.userId"], &vec![]),
        ]
    );
    assert_eq!(seen(&report, "event_users"), "No member that identifies a user in user.updated.");
    let output = report.markdown() + &report.json().to_string();
    for text in ["Marie", "Le Goff", "a1b2c3d4", "cabinet", "65f0000", "msg_1"] {
        assert!(!output.contains(text), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_map_in_webhook_events_are_not_reported() {
    let subscription =
        json!([{"_id": "65f000000000000000000001", "eventType": "user.updated", "status": "active"}]);
    let api = empty(&[("/webhooks/subscriptions", subscription)]).await;
    let event =
        |id: &str, key: &str| json!({"_id": id, "payload": {"data": {"userId": "a", "scores": {key: 1}}}});
    let events = json!([event("msg_1", "marie"), event("msg_2", "paul"), event("msg_3", "legoff")]);
    api.get("/webhooks/subscriptions/65f000000000000000000001/events", page(&events)).await;
    let report = examine(&api.config()).await;
    let members: Vec<_> =
        report.events[0].members.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(members, [("scores", 3), ("scores.(names that differ)", 3), ("userId", 3)]);
    let output = report.markdown() + &report.json().to_string();
    assert!(["marie", "paul", "legoff"].iter().all(|name| !output.contains(name)), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn types_of_webhook_events_that_are_not_read_are_named() {
    let types: Vec<String> = ('a'..='n').map(|letter| format!("user.{letter}")).collect();
    let subscriptions: Vec<_> = types
        .iter()
        .enumerate()
        .map(|(number, name)| json!({"_id": format!("{number:024x}"), "eventType": name, "status": "active"}))
        .collect();
    let api = empty(&[("/webhooks/subscriptions", json!(subscriptions))]).await;
    for number in 0..types.len() {
        let event = json!([{"_id": format!("msg_{number}"), "payload": {"data": {"userId": "a"}}}]);
        api.get(&format!("/webhooks/subscriptions/{number:024x}/events"), page(&event)).await;
    }
    let report = examine(&api.config()).await;
    let read = report.events.iter().map(|one| one.name.clone());
    let (read, unread): (BTreeSet<_>, BTreeSet<_>) =
        (read.collect(), report.events_unread.iter().cloned().collect());
    assert!(read.len() >= 12 && !unread.is_empty() && read.is_disjoint(&unread), "{read:?} {unread:?}");
    assert_eq!(read.union(&unread).collect::<Vec<_>>(), types.iter().collect::<Vec<_>>());
    let line = format!(
        "is limited: {}.",
        report.events_unread.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    );
    assert!(report.markdown().contains(&line), "{}", report.markdown());
}
