//! What the platform deletes without a trace, and everything below it.

use std::collections::{BTreeMap, HashSet};

use super::{Day, Id, Record, World};

/// A table, one below it, and the field there that names the row above. Attempts outlive their session and
/// enrollment, but not their path.
const BELOW: [(&str, &str, &str); 13] = [
    ("paths", "path_sessions", "pathId"),
    ("paths", "path_tags", "#owner"),
    ("paths", "course_stats", "pathId"),
    ("path_sessions", "path_enrollments", "sessionId"),
    ("path_sessions", "path_session_custom_field_values", "#owner"),
    ("path_sessions", "classroom_slots", "#sessionId"),
    ("path_enrollments", "path_stats", "_id"),
    ("classroom_slots", "classroom_registrations", "classroomSlotId"),
    ("classroom_slots", "classroom_slot_waitlist", "#classroomSlotId"),
    ("classroom_slots", "attendance_sheets", "#classroomSlotId"),
    ("attendance_sheets", "attendances", "#attendanceSheetId"),
    ("custom_fields", "course_custom_field_values", "customFieldId"),
    ("custom_fields", "path_session_custom_field_values", "customFieldId"),
];

/// How many rows a day may delete of the tables under whose rows others are requested: few enough for a sync
/// under way to go on.
pub(super) fn allowance(world: &World) -> BTreeMap<&'static str, usize> {
    let few = |table| (table, (world.rows(table).len() / 25).max(2));
    ["path_sessions", "classroom_slots", "attendance_sheets"].map(few).into()
}

/// Deletes up to `count` rows of a table that `wanted` accepts, and all rows below them. A row with more below it
/// than the day may delete stays. The ids of the rows.
pub(super) fn delete(
    world: &mut World,
    day: &mut Day,
    table: &'static str,
    count: usize,
    wanted: impl Fn(&World, &Record) -> bool,
) -> Vec<Id> {
    let candidates = day.some(world.rows(table), 8 * count, |row| wanted(world, row));
    let (mut chosen, mut doomed) = (Vec::new(), BTreeMap::new());
    for id in candidates.iter().map(Record::id) {
        let mut rows = BTreeMap::new();
        collect(world, table, id, &mut rows);
        let size = |table: &str| rows.get(table).map_or(0, HashSet::len);
        if chosen.len() == count || day.allowance.iter().any(|(table, left)| size(table) > *left) {
            continue;
        }
        day.allowance.iter_mut().for_each(|(table, left)| *left -= size(table));
        chosen.push(id);
        for (table, ids) in rows {
            doomed.entry(table).or_insert_with(HashSet::new).extend(ids);
        }
    }
    for (table, ids) in doomed {
        world.table_mut(table).retain(|row| !ids.contains(&row.id()));
    }
    chosen
}

/// Adds a row and all rows below it, by table.
fn collect(world: &World, table: &'static str, id: Id, rows: &mut BTreeMap<&'static str, HashSet<Id>>) {
    rows.entry(table).or_default().insert(id);
    for (_, child, field) in BELOW.into_iter().filter(|(above, ..)| *above == table) {
        if field == "_id" {
            collect(world, child, id, rows);
        } else {
            world.table(child).of(field, id).for_each(|row| collect(world, child, row.id(), rows));
        }
    }
}
