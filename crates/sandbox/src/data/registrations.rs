//! Registrations for slots, and the waitlists of slots that can be full.

use std::collections::HashSet;

use super::{Cell, Day, FIRST, Id, MINUTE, Record, Rng, Time, World};
use super::{attendance, deletions, number, record, slots};

/// A registration as created.
fn registration(rng: &mut Rng, slot: &Record, user: Id, created: Time, path: Option<Id>) -> Record {
    record! {
        "_id": rng.id(created),
        "archivedAt": Cell::Absent,
        "userId": user,
        "attendanceDuration": Cell::Absent,
        "createdAt": created,
        "hasAttended": Cell::Absent,
        "modifiedAt": Cell::Absent,
        "pathId": path,
        "rsvp": Cell::Absent,
        "status": "published",
        "classroomSlotId": slot.id(),
        "classroomId": slot.get("classroomId").clone(),
    }
}

/// Notes whether the learner was there. Webinars report how long, in milliseconds.
pub(super) fn attend(rng: &mut Rng, slot: &Record, registration: &mut Record, attended: bool) {
    registration.set("hasAttended", attended);
    let is_reported = slot.has("webinarProvider") && attended;
    let stayed = rng.span(MINUTE * 20, slots::end(slot) - slots::start(slot)).num_milliseconds();
    registration.set("attendanceDuration", Some(stayed).filter(|_| is_reported));
}

fn archived(at: Time) -> Record {
    record! {"status": "archived", "archivedAt": at, "modifiedAt": at}
}

fn rsvp(going: bool, at: Time) -> Record {
    record! {"going": going, "lastUpdatedAt": at}
}

/// Between 6 and 14 learners of the slot's session; any learners where it has none.
pub(super) fn of_slot(world: &World, rng: &mut Rng, slot: &Record) -> Vec<Record> {
    let (count, now, until) = (6 + rng.below(9), world.clock, world.until());
    let (close, born) = (slots::start(slot).min(until), slots::born(slot));
    let is_settled = slots::is_settled(slot, now) || (slots::end(slot) < now && rng.chance(450));
    let session = slot.reference("#sessionId");
    let path = session.and_then(|id| world.table("path_sessions").get(id)?.reference("pathId"));
    let mut learners: Vec<(Id, Time)> = if let Some(session) = session {
        let enrolled = world.table("path_enrollments").of("sessionId", session);
        let published = enrolled.filter(|one| one.is("status", "published"));
        let arrival = |one: &Record| one.date("createdAt").unwrap_or(FIRST).max(born);
        published.map(|one| (one.reference("userId").unwrap_or_default(), arrival(one))).collect()
    } else {
        let users = rng.sample(world.rows("users"), count);
        users.iter().filter(|user| !world.network.is_trainer(user)).map(|user| (user.id(), born)).collect()
    };
    rng.0.shuffle(&mut learners);
    // A learner who was enrolled after the slot began is registered afterwards, and only if others are lacking.
    learners.sort_by_key(|&(_, from)| from >= close);
    learners.truncate(count);
    let registered = learners.into_iter().map(|(user, from)| {
        let created = rng.time(from, if from < close { close } else { until });
        let mut row = registration(rng, slot, user, created, path);
        let modified = rng.time(created, until);
        let going = rng.maybe(600, |rng| rng.chance(800));
        let answered = rng.time(created, close);
        row.set("rsvp", going.map(|going| rsvp(going, answered)));
        row.set("modifiedAt", rng.maybe(800, |_| modified));
        if rng.chance(30) {
            row.update(archived(modified));
        } else if is_settled {
            // Some who declined come all the same.
            let attended = rng.chance(if going == Some(false) { 100 } else { 880 });
            attend(rng, slot, &mut row, attended);
        }
        match rng.below(1000) {
            0..7 => row.update(record! {"createdAt": Cell::Absent, "modifiedAt": Cell::Absent}),
            7..15 => row.set("createdAt", Cell::Absent),
            _ => {}
        }
        row
    });
    registered.collect()
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("registrations");
    let mut rows: Vec<Record> = Vec::new();
    for (place, slot) in world.rows("classroom_slots").iter().enumerate() {
        let mut registered = of_slot(world, rng, slot);
        if let [first, second, ..] = &mut registered[..]
            && place % 40 == 20
        {
            // Both are of one learner: the first is archived, or both count.
            second.set("userId", first.get("userId").clone());
            if place % 80 == 20
                && let Some(at) = first.date("createdAt")
            {
                first.update(archived(at + MINUTE));
                first.update(record! {"hasAttended": Cell::Absent, "attendanceDuration": Cell::Absent});
            }
        }
        rows.extend(registered);
    }
    rows
}

/// Only full slots have a waitlist: a slot that gets one holds as many as are registered.
pub(crate) fn waitlists(world: &mut World) {
    let rng = &mut world.rng("waitlists");
    let learners = world.learners();
    let (mut requests, mut full) = (Vec::new(), Vec::new());
    for slot in world.rows("classroom_slots").iter().filter(|slot| slots::capacity(slot).is_some()) {
        let (registered, taken) = (registered_users(world, slot.id()), seats_taken(world, slot.id()));
        let count = if taken == 0 { 0 } else { rng.below(5).saturating_sub(1) };
        let close = slots::start(slot).min(world.until());
        let before = requests.len();
        for (user, arrival) in rng.sample(&learners, count) {
            let from = arrival.max(slots::born(slot));
            if from < close && !registered.contains(&user) {
                let at = rng.time(from, close);
                requests.push(record! {
                    "#_id": rng.id(at), "userId": user, "requestedAt": at, "#classroomSlotId": slot.id(),
                });
            }
        }
        if requests.len() > before {
            full.push((slot.id(), taken));
        }
    }
    for (slot, taken) in full {
        world.update("classroom_slots", slot, record! {"maxCapacity": taken});
    }
    world.put("classroom_slot_waitlist", &["#classroomSlotId"], requests);
}

pub(super) fn seats_taken(world: &World, slot: Id) -> usize {
    let registrations = world.table("classroom_registrations").of("classroomSlotId", slot);
    registrations.filter(|one| one.is("status", "published")).count()
}

fn registered_users(world: &World, slot: Id) -> HashSet<Id> {
    let registrations = world.table("classroom_registrations").of("classroomSlotId", slot);
    registrations.filter_map(|one| one.reference("userId")).collect()
}

/// Registrations are deleted, trainers correct attendance, learners answer invitations, others register.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    // A slot with a waitlist stays full. Lines on sheets stay as they are.
    deletions::delete(world, day, "classroom_registrations", day.few, |world, one| {
        let slot = one.reference("classroomSlotId").unwrap_or_default();
        world.table("classroom_slot_waitlist").of("#classroomSlotId", slot).next().is_none()
    });
    let (from, now) = (day.from, world.clock);
    let slot_of = |row: &Record| world.referred(row, "classroomSlotId", "classroom_slots");
    let corrected = day.some(world.rows("classroom_registrations"), day.unit, |one| {
        let is_recent = slot_of(one).is_some_and(|slot| slots::is_recent(slot, from));
        is_recent && one.is("status", "published") && one.has("hasAttended")
    });
    let answered = day.some(world.rows("classroom_registrations"), day.unit, |one| {
        one.is("status", "published") && slot_of(one).is_some_and(|slot| slots::start(slot) > now)
    });
    for row in corrected {
        let attended = row.bool("hasAttended") == Some(true);
        attendance::correct(world, day, row, !attended);
    }
    for row in answered {
        let (stamp, going) = (day.stamp(), day.rng.chance(700));
        let answer = record! {"rsvp": rsvp(going, stamp), "modifiedAt": stamp};
        world.update("classroom_registrations", row.id(), answer);
    }
    let future = day.some(world.rows("classroom_slots"), day.unit, |slot| {
        let has_room = |capacity| number(seats_taken(world, slot.id())) < capacity;
        slots::start(slot) > now && slots::capacity(slot).is_none_or(has_room)
    });
    for slot in future {
        register(world, day, &slot);
    }
}

/// One more learner registers for a slot, and is added to its sheets.
fn register(world: &mut World, day: &mut Day, slot: &Record) {
    let stamp = day.stamp();
    let session = world.referred(slot, "#sessionId", "path_sessions");
    let known = registered_users(world, slot.id());
    let enrolled: Vec<Id> = if let Some(session) = session {
        let enrolled = world.table("path_enrollments").of("sessionId", session.id());
        let is_there = |one: &&Record| {
            one.is("status", "published") && one.date("createdAt").is_some_and(|created| created < stamp)
        };
        enrolled.filter(is_there).filter_map(|one| one.reference("userId")).collect()
    } else {
        let users = day.some(world.rows("users"), 5, |user| user.is("status", "active"));
        users.iter().map(Record::id).collect()
    };
    let fresh: Vec<Id> = enrolled.into_iter().filter(|user| !known.contains(user)).collect();
    let Some(user) = day.rng.sample(&fresh, 1).pop() else { return };
    let path = session.and_then(|session| session.reference("pathId"));
    let row = registration(&mut day.rng, slot, user, stamp, path);
    let sheets: Vec<Record> =
        world.table("attendance_sheets").of("#classroomSlotId", slot.id()).cloned().collect();
    for sheet in sheets {
        let line = attendance::line(world, &mut day.rng, &sheet, &row, stamp);
        world.table_mut("attendances").push(line);
    }
    world.table_mut("classroom_registrations").push(row);
}
