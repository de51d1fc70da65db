//! The data has what ordinary accounts have and careless readers do not expect, at every scale.

use std::collections::{BTreeMap, BTreeSet};

use sandbox_360learning::{Options, Sandbox, Scale};
use serde_json::Value;

use crate::{by_key, open, start, text};

async fn each_scale() -> [Sandbox; 2] {
    [start(open()).await.0, start(Options { scale: Scale::FranceNum, ..open() }).await.0]
}

/// How many rows of a stream have something.
fn count(sandbox: &Sandbox, stream: &str, has: impl Fn(&Value) -> bool) -> usize {
    sandbox.truth(stream).iter().filter(|row| has(row)).count()
}

/// The values of a custom field, by name, in a stream of values.
fn values(sandbox: &Sandbox, stream: &str, name: &str) -> Vec<String> {
    let fields = sandbox.truth("custom_fields");
    let field = fields.iter().find(|field| field["name"] == name).unwrap();
    let rows = sandbox.truth(stream);
    let own = rows.iter().filter(|row| row["customFieldId"] == field["_id"]);
    own.map(|row| text(row, "value").to_owned()).collect()
}

#[tokio::test]
async fn satisfaction_is_noted_in_many_ways() {
    for sandbox in each_scale().await {
        let field = sandbox.truth("custom_fields").into_iter().find(|field| field["name"] == "Satisfaction");
        assert_eq!(field.unwrap()["targetType"], "contents");
        let values: BTreeSet<String> =
            values(&sandbox, "path_session_custom_field_values", "Satisfaction").into_iter().collect();
        let mut all = vec!["4,5", "4.5", "4,5/5", "92 %", "9/10", "4", "3,8"];
        if sandbox.count("users") > 1_000 {
            all.extend(["86\u{a0}%", "96%", "8,5/10", "20261102", "n/a"]);
        }
        assert!(all.iter().all(|value| values.contains(*value)), "{values:?}");
    }
}

#[tokio::test]
async fn learners_answer_yes_or_no_or_not_at_all_and_some_are_registered_twice() {
    for sandbox in each_scale().await {
        let registrations = sandbox.truth("classroom_registrations");
        let share = |answer: Option<bool>| {
            let going = |row: &&Value| row["rsvp"]["going"].as_bool() == answer;
            registrations.iter().filter(going).count() * 100 / registrations.len()
        };
        assert!(share(Some(false)) >= 5 && share(Some(true)) >= 30 && share(None) >= 25);
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in &registrations {
            *places.entry(format!("{} {}", row["classroomSlotId"], row["userId"])).or_default() += 1;
        }
        let twice = places.values().filter(|count| **count > 1).count();
        assert!(twice > 0 && twice * 100 < places.len(), "{twice}");
    }
}

#[tokio::test]
async fn slots_are_without_end_or_limit_overseas_and_over_several_days() {
    for sandbox in each_scale().await {
        let slots = sandbox.count("classroom_slots");
        for (what, has) in [
            ("no end", (|slot: &Value| slot["endDate"].is_null()) as fn(&Value) -> bool),
            ("capacity of zero", |slot| slot["maxCapacity"] == 0),
            ("in Réunion", |slot| slot["timezone"] == "Indian/Reunion"),
            ("in Martinique", |slot| slot["timezone"] == "America/Martinique"),
            ("in Nouméa", |slot| slot["timezone"] == "Pacific/Noumea"),
            ("three days", |slot| slot["reportedDuration"] == 21.0),
        ] {
            let found = count(&sandbox, "classroom_slots", has);
            assert!(found > 0 && found * 8 < slots, "{what}: {found} of {slots}");
        }
        assert!(count(&sandbox, "path_sessions", |one| one["endDate"] == "9999-12-31T23:59:59.999Z") > 0);
        assert!(count(&sandbox, "path_sessions", |one| one["endDate"].is_null()) > 0);
    }
}

#[tokio::test]
async fn sheets_have_titles_of_many_kinds_some_slots_three_of_them_and_some_a_learner_twice() {
    for sandbox in each_scale().await {
        let is_small = sandbox.count("users") < 1_000;
        let mut of_slot: BTreeMap<String, usize> = BTreeMap::new();
        let mut titles = BTreeSet::new();
        for sheet in sandbox.truth("attendance_sheets") {
            *of_slot.entry(sheet["classroomSlotId"].to_string()).or_default() += 1;
            titles.insert(text(&sheet, "name").to_owned());
        }
        assert!(titles.len() >= if is_small { 6 } else { 13 }, "{titles:?}");
        assert!(of_slot.values().any(|count| *count == 3));
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for line in sandbox.truth("attendances") {
            *lines.entry(format!("{} {}", line["attendanceSheetId"], line["userId"])).or_default() += 1;
        }
        let twice = lines.values().filter(|count| **count > 1).count();
        assert!(twice > 0 && twice * 50 < lines.len(), "{twice}");
    }
}

#[tokio::test]
async fn some_attempts_in_paths_name_no_session_also_at_a_course_in_two_paths() {
    for sandbox in each_scale().await {
        let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let attempts = sandbox.truth("course_stats");
        let without =
            attempts.iter().filter(|row| row["pathId"].is_string() && row["pathSessionId"].is_null());
        for row in without.clone() {
            let place = format!("{} {}", row["userId"], row["courseId"]);
            paths.entry(place).or_default().insert(row["pathId"].to_string());
        }
        assert!(without.count() * 50 < attempts.len());
        assert!(paths.values().any(|paths| paths.len() == 2));
    }
}

#[tokio::test]
async fn custom_fields_of_users_have_odd_texts() {
    let [small, sandbox] = each_scale().await;
    let stream = "user_custom_field_values";
    for (field, odd) in [
        ("Cabinet", vec!["Broce\u{301}val Compta", "BROCÉVAL COMPTA", "Brocéval\u{a0}Compta"]),
        ("Cabinet", vec!["Expertise & Conseil d’Arvor", "EXPERTISE & CONSEIL D'ARVOR"]),
        ("Effectif", vec!["1 200", "1\u{202f}050", "3 à 9", "NC"]),
    ] {
        let values = values(&sandbox, stream, field);
        assert!(odd.iter().all(|odd| values.iter().any(|value| value == odd)), "{field}");
    }
    let is_odd = |value: &String| value.bytes().any(|byte| !byte.is_ascii_digit());
    assert!(values(&small, stream, "Effectif").iter().any(is_odd));
    let birthdays = values(&sandbox, stream, "Date de naissance");
    assert!(birthdays.iter().all(|day| day.ends_with(":00:00.000Z") && day.len() == 24));
    let impossible = birthdays.iter().filter(|day| !("1900".."2020").contains(&&day[..4])).count();
    assert!(impossible > 0 && impossible * 50 < birthdays.len(), "{impossible}");
}

#[tokio::test]
async fn firms_are_groups_and_agree_with_the_custom_fields_of_most_users() {
    for sandbox in each_scale().await {
        let groups = by_key(&sandbox, "groups");
        let parent = |group: &Value| groups.get(&group["parentId"].to_string());
        let is_in = |group: &Value, name: &str| parent(group).is_some_and(|one| one["name"] == name);
        let firms = groups.values().filter(|group| is_in(group, "Cabinets")).count();
        let agencies =
            groups.values().filter(|group| parent(group).is_some_and(|firm| is_in(firm, "Cabinets"))).count();
        assert!(firms >= 2 && firms + agencies + 5 == groups.len(), "{firms}, {agencies}");

        let fields = sandbox.truth("custom_fields");
        let field = &fields.iter().find(|field| field["name"] == "Cabinet").unwrap()["_id"];
        let values = sandbox.truth("user_custom_field_values");
        let firm_of: BTreeMap<String, &str> = values
            .iter()
            .filter(|row| row["customFieldId"] == *field)
            .map(|row| (row["userId"].to_string(), text(row, "value")))
            .collect();
        let (mut members, mut agree, mut inner) = (0, 0, 0);
        for user in sandbox.truth("users") {
            let Some(group) = groups.get(&user["primaryGroupId"].to_string()) else { continue };
            inner += usize::from(is_in(group, "Équipe de formation"));
            if let Some(firm) = parent(group).filter(|firm| is_in(firm, "Cabinets")) {
                members += 1;
                agree += usize::from(firm["name"] == firm_of[&user["_id"].to_string()]);
            }
        }
        assert!(inner > 0 && agree * 100 > members * 80 && agree < members, "{inner}, {agree} of {members}");
    }
}
