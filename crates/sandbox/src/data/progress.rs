//! How far learners come: status, percentage and dates that agree with each other and with the session.

use super::{Cell, FIRST, HOUR, Id, MINUTE, Record, Rng, Time, World, days, record};

/// A session as its learners meet it.
pub(super) struct Stage<'a> {
    pub(super) world: &'a World,
    pub(super) session: &'a Record,
}

fn status(kind: &'static str, reason: Option<&'static str>) -> Record {
    record! {"type": kind, "reason": reason}
}

impl Stage<'_> {
    fn start(&self) -> Time {
        self.session.date("startDate").unwrap_or(FIRST)
    }

    fn has_ended(&self) -> bool {
        self.session.date("endDate").is_some_and(|end| end < self.world.clock)
    }

    /// The last instant at which a learner could do anything.
    pub(super) fn close(&self) -> Time {
        self.session.date("endDate").map_or(self.world.until(), |end| end.min(self.world.until()))
    }

    /// The statistics of a learner who has not begun.
    pub(super) fn untouched(&self, rng: &mut Rng, id: Id, user: Id, enrolled: Time, own: bool) -> Record {
        let opening = enrolled.max(self.start());
        let due = rng.maybe(350, |rng| opening + days(rng.between(20, 200)));
        let status = if self.start() > self.world.clock {
            status("sessionNotOpened", None)
        } else if self.has_ended() {
            status("unsuccessful", Some("sessionEnded"))
        } else if due.is_some_and(|due| due < self.world.clock) {
            status("late", None)
        } else {
            status("notYetStarted", None)
        };
        record! {
            "_id": id,
            "progress": 0_i64,
            "status": status,
            "timeSpent": 0_i64,
            "userId": user,
            "completedAt": Cell::Absent,
            "score": Cell::Absent,
            "enrolledAt": enrolled,
            "unenrolledAt": Cell::Absent,
            "certificateId": Cell::Absent,
            "selfEnrolled": own,
            "startedAt": Cell::Absent,
            "dueDate": due,
            "pathId": self.session.get("pathId").clone(),
            "sessionId": self.session.id(),
            // The filter on `status` is one on the enrollment's.
            "#status": "published",
        }
    }

    /// Where the learner is now.
    pub(super) fn proceed(&self, rng: &mut Rng, stat: &mut Record) {
        let opening = stat.date("enrolledAt").unwrap_or(FIRST).max(self.start());
        // A session that has just opened leaves no time to start.
        if self.start() > self.world.clock || opening >= self.close() || rng.chance(150) {
            return;
        }
        stat.set("startedAt", rng.time(opening, self.close()));
        if rng.chance(560) {
            let started = stat.date("startedAt").unwrap_or(opening);
            let completed = rng.time(started, self.close());
            self.finish(rng, stat, completed);
        } else {
            self.advance(rng, stat);
        }
    }

    /// Some steps further, short of the end.
    pub(super) fn advance(&self, rng: &mut Rng, stat: &mut Record) {
        let percent = stat.int("progress");
        let gained = rng.between(1, (100 - percent).max(2));
        let spent = rng.span(MINUTE, MINUTE * 4).num_milliseconds() * gained;
        let is_late = stat.date("dueDate").is_some_and(|due| due < self.world.clock);
        stat.update(record! {
            "progress": (percent + gained).min(99),
            "timeSpent": stat.int("timeSpent") + spent,
            "score": rng.maybe(500, |rng| rng.between(20, 100)),
            "status": match rng.below(10) {
                _ if self.has_ended() => status("unsuccessful", Some("sessionEnded")),
                _ if is_late => status("late", None),
                0 => status("toRetake", Some("mandatoryReplay")),
                1 => status("toRetake", None),
                2 => status("awaitingCorrection", None),
                _ => status("onTime", None),
            },
        });
    }

    /// Up to the end, well or badly.
    pub(super) fn finish(&self, rng: &mut Rng, stat: &mut Record, completed: Time) {
        let spent = rng.span(HOUR / 2, HOUR * 20).num_milliseconds();
        let passed = rng.chance(880);
        let score = if passed { rng.between(60, 101) } else { rng.between(5, 50) };
        let path = self.world.referred(self.session, "pathId", "paths");
        let certificate = path.and_then(|path| path.reference("certificateId"));
        stat.update(record! {
            "progress": 100_i64,
            "timeSpent": stat.int("timeSpent") + spent,
            "completedAt": completed,
            "score": rng.maybe(900, |_| score),
            "status": status(if passed { "successful" } else { "unsuccessful" }, None),
            "certificateId": certificate.filter(|_| passed),
        });
    }
}
