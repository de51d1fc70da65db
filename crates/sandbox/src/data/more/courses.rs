//! Tags, courses and what hangs on them, on paths and on sessions.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Kind, Maker};
use crate::data::FIRST;
use crate::data::fields::authorized;
use crate::data::id::Id;
use crate::data::moment::{DAY, Moment};
use crate::data::names::{SECTORS, TOPICS, TOWNS};
use crate::data::records::{FieldKind, Kept, Path};
use crate::data::rng::Rng;

/// The custom fields that courses and sessions have values of.
const OF_COURSES: [&str; 4] =
    ["Thématique prioritaire", "Niveau numérique", "Financement", "Date de signature de la convention"];
const OF_SESSIONS: [&str; 3] = ["Financement", "Région", "Date de signature de la convention"];

const LESSONS: [&str; 6] =
    ["Découvrir", "Mettre en place", "Aller plus loin", "Les bons réflexes", "Cas pratique", "Quiz"];

impl Maker<'_> {
    pub(super) fn tags(&mut self) {
        let mut rng = self.rng("tags");
        let topics = TOPICS.iter().map(|topic| (*topic).to_owned());
        let sectors = SECTORS.iter().map(|sector| sector.name.to_owned());
        let towns = TOWNS.iter().map(|town| town.name.to_owned());
        let names = topics.chain(sectors).chain(towns).chain((1..).map(|number| format!("Lot {number}")));
        let mut tags = Vec::new();
        for (number, name) in names.take(self.counts.tags).enumerate() {
            let id = self.more.mint.at(FIRST.plus(rng.between(2 * DAY, 90 * DAY)));
            let integration = rng.chance(200);
            let mut row = json!({"isMain": number < TOPICS.len(), "_id": id, "name": name});
            if integration || rng.chance(100) {
                row["externalId"] = json!(format!("TAG-{number:04}"));
            }
            row["source"] = source(integration);
            tags.push(Kept::new(id, row));
        }
        self.more.put(Kind::Tags, tags);
    }

    /// Courses of paths have the ids that the steps of the paths name; the others stand alone.
    pub(super) fn courses(&mut self) {
        let mut rng = self.rng("courses");
        let tags = self.more.ids(Kind::Tags);
        let (mut rows, mut tagged) = (Vec::new(), Vec::new());
        for path in self.world.paths.rows() {
            for id in steps(path) {
                rows.push(self.course(&mut rng, id, path.created_at, Some(path), rows.len()));
            }
            tagged.extend(self.tagged(&mut rng, path.id, path.created_at, &tags));
        }
        self.more.put(Kind::PathTags, tagged);
        while rows.len() < self.counts.courses {
            let born = rng.moment(FIRST.plus(30 * DAY), self.until.plus(-DAY));
            let id = self.more.mint.at(born);
            rows.push(self.course(&mut rng, id, born, None, rows.len()));
        }
        let mut tagged = Vec::new();
        for course in &mut rows {
            let of_course = self.tagged(&mut rng, course.id, FIRST, &tags);
            course.aside["tagIds"] = of_course.iter().map(|tag| tag.row["tagId"].clone()).collect();
            tagged.extend(of_course);
        }
        self.more.put(Kind::Courses, rows);
        self.more.put(Kind::CourseTags, tagged);
    }

    fn course(&self, rng: &mut Rng, id: Id, born: Moment, path: Option<&Path>, number: usize) -> Kept {
        let trainers = &self.world.trainers;
        let (network, author) = (&self.world.network, *rng.pick(trainers));
        let topic = path.map_or(TOPICS[number % TOPICS.len()], |path| &path.name);
        let name = format!("{} : {topic} ({})", LESSONS[number % LESSONS.len()], number + 1);
        let platform = self.more.table(Kind::Integrations).rows();
        let external = path.is_none() && rng.chance(200) && !platform.is_empty();
        let kind = if external {
            "external"
        } else {
            *rng.pick(&["native", "native", "native", "elearning standard"])
        };
        let status = match (path, rng.below(100)) {
            (None, 0..8) => "deleted",
            (None, 8..22) | (_, 0..5) => "archived",
            _ => "published",
        };
        let group = path.map_or_else(
            || if rng.chance(400) { network.root } else { rng.pick(&network.firms).group },
            |path| path.group_id,
        );
        let authors = rng.below(3);
        let mut row = json!({"name": name, "sourceLang": "fr", "authorId": author, "groupId": group});
        row["coAuthorIds"] = json!(rng.sample(trainers, authors));
        if rng.chance(750) {
            row["description"] = json!(format!("<p>{name}&nbsp;: l'essentiel en 30 minutes.</p>"));
        }
        if rng.chance(800) {
            row["duration"] = json!(5 * rng.between(1, 25));
        }
        row["_id"] = json!(id);
        row["createdAt"] = json!(born);
        row["defaultLang"] = json!("fr");
        row["modifiedAt"] = json!(rng.moment(born, self.until));
        row["status"] = json!(status);
        row["translations"] = if rng.chance(120) { english(rng, &name, trainers) } else { json!([]) };
        row["type"] = json!(kind);
        if external {
            row["externalPlatform"] = rng.pick(platform).row["externalPlatform"].clone();
        } else {
            row["currentVersionNumber"] = json!(rng.between(1, 7));
        }
        if kind == "native" && rng.chance(900) {
            row["collaborativeLearning"] = json!(rng.chance(500));
        }
        let original = if rng.chance(850) { author } else { *rng.pick(trainers) };
        Kept { aside: json!({"originalAuthorId": original}), ..Kept::new(id, row) }
    }

    fn tagged(&mut self, rng: &mut Rng, parent: Id, at: Moment, tags: &[Id]) -> Vec<Kept> {
        let count = rng.below(5);
        let tags = rng.sample(tags, count);
        tags.into_iter()
            .map(|tag| {
                let row = json!({"tagId": tag, "source": source(rng.chance(150))});
                Kept::under(parent, self.more.mint.at(at), row)
            })
            .collect()
    }

    /// The values that courses and sessions have of custom fields.
    pub(super) fn values(&mut self) {
        let mut rng = self.rng("content values");
        let courses = self.more.ids(Kind::Courses);
        let sessions = self.world.sessions.rows().iter().map(|session| session.id).collect::<Vec<Id>>();
        for (kind, parents, names) in [
            (Kind::CourseValues, courses, &OF_COURSES[..]),
            (Kind::SessionValues, sessions, &OF_SESSIONS[..]),
        ] {
            let fields: Vec<_> =
                self.world.fields.rows().iter().filter(|field| names.contains(&field.name)).collect();
            let mut values = Vec::new();
            for parent in parents {
                for field in &fields {
                    if rng.chance(700) {
                        let value = value(&mut rng, field.name, field.kind);
                        let row = json!({"customFieldId": field.id, "type": field.kind, "value": value});
                        values.push(Kept::under(parent, self.more.mint.at(FIRST), row));
                    }
                }
            }
            self.more.put(kind, values);
        }
    }
}

/// The courses among the steps of a path.
pub(super) fn steps(path: &Path) -> Vec<Id> {
    let courses = path.steps.iter().filter(|step| step["type"] == "course");
    let mut seen = HashSet::new();
    courses
        .filter_map(|step| Id::parse(step["_id"].as_str().unwrap_or("")))
        .filter(|id| seen.insert(*id))
        .collect()
}

fn source(integration: bool) -> Value {
    json!(if integration { "integration" } else { "native" })
}

fn value(rng: &mut Rng, name: &str, kind: FieldKind) -> String {
    match kind {
        FieldKind::String => (*rng.pick(authorized(name))).to_owned(),
        FieldKind::Date => FIRST.plus(rng.between(0, 800) * DAY).to_string(),
    }
}

fn english(rng: &mut Rng, name: &str, translators: &[Id]) -> Value {
    let mut fields = json!({"name": format!("{name} (EN)")});
    if rng.chance(500) {
        fields["description"] = json!("The essentials in half an hour.");
    }
    let translators = rng.sample(translators, 1);
    json!([{"lang": "en", "published": rng.chance(700), "translatorIds": translators, "translatedFields": fields}])
}
