//! Tags, and those of courses and paths.

use super::names::{SECTORS, TOPICS, TOWNS};
use super::{FIRST, Record, World, days, record};

fn source(is_integration: bool) -> &'static str {
    if is_integration { "integration" } else { "native" }
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let topics = TOPICS.iter().map(|topic| (*topic).to_owned());
    let sectors = SECTORS.iter().map(|sector| sector.name.to_owned());
    let towns = TOWNS.iter().map(|town| town.name.to_owned());
    let mut names = topics.chain(sectors).chain(towns).chain((1..).map(|number| format!("Lot {number}")));
    world.many("tags", world.counts.tags, |rng, number| {
        let is_integration = rng.chance(200);
        let created = FIRST + rng.span(days(2), days(90));
        record! {
            "_id": rng.id(created),
            "isMain": number < TOPICS.len(),
            "name": names.next(),
            "externalId": Some(format!("TAG-{number:04}")).filter(|_| is_integration || rng.chance(100)),
            "source": source(is_integration),
        }
    })
}

/// Up to four tags for each row of a table.
fn tagged(world: &World, table: &str) -> Vec<Record> {
    let tags = world.table("tags").ids();
    world.each(table, "tags", |row, rng| {
        let count = rng.below(5);
        let tagged = rng.sample(&tags, count).into_iter().map(|tag| {
            let source = source(rng.chance(150));
            record! {"#_id": rng.id(FIRST), "tagId": tag, "source": source, "#owner": row.id()}
        });
        tagged.collect::<Vec<_>>()
    })
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
