//! Skills, and the powers that users have of them.

use super::names::TOPICS;
use super::time::text;
use super::{Cell, Day, FIRST, Record, Rng, Time, World, day, days, record};

const VERBS: [&str; 5] = ["Comprendre", "Utiliser", "Paramétrer", "Expliquer", "Animer"];

/// Skills and powers have ids of another kind: three letters, a time in milliseconds, six characters.
fn own_id(rng: &mut Rng, prefix: &str, at: Time) -> String {
    let tail: String = (0..6).map(|_| rng.0.alphanumeric()).collect();
    format!("{prefix}{}{tail}", at.timestamp_millis())
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("skills");
    let mut skills: Vec<Record> = Vec::new();
    for number in 0..world.counts.skills {
        let born = rng.time(FIRST, world.until() - days(30));
        let (topic, level) = (TOPICS[number % TOPICS.len()], number / TOPICS.len());
        let name = format!("{} : {topic} {}", VERBS[level % VERBS.len()], level / VERBS.len() + 1);
        let parent = number.checked_sub(TOPICS.len()).map(|parent| &skills[parent]);
        let parents = parent.map(|parent| {
            record! {"_id": parent.get("_id").clone(), "externalId": parent.get("externalId").clone()}
        });
        let uuid = |rng: &mut Rng| format!("{:08x}-b5dd-40bf-af4c-{number:012x}", rng.0.u32(..));
        let translation = rng.maybe(200, |rng| {
            let description = rng.maybe(600, |_| "Is it put into practice?");
            let fields = record! {"name": format!("{name} (EN)"), "description": description};
            record! {"lang": "en", "translatedFields": fields}
        });
        skills.push(record! {
            "#_id": rng.id(born),
            "_id": own_id(rng, "SKI", born),
            "parents": parents.into_iter().collect::<Vec<_>>(),
            "status": if rng.chance(100) { "archived" } else { "published" },
            "translations": translation.into_iter().collect::<Vec<_>>(),
            "externalId": rng.maybe(400, uuid),
            "description": rng.maybe(600, |_| format!("Est-ce acquis & mis en pratique ? {name}")),
            "libraryId": rng.maybe(600, uuid),
            "createdAt": rng.maybe(900, |_| born),
            "updatedAt": rng.maybe(850, |rng| rng.time(born, world.until())),
            "name": name,
        });
    }
    skills
}

pub(crate) fn powers(world: &World) -> Vec<Record> {
    let learners = world.learners();
    world.many("powers", world.counts.powers, |rng, number| {
        let (skill, &(user, arrival)) = (rng.pick(world.rows("skills")), rng.pick(&learners));
        let born = rng.time(arrival, world.until());
        let qualifiers = rng.below(4);
        record! {
            "#_id": rng.id(born),
            "_id": own_id(rng, "POW", born),
            "externalId": rng.maybe(250, |_| format!("EVAL-{number:05}")),
            "skillId": skill.get("_id").clone(),
            "skillExternalId": skill.get("externalId").clone(),
            "userId": user,
            "createdAt": rng.maybe(900, |_| born),
            "updatedAt": rng.maybe(850, |rng| rng.time(born, world.until())),
            "status": *rng.pick(&["toAssess", "pendingValidation", "validated", "validated"]),
            "qualifiers": (0..qualifiers).map(|_| qualifier(rng, born)).collect::<Vec<_>>(),
        }
    })
}

fn qualifier(rng: &mut Rng, at: Time) -> Record {
    let kind = *rng.pick(&["singleChoice", "multiChoice", "text", "number", "date"]);
    let is_given = rng.chance(850);
    let of = |kinds: &[&str]| is_given && kinds.contains(&kind);
    let value: Cell = match kind {
        "singleChoice" => "Autonome".into(),
        "text" => "Vu en atelier \"facturation\"".into(),
        "number" => rng.between(1, 6).into(),
        _ => text(at).into(),
    };
    record! {
        "_id": own_id(rng, "QUA", at),
        "type": rng.maybe(900, |_| kind),
        "currentValue": Some(value).filter(|_| of(&["singleChoice", "text", "number", "date"])),
        "currentValueId": Some("VAL3").filter(|_| of(&["singleChoice"])),
        "currentValues": Some(vec!["Sur place", "À distance"]).filter(|_| of(&["multiChoice"])),
        "currentValueIds": Some(vec!["VAL1", "VAL2"]).filter(|_| of(&["multiChoice"])),
    }
}

/// One skill is described anew.
pub(crate) fn change(world: &mut World, change: &mut Day) {
    let is_published = |_: &World, skill: &Record| skill.is("status", "published");
    change.edit(world, "skills", 1, is_published, |skill, stamp, _| {
        skill.update(record! {"description": format!("Revu le {}", day(stamp)), "updatedAt": stamp});
    });
}
