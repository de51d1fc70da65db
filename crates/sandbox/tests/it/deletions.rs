//! What a day deletes without a trace, and what goes with it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sandbox_360learning::{Changes, Options, Sandbox, Scale};
use serde_json::Value;

use crate::{by_key, open, start, text};

/// A stream, the field of its rows that names another row, and the stream of that row.
const REFERENCES: [(&str, &str, &str); 17] = [
    ("path_sessions", "pathId", "paths"),
    ("path_session_translations", "pathId", "paths"),
    ("path_tags", "pathId", "paths"),
    ("path_enrollments", "sessionId", "path_sessions"),
    ("path_stats", "sessionId", "path_sessions"),
    ("path_session_metrics", "sessionId", "path_sessions"),
    ("path_session_audiences", "sessionId", "path_sessions"),
    ("path_session_custom_field_values", "sessionId", "path_sessions"),
    ("path_session_custom_field_values", "customFieldId", "custom_fields"),
    ("course_custom_field_values", "customFieldId", "custom_fields"),
    ("user_custom_field_values", "customFieldId", "custom_fields"),
    ("custom_field_authorized_values", "customFieldId", "custom_fields"),
    ("classroom_registrations", "classroomSlotId", "classroom_slots"),
    ("classroom_slot_waitlist", "classroomSlotId", "classroom_slots"),
    ("attendance_sheets", "classroomSlotId", "classroom_slots"),
    ("attendances", "attendanceSheetId", "attendance_sheets"),
    ("course_stats", "pathId", "paths"),
];

fn ids(sandbox: &Sandbox, stream: &str) -> BTreeSet<String> {
    sandbox.truth(stream).iter().map(|row| text(row, "_id").to_owned()).collect()
}

#[tokio::test]
async fn what_is_below_a_deleted_row_is_deleted_with_it() {
    for (scale, days) in [(Scale::Small, 7), (Scale::FranceNum, 2)] {
        let (sandbox, _client) = start(Options { scale, ..open() }).await;
        for day in 0..=days {
            agree(&sandbox, day);
            let _ = sandbox.change();
        }
    }
}

/// No row names one that is gone.
fn agree(sandbox: &Sandbox, day: u32) {
    for (stream, field, above) in REFERENCES {
        let known = ids(sandbox, above);
        for row in sandbox.truth(stream).iter().filter(|row| row[field].is_string()) {
            assert!(known.contains(text(row, field)), "day {day}: {stream} without {above}: {row}");
        }
    }
    let sessions = ids(sandbox, "path_sessions");
    for slot in sandbox.truth("classroom_slots") {
        let context = &slot["context"];
        assert!(context["type"] != "path" || sessions.contains(text(context, "_id")), "{slot}");
    }
    for session in sandbox.truth("path_sessions") {
        assert!(session["rootSessionId"].as_str().is_none_or(|root| sessions.contains(root)));
    }
    let paths = sandbox.truth("paths");
    let known = ids(sandbox, "paths");
    for step in paths.iter().flat_map(|path| path["steps"].as_array().unwrap()) {
        assert!(step["type"] != "path" || known.contains(text(step, "_id")), "day {day}: {step}");
    }
    assert_eq!(ids(sandbox, "path_enrollments"), ids(sandbox, "path_stats"));
}

#[tokio::test]
async fn each_day_deletes_some_of_everything_and_in_three_days_a_path_and_a_field() {
    let (sandbox, _client) = start(Options { scale: Scale::FranceNum, ..open() }).await;
    for day in 1..=3 {
        let before: BTreeMap<&str, BTreeMap<String, Value>> =
            ["attendance_sheets", "attendances", "classroom_slots"]
                .map(|stream| (stream, by_key(&sandbox, stream)))
                .into();
        let clock: DateTime<Utc> = sandbox.clock().parse().unwrap();
        let Changes { streams, .. } = sandbox.change();
        let deleted = |stream: &str| streams.get(stream).map_or(&[][..], |touched| &touched.deleted);
        for stream in [
            "path_sessions",
            "path_enrollments",
            "path_stats",
            "classroom_slots",
            "classroom_registrations",
            "attendance_sheets",
            "attendances",
        ] {
            assert!(!deleted(stream).is_empty(), "day {day}: {stream}");
        }
        assert_eq!(deleted("paths").len(), usize::from(day == 1));
        assert_eq!(deleted("custom_fields").len(), usize::from(day == 2));
        // Of the slots that are still there, those that a sync reads again within 90 days of their end.
        for stream in ["attendance_sheets", "attendances"] {
            let gone = deleted(stream).iter().map(|key| &before[stream][&key.to_string()]);
            let slots = ids(&sandbox, "classroom_slots");
            let single = gone.filter(|row| slots.contains(text(row, "classroomSlotId")));
            let mut count = 0;
            for row in single {
                let end =
                    row["classroomSlotEndDate"].as_str().map(|end| end.parse::<DateTime<Utc>>().unwrap());
                assert!(end.is_none_or(|end| end > clock - TimeDelta::days(90)), "{clock}: {row}");
                count += 1;
            }
            assert!(count > 0, "day {day}: {stream}");
        }
    }
}
