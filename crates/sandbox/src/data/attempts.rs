//! Attempts at courses: those of learners in their sessions, and some outside of any.
//! The time of a learner in a session is the sum of the times of the attempts there.

use std::collections::BTreeMap;

use super::draw::Rng;
use super::id::Id;
use super::record::{Cell, Record, record};
use super::time::{MINUTE, Time, days};
use super::{Day, FIRST, World, paths, users};
use chrono::TimeDelta;

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("attempts");
    let (count, until) = (world.counts.attempts, world.until());
    let mut attempts = Vec::with_capacity(count);
    let started = world.rows("path_stats").iter().filter(|stat| stat.has("startedAt"));
    let mut started: Vec<&Record> = started.collect();
    rng.0.shuffle(&mut started);
    // Each round is one more course of the path; the rounds after the last one are retakes.
    'rounds: for round in 0.. {
        for stat in &started {
            if attempts.len() >= count - count / 8 {
                break 'rounds;
            }
            let path = world.referred(stat, "pathId", "paths");
            let courses = path.map(paths::courses).unwrap_or_default();
            attempts.push(in_session(world, rng, stat, courses[round % courses.len()], until));
        }
    }
    let room = count - attempts.len();
    attempts.extend(without_session(world, &started, room / 10));
    let learners = world.learners();
    let courses: Vec<&Record> =
        world.rows("courses").iter().filter(|course| !course.is("status", "deleted")).collect();
    while attempts.len() < count {
        let (&(user, arrival), course) = (rng.pick(&learners), rng.pick(&courses));
        let first = rng.time(arrival.max(course.date("createdAt").unwrap_or(FIRST)), until);
        let mut attempt = begun(world, rng, course.id(), user, first, None);
        if rng.chance(650) {
            end(rng, &mut attempt, first, until);
        } else {
            carry_on(rng, &mut attempt, first, until);
        }
        attempts.push(attempt);
    }
    for attempt in &mut attempts {
        // Opened and left at once.
        if !attempt.has("completedAt") && rng.chance(120) {
            attempt.update(record! {
                "firstActivityAt": Cell::Absent, "lastActivityAt": Cell::Absent, "score": Cell::Absent,
                "progress": 0_i64, "timeSpent": 0_i64,
            });
        }
    }
    world.put("course_stats", &["#enrollmentId", "pathId"], attempts);
    agree(world);
}

/// Attempts in paths that name no session. A third of them are pairs, at a course that two paths of the
/// learner have.
fn without_session(world: &World, started: &[&Record], count: usize) -> Vec<Record> {
    let rng = &mut world.rng("attempts without a session");
    let mut of_course: BTreeMap<(Id, Id), BTreeMap<Id, &Record>> = BTreeMap::new();
    let shared = shared_courses(world);
    for stat in started {
        let [path, user] = ["pathId", "userId"].map(|field| stat.reference(field).unwrap_or_default());
        for course in shared.get(&path).into_iter().flatten() {
            of_course.entry((*course, user)).or_default().insert(path, stat);
        }
    }
    let twice = of_course.into_iter().filter(|(_, stats)| stats.len() > 1);
    let twice = twice.flat_map(|((course, _), stats)| stats.into_values().map(move |stat| (stat, course)));
    let mut chosen: Vec<(&Record, Id)> = twice.take(count / 6 * 2).collect();
    for stat in rng.sample(started, count - chosen.len()) {
        let path = world.referred(stat, "pathId", "paths");
        chosen.extend(path.and_then(|path| paths::courses(path).pop()).map(|course| (stat, course)));
    }
    let attempts = chosen.into_iter().map(|(stat, course)| {
        let mut attempt = in_session(world, rng, stat, course, world.until());
        attempt.update(record! {"pathSessionId": Cell::Absent, "#enrollmentId": Cell::Absent});
        attempt
    });
    attempts.collect()
}

/// By path, the courses that another path has too.
fn shared_courses(world: &World) -> BTreeMap<Id, Vec<Id>> {
    let mut paths_of: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for path in world.rows("paths") {
        for course in paths::courses(path) {
            paths_of.entry(course).or_default().push(path.id());
        }
    }
    let mut shared: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (course, paths) in paths_of.into_iter().filter(|(_, paths)| paths.len() > 1) {
        for path in paths {
            shared.entry(path).or_default().push(course);
        }
    }
    shared
}

/// A version that the course already has; versions are those of courses that 360Learning hosts.
fn version(world: &World, rng: &mut Rng, course: Id) -> Option<i64> {
    let drawn = rng.maybe(900, |rng| rng.between(1, 5))?;
    let current = world.table("courses").get(course)?.int("currentVersionNumber");
    Some(drawn.min(current)).filter(|version| *version > 0)
}

/// Gives each learner in a session the time of the attempts there.
fn agree(world: &mut World) {
    let mut stats = std::mem::take(world.table_mut("path_stats"));
    for stat in stats.rows_mut() {
        let attempts = world.table("course_stats").of("#enrollmentId", stat.id());
        let times: Vec<i64> = attempts.map(|attempt| attempt.int("timeSpent")).collect();
        if !times.is_empty() {
            stat.set("timeSpent", times.iter().sum::<i64>());
        }
    }
    *world.table_mut("path_stats") = stats;
}

/// An attempt that has just begun; `stat` is that of the learner in a session.
fn begun(world: &World, rng: &mut Rng, course: Id, user: Id, first: Time, stat: Option<&Record>) -> Record {
    let of = |field: &str| stat.map_or(Cell::Absent, |stat| stat.get(field).clone());
    record! {
        "_id": rng.id(first),
        "versionNumber": version(world, rng, course),
        "lang": if rng.chance(970) { "fr" } else { "en" },
        "firstActivityAt": first,
        "lastActivityAt": first,
        "timeSpent": rng.span(MINUTE / 6, MINUTE * 5).num_milliseconds(),
        "progress": 0_i64,
        "score": Cell::Absent,
        "completedAt": Cell::Absent,
        "pathId": of("pathId"),
        "pathSessionId": of("sessionId"),
        "courseId": course,
        "userId": user,
        "#enrollmentId": stat.map(Record::id),
    }
}

/// An attempt within a session: never before the learner started there, and completed if the whole path is.
fn in_session(world: &World, rng: &mut Rng, stat: &Record, course: Id, until: Time) -> Record {
    let started = stat.date("startedAt").unwrap_or(FIRST);
    let last = stat.date("completedAt").unwrap_or(until).max(started);
    let first = rng.time(started, last);
    let mut attempt =
        begun(world, rng, course, stat.reference("userId").unwrap_or_default(), first, Some(stat));
    if stat.has("completedAt") || rng.chance(350) {
        end(rng, &mut attempt, first, last);
    } else {
        carry_on(rng, &mut attempt, first, last);
    }
    attempt
}

/// The learner goes on within ten days of an instant, short of the end.
fn carry_on(rng: &mut Rng, attempt: &mut Record, from: Time, until: Time) {
    let at = rng.time(from, until.min(from + days(10)));
    let spent = rng.span(MINUTE, MINUTE * 40);
    go_on(rng, attempt, spent, at);
}

fn go_on(rng: &mut Rng, attempt: &mut Record, spent: TimeDelta, at: Time) {
    if !attempt.has("firstActivityAt") {
        attempt.set("firstActivityAt", at);
    }
    attempt.update(record! {
        "lastActivityAt": at,
        "timeSpent": attempt.int("timeSpent") + spent.num_milliseconds(),
        "progress": (attempt.int("progress") + rng.between(1, 60)).min(95),
        "score": rng.maybe(300, |rng| rng.between(10, 101)),
    });
}

/// The learner reaches the end.
fn end(rng: &mut Rng, attempt: &mut Record, from: Time, until: Time) {
    carry_on(rng, attempt, from, until);
    let score = rng.maybe(850, |rng| rng.between(30, 101));
    let completed = attempt.get("lastActivityAt").clone();
    attempt.update(record! {"progress": 100_i64, "completedAt": completed, "score": score});
}

/// A learner in a session spends time there: in an open attempt, or in a new one.
pub(super) fn spend(world: &mut World, rng: &mut Rng, stat: &Record, milliseconds: i64, at: Time) {
    let attempts = world.table("course_stats").of("#enrollmentId", stat.id());
    let known = attempts.into_iter().find(|attempt| attempt.int("progress") < 100).map(Record::id);
    let path = world.referred(stat, "pathId", "paths");
    let Some(course) = path.and_then(|path| paths::courses(path).first().copied()) else { return };
    let id = if let Some(id) = known {
        id
    } else {
        let user = stat.reference("userId").unwrap_or_default();
        let mut attempt = begun(world, rng, course, user, at, Some(stat));
        attempt.set("timeSpent", 0_i64);
        let id = attempt.id();
        world.table_mut("course_stats").push(attempt);
        id
    };
    world.edit("course_stats", id, |attempt| go_on(rng, attempt, TimeDelta::milliseconds(milliseconds), at));
}

/// Learners open courses outside of sessions, go on with them and end them.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let is_open = |attempt: &Record| attempt.int("progress") < 100 && !attempt.has("#enrollmentId");
    for id in day.some(world.rows("course_stats"), 3 * day.unit, is_open) {
        let (stamp, ends, rng) = (day.stamp(), day.rng.chance(400), &mut day.rng);
        world.edit("course_stats", id, |attempt| {
            if ends {
                end(rng, attempt, stamp, stamp);
            } else {
                carry_on(rng, attempt, stamp, stamp);
            }
        });
    }
    let from = day.from;
    let courses = day.some(world.rows("courses"), 2 * day.unit, |course| course.is("status", "published"));
    let learners = day.some(world.rows("users"), courses.len(), |user| {
        user.is("status", "active") && users::created(user) < from
    });
    for (course, user) in courses.into_iter().zip(learners) {
        let stamp = day.stamp();
        let attempt = begun(world, &mut day.rng, course, user, stamp, None);
        world.table_mut("course_stats").push(attempt);
    }
}
