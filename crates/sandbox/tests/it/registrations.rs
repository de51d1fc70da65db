//! The company's list of registrations, whose path is not documented.

use std::collections::BTreeMap;

use sandbox_360learning::{Sandbox, Variant};
use serde_json::Value;

use crate::client::Client;
use crate::{account, count, open, start, text};

const CLASSROOMS: &str = "/classrooms/registrations";
const SLOTS: &str = "/classroom-slots/registrations";

/// The company's list at `path`.
async fn registrations(variant: Variant, path: &str, elsewhere: &str) -> (Sandbox, Client, Vec<Value>) {
    let (sandbox, client) = account(variant).await;
    assert_eq!(client.get(elsewhere).status, 404, "{elsewhere}");
    let (rows, pages) = client.list(path);
    assert_eq!((rows.len(), pages), (sandbox.count("classroom_registrations"), 1));
    let (_default, plain) = start(open()).await;
    assert_eq!(plain.get(path).status, 404);
    (sandbox, client, rows)
}

#[tokio::test]
async fn the_registrations_of_the_company_may_be_listed_under_classrooms_or_slots() {
    for (variant, path, elsewhere) in [
        (Variant::RegistrationsUnderClassrooms, CLASSROOMS, SLOTS),
        (Variant::RegistrationsUnderSlots, SLOTS, CLASSROOMS),
    ] {
        let (sandbox, client, rows) = registrations(variant, path, elsewhere).await;
        assert_eq!(sorted_fields(&rows), sorted_fields(&sandbox.truth("classroom_registrations")));
        for field in ["classroomId", "classroomSlotId", "userId", "status"] {
            let value = text(&rows[0], field);
            let found = client.list(&format!("{path}?{field}[eq]={value}")).0;
            assert_eq!(found.len(), count(&rows, field, value), "{field}");
        }
        let came = rows.iter().filter(|row| row["hasAttended"] == true).count();
        assert_eq!(client.list(&format!("{path}?hasAttended[eq]=true")).0.len(), came);
        let dated = rows.iter().filter(|row| row.get("modifiedAt").is_some()).count();
        assert_eq!(client.list(&format!("{path}?modifiedAt[gte]=2020-01-01")).0.len(), dated);
    }
}

/// Rows by their ids, whatever the order of their fields.
fn sorted_fields(rows: &[Value]) -> BTreeMap<&str, BTreeMap<String, Value>> {
    rows.iter().map(|row| (text(row, "_id"), serde_json::from_value(row.clone()).unwrap())).collect()
}

#[tokio::test]
async fn the_registrations_of_the_company_may_lack_their_classroom_and_slot() {
    let (_sandbox, client, rows) =
        registrations(Variant::RegistrationsWithoutClassroom, CLASSROOMS, SLOTS).await;
    let places = ["classroomId", "classroomSlotId"];
    assert!(rows.iter().all(|row| places.iter().all(|place| row.get(*place).is_none())));
    assert_eq!(client.list(&format!("{CLASSROOMS}?userId[eq]={}", text(&rows[0], "userId"))).1, 1);
}

#[tokio::test]
async fn the_registrations_of_the_company_may_be_no_list() {
    let (_sandbox, client) = account(Variant::RegistrationsNotAList).await;
    let answer = client.get(CLASSROOMS);
    assert!(answer.status == 200 && answer.json().is_object(), "{}", answer.body);
    assert_eq!(client.get(SLOTS).status, 404);
}
