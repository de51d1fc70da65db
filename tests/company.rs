//! The list of all registrations of a company: read where it proves itself, and never otherwise.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sandbox_360learning::{Options, Scale, Variant};
use serde_json::{Value, json};
use support::api::{Api, error, page};
use support::said::same_rows;
use support::{Account, Said};
use wiremock::Mock;
use wiremock::matchers::method;

const STREAM: &str = "classroom_registrations";

/// A sync of the registrations of a France Num account with these variants, each row once.
async fn synced(variants: &[Variant]) -> (Account, Said) {
    let options =
        Options { scale: Scale::FranceNum, rate_limit: 0, variants: variants.to_vec(), ..Options::default() };
    let account = Account::open(options).await;
    let said = account.read(&[STREAM], "full_refresh", None);
    said.is_complete(&[STREAM]);
    let truth = account.sandbox.truth(STREAM);
    assert_eq!(said.records(STREAM).len(), truth.len());
    same_rows(STREAM, said.records(STREAM), &truth);
    (account, said)
}

/// An account with as many classrooms, whose registrations the test fills.
async fn eight_classrooms() -> Api {
    let api = Api::new().await;
    let classrooms: Vec<Value> = (1..=8).map(|n| json!({"_id": format!("c{n}")})).collect();
    api.get("/classrooms", page(&json!(classrooms))).await;
    api
}

/// The registrations that were emitted.
fn ids(said: &Said) -> BTreeSet<&str> {
    said.records(STREAM).iter().map(|row| row["_id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_holds_everything_is_read_in_place_of_a_list_per_classroom() {
    for (variant, place) in [
        (Variant::RegistrationsUnderClassrooms, "/classrooms/registrations"),
        (Variant::RegistrationsUnderSlots, "/classroom-slots/registrations"),
    ] {
        let (account, said) = synced(&[variant]).await;
        let text = format!("{STREAM}: read from {place}, the list of the whole company");
        assert!(said.log().contains(&text), "{}", said.log());
        let total = account.sandbox.requests().total;
        assert!(total < 12, "{total} requests where there are 110 classrooms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_registrations_are_asked_for_where_the_list_leaves_them_out() {
    let (account, _) = synced(&[Variant::RegistrationsUnderClassrooms, Variant::HiddenArchived]).await;
    assert!(account.sandbox.truth(STREAM).iter().any(|row| row["status"] == "archived"));
    assert!(account.sandbox.requests().total < 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_such_list_is_passed_over_without_noise() {
    for variants in [&[][..], &[Variant::RegistrationsWithoutClassroom], &[Variant::RegistrationsNotAList]] {
        let (account, said) = synced(variants).await;
        // The classrooms, each of them, and the two places; never once more.
        assert_eq!(account.sandbox.requests().total, 1 + 110 + 2);
        assert!(!said.log().contains("the list of the whole company"), "{}", said.log());
        assert!(!said.log().contains("WARN"), "{}", said.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_lacks_a_row_is_not_trusted() {
    let api = eight_classrooms().await;
    let row = |n: usize| json!({"_id": format!("r{n}"), "classroomSlotId": "s1"});
    for n in 1..=8 {
        // The first classroom has no registration: nothing to hold the list against.
        let rows = if n == 1 { json!([]) } else { json!([row(n)]) };
        api.get(&format!("/classrooms/c{n}/registrations"), page(&rows)).await;
    }
    let whole = |n: usize| {
        let mut row = row(n);
        row["classroomId"] = json!(format!("c{n}"));
        row
    };
    let listed: Vec<Value> = (3..=8).map(whole).collect();
    api.get("/classrooms/registrations", page(&json!(listed))).await;
    let said = api.read(&[STREAM], "full_refresh");
    said.is_complete(&[STREAM]);
    let ids = ids(&said);
    assert_eq!(ids.len(), 7, "{ids:?}");
    assert!(said.log().contains("lacks rows that its parts have"), "{}", said.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_after_its_first_page_is_given_up() {
    let api = eight_classrooms().await;
    let row =
        |n: usize| json!({"_id": format!("r{n}"), "classroomSlotId": "s1", "classroomId": format!("c{n}")});
    for n in 1..=8 {
        api.get(&format!("/classrooms/c{n}/registrations"), page(&json!([row(n)]))).await;
    }
    let more =
        page(&json!([row(1)])).insert_header("link", "</api/v2/classrooms/registrations?next=2>; rel=next");
    api.get_first("/classrooms/registrations", 1, more).await;
    api.get("/classrooms/registrations", error(404, "notFound")).await;
    let said = api.read(&[STREAM], "full_refresh");
    said.is_complete(&[STREAM]);
    let ids = ids(&said);
    assert_eq!(ids.len(), 8, "{ids:?}");
    assert!(said.log().contains("cannot be read to its end"), "{}", said.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_list_for_the_rate_holds_everybody() {
    let api = eight_classrooms().await;
    let limited = error(429, "tooManyRequests").insert_header("retry-after", "1");
    let refused = Arc::new(Mutex::new(None));
    let after = Arc::new(Mutex::new(Vec::new()));
    let (when, later) = (Arc::clone(&refused), Arc::clone(&after));
    let answer = move |request: &wiremock::Request| {
        if request.url.path() == "/api/v2/classrooms/registrations" {
            *when.lock().unwrap() = Some(Instant::now());
            return limited.clone();
        }
        if when.lock().unwrap().is_some() {
            later.lock().unwrap().push(Instant::now());
        }
        page(&json!([{"_id": request.url.path(), "classroomSlotId": "s1"}]))
    };
    Mock::given(method("GET")).respond_with(answer).mount(&api.0).await;
    api.read(&[STREAM], "full_refresh").is_complete(&[STREAM]);
    let (refused, after) = (refused.lock().unwrap().unwrap(), after.lock().unwrap());
    assert_eq!(after.len(), 8, "the other place, and seven classrooms");
    assert!(after.iter().all(|at| *at - refused > Duration::from_millis(900)), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_read_goes_on_classroom_by_classroom() {
    let options = Options {
        rate_limit: 0,
        variants: vec![Variant::RegistrationsUnderClassrooms],
        ..Options::default()
    };
    let account = Account::open(options).await;
    let mut ids: Vec<String> = account
        .sandbox
        .truth("classrooms")
        .iter()
        .map(|row| row["_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort_unstable();
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": STREAM},
        "stream_state": {"resume": {"sync_id": 7, "after": ids[0]}},
    }}]);
    let said = account.read(&[STREAM], "full_refresh", Some(&state));
    said.is_complete(&[STREAM]);
    let truth = account.sandbox.truth(STREAM);
    let rest = truth.iter().filter(|row| row["classroomId"] != json!(ids[0]));
    same_rows(STREAM, said.records(STREAM), rest);
    assert!(!said.log().contains("the list of the whole company"));
}
