//! Attendance sheets of slots, and on each of them the registered learners.

use super::{Cell, DAY, Day, Id, Record, Rng, Time, World, deletions, record, registrations, slots, time};
use chrono::Timelike;

/// The titles that people give to the sheets of a slot of one day: of its morning, afternoon and evening.
static TITLES: [[&str; 3]; 8] = [
    ["Matin", "Après-midi", "Soirée"],
    ["Matin", "Après-midi", "Soirée"],
    ["Matin", "Après midi", "Soirée"],
    // The accent is a character of its own.
    ["Matin", "Apre\u{300}s-midi", "Soirée"],
    ["Matin", "PM", "Soirée"],
    ["Demi-journée 1", "Demi-journée 2", "Soirée"],
    ["Émargement", "Après-midi", ""],
    ["", "PM", "Émargement"],
];

/// Those of a slot of several days.
static TITLES_OF_DAYS: [&[&str]; 4] = [
    &["Matin", "Après-midi", "Journée n° 2"],
    &["Jour 1", "Jour 2", "Jour 3"],
    &["Demi-journée 1", "Demi-journée 2", "Demi-journée 3"],
    &["Jour 1", "Jour 2", "Émargement"],
];

/// The titles of the sheets that a slot may have, by the wall clock there: one for each of its half-days.
fn titles(slot: &Record) -> &'static [&'static str] {
    let style = slot.id().rng(0).below(TITLES.len());
    let [start, end] =
        [slots::start(slot), slots::end(slot)].map(|time| time::local(time, slot.text("timezone")));
    let of_day = |from: usize, until: usize| &TITLES[style][from..until];
    match (start.hour(), end.hour()) {
        _ if start.date() != end.date() => TITLES_OF_DAYS[style % TITLES_OF_DAYS.len()],
        (..13, ..13) => of_day(0, 1),
        (..13, ..19) => of_day(0, 2),
        (..13, _) => of_day(0, 3),
        (..18, _) => of_day(1, 2),
        _ => of_day(2, 3),
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
    let most: Vec<usize> = slots.iter().map(|slot| titles(slot).len()).collect();
    let counts = sheet_counts(rng, &most, world.counts.sheets);
    for (slot, count) in slots.iter().zip(counts) {
        add_sheets(world, rng, slot, count);
    }
    world.table_mut("attendance_sheets").arrange();
    world.table_mut("attendances").arrange();
    repeat_learners(world);
}

/// On one sheet in 50 a learner is twice: the last line is one more of the first learner, without a signature.
fn repeat_learners(world: &mut World) {
    for sheet in world.table("attendance_sheets").ids().into_iter().skip(10).step_by(50) {
        let lines = world.table("attendances").of("#attendanceSheetId", sheet);
        let lines: Vec<Record> = lines.cloned().collect();
        let ([first, .., last], Some(sheet)) = (&lines[..], world.table("attendance_sheets").get(sheet))
        else {
            continue;
        };
        let is_done = matches!(sheet.text("status"), "closed" | "signed");
        let status = if is_done { "absent" } else { "signaturePending" };
        let [user, first, name] = ["userId", "firstName", "lastName"].map(|field| first.get(field).clone());
        let line = record! {"userId": user, "firstName": first, "lastName": name, "status": status};
        world.update("attendances", last.id(), line);
    }
}

/// Adds sheets to a slot, with a line for each of its registrations.
pub(super) fn add_sheets(world: &mut World, rng: &mut Rng, slot: &Record, count: usize) {
    let registrations = world.table("classroom_registrations").of("classroomSlotId", slot.id());
    let registrations: Vec<Record> = registrations.cloned().collect();
    let is_marked = registrations.iter().any(|one| one.has("hasAttended"));
    for &name in titles(slot).iter().take(count) {
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
        "checkInCode": Some(format!("{:06}", rng.below(1_000_000))).filter(|_| has_code),
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
pub(super) fn correct(world: &mut World, day: &mut Day, mut row: Record, attended: bool) {
    let stamp = day.stamp();
    let Some(slot) = world.referred(&row, "classroomSlotId", "classroom_slots") else { return };
    registrations::attend(&mut day.rng, slot, &mut row, attended);
    row.set("modifiedAt", stamp);
    let sheets = world.table("attendance_sheets").of("#classroomSlotId", slot.id());
    let done = sheets.filter(|sheet| matches!(sheet.text("status"), "closed" | "signed"));
    let lines = done.flat_map(|sheet| world.table("attendances").of("#attendanceSheetId", sheet.id()));
    let own = lines.filter(|line| line.get("userId") == row.get("userId"));
    for line in own.map(Record::id).collect::<Vec<Id>>() {
        world.update("attendances", line, record! {"status": presence(&row)});
    }
    world.edit("classroom_registrations", row.id(), |registration| *registration = row);
}

/// Deletes single sheets and single lines of slots that every sync reads again, where others are left.
fn delete_some(world: &mut World, day: &mut Day) {
    let from = day.from;
    for (table, field, count) in
        [("attendances", "#attendanceSheetId", day.few), ("attendance_sheets", "#classroomSlotId", 1)]
    {
        deletions::delete(world, day, table, count, |world, row| {
            let slot = world.referred(row, "#classroomSlotId", "classroom_slots");
            let others = row.reference(field).map_or(0, |above| world.table(table).of(field, above).count());
            others > count && slot.is_some_and(|slot| slots::is_current(slot, from))
        });
    }
}

/// Trainers sign sheets: all learners on them are marked then.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    delete_some(world, day);
    let from = day.from;
    let is_due = |sheet: &Record| {
        let slot = world.referred(sheet, "#classroomSlotId", "classroom_slots");
        let is_recent = slot.is_some_and(|slot| slots::is_recent(slot, from));
        is_recent && matches!(sheet.text("status"), "open" | "adjustment")
    };
    for sheet in day.some(world.rows("attendance_sheets"), 1 + day.unit, is_due) {
        let signed = record! {"status": "signed", "checkInCode": Cell::Absent};
        world.update("attendance_sheets", sheet.id(), signed);
        let slot = sheet.reference("#classroomSlotId").unwrap_or_default();
        let lines = world.table("attendances").of("#attendanceSheetId", sheet.id());
        for line in lines.cloned().collect::<Vec<Record>>() {
            let registered = world.table("classroom_registrations").of("classroomSlotId", slot);
            let own = registered.into_iter().find(|one| one.get("userId") == line.get("userId"));
            let Some(registration) = own.cloned() else { continue };
            if registration.has("hasAttended") {
                world.update("attendances", line.id(), record! {"status": presence(&registration)});
            } else {
                let attended = day.rng.chance(840);
                correct(world, day, registration, attended);
            }
        }
    }
}
