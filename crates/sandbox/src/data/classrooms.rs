//! Classrooms, their dated slots and who is registered for them.

use super::id::{ById, Id, Mint};
use super::moment::{DAY, HOUR, MINUTE, Moment};
use super::names::{ROOMS, TOWNS};
use super::records::{
    Classroom, Context, Enrollment, Path, Registration, Rsvp, SelfRegistration, Session, Slot, Status,
};
use super::rng::Rng;
use super::training::{CLOSING, OPENING, Studio};

/// Attendance of slots that ended longer ago than this is settled.
pub(crate) const SETTLED: i64 = 60 * DAY;

impl Studio<'_> {
    pub(crate) fn classrooms(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        paths: &[Path],
        count: usize,
    ) -> Vec<Classroom> {
        (0..count)
            .map(|number| {
                let path = &paths[number % paths.len()];
                let born = rng.moment(path.created_at, OPENING.plus(-DAY));
                let silent = number % 29 == 7;
                let media: Vec<Id> = (0..rng.below(3)).map(|_| mint.at(born)).collect();
                Classroom {
                    group_id: path.group_id,
                    id: mint.at(born),
                    created_at: (!silent).then_some(born),
                    name: format!("{} – {}", ROOMS[number / paths.len() % ROOMS.len()], path.name),
                    media_ids: media,
                    message: rng.chance(500).then_some("Apportez votre ordinateur, et votre n° SIRET."),
                    modified_at: (!silent && rng.chance(850)).then(|| rng.moment(born, self.until)),
                    training_objective: rng
                        .chance(500)
                        .then_some("Savoir émettre & recevoir une facture électronique"),
                    path: path.id,
                }
            })
            .collect()
    }

    /// `count` slots spread evenly over the programme, so that each scale has past, recent and future ones; `sessions` are
    /// those of each path.
    pub(crate) fn slots(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        classrooms: &[Classroom],
        sessions: &ById<Vec<&Session>>,
        count: usize,
    ) -> Vec<Slot> {
        let mut turns: Vec<usize> = (0..count).map(|slot| slot % classrooms.len()).collect();
        rng.shuffle(&mut turns);
        let step = (CLOSING.0 - OPENING.0 - 10 * DAY) / i64::try_from(count).unwrap_or(1).max(1);
        let dated = turns.iter().zip(0_i64..);
        dated
            .map(|(&turn, place)| {
                let day = OPENING.plus(DAY + place * step + rng.between(0, step));
                let classroom = &classrooms[turn];
                let of_path = sessions.get(&classroom.path).into_iter().flatten().copied();
                self.slot(rng, mint, classroom, of_path, day)
            })
            .collect()
    }

    /// A slot of `classroom` about `day`, in one of the `sessions` of its path.
    pub(crate) fn slot<'a>(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        classroom: &Classroom,
        sessions: impl Iterator<Item = &'a Session>,
        day: Moment,
    ) -> Slot {
        let half_hours = *rng.pick(&[3_i64, 6, 7, 14, 14, 33 * 2]);
        let length = half_hours * HOUR / 2;
        let session =
            sessions.filter(|session| session.start_date <= day).max_by_key(|session| session.start_date);
        let midnight = Moment(day.0 - day.0.rem_euclid(DAY));
        // 1970-01-01 was a Thursday: Saturday and Sunday move to the next Monday.
        let weekend = [0, 0, 2, 1, 0, 0, 0][usize::try_from((day.0 / DAY).rem_euclid(7)).unwrap_or(0)];
        let mut start_date = midnight.plus(weekend * DAY + rng.between(14, 22) * HOUR / 2);
        if let Some(end) = session.and_then(|session| session.end_date) {
            while start_date.plus(length) > end {
                start_date = start_date.plus(-DAY);
            }
        }
        let planned = start_date.plus(-rng.between(15, 70) * DAY);
        let born = planned.min(self.until.plus(-rng.between(0, 40 * DAY)));
        let born = session.map_or(born, |session| born.max(session.created_at));
        let context = match (session, rng.below(100)) {
            (Some(session), 0..88) => Context { id: session.id, kind: "path" },
            (_, 88..92) => Context { id: mint.at(born), kind: "program" },
            _ => Context { id: classroom.id, kind: "standalone" },
        };
        let is_virtual = rng.chance(350);
        let webinar_provider =
            (is_virtual && rng.chance(750)).then(|| *rng.pick(&["Microsoft Teams", "Zoom"]));
        let town = rng.pick(TOWNS);
        let enabled = rng.chance(500);
        let dates = rng.below(100);
        let media: Vec<Id> = (0..rng.below(2)).map(|_| mint.at(born)).collect();
        Slot {
            start_date,
            end_date: start_date.plus(length),
            reported_duration: [1.5, 3.0, 3.5, 7.0, 14.0][match half_hours {
                3 => 0,
                6 => 1,
                7 => 2,
                14 => 3,
                _ => 4,
            }],
            self_registration: SelfRegistration {
                enabled,
                cutoff_date: (enabled || rng.chance(200)).then(|| start_date.plus(-2 * DAY)),
            },
            is_virtual,
            max_capacity: rng.chance(600).then(|| rng.between(14, 25)),
            id: mint.at(born),
            classroom_id: classroom.id,
            created_at: (dates >= 2).then_some(born),
            name: format!("{}, le {}", classroom.name, start_date.date()),
            location: if is_virtual {
                format!("https://visio.example/{}?salle={}", rng.below(100_000), rng.below(100))
            } else {
                format!("Salle n° {}, {} {}", 1 + rng.below(9), town.postcode, town.name)
            },
            trainer_ids: {
                let trainers = 1 + rng.below(2);
                rng.sample(self.trainers, trainers)
            },
            media_ids: media,
            modified_at: (dates >= 10).then(|| rng.moment(born, self.until)),
            timezone: rng.chance(950).then_some("Europe/Paris"),
            webinar_provider,
            context,
            born,
        }
    }

    /// Between 6 and 14 learners of the slot's session; of `anyone` when it has none.
    pub(crate) fn registrations(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        slot: &Slot,
        enrollments: &[&Enrollment],
        anyone: &[Id],
    ) -> Vec<Registration> {
        let count = 6 + rng.below(9);
        let close = slot.start_date.min(self.until);
        let settled = slot.end_date.plus(SETTLED) < self.now || (slot.end_date < self.now && rng.chance(450));
        let mut learners: Vec<(Id, Moment, Option<Id>)> = if slot.context.kind == "path" {
            let published = enrollments.iter().filter(|enrollment| enrollment.status == Status::Published);
            published.map(|one| (one.user_id, one.created_at.max(slot.born), Some(one.path_id))).collect()
        } else {
            rng.sample(anyone, count).into_iter().map(|user| (user, slot.born, None)).collect()
        };
        rng.shuffle(&mut learners);
        // Whoever was enrolled after the slot began is registered afterwards, and only if others are lacking.
        learners.sort_by_key(|&(_, from, _)| from >= close);
        learners.truncate(count);
        learners
            .into_iter()
            .map(|(user_id, from, path_id)| {
                let created = rng.moment(from, if from < close { close } else { self.until });
                let mut registration = registered(mint, slot, user_id, created, path_id);
                self.answer(rng, slot, &mut registration, created);
                if settled && registration.status == Status::Published {
                    registration.has_attended = Some(rng.chance(840));
                    registration.attendance_duration = stayed(rng, slot, registration.has_attended);
                }
                match rng.below(1000) {
                    0..7 => (registration.created_at, registration.modified_at) = (None, None),
                    7..15 => registration.created_at = None,
                    _ => {}
                }
                registration
            })
            .collect()
    }

    fn answer(&self, rng: &mut Rng, slot: &Slot, registration: &mut Registration, created: Moment) {
        let modified = rng.moment(created, self.until);
        registration.rsvp = rng.chance(400).then(|| Rsvp {
            going: rng.chance(850),
            last_updated_at: rng.moment(created, slot.start_date.min(self.until)),
        });
        registration.modified_at = rng.chance(800).then_some(modified);
        if rng.chance(30) {
            registration.status = Status::Archived;
            registration.archived_at = Some(modified);
            registration.modified_at = Some(modified);
        }
    }
}

/// A registration as created.
pub(crate) fn registered(
    mint: &mut Mint,
    slot: &Slot,
    user_id: Id,
    created: Moment,
    path_id: Option<Id>,
) -> Registration {
    Registration {
        id: mint.at(created),
        archived_at: None,
        user_id,
        attendance_duration: None,
        created_at: Some(created),
        has_attended: None,
        modified_at: None,
        path_id,
        rsvp: None,
        status: Status::Published,
        slot: slot.id,
    }
}

/// Webinars report how long a learner stayed, in milliseconds.
pub(crate) fn stayed(rng: &mut Rng, slot: &Slot, has_attended: Option<bool>) -> Option<i64> {
    let reported = slot.webinar_provider.is_some() && has_attended == Some(true);
    reported.then(|| rng.between(20 * MINUTE, slot.end_date.0 - slot.start_date.0))
}
