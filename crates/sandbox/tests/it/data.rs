//! The data and its changes.

use std::collections::{BTreeMap, BTreeSet};

use sandbox_360learning::{Changes, Options, STREAMS, Sandbox, Scale, Touched};
use serde_json::{Value, json};

use crate::{by_key, text};

async fn small(seed: u64) -> Sandbox {
    Sandbox::start(Options { seed, ..Options::default() }).await.unwrap()
}

#[tokio::test]
async fn the_france_num_scale_has_the_numbers_of_the_story() {
    let sandbox = Sandbox::start(Options { scale: Scale::FranceNum, ..Options::default() }).await.unwrap();
    for (stream, count) in [
        ("users", 2_980),
        ("groups", 55),
        ("custom_fields", 41),
        ("user_custom_field_values", 118_905),
        ("paths", 60),
        ("path_sessions", 214),
        ("path_stats", 21_400),
        ("path_enrollments", 21_400),
        ("classrooms", 110),
        ("classroom_slots", 675),
        ("attendance_sheets", 1_013),
    ] {
        assert_eq!(sandbox.count(stream), count, "{stream}");
        assert_eq!(by_key(&sandbox, stream).len(), count, "keys of {stream}");
    }
    let archived = sandbox.truth("path_enrollments").iter().filter(|row| row["status"] == "archived").count();
    assert_eq!(archived, 1_300);
    assert_eq!(sandbox.truth("no_such_stream"), Vec::<Value>::new());
}

#[tokio::test]
async fn the_same_seed_gives_the_same_rows_and_changes() {
    let (one, same, other) = (small(1).await, small(1).await, small(2).await);
    assert_eq!(one.change(), same.change());
    for stream in STREAMS.iter() {
        assert_eq!(one.truth(stream), same.truth(stream), "{stream}");
    }
    assert_ne!(one.truth("users"), other.truth("users"));
}

#[tokio::test]
async fn attendances_agree_with_registrations() {
    let sandbox = small(360).await;
    let registrations = sandbox.truth("classroom_registrations");
    let place = |row: &Value| format!("{} {}", row["classroomSlotId"], row["userId"]);
    let mut came: BTreeMap<String, Vec<Option<&Value>>> = BTreeMap::new();
    for row in registrations.iter().filter(|row| row["status"] == "published") {
        came.entry(place(row)).or_default().push(row.get("hasAttended"));
    }
    let attendances = sandbox.truth("attendances");
    let mut lines: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in &attendances {
        let line = format!("{} {}", row["attendanceSheetId"], place(row));
        lines.entry(line).or_default().push(text(row, "status"));
    }
    for row in &attendances {
        let line = format!("{} {}", row["attendanceSheetId"], place(row));
        let fits = came[&place(row)].iter().any(|came| match text(row, "status") {
            "present" => *came == Some(&json!(true)),
            // The second line of a learner is not signed.
            "absent" => *came == Some(&json!(false)) || lines[&line].len() > 1,
            _ => came.is_none(),
        });
        assert!(fits, "{row}");
    }
}

#[tokio::test]
async fn an_attempt_is_at_a_version_that_its_course_has() {
    let sandbox = small(360).await;
    for _ in 0..3 {
        let courses = by_key(&sandbox, "courses");
        for attempt in sandbox.truth("course_stats").iter().filter(|one| one["versionNumber"].is_i64()) {
            let current = courses[&attempt["courseId"].to_string()]["currentVersionNumber"].as_i64();
            assert!(attempt["versionNumber"].as_i64() <= current, "{attempt} of {current:?}");
        }
        let _ = sandbox.change();
    }
}

#[tokio::test]
async fn a_certificate_expires_on_the_day_of_the_month_on_which_it_was_delivered() {
    let sandbox = Sandbox::start(Options { scale: Scale::FranceNum, ..Options::default() }).await.unwrap();
    let month = |date: &str| date[..4].parse::<i64>().unwrap() * 12 + date[5..7].parse::<i64>().unwrap();
    let certificates = sandbox.truth("user_certificates");
    let limited: Vec<&Value> = certificates.iter().filter(|one| one["validityPeriod"].is_i64()).collect();
    assert!(limited.len() > 100);
    for certificate in limited {
        let (delivered, expires) = (text(certificate, "deliveryDate"), text(certificate, "expirationDate"));
        assert_eq!(month(expires) - month(delivered), certificate["validityPeriod"].as_i64().unwrap());
        let is_leap_day = &delivered[5..10] == "02-29";
        assert!(is_leap_day || delivered[7..] == expires[7..], "{certificate}");
    }
}

/// The keys of each stream that a comparison finds created, updated and deleted.
fn difference(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> [BTreeSet<String>; 3] {
    let created = after.keys().filter(|key| !before.contains_key(*key));
    let updated = after.iter().filter(|(key, row)| before.get(*key).is_some_and(|old| old != *row));
    let deleted = before.keys().filter(|key| !after.contains_key(*key));
    [created.cloned().collect(), updated.map(|(key, _)| key.clone()).collect(), deleted.cloned().collect()]
}

#[tokio::test]
async fn a_day_names_every_row_that_it_changed() {
    let sandbox = small(360).await;
    let mut seen = Touched::default();
    for _ in 0..5 {
        let before: Vec<_> = STREAMS.iter().map(|stream| by_key(&sandbox, stream)).collect();
        let Changes { streams, .. } = sandbox.change();
        for (stream, before) in STREAMS.iter().zip(before) {
            let touched = streams.get(*stream).cloned().unwrap_or_default();
            let named = [&touched.created, &touched.updated, &touched.deleted]
                .map(|keys| keys.iter().map(Value::to_string).collect::<BTreeSet<_>>());
            assert_eq!(named, difference(&before, &by_key(&sandbox, stream)), "{stream}");
            seen.created.extend(touched.created);
            seen.updated.extend(touched.updated);
            seen.deleted.extend(touched.deleted);
        }
    }
    assert!(!seen.created.is_empty() && !seen.updated.is_empty() && !seen.deleted.is_empty());
}
