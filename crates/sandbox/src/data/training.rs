//! Paths and their sessions.

use serde_json::{Value, json};

use super::id::{Id, Mint};
use super::moment::{DAY, HOUR, Moment};
use super::names::TOPICS;
use super::network::Network;
use super::records::{Path, Session, Status};
use super::rng::Rng;
use super::steps::{self, Resources};

/// Sessions and slots lie in these two and a half years.
pub(crate) const OPENING: Moment = Moment::on(2024, 9, 2);
pub(crate) const CLOSING: Moment = Moment::on(2027, 3, 31);

const VALIDATIONS: [&str; 4] = ["disabled", "disabled", "instructors", "managers"];

/// What paths, sessions and classrooms are made from.
pub(crate) struct Studio<'a> {
    pub(crate) network: &'a Network,
    pub(crate) trainers: &'a [Id],
    pub(crate) first: Moment,
    pub(crate) now: Moment,
    pub(crate) until: Moment,
}

impl Studio<'_> {
    /// Paths without steps yet: those refer to classrooms, which refer to paths.
    pub(crate) fn paths(&self, rng: &mut Rng, mint: &mut Mint, count: usize) -> Vec<Path> {
        (0..count).map(|number| self.path(rng, mint, number)).collect()
    }

    fn path(&self, rng: &mut Rng, mint: &mut Mint, number: usize) -> Path {
        let created_at = rng.moment(self.first.plus(60 * DAY), OPENING.plus(-40 * DAY));
        let firms = &self.network.firms;
        let owner = number % (firms.len() + 1);
        let topic = TOPICS[number % TOPICS.len()];
        let name = match number / TOPICS.len() {
            0 => topic.to_owned(),
            level => format!("{topic} – niveau {}", level + 1),
        };
        let translated = rng.chance(150).then(|| english(rng, &name, self.trainers, true));
        let archived = number % 11 == 4;
        Path {
            author_id: *rng.pick(self.trainers),
            certificate_id: rng.chance(500).then(|| mint.at(created_at)),
            group_id: firms.get(owner).map_or(self.network.root, |firm| firm.group),
            id: mint.at(created_at),
            co_author_ids: rng
                .below(3)
                .checked_sub(1)
                .map(|n| rng.sample(self.trainers, n))
                .unwrap_or_default(),
            created_at,
            default_lang: "fr",
            modified_at: rng.moment(created_at, self.until),
            options: json!({
                "linearProgression": rng.chance(600),
                "mandatoryReplay": rng.chance(200),
                "displayForum": rng.chance(500),
                "displayClassroomMessages": rng.chance(400),
                "automatedReminders": rng.chance(700),
                "notificationOnStepCreation": rng.chance(300),
            }),
            source_lang: "fr",
            status: if archived { Status::Archived } else { Status::Published },
            steps: Vec::new(),
            translations: translated.into_iter().collect(),
            additional_information: rng.chance(250).then_some("Financé par France Num"),
            cover_picture: rng.chance(700).then(|| mint.at(created_at)),
            description: rng.chance(800).then(|| {
                format!("<p>{name}&nbsp;: un parcours pour les TPE.</p>\n<ul><li>1 \"atelier\"</li></ul>")
            }),
            estimated_duration: rng
                .chance(600)
                .then(|| json!({"unit": *rng.pick(&["hour", "day"]), "value": rng.between(1, 15)})),
            estimated_weekly_commitment: rng.chance(250).then(|| json!({"min": 1, "max": rng.between(2, 5)})),
            name,
        }
    }

    /// `count` sessions. Those of one path follow each other without gap, so each date of the programme falls
    /// into exactly one of them.
    pub(crate) fn sessions(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        paths: &[Path],
        count: usize,
    ) -> Vec<Session> {
        let mut of_path = vec![1_usize; paths.len()];
        for _ in paths.len()..count {
            of_path[rng.below(paths.len())] += 1;
        }
        let mut sessions: Vec<Session> = Vec::with_capacity(count);
        for (path, &parts) in paths.iter().zip(&of_path) {
            let length = (CLOSING.0 - OPENING.0) / i64::try_from(parts).unwrap_or(1);
            let mut starts: Vec<Moment> = vec![OPENING.plus(7 * HOUR)];
            while starts.len() < parts {
                let even = OPENING.plus(length * i64::try_from(starts.len()).unwrap_or(0));
                starts.push(even.plus(rng.between(-10, 11) * DAY + 7 * HOUR));
            }
            for (part, &start) in starts.iter().enumerate() {
                let last = part + 1 == parts;
                let end = starts.get(part + 1).map_or(CLOSING, |next| next.plus(-DAY));
                let end = (!last || rng.chance(700)).then_some(end.plus(11 * HOUR));
                let root = sessions.first().filter(|_| rng.chance(40)).map(|session| session.id);
                let mut session = self.session(rng, mint, path, start, end, part);
                session.root_session_id = root.filter(|_| path.id != sessions[0].path_id);
                sessions.push(session);
            }
        }
        sessions
    }

    pub(crate) fn session(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        path: &Path,
        start_date: Moment,
        end_date: Option<Moment>,
        part: usize,
    ) -> Session {
        let planned = start_date.plus(-rng.between(20 * DAY, 40 * DAY));
        let created_at = planned.min(self.now.plus(-rng.between(2 * DAY, 50 * DAY)));
        let name = format!("{} – session {} ({})", path.name, part + 1, &start_date.date()[..7]);
        let agency = rng.pick(&self.network.agencies).group;
        let reenrollment = match rng.below(20) {
            0 => Some(json!({"type": "certificationExpiryDate", "delayDays": 30})),
            1 => Some(json!({"type": "pathCompletionDate", "delayDays": 15, "recurrenceMonths": 12})),
            _ => None,
        };
        let translated = rng.chance(120).then(|| english(rng, &name, self.trainers, false));
        Session {
            main_instructor_id: *rng.pick(self.trainers),
            registration_request_validation: VALIDATIONS[rng.below(VALIDATIONS.len())],
            start_date,
            end_date,
            user_limit: rng.chance(300).then(|| rng.between(10, 300)),
            automatic_reenrollment: reenrollment,
            ip_filtering: rng
                .chance(100)
                .then(|| json!({"active": rng.chance(500), "authorizedAddresses": ["192.0.2.10"]})),
            id: mint.at(created_at),
            created_at,
            group_id: if rng.chance(500) { agency } else { path.group_id },
            instructor_ids: {
                let extra = rng.below(3);
                rng.sample(self.trainers, extra)
            },
            is_audience_builder: rng.chance(100),
            modified_at: rng.moment(created_at, self.until),
            name,
            path_id: path.id,
            additional_information: rng.chance(250).then_some("Convention signée"),
            root_session_id: None,
            translations: translated.into_iter().collect(),
        }
    }
}

/// Gives each path its steps; `classrooms` are those that name the path.
pub(crate) fn give_steps(
    rng: &mut Rng,
    mint: &mut Mint,
    paths: &mut [Path],
    classrooms: impl Fn(Id) -> Vec<Id>,
) {
    let ids: Vec<Id> = paths.iter().map(|path| path.id).collect();
    for (number, path) in paths.iter_mut().enumerate() {
        let mut made = |count: usize| (0..count).map(|_| mint.at(path.created_at)).collect::<Vec<Id>>();
        let resources = Resources {
            classrooms: classrooms(path.id),
            courses: made(2 + rng.below(4)),
            messages: made(rng.below(5)),
            // A child is always a later path: nesting cannot go round.
            child_path: (number % 10 == 0).then(|| ids.get(number + 3).copied()).flatten(),
            program: rng.chance(80).then(|| made(1)[0]),
        };
        path.steps = steps::steps(rng, &resources);
    }
}

fn english(rng: &mut Rng, name: &str, translators: &[Id], described: bool) -> Value {
    let mut fields = json!({"name": format!("{name} (EN)")});
    if described && rng.chance(500) {
        fields["description"] = json!("A path for small businesses.");
    }
    let published = rng.chance(700);
    json!({"lang": "en", "published": published, "translatorIds": rng.sample(translators, 1), "translatedFields": fields})
}
