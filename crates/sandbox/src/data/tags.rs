//! Tags, and those of courses and paths.

use super::names::{SECTORS, TOPICS, TOWNS};
use super::record::{Record, record};
use super::time::days;
use super::{FIRST, World};

fn source(is_integration: bool) -> &'static str {
    if is_integration { "integration" } else { "native" }
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("tags");
    let topics = TOPICS.iter().map(|topic| (*topic).to_owned());
    let sectors = SECTORS.iter().map(|sector| sector.name.to_owned());
    let towns = TOWNS.iter().map(|town| town.name.to_owned());
    let names = topics.chain(sectors).chain(towns).chain((1..).map(|number| format!("Lot {number}")));
    let tags = names.take(world.counts.tags).enumerate().map(|(number, name)| {
        let is_integration = rng.chance(200);
        let created = FIRST + rng.span(days(2), days(90));
        record! {
            "_id": rng.id(created),
            "isMain": number < TOPICS.len(),
            "name": name,
            "externalId": Some(format!("TAG-{number:04}")).filter(|_| is_integration || rng.chance(100)),
            "source": source(is_integration),
        }
    });
    tags.collect()
}

/// Up to four tags for each row of a table.
fn tagged(world: &World, table: &str) -> Vec<Record> {
    let tags = world.table("tags").ids();
    let mut tagged = Vec::new();
    for row in world.rows(table) {
        let rng = &mut world.rng_of(row.id(), "tags");
        let count = rng.below(5);
        for tag in rng.sample(&tags, count) {
            let source = source(rng.chance(150));
            tagged.push(record! {"#_id": rng.id(FIRST), "tagId": tag, "source": source, "#owner": row.id()});
        }
    }
    tagged
}

pub(crate) fn of_courses(world: &mut World) {
    let rows = tagged(world, "courses");
    // The filter on `tagIds` reads what the course does not show.
    for row in &rows {
        if let Some(course) = row.reference("#owner") {
            world.edit("courses", course, |course| course.push("#tagIds", row.get("tagId").clone()));
        }
    }
    world.put("course_tags", &["#owner"], rows);
}

pub(crate) fn of_paths(world: &World) -> Vec<Record> {
    tagged(world, "paths")
}
