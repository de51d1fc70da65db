//! Custom links of the company and of its users, and the ids of rows in other systems.

use super::{FIRST, Id, Record, World, days, number, record, users};

const ICONS: [&str; 7] = ["agenda", "absence", "certificate", "convention", "default", "inbox", "survey"];

/// The tables whose rows have external ids, and the target types of the API.
const TARGETS: [(&str, &str); 15] = [
    ("course", "courses"),
    ("group", "groups"),
    ("path", "paths"),
    ("pathSession", "path_sessions"),
    ("classroomSlot", "classroom_slots"),
    ("classroom", "classrooms"),
    ("learningNeed", "learning_needs"),
    ("attempt", "course_stats"),
    ("pathEnrollment", "path_enrollments"),
    ("pathTracking", "path_stats"),
    ("classroomSlotRegistration", "classroom_registrations"),
    ("registrationRequest", "classroom_registrations"),
    ("classroomAttendanceSheet", "attendance_sheets"),
    ("classroomAttendance", "attendances"),
    ("user", "users"),
];

pub(crate) fn generate(world: &World) -> Vec<Record> {
    world.many("custom links", world.counts.custom_links, |rng, place| {
        let created = FIRST + rng.span(days(0), days(300));
        record! {
            "_id": rng.id(created),
            "name": format!("Lien n° {} & cie", place + 1),
            "order": number(place),
            "type": format!("lien-{place}"),
            "iconName": Some(ICONS[place % ICONS.len()]).filter(|_| place % 4 != 3),
        }
    })
}

/// Those that some users have of the first two links.
pub(crate) fn of_users(world: &World) -> Vec<Record> {
    world.each("users", "links", |user, rng| {
        let own = world.rows("custom_links").iter().take(2).filter_map(|link| {
            let created = rng.time(users::created(user), world.until());
            rng.maybe(250, |rng| {
                record! {
                    "_id": rng.id(created),
                    "customLinkId": link.id(),
                    "url": format!("https://espace.example/{}?lien={}", user.id(), link.text("type")),
                    "#owner": user.id(),
                }
            })
        });
        own.collect::<Vec<_>>()
    })
}

/// A few of each type, and as many users as it takes.
pub(crate) fn external_ids(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("external ids");
    let count = world.counts.external_ids;
    let mut targets: Vec<(&'static str, Id)> = Vec::new();
    for (kind, table) in TARGETS {
        let share = if kind == "user" { count - targets.len() } else { count / 30 + 1 };
        let chosen = rng.sample(world.rows(table), share);
        targets.extend(chosen.iter().map(|row: &Record| (kind, row.id())));
    }
    let ids = targets.into_iter().enumerate().map(|(number, (kind, target))| {
        let created = rng.time(FIRST, world.until());
        record! {
            "_id": rng.id(created),
            "platform": *rng.pick(&["SIRH", "CRM France Num", "Catalogue OPCO"]),
            "targetId": target,
            "targetType": kind,
            "value": format!("{}-{number:06}", kind[..2].to_uppercase()),
            // The filter has another name.
            "#type": kind,
        }
    });
    ids.collect()
}
