//! The data is as the official specification describes it, and agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sandbox_360learning::{Options, STREAMS, Scale};
use serde_json::Value;

use crate::{by_key, open, start, text};

/// Fields that no row has: only older payloads have `deleted`; the connector adds `readAt` as it reads.
const EXCEPTIONS: [&str; 5] = [
    "users.deleted",
    "attendance_sheets.readAt",
    "attendances.readAt",
    "user_certificates.readAt",
    "user_custom_field_values.readAt",
];

/// The fields of a schema, nested ones after a dot.
fn fields(schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        fields(property, &at, found);
        found.insert(at);
    }
    if schema["items"].is_object() {
        fields(&schema["items"], at, found);
    }
}

/// The fields of a row that are not null.
fn filled(row: &Value, at: &str, found: &mut BTreeSet<String>) {
    match row {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                let at = format!("{at}.{name}");
                filled(value, &at, found);
                found.insert(at);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| filled(item, at, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_field_of_the_schemas_is_filled_in_some_row() {
    let (sandbox, _client) = start(open()).await;
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut missing = Vec::new();
    for stream in STREAMS.iter() {
        let schema = std::fs::read_to_string(schemas.join(format!("{stream}.json"))).unwrap();
        let (mut documented, mut found) = (BTreeSet::new(), BTreeSet::new());
        fields(&serde_json::from_str(&schema).unwrap(), stream, &mut documented);
        sandbox.truth(stream).iter().for_each(|row| filled(row, stream, &mut found));
        assert!(!documented.is_empty(), "{stream}");
        missing.extend(documented.difference(&found).cloned());
    }
    let exceptions: BTreeSet<&str> = EXCEPTIONS.into();
    assert_eq!(missing.iter().map(String::as_str).collect::<BTreeSet<_>>(), exceptions);
}

#[tokio::test]
async fn an_event_is_what_the_webhook_sent() {
    let (sandbox, _client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    let subscriptions = by_key(&sandbox, "webhook_subscriptions");
    let mut known: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for (field, stream) in [
        ("userId", "users"),
        ("certificateId", "user_certificates"),
        ("attemptId", "course_stats"),
        ("courseId", "courses"),
        ("sessionId", "path_sessions"),
        ("pathId", "paths"),
    ] {
        known.insert(field, by_key(&sandbox, stream));
    }
    let mut statements = 0;
    for event in sandbox.truth("webhook_events") {
        let id = text(&event, "_id").strip_prefix("msg_").unwrap();
        assert!(id.len() == 27 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
        let kind = &subscriptions[&event["subscriptionId"].to_string()]["eventType"];
        let payload = &event["payload"];
        if kind.as_str().unwrap().starts_with("xapi") {
            statements += 1;
            assert!(payload["type"].is_null() && payload["verb"]["id"].is_string(), "{payload}");
            continue;
        }
        assert_eq!(payload.as_object().unwrap().keys().collect::<Vec<_>>(), ["type", "timestamp", "data"]);
        assert_eq!(&payload["type"], kind);
        assert!(payload["timestamp"].as_i64().unwrap() > 1_700_000_000_000, "{payload}");
        for (field, rows) in &known {
            let id = &payload["data"][field];
            assert!(id.is_null() || rows.contains_key(&id.to_string()), "{kind}: no such {field}: {id}");
        }
    }
    assert!(statements > 0);
}

#[tokio::test]
async fn a_virtual_slot_is_in_a_virtual_classroom() {
    let (sandbox, _client) = start(open()).await;
    for slot in sandbox.truth("classroom_slots") {
        let name = text(&slot, "name");
        let is_named_virtual = name.starts_with("Classe virtuelle") || name.starts_with("Webinaire");
        assert_eq!(slot["virtual"], is_named_virtual, "{name}");
        assert!(slot["virtual"] == true || slot["webinarProvider"].is_null(), "{name}");
    }
}

#[tokio::test]
async fn the_time_of_a_learner_in_a_session_is_the_sum_of_the_attempts_there() {
    let (sandbox, _client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    for day in 0..2 {
        let mut times: BTreeMap<[String; 2], i64> = BTreeMap::new();
        for attempt in sandbox.truth("course_stats").iter().filter(|one| one["pathSessionId"].is_string()) {
            let learner = [&attempt["userId"], &attempt["pathSessionId"]].map(Value::to_string);
            *times.entry(learner).or_default() += attempt["timeSpent"].as_i64().unwrap();
        }
        for stat in sandbox.truth("path_stats") {
            let learner = [&stat["userId"], &stat["sessionId"]].map(Value::to_string);
            assert_eq!(stat["timeSpent"], times.remove(&learner).unwrap_or_default(), "{stat}");
        }
        // The attempts of an enrollment that was deleted are still there.
        assert!(day > 0 || times.is_empty());
        let _ = sandbox.change();
    }
}

/// The row that an event is about, and the field of the row that has the event's time.
const DATED_EVENTS: [(&str, &str, &str, &str); 5] = [
    ("user.certificate.awarded", "user_certificates", "certificateId", "deliveryDate"),
    ("course.attempt.closed", "course_stats", "attemptId", "completedAt"),
    ("path.session.added", "path_sessions", "sessionId", "createdAt"),
    ("bulk.operation.ended", "bulk_operations", "bulkOperationId", "endedAt"),
    ("user.deleted", "users", "userId", "deletedAt"),
];

#[tokio::test]
async fn an_event_happened_when_its_row_says() {
    for scale in [Scale::Small, Scale::FranceNum] {
        let (sandbox, _client) = start(Options { scale, ..open() }).await;
        let subscriptions = sandbox.count("webhook_subscriptions");
        for day in 0..4 {
            let known: Vec<_> = DATED_EVENTS.iter().map(|(_, stream, ..)| by_key(&sandbox, stream)).collect();
            let mut kinds = BTreeSet::new();
            for event in sandbox.truth("webhook_events") {
                let payload = &event["payload"];
                let kind = payload["type"].as_str().unwrap_or("xapi");
                kinds.insert(kind.to_owned());
                let place = DATED_EVENTS.iter().position(|(known, ..)| *known == kind);
                let Some((place, (_, _, id, field))) = place.map(|place| (place, DATED_EVENTS[place])) else {
                    continue;
                };
                // The row may have been deleted since; the last deletion of a user is the one that holds.
                let Some(row) = known[place].get(&payload["data"][id].to_string()) else {
                    assert!(day > 0, "{event}");
                    continue;
                };
                let date = &row[field];
                let date = date.as_array().map_or(date, |dates| dates.last().unwrap());
                assert_eq!(date, &event["createdAt"], "{day}: {event}");
                let closed = &payload["data"]["closedAt"];
                assert!(closed.is_null() || closed == date, "{event}");
            }
            assert_eq!(kinds.len(), subscriptions, "{kinds:?}");
            let _ = sandbox.change();
        }
    }
}

/// The day and hour of a date of the program on the wall clock where a slot is.
fn local(slot: &Value, date: &str) -> (i64, i64) {
    let summers = [("2024-03-31", "2024-10-27"), ("2025-03-30", "2025-10-26"), ("2026-03-29", "2026-10-25")];
    let is_summer =
        date >= "2027-03-28" || summers.iter().any(|(from, until)| *from <= date && date < *until);
    let ahead = match slot["timezone"].as_str() {
        Some("Indian/Reunion") => 4,
        Some("America/Martinique") => -4,
        Some("Pacific/Noumea") => 11,
        _ if is_summer => 2,
        _ => 1,
    };
    let hour = date[11..13].parse::<i64>().unwrap() + ahead;
    (date[8..10].parse::<i64>().unwrap() + hour.div_euclid(24), hour.rem_euclid(24))
}

#[tokio::test]
async fn the_sheets_of_a_slot_are_of_its_half_days() {
    let (sandbox, _client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    for _ in 0..2 {
        let slots = by_key(&sandbox, "classroom_slots");
        let mut names = BTreeSet::new();
        for sheet in sandbox.truth("attendance_sheets") {
            let slot = &slots[&sheet["classroomSlotId"].to_string()];
            let start = text(slot, "startDate");
            let end = slot["endDate"].as_str().unwrap_or(start);
            let [(first, from), (last, until)] = [start, end].map(|date| local(slot, date));
            let name = text(&sheet, "name");
            let fits = match name {
                "Matin" => first != last || from < 13,
                "Après-midi" | "Après midi" | "Apre\u{300}s-midi" | "PM" | "Demi-journée 2" => {
                    first != last || until >= 13
                }
                "Soirée" => until >= 18,
                "Journée n° 2" | "Demi-journée 3" | "Jour 1" | "Jour 2" | "Jour 3" => first != last,
                "Demi-journée 1" | "Émargement" | "" => true,
                _ => false,
            };
            assert!((6..=19).contains(&from), "begins at {from}: {slot}");
            assert!(fits, "{name} of {slot}");
            assert!(names.insert(format!("{} {name}", sheet["classroomSlotId"])), "{name} twice: {slot}");
        }
        let _ = sandbox.change();
    }
}

#[tokio::test]
async fn only_a_full_slot_has_a_waitlist_and_no_slot_is_overbooked() {
    let (sandbox, _client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    for _ in 0..4 {
        let mut taken: BTreeMap<String, i64> = BTreeMap::new();
        let registrations = sandbox.truth("classroom_registrations");
        for registration in registrations.iter().filter(|one| one["status"] == "published") {
            *taken.entry(registration["classroomSlotId"].to_string()).or_default() += 1;
        }
        let slots = by_key(&sandbox, "classroom_slots");
        for (id, slot) in slots.iter().filter(|(_, slot)| slot["maxCapacity"].as_i64() > Some(0)) {
            assert!(
                taken.get(id).copied().unwrap_or_default() <= slot["maxCapacity"].as_i64().unwrap(),
                "{slot}"
            );
        }
        let waitlist = sandbox.truth("classroom_slot_waitlist");
        assert!(!waitlist.is_empty());
        for request in waitlist {
            let slot = request["classroomSlotId"].to_string();
            assert_eq!(slots[&slot]["maxCapacity"], taken[&slot], "{request}");
        }
        let _ = sandbox.change();
    }
}
