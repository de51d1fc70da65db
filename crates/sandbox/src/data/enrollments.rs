//! Learners in sessions.

use super::crowd::Crowd;
use super::id::{ById, Id, Mint};
use super::moment::{DAY, Moment};
use super::network::Network;
use super::people::trainer_count;
use super::progress::Stage;
use super::records::{Enrollment, Path, Session, Status, User};
use super::rng::Rng;

/// Who may be enrolled, and where.
pub(crate) struct Intake<'a> {
    pub(crate) network: &'a Network,
    pub(crate) users: &'a [User],
    pub(crate) paths: &'a [Path],
    pub(crate) sessions: &'a [Session],
    pub(crate) now: Moment,
    pub(crate) until: Moment,
}

impl Intake<'_> {
    /// `count` enrollments, `archived` of them archived.
    pub(crate) fn enroll(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        count: usize,
        archived: usize,
    ) -> Vec<Enrollment> {
        let network = self.network;
        let paths: ById<&Path> = self.paths.iter().map(|path| (path.id, path)).collect();
        let learners = &self.users[trainer_count(self.users.len())..];
        let mut arrivals: Vec<usize> = (0..learners.len()).collect();
        arrivals.sort_by_key(|&learner| learners[learner].created);
        let mut arrivals = arrivals.into_iter().peekable();
        let mut there = Crowd::new(learners.len());
        let mut of_firm: Vec<Crowd> = network.firms.iter().map(|_| Crowd::new(learners.len())).collect();

        // Sessions that close first find fewer users to enroll; what they leave falls to later ones.
        let close = |session: &Session| session.end_date.map_or(self.until, |end| end.min(self.until));
        let mut sessions: Vec<&Session> = self.sessions.iter().collect();
        sessions.sort_by_key(|session| (close(session), session.id));
        let mut enrollments = Vec::with_capacity(count);
        for (done, session) in sessions.iter().enumerate() {
            let quota = (count - enrollments.len()).div_ceil(sessions.len() - done);
            let path = paths[&session.path_id];
            let before = |learner: &usize| learners[*learner].created.plus(3 * DAY) < close(session);
            while let Some(learner) = arrivals.next_if(before) {
                there.join(learner);
                if let Some(agency) = network.agency(&learners[learner]) {
                    of_firm[agency.firm].join(learner);
                }
            }
            let firm = network.firms.iter().position(|firm| firm.group == path.group_id);
            let own = firm.map(|firm| &of_firm[firm]).filter(|own| own.len() >= quota + quota / 2);
            let pool = own.unwrap_or(&there);
            let stage = Stage { session, certificate: path.certificate_id, now: self.now, until: self.until };
            for place in rng.places(pool.len(), quota) {
                let user = &learners[pool.nth(place)];
                let from = user.created.max(session.created_at);
                let rush = session.start_date.plus(2 * DAY).min(close(session));
                let early = rng.chance(700) && from < rush;
                let created = rng.moment(from, if early { rush } else { close(session) });
                enrollments.push(enrollment(rng, mint, &stage, user.id, created));
            }
        }
        for place in rng.places(enrollments.len(), archived) {
            let enrollment = &mut enrollments[place];
            let progress = &enrollment.progress;
            let last = progress.completed_at.or(progress.started_at).unwrap_or(enrollment.created_at);
            let at = rng.moment(last, self.until);
            archive(enrollment, at);
        }
        enrollments
    }
}

pub(crate) fn archive(enrollment: &mut Enrollment, at: Moment) {
    enrollment.status = Status::Archived;
    enrollment.archived_at = Some(at);
    enrollment.modified_at = Some(at);
}

pub(crate) fn enrollment(
    rng: &mut Rng,
    mint: &mut Mint,
    stage: &Stage<'_>,
    user_id: Id,
    created_at: Moment,
) -> Enrollment {
    Enrollment {
        id: mint.at(created_at),
        archived_at: None,
        created_at,
        is_self_enrolled: rng.chance(150),
        modified_at: rng.chance(600).then(|| rng.moment(created_at, stage.until)),
        session_id: stage.session.id,
        status: Status::Published,
        user_id,
        path_id: stage.session.path_id,
        progress: stage.progress(rng, created_at),
    }
}
