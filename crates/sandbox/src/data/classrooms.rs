//! Classrooms: a part of a path that is dated by its slots.

use super::steps::step;
use super::{DAY, Day, FIRST, OPENING, World, any, record};

/// Kinds of classrooms, and whether their slots are virtual.
static ROOMS: [(&str, bool); 5] = [
    ("Atelier", false),
    ("Classe virtuelle", true),
    ("Journée", false),
    ("Webinaire", true),
    ("Mise en pratique", false),
];

pub(crate) fn generate(world: &mut World) {
    let (paths, mut steps) = (world.rows("paths"), Vec::new());
    let classrooms = world.many("classrooms", world.counts.classrooms, |rng, number| {
        let path = &paths[number % paths.len()];
        let born = rng.time(path.date("createdAt").unwrap_or(FIRST), OPENING - DAY);
        let has_dates = number % 29 != 7;
        let (room, is_virtual) = ROOMS[(number + number / paths.len()) % ROOMS.len()];
        let media = rng.below(3);
        let objective = "Savoir émettre & recevoir une facture électronique";
        let classroom = record! {
            "_id": rng.id(born),
            "groupId": path.get("groupId").clone(),
            "createdAt": Some(born).filter(|_| has_dates),
            "name": format!("{room} – {}", path.text("name")),
            "mediaIds": (0..media).map(|_| rng.id(born)).collect::<Vec<_>>(),
            "message": rng.maybe(500, |_| "Apportez votre ordinateur, et votre n° SIRET."),
            "modifiedAt": rng.maybe(850, |rng| rng.time(born, world.until())).filter(|_| has_dates),
            "trainingObjective": rng.maybe(500, |_| objective),
            "#pathId": path.id(),
            "#virtual": is_virtual,
        };
        steps.push((path.id(), step(rng, classroom.id(), "classroom")));
        classroom
    });
    for (path, step) in steps {
        world.edit("paths", path, |path| path.push("steps", step));
    }
    world.put("classrooms", &[], classrooms);
}

/// One classroom is edited.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    day.edit(world, "classrooms", 1, any, |classroom, stamp, _| classroom.set("modifiedAt", stamp));
}
