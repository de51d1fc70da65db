//! How far learners come: status, percentage and dates that agree with each other and with the session.

use super::id::Id;
use super::moment::{DAY, HOUR, MINUTE, Moment};
use super::records::{Progress, Session, State};
use super::rng::Rng;

/// The session as the learner meets it.
pub(crate) struct Stage<'a> {
    pub(crate) session: &'a Session,
    pub(crate) certificate: Option<Id>,
    pub(crate) now: Moment,
    pub(crate) until: Moment,
}

const fn state(kind: &'static str) -> State {
    State { kind, reason: None }
}

impl Stage<'_> {
    fn ended(&self) -> bool {
        self.session.end_date.is_some_and(|end| end < self.now)
    }

    /// The last instant at which the learner could do anything.
    fn curtain(&self) -> Moment {
        self.session.end_date.map_or(self.until, |end| end.min(self.until))
    }

    /// Where a learner enrolled at `enrolled` stands now.
    pub(crate) fn progress(&self, rng: &mut Rng, enrolled: Moment) -> Progress {
        let mut progress = self.untouched(rng, enrolled);
        let opening = enrolled.max(self.session.start_date);
        // A session that has just opened leaves no time to start.
        if self.session.start_date > self.now || opening >= self.curtain() || rng.chance(150) {
            return progress;
        }
        progress.started_at = Some(rng.moment(opening, self.curtain()));
        if rng.chance(560) {
            self.finish(rng, &mut progress);
        } else {
            self.advance(rng, &mut progress);
        }
        progress
    }

    /// A learner who has not begun.
    pub(crate) fn untouched(&self, rng: &mut Rng, enrolled: Moment) -> Progress {
        let due_date =
            rng.chance(350).then(|| enrolled.max(self.session.start_date).plus(rng.between(20, 200) * DAY));
        let state = if self.session.start_date > self.now {
            state("sessionNotOpened")
        } else if self.ended() {
            State { kind: "unsuccessful", reason: Some("sessionEnded") }
        } else if due_date.is_some_and(|due| due < self.now) {
            state("late")
        } else {
            state("notYetStarted")
        };
        Progress {
            percent: 0,
            state,
            time_spent: 0,
            score: None,
            started_at: None,
            completed_at: None,
            due_date,
            certificate_id: None,
        }
    }

    /// Some steps further, short of the end.
    pub(crate) fn advance(&self, rng: &mut Rng, progress: &mut Progress) {
        let gained = rng.between(1, (100 - progress.percent).max(2));
        progress.percent = (progress.percent + gained).min(99);
        progress.time_spent += gained * rng.between(MINUTE, 4 * MINUTE);
        progress.score = rng.chance(500).then(|| rng.between(20, 100));
        progress.state = if self.ended() {
            State { kind: "unsuccessful", reason: Some("sessionEnded") }
        } else if progress.due_date.is_some_and(|due| due < self.now) {
            state("late")
        } else {
            match rng.below(10) {
                0 => State { kind: "toRetake", reason: Some("mandatoryReplay") },
                1 => state("toRetake"),
                2 => state("awaitingCorrection"),
                _ => state("onTime"),
            }
        };
    }

    /// Up to the end, well or badly.
    pub(crate) fn finish(&self, rng: &mut Rng, progress: &mut Progress) {
        let started = progress.started_at.unwrap_or(self.session.start_date);
        progress.percent = 100;
        progress.time_spent += rng.between(HOUR / 2, 20 * HOUR);
        progress.completed_at = Some(rng.moment(started, self.curtain()));
        let passed = rng.chance(880);
        let score = if passed { rng.between(60, 101) } else { rng.between(5, 50) };
        progress.score = rng.chance(900).then_some(score);
        progress.state = state(if passed { "successful" } else { "unsuccessful" });
        progress.certificate_id = if passed { self.certificate } else { None };
    }
}
