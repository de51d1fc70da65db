//! Bulk operations: pending, queued, running, and ended well or not.

use super::{Cell, DAY, Day, HOUR, MINUTE, Record, Rng, Time, World, days, number, record};

#[rustfmt::skip]
const TYPES: [&str; 6] = [
    "addUsersToGroups", "createGroups", "importExternalCourses", "importExternalStatistics",
    "removeUsersFromGroups", "upsertSkills",
];

pub(crate) fn generate(world: &World) -> Vec<Record> {
    world.many("operations", world.counts.operations, |rng, place| {
        let age = days(number(place)) / 2 + rng.span(MINUTE, HOUR * 8);
        let created = world.until() - age;
        let mut operation = operation(rng, created);
        if age > DAY {
            end(rng, &mut operation, created, created + MINUTE * 30);
        }
        operation
    })
}

/// An operation that was requested and may have begun.
fn operation(rng: &mut Rng, created: Time) -> Record {
    let status = *rng.pick(&["pending", "queued", "running", "running"]);
    let started = Some(created + MINUTE / 2).filter(|_| status == "running");
    record! {
        "_id": rng.id(created),
        "type": *rng.pick(&TYPES),
        "createdAt": created,
        "status": status,
        "queuedAt": Some(created).filter(|_| status != "pending"),
        "startedAt": started,
        "progress": started.map(|started| record! {"index": rng.between(1, 90), "updatedAt": started}),
        "endedAt": Cell::Absent,
        "errorMessage": Cell::Absent,
    }
}

/// Ends an operation between two instants.
fn end(rng: &mut Rng, operation: &mut Record, from: Time, until: Time) {
    let ended = rng.time(from + MINUTE, until.max(from + MINUTE * 2));
    let has_failed = rng.chance(100);
    let index = if has_failed { rng.between(1, 90) } else { 100 };
    operation.update(record! {
        "status": if has_failed { "error" } else { "completed" },
        "progress": record! {"index": index, "updatedAt": ended},
        "errorMessage": Some("Le groupe n'existe plus.").filter(|_| has_failed),
        "queuedAt": operation.get("createdAt").clone(),
        "startedAt": operation.date("startedAt").unwrap_or(ended - MINUTE),
        "endedAt": ended,
    });
}

/// One of those under way ends, whose date of creation stays; two are requested.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let (from, until) = (day.from, day.until);
    let is_under_way = |one: &Record| {
        !one.has("endedAt") && one.date("createdAt").is_some_and(|created| created > from - days(7))
    };
    for operation in day.some(world.rows("bulk_operations"), 1, is_under_way) {
        world.edit("bulk_operations", operation.id(), |row| end(&mut day.rng, row, from, until));
    }
    for _ in 0..2 {
        let stamp = day.stamp();
        let operation = operation(&mut day.rng, stamp);
        world.table_mut("bulk_operations").push(operation);
    }
}
