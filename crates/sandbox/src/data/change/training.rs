//! Paths and sessions are edited, learners enrolled, archived and carried on.

use super::Batch;
use crate::data::enrollments::{archive, enrollment};
use crate::data::moment::{DAY, HOUR};
use crate::data::progress::Stage;
use crate::data::records::{Status, UserStatus};
use crate::data::training::Studio;

impl Batch<'_> {
    pub(super) fn training(&mut self) {
        self.edit_paths();
        self.archive_enrollments();
        self.progress();
        self.bear_session();
        self.bear_enrollments();
    }

    fn edit_paths(&mut self) {
        for id in Self::some(&mut self.rng, &self.world.paths, 1, |_| true) {
            let stamp = self.stamp();
            let Some(path) = self.world.paths.get_mut(id) else { continue };
            path.modified_at = stamp;
            path.description =
                Some(format!("<p>{}&nbsp;: programme revu le {}.</p>", path.name, stamp.date()));
            self.ledger.updated("paths", &[id]);
        }
        for id in Self::some(&mut self.rng, &self.world.sessions, 2, |_| true) {
            let stamp = self.stamp();
            let Some(session) = self.world.sessions.get_mut(id) else { continue };
            session.modified_at = stamp;
            session.user_limit = Some(self.rng.between(20, 400));
            self.ledger.updated("path_sessions", &[id]);
        }
    }

    fn archive_enrollments(&mut self) {
        let published = Self::some(&mut self.rng, &self.world.enrollments, self.unit, |one| {
            one.status == Status::Published
        });
        for id in published {
            let stamp = self.stamp();
            let Some(enrollment) = self.world.enrollments.get_mut(id) else { continue };
            archive(enrollment, stamp);
            self.ledger.updated("path_enrollments", &[id]);
            self.ledger.updated("path_stats", &[id]);
        }
    }

    /// Learners of running sessions come further; only their statistics tell.
    fn progress(&mut self) {
        let (sessions, from) = (&self.world.sessions, self.from);
        let running = Self::some(&mut self.rng, &self.world.enrollments, 3 * self.unit, |one| {
            let open = sessions.get(one.session_id).is_some_and(|session| {
                session.start_date < from && session.end_date.is_none_or(|end| end > from.plus(DAY))
            });
            open && one.status == Status::Published && one.progress.completed_at.is_none()
        });
        for id in running {
            let stamp = self.stamp();
            let world = &mut *self.world;
            let Some(enrollment) = world.enrollments.get_mut(id) else { continue };
            let Some(session) = world.sessions.get(enrollment.session_id) else { continue };
            let certificate = world.paths.get(enrollment.path_id).and_then(|path| path.certificate_id);
            let stage = Stage { session, certificate, now: world.clock, until: self.until };
            let progress = &mut enrollment.progress;
            let started = progress.started_at.is_some();
            progress.started_at.get_or_insert(stamp);
            if started && self.rng.chance(400) {
                stage.finish(&mut self.rng, progress);
                progress.completed_at = Some(stamp);
            } else {
                stage.advance(&mut self.rng, progress);
            }
            self.ledger.updated("path_stats", &[id]);
        }
    }

    fn bear_session(&mut self) {
        for id in Self::some(&mut self.rng, &self.world.paths, 1, |path| path.status == Status::Published) {
            let stamp = self.stamp();
            let world = &mut *self.world;
            let Some(path) = world.paths.get(id) else { continue };
            let part = world.sessions.of(id).count();
            let start = world.clock.plus(self.rng.between(5, 60) * DAY + HOUR);
            let end = start.plus(90 * DAY);
            let (network, trainers) = (&world.network, &world.trainers);
            let studio =
                Studio { network, trainers, first: super::super::FIRST, now: world.clock, until: self.until };
            let mut session = studio.session(&mut self.rng, &mut world.mint, path, start, Some(end), part);
            session.id = world.mint.at(stamp);
            session.created_at = stamp;
            session.modified_at = stamp;
            self.ledger.created("path_sessions", &[session.id]);
            world.sessions.push(session);
        }
    }

    fn bear_enrollments(&mut self) {
        let from = self.from;
        let open = Self::some(&mut self.rng, &self.world.sessions, 2 * self.unit, |session| {
            session.end_date.is_none_or(|end| end > from.plus(2 * DAY))
        });
        let learners = Self::some(&mut self.rng, &self.world.users, open.len(), |user| {
            user.status != UserStatus::Deleted && user.created < from
        });
        for (id, user) in open.into_iter().zip(learners) {
            let stamp = self.stamp();
            let world = &mut *self.world;
            let Some(session) = world.sessions.get(id) else { continue };
            let known =
                world.enrollments.of(session.path_id).any(|one| one.session_id == id && one.user_id == user);
            // A session of this batch may have been created later in the day.
            if known || session.created_at > stamp {
                continue;
            }
            let stage = Stage { session, certificate: None, now: world.clock, until: self.until };
            let mut born = enrollment(&mut self.rng, &mut world.mint, &stage, user, stamp);
            born.modified_at = None;
            born.progress = stage.untouched(&mut self.rng, stamp);
            self.ledger.created("path_enrollments", &[born.id]);
            self.ledger.created("path_stats", &[born.id]);
            world.enrollments.push(born);
        }
    }
}
