//! Courses: those of the paths, and others. The custom-field values of courses and sessions.

use chrono::SubsecRound;

use super::custom_fields::{SATISFACTION, choices};
use super::names::TOPICS;
use super::paths::{self, english};
use super::time::text;
use super::{Cell, DAY, Day, FIRST, Id, Record, Rng, Time, World, days, record, spellings};

const LESSONS: [&str; 6] =
    ["Découvrir", "Mettre en place", "Aller plus loin", "Les bons réflexes", "Cas pratique", "Quiz"];

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("courses");
    let mut courses: Vec<Record> = Vec::new();
    for path in world.rows("paths") {
        let born = path.date("createdAt").unwrap_or(FIRST);
        // A course that is in two paths was created with one of them.
        let own = |id: &Id| id.created() == born.trunc_subsecs(0);
        for id in paths::courses(path).into_iter().filter(own) {
            courses.push(course(world, rng, (id, born), Some(path), courses.len()));
        }
    }
    while courses.len() < world.counts.courses {
        let born = rng.time(FIRST + days(30), world.until() - DAY);
        let id = rng.id(born);
        courses.push(course(world, rng, (id, born), None, courses.len()));
    }
    courses
}

fn course(
    world: &World,
    rng: &mut Rng,
    (id, born): (Id, Time),
    path: Option<&Record>,
    number: usize,
) -> Record {
    let topic = path.map_or(TOPICS[number % TOPICS.len()], |path| path.text("name"));
    let name = format!("{} : {topic} ({})", LESSONS[number % LESSONS.len()], number + 1);
    let author = *rng.pick(&world.trainers);
    let platforms = world.rows("integrations");
    let is_external = path.is_none() && rng.chance(200);
    let types = ["native", "native", "native", "elearning standard"];
    let kind = if is_external { "external" } else { *rng.pick(&types) };
    let authors = rng.below(3);
    let group = path.and_then(|path| path.reference("groupId")).unwrap_or_else(|| world.network.owner(rng));
    let translation =
        rng.maybe(120, |rng| english(world, rng, &name, Some("The essentials in half an hour.")));
    record! {
        "_id": id,
        "sourceLang": "fr",
        "authorId": author,
        "groupId": group,
        "coAuthorIds": rng.sample(&world.trainers, authors),
        "description": rng.maybe(750, |_| format!("<p>{name}&nbsp;: l'essentiel en 30 minutes.</p>")),
        "duration": rng.maybe(800, |rng| 5 * rng.between(1, 25)),
        "createdAt": born,
        "defaultLang": "fr",
        "modifiedAt": rng.time(born, world.until()),
        "status": match (path, rng.below(100)) {
            (None, 0..8) => "deleted",
            (None, _) if number % 20 == 19 => "deleted",
            (None, 8..22) | (_, 0..5) => "archived",
            _ => "published",
        },
        "translations": translation.into_iter().collect::<Vec<_>>(),
        "type": kind,
        "externalPlatform": Some(rng.pick(platforms).get("externalPlatform").clone()).filter(|_| is_external),
        "currentVersionNumber": Some(rng.between(1, 7)).filter(|_| !is_external),
        "collaborativeLearning": rng.maybe(900, |rng| rng.chance(500)).filter(|_| kind == "native"),
        "name": name,
        "#originalAuthorId": if rng.chance(850) { author } else { *rng.pick(&world.trainers) },
        "#tagIds": Vec::<Id>::new(),
    }
}

/// Values of the custom fields with these names, for most rows of a table.
fn values(world: &World, table: &str, names: &[&str]) -> Vec<Record> {
    let fields = world.rows("custom_fields").iter().filter(|field| names.contains(&field.text("name")));
    let fields: Vec<&Record> = fields.collect();
    world.each(table, "custom fields", |row, rng| {
        let values = fields.iter().filter_map(|field| {
            let value: Cell = if field.is("type", "date") {
                text(FIRST + days(rng.between(0, 800))).into()
            } else {
                (*rng.pick(choices(field.text("name")))).into()
            };
            rng.maybe(700, |rng| {
                record! {
                    "#_id": rng.id(FIRST),
                    "customFieldId": field.id(),
                    "type": field.get("type").clone(),
                    "value": value,
                    "#owner": row.id(),
                }
            })
        });
        values.collect::<Vec<_>>()
    })
}

pub(crate) fn values_of_courses(world: &World) -> Vec<Record> {
    let names =
        ["Thématique prioritaire", "Niveau numérique", "Financement", "Date de signature de la convention"];
    values(world, "courses", &names)
}

/// Of the sessions that have begun, in turn in each spelling; every eighth has none.
fn satisfaction(world: &World) -> Vec<Record> {
    let field = world.rows("custom_fields").iter().find(|field| field.is("name", SATISFACTION));
    let has_begun = |session: &&Record| session.date("startDate").is_some_and(|start| start < world.clock);
    let begun = world.rows("path_sessions").iter().filter(has_begun).enumerate();
    let asked = begun.filter(|(place, _)| place % 8 != 7);
    let values = asked.zip(spellings::SATISFACTION.iter().cycle()).map(|((_, session), value)| {
        record! {
            "#_id": world.rng_of(session.id(), "satisfaction").id(FIRST),
            "customFieldId": field.map(Record::id),
            "type": "string",
            "value": *value,
            "#owner": session.id(),
        }
    });
    values.collect()
}

pub(crate) fn values_of_sessions(world: &World) -> Vec<Record> {
    let names = ["Financement", "Région", "Date de signature de la convention"];
    let mut rows = values(world, "path_sessions", &names);
    rows.extend(satisfaction(world));
    rows
}

/// One course is edited, one is archived; the latter does not move its date of modification.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let chosen = day.some(world.rows("courses"), 2, |course| course.is("status", "published"));
    let (stamp, duration) = (day.stamp(), 5 * day.rng.between(1, 25) + 1);
    if let [edited, archived] = &chosen[..] {
        world.update("courses", edited.id(), record! {"duration": duration, "modifiedAt": stamp});
        world.update("courses", archived.id(), record! {"status": "archived"});
    }
}
