//! Attendance sheets of slots, and on each of them the registered learners.

use chrono::Timelike;
use fastrand::Rng;

use super::draw::Draw;
use super::id::Id;
use super::record::{Cell, Record, record};
use super::time::{DAY, Time, in_paris};
use super::{Day, World, registrations, slots};

/// The half-days of a slot, each of which may have a sheet.
fn half_days(slot: &Record) -> &'static [&'static str] {
    let [start, end] = [slots::start(slot), slots::end(slot)].map(in_paris);
    match () {
        () if start.date() != end.date() => &["Matin", "Après-midi", "Journée n° 2"],
        () if end.hour() < 13 => &["Matin"],
        () if start.hour() >= 13 => &["Après-midi"],
        () => &["Matin", "Après-midi"],
    }
}

/// How many sheets each slot has: none to one for each of its half-days, `total` together.
fn sheet_counts(rng: &mut Rng, half_days: &[usize], total: usize) -> Vec<usize> {
    let mut counts: Vec<usize> = half_days.iter().map(|&most| rng.below(most + 1)).collect();
    let total = total.min(half_days.iter().sum());
    let mut sum: usize = counts.iter().sum();
    while sum != total {
        let place = rng.below(half_days.len());
        let count = &mut counts[place];
        if sum < total && *count < half_days[place] {
            *count += 1;
            sum += 1;
        } else if sum > total && *count > 0 {
            *count -= 1;
            sum -= 1;
        }
    }
    counts
}

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("attendance");
    world.put("attendance_sheets", &["#classroomSlotId"], Vec::new());
    world.put("attendances", &["#attendanceSheetId"], Vec::new());
    let slots = world.rows("classroom_slots").to_vec();
    let most: Vec<usize> = slots.iter().map(|slot| half_days(slot).len()).collect();
    let counts = sheet_counts(rng, &most, world.counts.sheets);
    for (slot, count) in slots.iter().zip(counts) {
        let registered = world.table("classroom_registrations").of("classroomSlotId", slot.id());
        let registered: Vec<Record> = registered.cloned().collect();
        add_sheets(world, rng, slot, count, &registered);
    }
    world.table_mut("attendance_sheets").arrange();
    world.table_mut("attendances").arrange();
}

/// Adds sheets to a slot, with a line for each of its registrations.
pub(super) fn add_sheets(
    world: &mut World,
    rng: &mut Rng,
    slot: &Record,
    count: usize,
    registrations: &[Record],
) {
    let is_marked = registrations.iter().any(|one| one.has("hasAttended"));
    for &name in half_days(slot).iter().take(count) {
        let sheet = sheet(rng, slot, name, is_marked, world.clock);
        for registration in registrations.iter().filter(|one| one.is("status", "published")) {
            let created = registration.date("createdAt").unwrap_or(slots::born(slot));
            let line = line(world, rng, &sheet, registration, created.max(slots::born(slot)));
            world.table_mut("attendances").push(line);
        }
        world.table_mut("attendance_sheets").push(sheet);
    }
}

fn sheet(rng: &mut Rng, slot: &Record, name: &'static str, is_marked: bool, now: Time) -> Record {
    let status = match (slots::end(slot) >= now, is_marked, slots::is_settled(slot, now)) {
        (true, ..) => "open",
        (_, true, true) if rng.chance(950) => "signed",
        (_, true, false) if rng.chance(600) => "signed",
        (_, true, _) => "closed",
        _ if rng.chance(700) => "open",
        _ => "adjustment",
    };
    let has_code = matches!(status, "open" | "adjustment") || rng.chance(200);
    let born = slots::born(slot);
    record! {
        "_id": rng.id(born),
        "name": name,
        "personalizedFields": rng.maybe(500, |rng| record! {
            "organizationName": rng.maybe(900, |_| "Programme France Num Bretagne"),
            "organizationLogoId": rng.maybe(400, |rng| rng.id(born - DAY)),
        }),
        "status": status,
        "checkInCode": Some(format!("{:04}", rng.below(10_000))).filter(|_| has_code),
        "#classroomSlotId": slot.id(),
    }
}

/// The line of a learner on a sheet.
pub(super) fn line(
    world: &World,
    rng: &mut Rng,
    sheet: &Record,
    registration: &Record,
    created: Time,
) -> Record {
    let user = registration.reference("userId").unwrap_or_default();
    let name = |field: &str| world.table("users").get(user).map_or("", |user| user.text(field)).to_owned();
    let mail = name("mail");
    let unnamed = mail.split('.').next().filter(|word| !word.is_empty()).unwrap_or("Invité").to_owned();
    record! {
        "_id": rng.id(created),
        "userId": user,
        "firstName": Some(name("firstName")).filter(|name| !name.is_empty()).unwrap_or(unnamed),
        "lastName": name("lastName"),
        "status": match sheet.text("status") {
            "signed" | "closed" => presence(registration),
            "open" if rng.chance(700) => "attendancePending",
            _ => "signaturePending",
        },
        "#attendanceSheetId": sheet.id(),
        "#classroomSlotId": sheet.get("#classroomSlotId").clone(),
    }
}

fn presence(registration: &Record) -> &'static str {
    if registration.bool("hasAttended") == Some(true) { "present" } else { "absent" }
}

/// Notes whether a learner was there, on the registration and on the sheets that are no longer open.
pub(super) fn correct(world: &mut World, day: &mut Day, registration: Id, attended: bool) {
    let (stamp, rng) = (day.stamp(), &mut day.rng);
    let Some(mut row) = world.table("classroom_registrations").get(registration).cloned() else { return };
    let Some(slot) = row.reference("classroomSlotId") else { return };
    let Some(slot) = world.table("classroom_slots").get(slot) else { return };
    registrations::attend(rng, slot, &mut row, attended);
    row.set("modifiedAt", stamp);
    let sheets = world.table("attendance_sheets").of("#classroomSlotId", slot.id());
    let done = sheets.filter(|sheet| matches!(sheet.text("status"), "closed" | "signed"));
    let lines = done.flat_map(|sheet| world.table("attendances").of("#attendanceSheetId", sheet.id()));
    let own = lines.filter(|line| line.get("userId") == row.get("userId"));
    for line in own.map(Record::id).collect::<Vec<Id>>() {
        world.edit("attendances", line, |line| line.set("status", presence(&row)));
    }
    world.edit("classroom_registrations", registration, |registration| *registration = row);
}

/// Trainers sign sheets: all learners on them are marked then.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let from = day.from;
    let is_due = |sheet: &Record| {
        let slot =
            sheet.reference("#classroomSlotId").and_then(|slot| world.table("classroom_slots").get(slot));
        let is_recent = slot.is_some_and(|slot| slots::is_recent(slot, from));
        is_recent && matches!(sheet.text("status"), "open" | "adjustment")
    };
    for id in day.some(world.rows("attendance_sheets"), 1 + day.unit, is_due) {
        let Some(slot) =
            world.table("attendance_sheets").get(id).and_then(|sheet| sheet.reference("#classroomSlotId"))
        else {
            continue;
        };
        world.edit("attendance_sheets", id, |sheet| {
            sheet.set("status", "signed");
            sheet.set("checkInCode", Cell::Absent);
        });
        let lines = world.table("attendances").of("#attendanceSheetId", id);
        for line in lines.cloned().collect::<Vec<Record>>() {
            let registered = world.table("classroom_registrations").of("classroomSlotId", slot);
            let own = registered.into_iter().find(|one| one.get("userId") == line.get("userId"));
            let Some(registration) = own.cloned() else { continue };
            if registration.has("hasAttended") {
                world.edit("attendances", line.id(), |line| line.set("status", presence(&registration)));
            } else {
                let attended = day.rng.chance(840);
                correct(world, day, registration.id(), attended);
            }
        }
    }
}
