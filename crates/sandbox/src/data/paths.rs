//! Paths. Their classroom steps are added with the classrooms.

use super::names::{TOPICS, again};
use super::steps::{quiz, step};
use super::{Cell, Day, FIRST, Id, OPENING, Record, Rng, World, any, day, days, deletions, record, sessions};

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("paths");
    let mut paths: Vec<Record> = (0..world.counts.paths).map(|number| path(world, rng, number)).collect();
    let ids: Vec<Id> = paths.iter().map(Record::id).collect();
    let mut before: Vec<Id> = Vec::new();
    for (number, path) in paths.iter_mut().enumerate() {
        // A child is always a later path: nesting has no cycle.
        let child = ids.get(number + 3).filter(|_| number % 10 == 0);
        // A course of one path in twenty is also one of the path before.
        let shared = before.last().filter(|_| number % 20 == 3);
        path.set("steps", own_steps(rng, path, child.copied(), shared.copied()));
        before = courses(path);
    }
    paths
}

fn path(world: &World, rng: &mut Rng, number: usize) -> Record {
    let created = rng.time(FIRST + days(60), OPENING - days(40));
    let firms = &world.network.firms;
    let topic = TOPICS[number % TOPICS.len()];
    let name = again(topic, number / TOPICS.len(), "– niveau ");
    let translated = number == 1 || rng.chance(150);
    let description = "A path for small businesses.";
    let authors = rng.below(3).saturating_sub(1);
    record! {
        "_id": rng.id(created),
        "authorId": *rng.pick(&world.trainers),
        "certificateId": rng.maybe(500, |rng| rng.id(created)),
        "groupId": firms.get(number % (firms.len() + 1)).map_or(world.network.root, |firm| firm.group),
        "coAuthorIds": rng.sample(&world.trainers, authors),
        "createdAt": created,
        "defaultLang": "fr",
        "modifiedAt": rng.time(created, world.until()),
        "options": record! {
            "linearProgression": rng.chance(600),
            "mandatoryReplay": rng.chance(200),
            "displayForum": rng.chance(500),
            "displayClassroomMessages": rng.chance(400),
            "automatedReminders": rng.chance(700),
            "notificationOnStepCreation": rng.chance(300),
        },
        "sourceLang": "fr",
        "status": if number % 11 == 4 { "archived" } else { "published" },
        "steps": Cell::Absent,
        "translations": if translated { vec![english(world, rng, &name, Some(description))] } else { vec![] },
        "additionalInformation": rng.maybe(250, |_| "Financé par France Num"),
        "coverPicture": rng.maybe(700, |rng| rng.id(created)),
        "description": rng.maybe(800, |_| {
            format!("<p>{name}&nbsp;: un parcours pour les TPE.</p>\n<ul><li>1 \"atelier\"</li></ul>")
        }),
        "estimatedDuration": rng.maybe(600, |rng| {
            record! {"unit": *rng.pick(&["hour", "day"]), "value": rng.between(1, 15)}
        }),
        "estimatedWeeklyCommitment": rng.maybe(250, |rng| {
            record! {"min": 1_i64, "max": rng.between(2, 5)}
        }),
        "name": name,
    }
}

/// An English translation of a name.
pub(super) fn english(world: &World, rng: &mut Rng, name: &str, description: Option<&'static str>) -> Record {
    record! {
        "lang": "en",
        "published": rng.chance(700),
        "translatorIds": rng.sample(&world.trainers, 1),
        "translatedFields": record! {
            "name": format!("{name} (EN)"),
            "description": description.filter(|_| rng.chance(700)),
        },
    }
}

/// The steps but those in classrooms. Programs have no rows: their ids dangle, as they do in the API.
fn own_steps(rng: &mut Rng, path: &Record, child: Option<Id>, shared: Option<Id>) -> Vec<Record> {
    let created = path.date("createdAt").unwrap_or(FIRST);
    let mut courses: Vec<Id> = (0..2 + rng.below(4)).map(|_| rng.id(created)).collect();
    courses[1] = shared.unwrap_or(courses[1]);
    let mut steps = vec![quiz(rng, courses[0], courses[courses.len() - 1])];
    steps.extend(courses[1..].iter().map(|&id| step(rng, id, "course")));
    steps.extend(child.map(|id| step(rng, id, "path")));
    let program = rng.maybe(80, |rng| rng.id(created));
    steps.extend(program.map(|id| step(rng, id, "program")));
    let messages = rng.below(5);
    for kind in ["email", "teamsMessage", "slackMessage", "assessment"].into_iter().take(messages) {
        let id = rng.id(created);
        steps.push(step(rng, id, kind));
    }
    steps
}

/// The courses among the steps of a path.
pub(super) fn courses(path: &Record) -> Vec<Id> {
    path.objects("steps").filter(|step| step.is("type", "course")).map(Record::id).collect()
}

/// One path is edited. Every third day one is deleted, as long as more than half of the first are left.
pub(crate) fn change(world: &mut World, change: &mut Day) {
    if change.number % 3 == 1 && world.rows("paths").len() > world.counts.paths / 2 {
        delete_one(world, change);
    }
    change.edit(world, "paths", 1, any, |path, stamp, _| {
        let text = format!("<p>{}&nbsp;: programme revu le {}.</p>", path.text("name"), day(stamp));
        path.update(record! {"description": text, "modifiedAt": stamp});
    });
}

/// Deletes a path none of whose sessions is the root of others. It is no longer a step of others.
fn delete_one(world: &mut World, day: &mut Day) {
    let roots = sessions::roots(world);
    let chosen = deletions::delete(world, day, "paths", 1, |world, path| {
        let mut sessions = world.table("path_sessions").of("pathId", path.id());
        sessions.all(|session| !roots.contains(&session.id()))
    });
    let is_left = |step: &&Record| !chosen.contains(&step.id());
    let around = world.rows("paths").iter().filter(|path| !path.objects("steps").all(|step| is_left(&step)));
    for id in around.map(Record::id).collect::<Vec<Id>>() {
        let stamp = day.stamp();
        world.edit("paths", id, |path| {
            let left: Vec<Record> = path.objects("steps").filter(is_left).cloned().collect();
            path.update(record! {"steps": left, "modifiedAt": stamp});
        });
    }
}
