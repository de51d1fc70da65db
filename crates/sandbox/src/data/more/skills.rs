//! Skills, and the powers that users have of them.

use serde_json::{Value, json};

use super::{Kind, Maker};
use crate::data::FIRST;
use crate::data::moment::{DAY, Moment};
use crate::data::names::TOPICS;
use crate::data::records::Kept;
use crate::data::rng::Rng;

const VERBS: [&str; 5] = ["Comprendre", "Utiliser", "Paramétrer", "Expliquer", "Animer"];

impl Maker<'_> {
    pub(super) fn skills(&mut self) {
        let mut rng = self.rng("skills");
        let mut skills: Vec<Kept> = Vec::new();
        for number in 0..self.counts.skills {
            let born = rng.moment(FIRST, self.until.plus(-30 * DAY));
            let (topic, level) = (TOPICS[number % TOPICS.len()], number / TOPICS.len());
            let name = format!("{} : {topic} {}", VERBS[level % VERBS.len()], level / VERBS.len() + 1);
            let parents = skills.get(number.wrapping_sub(TOPICS.len())).map(|parent| {
                let mut reference = json!({"_id": parent.row["_id"]});
                if let Some(external) = parent.row.get("externalId") {
                    reference["externalId"] = external.clone();
                }
                reference
            });
            let mut row = json!({
                "_id": own_id(&mut rng, "SKI", born),
                "name": name,
                "parents": parents.into_iter().collect::<Vec<Value>>(),
                "status": if rng.chance(100) { "archived" } else { "published" },
                "translations": if rng.chance(200) { english(&mut rng, &name) } else { json!([]) },
            });
            let other = |rng: &mut Rng| format!("{:08x}-b5dd-40bf-af4c-{number:012x}", rng.draw() >> 32);
            if rng.chance(400) {
                row["externalId"] = json!(other(&mut rng));
            }
            if rng.chance(600) {
                row["description"] = json!(format!("Est-ce acquis & mis en pratique ? {name}"));
            }
            if rng.chance(600) {
                row["libraryId"] = json!(other(&mut rng));
            }
            dates(&mut rng, &mut row, born, self.until);
            skills.push(Kept::new(self.more.mint.at(born), row));
        }
        self.more.put(Kind::Skills, skills);
        self.powers(&mut rng);
    }

    fn powers(&mut self, rng: &mut Rng) {
        let learners = self.learners();
        let mut powers = Vec::new();
        for number in 0..self.counts.powers {
            let skill = &rng.pick(self.more.table(Kind::Skills).rows()).row;
            let (user, created) = *rng.pick(&learners);
            let born = rng.moment(created, self.until);
            let mut row = json!({"_id": own_id(rng, "POW", born)});
            if rng.chance(250) {
                row["externalId"] = json!(format!("EVAL-{number:05}"));
            }
            row["skillId"] = skill["_id"].clone();
            if let Some(external) = skill.get("externalId") {
                row["skillExternalId"] = external.clone();
            }
            row["userId"] = json!(user);
            dates(rng, &mut row, born, self.until);
            row["status"] = json!(*rng.pick(&["toAssess", "pendingValidation", "validated", "validated"]));
            let count = rng.below(4);
            row["qualifiers"] = (0..count).map(|_| qualifier(rng, born)).collect();
            powers.push(Kept::new(self.more.mint.at(born), row));
        }
        self.more.put(Kind::Powers, powers);
    }
}

/// Skills and powers have ids of another kind: three letters, a time in milliseconds, six characters.
fn own_id(rng: &mut Rng, prefix: &str, at: Moment) -> String {
    const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let tail: String = (0..6).map(|_| char::from(*rng.pick(LETTERS))).collect();
    format!("{prefix}{}{tail}", at.0)
}

fn dates(rng: &mut Rng, row: &mut Value, born: Moment, until: Moment) {
    if rng.chance(900) {
        row["createdAt"] = json!(born);
    }
    if rng.chance(700) {
        row["updatedAt"] = json!(rng.moment(born, until));
    }
}

fn english(rng: &mut Rng, name: &str) -> Value {
    let mut fields = json!({"name": format!("{name} (EN)")});
    if rng.chance(500) {
        fields["description"] = json!("Is it put into practice?");
    }
    json!([{"lang": "en", "translatedFields": fields}])
}

fn qualifier(rng: &mut Rng, at: Moment) -> Value {
    let kind = *rng.pick(&["singleChoice", "multiChoice", "text", "number", "date"]);
    let mut row = json!({"_id": own_id(rng, "QUA", at)});
    if rng.chance(900) {
        row["type"] = json!(kind);
    }
    // A qualifier that was never given has no value.
    if rng.chance(850) {
        match kind {
            "singleChoice" => {
                row["currentValue"] = json!("Autonome");
                row["currentValueId"] = json!("VAL3");
            }
            "multiChoice" => {
                row["currentValues"] = json!(["Sur place", "À distance"]);
                row["currentValueIds"] = json!(["VAL1", "VAL2"]);
            }
            "text" => row["currentValue"] = json!("Vu en atelier \"facturation\""),
            "number" => row["currentValue"] = json!(rng.between(1, 6)),
            _ => row["currentValue"] = json!(at),
        }
    }
    row
}
