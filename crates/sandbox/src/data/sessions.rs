//! Sessions of paths, their metrics and audiences.

use std::collections::HashSet;

use super::paths::english;
use super::time::NEVER;
use super::{CLOSING, Cell, DAY, Day, HOUR, Id, OPENING, Record, Rng, Time, World};
use super::{any, day, days, deletions, number, record};

#[rustfmt::skip]
const VALIDATIONS: [&str; 6] = [
    "disabled", "disabled", "instructors", "managers", "adminsAndManagers",
    "adminsCoachesInstructorsManagers",
];

/// What a learner in a session may have reached.
#[rustfmt::skip]
const STATUSES: &[&str] = &[
    "awaitingCorrection", "late", "notYetStarted", "onTime", "sessionNotOpened", "successful", "toRetake",
    "unsuccessful",
];

/// Those of one path follow each other without a gap, so each date of the program is in exactly one of them.
pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("sessions");
    let (paths, count) = (world.rows("paths"), world.counts.sessions);
    let mut parts = vec![1_usize; paths.len()];
    for _ in paths.len()..count {
        parts[rng.below(paths.len())] += 1;
    }
    let mut sessions: Vec<Record> = Vec::with_capacity(count);
    for (turn, (path, &parts)) in paths.iter().zip(&parts).enumerate() {
        let length = (CLOSING - OPENING).num_days() / number(parts);
        let mut starts = vec![OPENING + HOUR * 7];
        while starts.len() < parts {
            let even = OPENING + days(length * number(starts.len()));
            starts.push(even + days(rng.between(-10, 11)) + HOUR * 7);
        }
        for (part, &start) in starts.iter().enumerate() {
            let end = starts.get(part + 1).map_or(CLOSING, |next| *next - DAY) + HOUR * 11;
            let is_last = part + 1 == parts;
            let is_closed = !is_last || rng.chance(700);
            let end = match turn % 6 {
                2 if is_last => Some(NEVER),
                4 if is_last => None,
                _ => Some(end).filter(|_| is_closed),
            };
            let mut session = session(world, rng, path, (start, end), part);
            // A session of a nested path names that of the path around it.
            let root = sessions.first().filter(|root| root.reference("pathId") != Some(path.id()));
            let root = root.filter(|_| sessions.len() == 5 || rng.chance(40));
            session.set("rootSessionId", root.map(Record::id));
            sessions.push(session);
        }
    }
    sessions
}

fn session(
    world: &World,
    rng: &mut Rng,
    path: &Record,
    (start, end): (Time, Option<Time>),
    part: usize,
) -> Record {
    let planned = start - rng.span(days(20), days(40));
    let created = planned.min(world.clock - rng.span(days(2), days(50)));
    let name = format!("{} – session {} ({})", path.text("name"), part + 1, &day(start)[..7]);
    let group = if rng.chance(500) {
        Some(rng.pick(&world.network.agencies).group)
    } else {
        path.reference("groupId")
    };
    let instructors = rng.below(3);
    let id = rng.id(created);
    record! {
        "_id": id,
        "mainInstructorId": *rng.pick(&world.trainers),
        "registrationRequestValidation": *rng.pick(&VALIDATIONS),
        "startDate": start,
        "endDate": end,
        "userLimit": rng.maybe(300, |rng| rng.between(10, 300)),
        "automaticReenrollment": match rng.below(20) {
            0..2 => Some(record! {"type": "certificationExpiryDate", "delayDays": 30_i64}),
            2..4 => Some(record! {"type": "pathCompletionDate", "delayDays": 15_i64, "recurrenceMonths": 12_i64}),
            _ => None,
        },
        "ipFiltering": rng.maybe(250, |rng| {
            record! {"active": rng.chance(500), "authorizedAddresses": vec!["192.0.2.10"]}
        }),
        "createdAt": created,
        "groupId": group,
        "instructorIds": rng.sample(&world.trainers, instructors),
        "isAudienceBuilder": part % 8 == 1 || rng.chance(50),
        "modifiedAt": rng.time(created, world.until()),
        "pathId": path.id(),
        "additionalInformation": rng.maybe(500, |_| "Convention signée"),
        "rootSessionId": Cell::Absent,
        "translations": rng.maybe(200, |rng| english(world, rng, &name, None)).into_iter().collect::<Vec<_>>(),
        "name": name,
        "#sessionId": id,
    }
}

/// How many learners have which status.
pub(crate) fn metrics(world: &World, session: &Record) -> Vec<Record> {
    let stats: Vec<&Record> = world.table("path_stats").of("sessionId", session.id()).collect();
    let count = |kind: &str| -> Cell {
        let has = |stat: &&&Record| stat.object("status").is_some_and(|status| status.is("type", kind));
        stats.iter().filter(has).count().into()
    };
    vec![record! {
        "#_id": session.id(),
        "certificates": stats.iter().filter(|stat| stat.has("certificateId")).count(),
        "usersCountByStatus": Record::new(STATUSES, STATUSES.iter().copied().map(count).collect()),
    }]
}

/// Whom a session is for; nothing unless its audience is built.
pub(crate) fn audience(world: &World, session: &Record) -> Vec<Record> {
    if session.bool("isAudienceBuilder") != Some(true) {
        return Vec::new();
    }
    let rng = &mut world.rng_of(session.id(), "audience");
    let mut filters = vec![record! {"type": "groups", "ids": vec![session.get("groupId").clone()]}];
    filters.extend(rng.maybe(500, |rng| record! {"type": "users", "ids": rng.sample(&world.trainers, 3)}));
    let excluded = rng.maybe(300, |rng| rng.sample(&world.trainers, 2));
    filters.extend(excluded.map(|ids| record! {"type": "excludedLearners", "ids": ids}));
    let mode = *rng.pick(&["dynamic", "dynamicEnrollment", "dynamicUnenrollment", "manual"]);
    vec![record! {"#_id": session.id(), "filters": filters, "mode": mode}]
}

/// The sessions that are the root of others.
pub(super) fn roots(world: &World) -> HashSet<Id> {
    world.rows("path_sessions").iter().filter_map(|session| session.reference("rootSessionId")).collect()
}

/// One session is deleted, as long as more than half of the first are left; two are edited, one is created.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    if world.rows("path_sessions").len() > world.counts.sessions / 2 {
        let roots = roots(world);
        deletions::delete(world, day, "path_sessions", 1, |_, session| !roots.contains(&session.id()));
    }
    day.edit(world, "path_sessions", 2, any, |session, stamp, rng| {
        session.update(record! {"userLimit": rng.between(20, 400), "modifiedAt": stamp});
    });
    for path in day.some(world.rows("paths"), 1, |path| path.is("status", "published")) {
        let stamp = day.early_stamp();
        let part = world.table("path_sessions").of("pathId", path.id()).count();
        let start = world.clock + days(day.rng.between(5, 60)) + HOUR;
        let mut session = session(world, &mut day.rng, &path, (start, Some(start + days(90))), part);
        let id = day.rng.id(stamp);
        session.update(record! {"_id": id, "#sessionId": id, "createdAt": stamp, "modifiedAt": stamp});
        world.table_mut("path_sessions").push(session);
    }
}
