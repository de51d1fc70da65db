//! Rows that look different from what is documented.

use std::collections::{BTreeMap, BTreeSet};

use sandbox_360learning::{Options, STREAMS, Sandbox, Variant};
use serde_json::Value;

use crate::{account, by_key, count, open, start, text};

#[tokio::test]
async fn dates_may_come_without_milliseconds() {
    let (sandbox, client) = account(Variant::NoMilliseconds).await;
    let rows = client.list("/paths/sessions").0;
    assert_eq!(rows, sandbox.truth("path_sessions"));
    let dates =
        |rows: &[Value]| rows.iter().all(|row| text(row, "modifiedAt").len() == "2026-01-02T03:04:05Z".len());
    assert!(dates(&rows));
    for stream in STREAMS.iter() {
        let rows = Value::Array(sandbox.truth(stream)).to_string();
        let fraction = |six: &[u8]| matches!(six, [b'.', _, _, _, b'Z', b'"']);
        assert!(!rows.as_bytes().windows(6).any(fraction), "{stream}");
    }
    let parts = ["lt", "gte"]
        .map(|part| client.list(&format!("/paths/sessions?modifiedAt[{part}]=2026-01-01")).0.len());
    assert!(parts[0] > 0 && parts[1] > 0 && parts[0] + parts[1] == rows.len());
}

#[tokio::test]
async fn rows_may_have_undocumented_fields_and_values() {
    let (sandbox, client) = account(Variant::NewFields).await;
    for (path, stream) in [("/users", "users"), ("/paths/stats", "path_stats"), ("/courses", "courses")] {
        let rows = client.list(path).0;
        assert_eq!(rows, sandbox.truth(stream));
        assert!(rows.iter().all(|row| row["sinceTomorrow"].is_object()), "{stream}");
        let unknown = |row: &&Value| row["status"] == "someday" || row["status"]["type"] == "someday";
        let unknown = rows.iter().filter(unknown).count();
        assert!(unknown > 0 && unknown < rows.len() / 4, "{stream}: {unknown}");
    }
    // What is filtered on is what the rows show.
    let enrollments = sandbox.truth("path_enrollments");
    for status in ["archived", "published"] {
        let stats = client.list(&format!("/paths/stats?status[eq]={status}")).0;
        assert_eq!(stats.len(), count(&enrollments, "status", status), "{status}");
    }
    // Bare values have no fields.
    let group = sandbox.truth("group_catalog_contents").swap_remove(0);
    assert!(group.get("sinceTomorrow").is_none());
}

#[tokio::test]
async fn a_good_share_of_rows_may_lack_the_dates_that_are_optional() {
    let (sandbox, client) = account(Variant::WithoutDates).await;
    let (documented, _client) = start(open()).await;
    for (stream, fields) in [
        ("classroom_slots", &["createdAt", "modifiedAt"][..]),
        ("classroom_registrations", &["createdAt", "modifiedAt"]),
        ("path_enrollments", &["modifiedAt"]),
        ("skills", &["updatedAt"]),
        ("course_stats", &["firstActivityAt", "lastActivityAt"]),
    ] {
        let bare = |sandbox: &Sandbox| {
            let rows = sandbox.truth(stream);
            rows.iter().filter(|row| fields.iter().all(|field| row.get(*field).is_none())).count()
        };
        let (bare, already, all) = (bare(&sandbox), bare(&documented), sandbox.count(stream));
        assert!(already + all / 10 < bare && bare < all, "{stream}: {already}, then {bare} of {all}");
    }
    assert_eq!(client.list("/courses/stats").0, sandbox.truth("course_stats"));
    // No filter on a date finds them, also when a day has passed.
    let _ = sandbox.change();
    let rows = sandbox.truth("skills");
    let dated = rows.iter().filter(|row| row.get("updatedAt").is_some()).count();
    assert_eq!(client.list("/skills?updatedAt[gte]=2020-01-01").0.len(), dated);
}

#[tokio::test]
async fn a_row_that_lacks_its_dates_has_the_one_of_its_change_from_then_on() {
    let (sandbox, client) = account(Variant::WithoutDates).await;
    let dated = [
        ("classrooms", "modifiedAt"),
        ("classroom_slots", "modifiedAt"),
        ("classroom_registrations", "modifiedAt"),
        ("path_enrollments", "modifiedAt"),
        ("skills", "updatedAt"),
        ("course_stats", "lastActivityAt"),
    ];
    let mut appeared: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..20 {
        let clock = sandbox.clock();
        let bare: Vec<BTreeSet<String>> = dated
            .iter()
            .map(|(stream, field)| {
                let rows = sandbox.truth(stream).into_iter().filter(|row| row.get(*field).is_none());
                rows.map(|row| text(&row, "_id").to_owned()).collect()
            })
            .collect();
        let changes = sandbox.change().streams;
        for ((stream, field), bare) in dated.iter().zip(bare) {
            let touched = changes.get(*stream).cloned().unwrap_or_default();
            for row in sandbox.truth(stream) {
                let id = text(&row, "_id");
                if touched.updated.iter().any(|key| key == id) {
                    assert!(text(&row, field) > clock.as_str(), "{stream}: {row}");
                    *appeared.entry(stream).or_default() += usize::from(bare.contains(id));
                } else if bare.contains(id) {
                    assert!(row.get(*field).is_none(), "{stream}: {row}");
                }
            }
        }
    }
    let streams: Vec<&str> = appeared.iter().filter(|(_, rows)| **rows > 0).map(|(name, _)| *name).collect();
    let mut all = dated.map(|(stream, _)| stream);
    all.sort_unstable();
    assert_eq!(streams, all);
    // A filter on the date finds them.
    let changed = client.list("/skills?updatedAt[gte]=2026-11-02T08:00:00Z").0;
    assert!(changed.iter().any(|skill| skill.get("createdAt").is_none()), "{changed:?}");
}

#[tokio::test]
async fn a_change_names_the_rows_that_look_different_whatever_the_variants() {
    let variants = vec![Variant::WithoutDates, Variant::NewFields, Variant::NoMilliseconds];
    let (sandbox, _client) = start(Options { variants, ..open() }).await;
    for _ in 0..3 {
        let before: Vec<_> = STREAMS.iter().map(|stream| by_key(&sandbox, stream)).collect();
        let changes = sandbox.change().streams;
        for (stream, before) in STREAMS.iter().zip(before) {
            let after = by_key(&sandbox, stream);
            let touched = changes.get(*stream).cloned().unwrap_or_default();
            let named: BTreeSet<String> = touched.updated.iter().map(Value::to_string).collect();
            let differs = |(key, row): &(&String, &Value)| before.get(*key).is_some_and(|old| old != *row);
            let updated: BTreeSet<String> =
                after.iter().filter(differs).map(|(key, _)| key.clone()).collect();
            assert_eq!(named, updated, "{stream}");
            let born = after.keys().filter(|key| !before.contains_key(*key)).count();
            assert_eq!(touched.created.len(), born, "{stream}");
        }
    }
    assert!(sandbox.truth("classroom_slots").iter().all(|row| row["sinceTomorrow"].is_object()));
}
