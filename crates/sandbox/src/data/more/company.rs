//! Certificate outlines, projects, needs and integrations of the company.

use serde_json::json;

use super::{Kind, Maker};
use crate::data::FIRST;
use crate::data::id::Id;
use crate::data::moment::DAY;
use crate::data::names::TOPICS;
use crate::data::records::Kept;
use crate::data::rng::Rng;

const PLATFORMS: [&str; 6] =
    ["Moovskil", "Catalogue OPCO", "Pix Pro", "Vidéo France Num", "Ma Boîte à Outils", "LMS régional"];
const STATUSES: [&str; 7] =
    ["new", "exploring", "onHold", "projectOngoing", "done", "alreadyExists", "discarded"];

impl Maker<'_> {
    pub(super) fn company(&mut self) {
        let mut rng = self.rng("company");
        self.outlines(&mut rng);
        self.projects(&mut rng);
        self.needs(&mut rng);
        self.integrations(&mut rng);
    }

    fn group(&self, rng: &mut Rng) -> Id {
        let network = &self.world.network;
        if rng.chance(500) { network.root } else { rng.pick(&network.firms).group }
    }

    /// One for each path that ends with a certificate, and a few for certificates from elsewhere.
    fn outlines(&mut self, rng: &mut Rng) {
        let mut outlines = Vec::new();
        for path in self.world.paths.rows() {
            if let Some(id) = path.certificate_id {
                let title = format!("Attestation « {} »", path.name);
                let row = json!({"title": title, "groupId": path.group_id, "_id": id, "createdAt": path.created_at});
                outlines.push(Kept::new(id, row));
            }
        }
        for title in ["Certification TOSA", "Pix", "Habilitation électrique"] {
            let created = rng.moment(FIRST, FIRST.plus(200 * DAY));
            let id = self.more.mint.at(created);
            let row =
                json!({"title": title, "groupId": self.world.network.root, "_id": id, "createdAt": created});
            outlines.push(Kept { aside: json!({"external": true}), ..Kept::new(id, row) });
        }
        self.more.put(Kind::Outlines, outlines);
    }

    fn projects(&mut self, rng: &mut Rng) {
        let mut projects = Vec::new();
        for number in 0..self.counts.projects {
            let id = self.more.mint.at(rng.moment(FIRST, self.until));
            let name = format!("Créer : {} ({})", TOPICS[number % TOPICS.len()], number + 1);
            let group = self.group(rng);
            projects.push(Kept::new(
                id,
                json!({"_id": id, "name": name, "completed": rng.chance(350), "groupId": group}),
            ));
        }
        self.more.put(Kind::Projects, projects);
    }

    fn needs(&mut self, rng: &mut Rng) {
        let learners: Vec<Id> = self.learners().into_iter().map(|(id, _)| id).collect();
        let mut needs = Vec::new();
        for number in 0..self.counts.needs {
            let created = rng.moment(FIRST.plus(60 * DAY), self.until);
            let id = self.more.mint.at(created);
            let topic = TOPICS[rng.below(TOPICS.len())];
            let mut questions = vec![json!({"title": "Pour qui ?", "answer": "Les TPE de l'agence"})];
            if rng.chance(500) {
                questions.push(json!({"title": "Pour quand ?"}));
            }
            let (experts, volunteers) = (rng.below(3), rng.below(6));
            let row = json!({
                "_id": id,
                "groupId": self.group(rng),
                "name": format!("Besoin n° {} : {topic}", number + 1),
                "status": STATUSES[number % STATUSES.len()],
                "createdAt": created,
                "authorId": *rng.pick(&learners),
                "questions": questions,
                "suggestedExpertIds": rng.sample(&self.world.trainers, experts),
                "volunteerIds": rng.sample(&learners, volunteers),
            });
            needs.push(Kept::new(id, row));
        }
        self.more.put(Kind::Needs, needs);
    }

    fn integrations(&mut self, rng: &mut Rng) {
        let mut integrations = Vec::new();
        for number in 0..self.counts.integrations {
            let id = self.more.mint.at(rng.moment(FIRST, self.until));
            let mut row = json!({});
            if rng.chance(600) {
                row["defaultCompletion"] = json!(rng.chance(500));
                row["defaultProgress"] = json!(10 * rng.between(0, 11));
            }
            if rng.chance(500) {
                row["noGroupPropagation"] = json!(rng.chance(300));
            }
            if rng.chance(700) {
                row["externalPlatformLogoUrl"] = json!(format!("https://media.example/{number}.png"));
            }
            if rng.chance(400) {
                row["externalPlatformUnicolorLogoUrl"] =
                    json!(format!("https://media.example/{number}-1.png"));
            }
            row["externalPlatform"] = json!(match number / PLATFORMS.len() {
                0 => PLATFORMS[number].to_owned(),
                again => format!("{} {}", PLATFORMS[number % PLATFORMS.len()], again + 1),
            });
            row["authorId"] = json!(*rng.pick(&self.world.trainers));
            row["groupId"] = json!(self.group(rng));
            row["_id"] = json!(id);
            integrations.push(Kept::new(id, row));
        }
        self.more.put(Kind::Integrations, integrations);
    }
}
