//! Projects, learning needs and integrations of the company.

use super::names::{TOPICS, again};
use super::{FIRST, Id, Record, World, days, record};

const PLATFORMS: [&str; 6] =
    ["Moovskil", "Catalogue OPCO", "Pix Pro", "Vidéo France Num", "Ma Boîte à Outils", "LMS régional"];
const STATUSES: [&str; 7] =
    ["new", "exploring", "onHold", "projectOngoing", "done", "alreadyExists", "discarded"];

pub(crate) fn projects(world: &World) -> Vec<Record> {
    world.many("projects", world.counts.projects, |rng, number| {
        let created = rng.time(FIRST, world.until());
        record! {
            "_id": rng.id(created),
            "name": format!("Créer : {} ({})", TOPICS[number % TOPICS.len()], number + 1),
            "completed": rng.chance(350),
            "groupId": world.network.owner(rng),
        }
    })
}

pub(crate) fn learning_needs(world: &World) -> Vec<Record> {
    let learners: Vec<Id> = world.learners().into_iter().map(|(id, _)| id).collect();
    world.many("learning needs", world.counts.learning_needs, |rng, number| {
        let created = rng.time(FIRST + days(60), world.until());
        let mut questions = vec![record! {"title": "Pour qui ?", "answer": "Les TPE de l'agence"}];
        questions.extend(rng.maybe(500, |_| record! {"title": "Pour quand ?"}));
        let (experts, volunteers) = (rng.below(3), rng.below(6));
        record! {
            "_id": rng.id(created),
            "groupId": world.network.owner(rng),
            "name": format!("Besoin n° {} : {}", number + 1, rng.pick(TOPICS)),
            "status": STATUSES[number % STATUSES.len()],
            "createdAt": created,
            "authorId": *rng.pick(&learners),
            "questions": questions,
            "suggestedExpertIds": rng.sample(&world.trainers, experts),
            "volunteerIds": rng.sample(&learners, volunteers),
        }
    })
}

pub(crate) fn integrations(world: &World) -> Vec<Record> {
    world.many("integrations", world.counts.integrations, |rng, number| {
        let created = rng.time(FIRST, world.until());
        let has_defaults = number == 0 || rng.chance(600);
        record! {
            "_id": rng.id(created),
            "defaultCompletion": Some(rng.chance(500)).filter(|_| has_defaults),
            "defaultProgress": Some(10 * rng.between(0, 11)).filter(|_| has_defaults),
            "noGroupPropagation": Some(rng.chance(300)).filter(|_| number == 1 || rng.chance(500)),
            "externalPlatformLogoUrl": Some(format!("https://media.example/{number}.png"))
                .filter(|_| number == 0 || rng.chance(700)),
            "externalPlatformUnicolorLogoUrl": Some(format!("https://media.example/{number}-1.png"))
                .filter(|_| number == 1 || rng.chance(400)),
            "externalPlatform": again(PLATFORMS[number % PLATFORMS.len()], number / PLATFORMS.len(), ""),
            "authorId": *rng.pick(&world.trainers),
            "groupId": world.network.owner(rng),
        }
    })
}
