//! Classrooms: a part of a path that is dated by its slots.

use super::record::{Record, record};
use super::time::DAY;
use super::{Day, FIRST, OPENING, World, steps};

/// Kinds of classrooms, and whether their slots are virtual.
static ROOMS: [(&str, bool); 5] = [
    ("Atelier", false),
    ("Classe virtuelle", true),
    ("Journée", false),
    ("Webinaire", true),
    ("Mise en pratique", false),
];

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("classrooms");
    let mut paths = std::mem::take(world.table_mut("paths"));
    let count = paths.rows().len();
    let mut classrooms = Vec::new();
    for number in 0..world.counts.classrooms {
        let path = &mut paths.rows_mut()[number % count];
        let born = rng.time(path.date("createdAt").unwrap_or(FIRST), OPENING - DAY);
        let has_dates = number % 29 != 7;
        let (room, is_virtual) = ROOMS[(number + number / count) % ROOMS.len()];
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
        path.push("steps", steps::classroom(rng, classroom.id()));
        classrooms.push(classroom);
    }
    *world.table_mut("paths") = paths;
    world.put("classrooms", &[], classrooms);
}

/// One classroom is edited.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    for id in day.some(world.rows("classrooms"), 1, |_: &Record| true) {
        let stamp = day.stamp();
        world.update("classrooms", id, record! {"modifiedAt": stamp});
    }
}
