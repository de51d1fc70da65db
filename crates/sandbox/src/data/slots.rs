//! Slots: the dates of classrooms.

use super::names::TOWNS;
use super::time::{self, ZONES};
use super::{CLOSING, Cell, DAY, Day, HOUR, OPENING, Record, Rng, Time, World};
use super::{attendance, date, day, days, deletions, number, record, registrations};
use chrono::{Datelike, TimeDelta};

/// Attendance of slots that ended longer ago than this is settled.
const SETTLED: TimeDelta = TimeDelta::days(60);

pub(super) fn start(slot: &Record) -> Time {
    slot.date("startDate").unwrap_or(OPENING)
}

/// The end of a slot; the start of one that has none.
pub(super) fn end(slot: &Record) -> Time {
    slot.date("endDate").unwrap_or_else(|| start(slot))
}

/// The number of places; none where there is no limit, which a capacity of zero means too.
pub(super) fn capacity(slot: &Record) -> Option<i64> {
    Some(slot.int("maxCapacity")).filter(|capacity| *capacity > 0)
}

/// When a slot was created, also of one that does not show it.
pub(super) fn born(slot: &Record) -> Time {
    slot.date("#born").unwrap_or(OPENING)
}

pub(super) fn is_settled(slot: &Record, now: Time) -> bool {
    end(slot) + SETTLED < now
}

/// Read again by every sync: it is yet to end, or ended within the same days.
pub(super) fn is_current(slot: &Record, now: Time) -> bool {
    end(slot) > now + DAY - SETTLED
}

/// Ended within the days in which attendance is still being settled.
pub(super) fn is_recent(slot: &Record, now: Time) -> bool {
    end(slot) < now && is_current(slot, now)
}

/// Spread evenly over the program: each scale has past, recent and future slots.
pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("slots");
    let (classrooms, count) = (world.rows("classrooms"), world.counts.slots);
    let mut turns: Vec<&Record> = (0..count).map(|slot| &classrooms[slot % classrooms.len()]).collect();
    rng.0.shuffle(&mut turns);
    let step = (CLOSING - OPENING - days(10)) / i32::try_from(count).unwrap_or(i32::MAX);
    let slots = turns.into_iter().enumerate().map(|(place, classroom)| {
        let about =
            OPENING + DAY + step * i32::try_from(place).unwrap_or(0) + rng.span(TimeDelta::zero(), step);
        slot(world, rng, (classroom, place), about, None)
    });
    slots.collect()
}

/// The half-hours from start to end, those that count, and the one of the day at which the slot begins.
fn hours(rng: &mut Rng, length: i64, morning: i64) -> [i64; 3] {
    match (length, rng.below(8)) {
        (3 | 6, 0..2) => [length, length, rng.between(36, 38)],
        (3 | 6 | 7, 2..4) => [length, length, rng.between(27, 31)],
        // A day that goes on in the evening.
        (14, 0) => [21, 18, 18],
        (14, _) => [14, 14, morning],
        // Three days of seven hours, or two.
        (66, 0..4) => [114, 42, morning],
        (66, _) => [66, 28, morning],
        _ => [length, length, morning],
    }
}

/// A slot of `classroom` about `about`, in one of the sessions of its path. Its place in the order of slots
/// decides what few slots have: a zone overseas, no end, a capacity of zero.
fn slot(
    world: &World,
    rng: &mut Rng,
    (classroom, place): (&Record, usize),
    about: Time,
    born: Option<Time>,
) -> Record {
    let length = *rng.pick(&[3, 6, 7, 14, 14, 66]);
    // One in ten is overseas.
    let zone = [3, 13, 26].iter().position(|one| *one == place % 30).map(|overseas| ZONES[overseas].0);
    let path = classroom.reference("#pathId").unwrap_or_default();
    let sessions = world.table("path_sessions").of("pathId", path);
    let begun = sessions.filter(|session| session.date("startDate").is_some_and(|start| start <= about));
    let session = begun.max_by_key(|session| (session.date("startDate"), session.id()));
    let weekend = days([0, 0, 0, 0, 0, 2, 1][about.weekday() as usize]);
    let midnight = date(about.year(), about.month(), about.day()) + weekend;
    let morning = rng.between(16, 24);
    let [length, counted, begins] =
        hours(&mut world.rng_of(classroom.id(), &time::text(about)), length, morning);
    let length = TimeDelta::minutes(30 * length);
    let noon = midnight + HOUR * 12;
    let ahead = time::local(noon, zone.unwrap_or_default()) - noon.naive_utc();
    let mut start = midnight + TimeDelta::minutes(30 * begins) - ahead;
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
    let timezone = rng.maybe(950, |_| "Europe/Paris").filter(|_| zone.is_none()).or(zone);
    let (trainers, media) = (1 + rng.below(2), rng.below(2));
    record! {
        "_id": rng.id(born),
        "startDate": start,
        "endDate": Some(start + length).filter(|_| place % 40 != 17),
        "reportedDuration": f64::from(i32::try_from(counted).unwrap_or(0)) / 2.0,
        "selfRegistration": record! {
            "enabled": enabled,
            "cutoffDate": Some(start - days(2)).filter(|_| enabled || rng.chance(200)),
        },
        "virtual": is_virtual,
        "maxCapacity": if place % 25 == 11 { Some(0) } else { rng.maybe(600, |rng| rng.between(14, 25)) },
        "classroomId": classroom.id(),
        "createdAt": Some(born).filter(|_| dates >= 2),
        "name": format!("{}, le {}", classroom.text("name"), day(start + ahead)),
        "location": if is_virtual {
            format!("https://visio.example/{}?salle={}", rng.below(100_000), rng.below(100))
        } else {
            format!("Salle n° {}, {} {}", 1 + rng.below(9), town.postcode, town.name)
        },
        "trainerIds": rng.sample(&world.trainers, trainers),
        "mediaIds": (0..media).map(|_| rng.id(born)).collect::<Vec<_>>(),
        "modifiedAt": Some(rng.time(born, world.until())).filter(|_| dates >= 10),
        "timezone": timezone,
        "webinarProvider": rng.maybe(750, |rng| *rng.pick(&["Microsoft Teams", "Zoom"])).filter(|_| is_virtual),
        "#sessionId": Some(&context).filter(|context| context.is("type", "path")).map(Record::id),
        "context": context,
        "#born": born,
    }
}

/// Slots are edited; a future one is deleted with its registrations and sheets; one is created.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    for slot in day.some(world.rows("classroom_slots"), day.unit, |_| true) {
        let (id, stamp) = (slot.id(), day.stamp());
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
    deletions::delete(world, day, "classroom_slots", 1, |_, slot| start(slot) > tomorrow);
    for classroom in day.some(world.rows("classrooms"), 1, |_| true) {
        let (early, about) = (day.early_stamp(), world.clock + days(day.rng.between(15, 45)));
        let place = world.rows("classroom_slots").len();
        let mut slot = slot(world, &mut day.rng, (&classroom, place), about, Some(early));
        slot.update(record! {"createdAt": early, "modifiedAt": Cell::Absent});
        let registrations = registrations::of_slot(world, &mut day.rng, &slot);
        for registration in registrations {
            world.table_mut("classroom_registrations").push(registration);
        }
        attendance::add_sheets(world, &mut day.rng, &slot, 1);
        world.table_mut("classroom_slots").push(slot);
    }
}
