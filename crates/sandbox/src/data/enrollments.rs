//! Learners in sessions: the enrollment and its statistics, which have the same id.

use super::progress::Stage;
use super::{
    Cell, DAY, Day, FIRST, Id, Record, Rng, Time, World, any, attempts, days, deletions, record, users,
};

/// An enrollment and its statistics.
fn enroll(rng: &mut Rng, stage: &Stage<'_>, user: Id, created: Time) -> (Record, Record) {
    let own = rng.chance(150);
    let enrollment = record! {
        "_id": rng.id(created),
        "archivedAt": Cell::Absent,
        "createdAt": created,
        "isSelfEnrolled": own,
        "modifiedAt": rng.maybe(600, |rng| rng.time(created, stage.world.until())),
        "sessionId": stage.session.id(),
        "status": "published",
        "userId": user,
        "pathId": stage.session.get("pathId").clone(),
    };
    let stat = stage.untouched(rng, enrollment.id(), user, created, own);
    (enrollment, stat)
}

/// What archiving an enrollment changes in it, and in its statistics.
fn archive(at: Time) -> (Record, Record) {
    (
        record! {"status": "archived", "archivedAt": at, "modifiedAt": at},
        record! {"#status": "archived", "unenrolledAt": at},
    )
}

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("enrollments");
    let (count, learners) = (world.counts.enrollments, world.learners());
    let mut of_firm: Vec<Vec<(Id, Time)>> = vec![Vec::new(); world.network.firms.len()];
    for &(user, arrival) in &learners {
        let row = world.table("users").get(user);
        if let Some(agency) = row.and_then(|row| world.network.agency(row)) {
            of_firm[agency.firm].push((user, arrival));
        }
    }

    // Sessions that close first find fewer users to enroll; what they leave falls to later ones.
    let mut stages: Vec<Stage<'_>> =
        world.rows("path_sessions").iter().map(|session| Stage { world: &*world, session }).collect();
    stages.sort_by_key(|stage| (stage.close(), stage.session.id()));
    let mut rows: Vec<(Record, Record)> = Vec::with_capacity(count);
    for (done, stage) in stages.iter().enumerate() {
        let quota = (count - rows.len()).div_ceil(stages.len() - done);
        let arrived =
            |users: &[(Id, Time)]| users.partition_point(|(_, created)| *created + days(3) < stage.close());
        let group =
            world.referred(stage.session, "pathId", "paths").and_then(|path| path.reference("groupId"));
        let firm = world.network.firms.iter().position(|firm| Some(firm.group) == group);
        let own = firm.map(|firm| &of_firm[firm]).filter(|own| arrived(own) >= quota + quota / 2);
        let pool = own.unwrap_or(&learners);
        let session_created = stage.session.date("createdAt").unwrap_or(FIRST);
        let rush = (stage.session.date("startDate").unwrap_or(FIRST) + days(2)).min(stage.close());
        for place in rng.places(arrived(pool), quota) {
            let (user, arrival) = pool[place];
            let from = arrival.max(session_created);
            let is_early = rng.chance(700) && from < rush;
            let created = rng.time(from, if is_early { rush } else { stage.close() });
            let (enrollment, mut stat) = enroll(rng, stage, user, created);
            stage.proceed(rng, &mut stat);
            rows.push((enrollment, stat));
        }
    }
    for place in rng.places(rows.len(), world.counts.archived_enrollments) {
        let (enrollment, stat) = &mut rows[place];
        let last = ["completedAt", "startedAt", "enrolledAt"].into_iter().find_map(|field| stat.date(field));
        let at = rng.time(last.unwrap_or(FIRST), world.until());
        let (archived, unenrolled) = archive(at);
        enrollment.update(archived);
        stat.update(unenrolled);
    }
    let (enrollments, stats) = rows.into_iter().unzip();
    world.put("path_enrollments", &["pathId", "sessionId"], enrollments);
    world.put("path_stats", &["pathId", "sessionId"], stats);
}

/// Enrollments are deleted, archived and created.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    deletions::delete(world, day, "path_enrollments", day.few, any);
    for row in day.some(world.rows("path_enrollments"), day.unit, |row| row.is("status", "published")) {
        let (archived, unenrolled) = archive(day.stamp());
        world.update("path_enrollments", row.id(), archived);
        world.update("path_stats", row.id(), unenrolled);
    }
    let (from, unit) = (day.from, day.unit);
    let open = day.some(world.rows("path_sessions"), 2 * unit, |session| {
        session.date("endDate").is_none_or(|end| end > from + days(2))
    });
    let learners = day.some(world.rows("users"), open.len(), |user| {
        !user.is("status", "deleted") && users::created(user) < from
    });
    for (session, user) in open.into_iter().zip(learners) {
        let (stamp, user) = (day.stamp(), user.id());
        let enrolled = world.table("path_enrollments").of("sessionId", session.id());
        let is_known = enrolled.into_iter().any(|one| one.reference("userId") == Some(user));
        // A session of the same day may have been created later.
        let is_born = session.date("createdAt").is_none_or(|created| created < stamp);
        if !is_born || is_known {
            continue;
        }
        let stage = Stage { world, session: &session };
        let (mut enrollment, stat) = enroll(&mut day.rng, &stage, user, stamp);
        enrollment.set("modifiedAt", Cell::Absent);
        world.table_mut("path_enrollments").push(enrollment);
        world.table_mut("path_stats").push(stat);
    }
}

/// Learners of running sessions advance: only their statistics change, and their attempts.
pub(crate) fn change_progress(world: &mut World, day: &mut Day) {
    let from = day.from;
    let is_running = |stat: &Record| {
        let session = world.referred(stat, "sessionId", "path_sessions");
        let is_open = session.is_some_and(|session| {
            session.date("startDate").is_some_and(|start| start < from)
                && session.date("endDate").is_none_or(|end| end > from + DAY)
        });
        is_open && stat.is("#status", "published") && !stat.has("completedAt")
    };
    for mut stat in day.some(world.rows("path_stats"), 3 * day.unit, is_running) {
        let stamp = day.stamp();
        let Some(session) = world.referred(&stat, "sessionId", "path_sessions") else { continue };
        let stage = Stage { world, session };
        let before = stat.int("timeSpent");
        if stat.has("startedAt") && day.rng.chance(400) {
            stage.finish(&mut day.rng, &mut stat, stamp);
        } else {
            stage.advance(&mut day.rng, &mut stat);
        }
        if !stat.has("startedAt") {
            stat.set("startedAt", stamp);
        }
        attempts::spend(world, &mut day.rng, &stat, stat.int("timeSpent") - before, stamp);
        world.edit("path_stats", stat.id(), |row| *row = stat);
    }
}
