//! Attempts at courses: those of learners in their sessions, and some outside of any.
//! The time of a learner in a session is the sum of the times of the attempts there.

use std::collections::{BTreeMap, HashMap};

use super::{Cell, Day, FIRST, Id, MINUTE, Record, Rng, Time, World, days, paths, record, users};

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("attempts");
    let (count, until) = (world.counts.attempts, world.until());
    let mut attempts = Vec::with_capacity(count);
    let started = world.rows("path_stats").iter().filter(|stat| stat.has("startedAt"));
    let mut started: Vec<&Record> = started.collect();
    rng.0.shuffle(&mut started);
    // Each round is one more course of the path; the rounds after the last one are retakes.
    for (turn, stat) in started.iter().cycle().take(count - count / 8).enumerate() {
        let courses = world.referred(stat, "pathId", "paths").map(paths::courses).unwrap_or_default();
        let course = courses[turn / started.len() % courses.len()];
        attempts.push(in_session(world, rng, stat, course, until));
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
        let ends = rng.chance(650);
        carry_on(rng, &mut attempt, (first, until), ends);
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
    let mut paths_of: HashMap<Id, usize> = HashMap::new();
    for course in world.rows("paths").iter().flat_map(paths::courses) {
        *paths_of.entry(course).or_default() += 1;
    }
    for stat in started {
        let Some(path) = world.referred(stat, "pathId", "paths") else { continue };
        let user = stat.reference("userId").unwrap_or_default();
        for course in paths::courses(path).into_iter().filter(|course| paths_of[course] > 1) {
            of_course.entry((course, user)).or_default().insert(path.id(), stat);
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

/// A version that the course already has; versions are those of courses that 360Learning hosts.
fn version(world: &World, rng: &mut Rng, course: Id) -> Option<i64> {
    let drawn = rng.maybe(900, |rng| rng.between(1, 5))?;
    let current = world.table("courses").get(course)?.int("currentVersionNumber");
    Some(drawn.min(current)).filter(|version| *version > 0)
}

/// Gives each learner in a session the time of the attempts there.
fn agree(world: &mut World) {
    let sum = |stat: &Record| {
        let attempts = world.table("course_stats").of("#enrollmentId", stat.id());
        let sum = attempts.map(|attempt| attempt.int("timeSpent")).reduce(|sum, time| sum + time);
        Some((stat.id(), sum?))
    };
    for (stat, sum) in world.rows("path_stats").iter().filter_map(sum).collect::<Vec<_>>() {
        world.update("path_stats", stat, record! {"timeSpent": sum});
    }
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
    let ends = stat.has("completedAt") || rng.chance(350);
    carry_on(rng, &mut attempt, (first, last), ends);
    attempt
}

/// The learner goes on within ten days of an instant: short of the end, or to it.
fn carry_on(rng: &mut Rng, attempt: &mut Record, (from, until): (Time, Time), ends: bool) {
    let at = rng.time(from, until.min(from + days(10)));
    let spent = rng.span(MINUTE, MINUTE * 40).num_milliseconds();
    go_on(rng, attempt, spent, at);
    if ends {
        let score = rng.maybe(850, |rng| rng.between(30, 101));
        attempt.update(record! {"progress": 100_i64, "completedAt": at, "score": score});
    }
}

fn go_on(rng: &mut Rng, attempt: &mut Record, milliseconds: i64, at: Time) {
    if !attempt.has("firstActivityAt") {
        attempt.set("firstActivityAt", at);
    }
    attempt.update(record! {
        "lastActivityAt": at,
        "timeSpent": attempt.int("timeSpent") + milliseconds,
        "progress": (attempt.int("progress") + rng.between(1, 60)).min(95),
        "score": rng.maybe(300, |rng| rng.between(10, 101)),
    });
}

/// A learner in a session spends time there: in an open attempt, or in a new one.
pub(super) fn spend(world: &mut World, rng: &mut Rng, stat: &Record, milliseconds: i64, at: Time) {
    let attempts = world.table("course_stats").of("#enrollmentId", stat.id());
    let known = attempts.into_iter().find(|attempt| attempt.int("progress") < 100).map(Record::id);
    let path = world.referred(stat, "pathId", "paths");
    let Some(course) = path.and_then(|path| paths::courses(path).first().copied()) else { return };
    let id = known.unwrap_or_else(|| {
        let user = stat.reference("userId").unwrap_or_default();
        let mut attempt = begun(world, rng, course, user, at, Some(stat));
        attempt.set("timeSpent", 0_i64);
        let id = attempt.id();
        world.table_mut("course_stats").push(attempt);
        id
    });
    world.edit("course_stats", id, |attempt| go_on(rng, attempt, milliseconds, at));
}

/// Learners open courses outside of sessions, go on with them and end them.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let is_open =
        |_: &World, attempt: &Record| attempt.int("progress") < 100 && !attempt.has("#enrollmentId");
    day.edit(world, "course_stats", 3 * day.unit, is_open, |attempt, stamp, rng| {
        let ends = rng.chance(400);
        carry_on(rng, attempt, (stamp, stamp), ends);
    });
    let from = day.from;
    let courses = day.some(world.rows("courses"), 2 * day.unit, |course| course.is("status", "published"));
    let learners = day.some(world.rows("users"), courses.len(), |user| {
        user.is("status", "active") && users::created(user) < from
    });
    for (course, user) in courses.into_iter().zip(learners) {
        let stamp = day.stamp();
        let attempt = begun(world, &mut day.rng, course.id(), user.id(), stamp, None);
        world.table_mut("course_stats").push(attempt);
    }
}
