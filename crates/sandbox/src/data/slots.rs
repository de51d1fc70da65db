//! Slots: the dates of classrooms.

use chrono::{Datelike, TimeDelta};
use fastrand::Rng;

use super::draw::{Draw, number};
use super::id::Id;
use super::names::TOWNS;
use super::record::{Cell, Record, record};
use super::time::{DAY, HOUR, Time, date, day, days};
use super::{CLOSING, Day, OPENING, World, attendance, registrations};

/// Attendance of slots that ended longer ago than this is settled.
const SETTLED: TimeDelta = TimeDelta::days(60);

pub(super) fn start(slot: &Record) -> Time {
    slot.date("startDate").unwrap_or(OPENING)
}

pub(super) fn end(slot: &Record) -> Time {
    slot.date("endDate").unwrap_or(OPENING)
}

/// When a slot was created, also of one that does not show it.
pub(super) fn born(slot: &Record) -> Time {
    slot.date("#born").unwrap_or(OPENING)
}

pub(super) fn is_settled(slot: &Record, now: Time) -> bool {
    end(slot) + SETTLED < now
}

/// Ended within the days in which attendance is still being settled.
pub(super) fn is_recent(slot: &Record, now: Time) -> bool {
    end(slot) < now && end(slot) > now + DAY - SETTLED
}

/// Spread evenly over the program: each scale has past, recent and future slots.
pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("slots");
    let (classrooms, count) = (world.rows("classrooms"), world.counts.slots);
    let mut turns: Vec<&Record> = (0..count).map(|slot| &classrooms[slot % classrooms.len()]).collect();
    rng.shuffle(&mut turns);
    let step = (CLOSING - OPENING - days(10)) / i32::try_from(count).unwrap_or(i32::MAX);
    let slots = turns.into_iter().zip(0..).map(|(classroom, place)| {
        let about = OPENING + DAY + step * place + rng.span(TimeDelta::zero(), step);
        slot(world, rng, classroom, about, None)
    });
    let slots = slots.collect();
    world.put("classroom_slots", &["classroomId"], slots);
}

/// A slot of `classroom` about `about`, in one of the sessions of its path.
fn slot(world: &World, rng: &mut Rng, classroom: &Record, about: Time, born: Option<Time>) -> Record {
    let half_hours = *rng.pick(&[3, 6, 7, 14, 14, 66]);
    let (length, hours) = match half_hours {
        3 => (HOUR * 3 / 2, 1.5),
        6 => (HOUR * 3, 3.0),
        7 => (HOUR * 7 / 2, 3.5),
        14 => (HOUR * 7, 7.0),
        // Two days of seven hours.
        _ => (HOUR * 33, 14.0),
    };
    let path = classroom.reference("#pathId").unwrap_or_default();
    let sessions = world.table("path_sessions").of("pathId", path);
    let begun = sessions.filter(|session| session.date("startDate").is_some_and(|start| start <= about));
    let session = begun.max_by_key(|session| (session.date("startDate"), session.id()));
    let weekend =
        days([0, 0, 0, 0, 0, 2, 1][usize::try_from(about.weekday().num_days_from_monday()).unwrap_or(0)]);
    let midnight = date(about.year(), about.month(), about.day());
    let mut start = midnight + weekend + HOUR / 2 * i32::try_from(rng.between(14, 22)).unwrap_or(14);
    if let Some(end) = session.and_then(|session| session.date("endDate")) {
        while start + length > end {
            start -= DAY;
        }
    }
    let planned =
        (start - days(rng.between(15, 70))).min(world.until() - rng.span(TimeDelta::zero(), days(40)));
    let after = session.and_then(|session| session.date("createdAt"));
    let born = born.unwrap_or_else(|| after.map_or(planned, |after| after.max(planned)));
    let context = match (session, rng.below(100)) {
        (Some(session), 0..88) => record! {"_id": session.id(), "type": "path"},
        (_, 88..92) => record! {"_id": rng.id(born), "type": "program"},
        _ => record! {"_id": classroom.id(), "type": "standalone"},
    };
    // The classroom has the kind of room: see `classrooms::ROOMS`.
    let is_virtual = classroom.bool("#virtual") == Some(true);
    let town = rng.pick(TOWNS);
    let (enabled, dates) = (rng.chance(500), rng.below(100));
    let (trainers, media) = (1 + rng.below(2), rng.below(2));
    record! {
        "_id": rng.id(born),
        "startDate": start,
        "endDate": start + length,
        "reportedDuration": hours,
        "selfRegistration": record! {
            "enabled": enabled,
            "cutoffDate": Some(start - days(2)).filter(|_| enabled || rng.chance(200)),
        },
        "virtual": is_virtual,
        "maxCapacity": rng.maybe(600, |rng| rng.between(14, 25)),
        "classroomId": classroom.id(),
        "createdAt": Some(born).filter(|_| dates >= 2),
        "name": format!("{}, le {}", classroom.text("name"), day(start)),
        "location": if is_virtual {
            format!("https://visio.example/{}?salle={}", rng.below(100_000), rng.below(100))
        } else {
            format!("Salle n° {}, {} {}", 1 + rng.below(9), town.postcode, town.name)
        },
        "trainerIds": rng.sample(&world.trainers, trainers),
        "mediaIds": (0..media).map(|_| rng.id(born)).collect::<Vec<_>>(),
        "modifiedAt": Some(rng.time(born, world.until())).filter(|_| dates >= 10),
        "timezone": rng.maybe(950, |_| "Europe/Paris"),
        "webinarProvider": rng.maybe(750, |rng| *rng.pick(&["Microsoft Teams", "Zoom"])).filter(|_| is_virtual),
        "context": context,
        "#born": born,
    }
}

/// The session of a slot, if it is in one.
pub(super) fn session(slot: &Record) -> Option<Id> {
    let context = slot.object("context").filter(|context| context.is("type", "path"));
    context.and_then(|context| context.reference("_id"))
}

/// Slots are edited; a future one is deleted with its registrations and sheets; one is created.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    for id in day.some(world.rows("classroom_slots"), day.unit, |_| true) {
        let stamp = day.stamp();
        // A slot with a waitlist stays full, and none holds fewer than are registered.
        let is_awaited = world.table("classroom_slot_waitlist").of("#classroomSlotId", id).next().is_some();
        let taken = number(registrations::seats_taken(world, id));
        let capacity = day.rng.maybe(500, |rng| rng.between(14, 30).max(taken)).filter(|_| !is_awaited);
        let location = format!("Salle n° {}, nouveau bâtiment", 1 + day.rng.below(20));
        world.edit("classroom_slots", id, |slot| {
            slot.set("modifiedAt", stamp);
            if let Some(capacity) = capacity {
                slot.set("maxCapacity", capacity);
            } else if slot.bool("virtual") == Some(false) {
                slot.set("location", location);
            }
        });
    }
    let tomorrow = world.clock + DAY;
    for id in day.some(world.rows("classroom_slots"), 1, |slot| start(slot) > tomorrow) {
        for (table, field) in [
            ("classroom_registrations", "classroomSlotId"),
            ("attendance_sheets", "#classroomSlotId"),
            ("attendances", "#classroomSlotId"),
        ] {
            world.table_mut(table).retain(|row| row.reference(field) != Some(id));
        }
        world.table_mut("classroom_slots").retain(|slot| slot.id() != id);
    }
    for id in day.some(world.rows("classrooms"), 1, |_| true) {
        let Some(classroom) = world.table("classrooms").get(id) else { continue };
        let (early, about) = (day.early_stamp(), world.clock + days(day.rng.between(15, 45)));
        let mut slot = slot(world, &mut day.rng, classroom, about, Some(early));
        slot.set("createdAt", early);
        slot.set("modifiedAt", Cell::Absent);
        let registrations = registrations::of_slot(world, &mut day.rng, &slot);
        attendance::add_sheets(world, &mut day.rng, &slot, 1, &registrations);
        for registration in registrations {
            world.table_mut("classroom_registrations").push(registration);
        }
        world.table_mut("classroom_slots").push(slot);
    }
}
