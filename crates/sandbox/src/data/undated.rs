//! Rows that are older than the dates which the API does not promise, and lack them until they change.

use super::{Cell, World};

/// The optional dates of a table; the one of the last change comes first.
const OPTIONAL: [(&str, &[&str]); 7] = [
    ("classrooms", &["modifiedAt", "createdAt"]),
    ("classroom_slots", &["modifiedAt", "createdAt"]),
    ("classroom_registrations", &["modifiedAt", "createdAt"]),
    ("path_enrollments", &["modifiedAt"]),
    ("course_stats", &["lastActivityAt", "completedAt", "firstActivityAt"]),
    ("skills", &["updatedAt", "createdAt"]),
    ("skill_powers", &["updatedAt", "createdAt"]),
];

/// Removes optional dates from a good share of the rows. A change sets those that it sets on any row.
pub(crate) fn remove_dates(world: &mut World) {
    for (table, dates) in OPTIONAL {
        for id in world.table(table).ids() {
            // All of them on one row in five, a single one on three in ten.
            let missing = match id.rng(!world.seed).below(10) {
                0 | 1 => dates,
                place @ 2..5 => dates.get(place - 2..place - 1).unwrap_or_default(),
                _ => &[],
            };
            world.edit(table, id, |row| missing.iter().for_each(|date| row.set(date, Cell::Absent)));
        }
    }
}
