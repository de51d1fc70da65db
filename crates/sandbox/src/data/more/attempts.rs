//! Attempts at courses: those of learners on their paths, and some on their own account.

use super::courses::steps;
use super::{Kind, Maker};
use crate::data::id::{Id, Mint};
use crate::data::moment::{DAY, HOUR, MINUTE, Moment};
use crate::data::records::{Attempt, Enrollment};
use crate::data::rng::Rng;
use crate::data::table::Table;

impl Maker<'_> {
    pub(super) fn attempts(&mut self) {
        let mut rng = self.rng("attempts");
        let count = self.counts.attempts;
        let mut pairs: Vec<(&Enrollment, Id)> = Vec::new();
        for path in self.world.paths.rows() {
            let courses = steps(path);
            let started = self.world.enrollments.of(path.id).filter(|one| one.progress.started_at.is_some());
            pairs.extend(started.flat_map(|one| courses.iter().map(move |&course| (one, course))));
        }
        let pairs = rng.sample(&pairs, count - count / 8);
        let mut attempts = Vec::with_capacity(count);
        for (enrollment, course) in pairs {
            attempts.push(on_path(&mut rng, &mut self.more.mint, enrollment, course, self.until));
        }
        let learners = self.learners();
        let courses = self.more.table(Kind::Courses).rows().iter();
        let courses: Vec<(Id, Moment)> = courses
            .filter(|course| course.text("status") != "deleted")
            .filter_map(|course| Some((course.id, Moment::parse(course.text("createdAt"))?)))
            .collect();
        while attempts.len() < count {
            let (&(user, there), &(course, born)) = (rng.pick(&learners), rng.pick(&courses));
            let first = rng.moment(there.max(born), self.until);
            let mut attempt = begun(&mut rng, &mut self.more.mint, course, user, first);
            if rng.chance(650) {
                attempt.end(&mut rng, first, self.until);
            } else {
                attempt.carry_on(&mut rng, first, self.until);
            }
            attempts.push(attempt);
        }
        for attempt in &mut attempts {
            // Opened and left at once.
            if attempt.completed_at.is_none() && rng.chance(120) {
                (attempt.first_activity_at, attempt.last_activity_at) = (None, None);
                (attempt.progress, attempt.time_spent, attempt.score) = (0, 0, None);
            }
        }
        self.more.attempts = Table::new(self.more.seed, attempts);
    }
}

/// An attempt that has just begun.
pub(crate) fn begun(rng: &mut Rng, mint: &mut Mint, course: Id, user: Id, first: Moment) -> Attempt {
    Attempt {
        id: mint.at(first),
        version_number: rng.chance(900).then(|| rng.between(1, 5)),
        lang: if rng.chance(970) { "fr" } else { "en" },
        first_activity_at: Some(first),
        last_activity_at: Some(first),
        time_spent: rng.between(MINUTE / 6, 5 * MINUTE),
        progress: 0,
        score: None,
        completed_at: None,
        path_id: None,
        path_session_id: None,
        course_id: course,
        user_id: user,
    }
}

/// An attempt within a session: never before the learner started there, and done if the whole path is.
fn on_path(rng: &mut Rng, mint: &mut Mint, enrollment: &Enrollment, course: Id, until: Moment) -> Attempt {
    let progress = &enrollment.progress;
    let started = progress.started_at.unwrap_or(enrollment.created_at);
    let last = progress.completed_at.unwrap_or(until).max(started);
    let first = rng.moment(started, last);
    let mut attempt = begun(rng, mint, course, enrollment.user_id, first);
    (attempt.path_id, attempt.path_session_id) = (Some(enrollment.path_id), Some(enrollment.session_id));
    if progress.completed_at.is_some() || rng.chance(350) {
        attempt.end(rng, first, last);
    } else {
        attempt.carry_on(rng, first, last);
    }
    attempt
}

impl Attempt {
    /// The learner goes on within some days of an instant, short of the end.
    pub(crate) fn carry_on(&mut self, rng: &mut Rng, from: Moment, until: Moment) {
        let at = rng.moment(from, until.min(from.plus(10 * DAY + HOUR)));
        self.first_activity_at.get_or_insert(at);
        self.last_activity_at = Some(at);
        self.time_spent += rng.between(MINUTE, 40 * MINUTE);
        self.progress = (self.progress + rng.between(1, 60)).min(95);
        self.score = rng.chance(300).then(|| rng.between(10, 101));
    }

    /// The learner reaches the end.
    pub(crate) fn end(&mut self, rng: &mut Rng, from: Moment, until: Moment) {
        self.carry_on(rng, from, until);
        self.progress = 100;
        self.completed_at = self.last_activity_at;
        self.score = rng.chance(850).then(|| rng.between(30, 101));
    }
}
