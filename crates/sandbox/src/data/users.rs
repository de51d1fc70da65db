//! Users: first the trainers, then the learners, and their managers.

use super::custom_fields::{ALWAYS_PRESENT, OF_USERS, company};
use super::names::{FIRST_NAMES, JOBS, LAST_NAMES};
use super::{Cell, Day, FIRST, HOUR, MINUTE, Record, Rng, Time, World, days, number, record};

pub(crate) fn created(user: &Record) -> Time {
    user.date("#created").unwrap_or(FIRST)
}

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("users");
    let (count, until) = (world.counts.users, world.until());
    // One user in 75 is a trainer.
    let trainers = (count / 75).max(3);
    let (opening, rush) = (FIRST + days(20), FIRST + days(140));
    let mut users = Vec::with_capacity(count);
    for number in 0..count {
        let is_trainer = number < trainers;
        let created = if is_trainer {
            FIRST + rng.span(HOUR, days(20))
        } else if rng.chance(600) {
            rng.time(opening, rush)
        } else {
            rng.time(rush, until - days(3))
        };
        let mut user = user(world, rng, created, number);
        if is_trainer {
            // Every third is in the inner group.
            let team = world.network.trainers[usize::from(number % 3 == 2)];
            user.update(record! {"primaryGroupId": team, "job": "Formatrice numérique"});
        } else {
            relocate(world, &mut user);
            age(rng, &mut user, until);
            if number % 60 == 59 {
                user.set("toBeDeactivatedAt", until + days(rng.between(10, 200)));
            }
        }
        users.push(user);
    }
    for place in rng.places(count, world.counts.missing_values) {
        users[place].set("#missingField", ALWAYS_PRESENT + rng.below(OF_USERS - ALWAYS_PRESENT));
    }
    world.trainers = users[..trainers].iter().map(Record::id).collect();
    world.put("users", &[], users);
}

/// A user as created: active, never deleted.
fn user(world: &World, rng: &mut Rng, created: Time, ordinal: usize) -> Record {
    let id = rng.id(created);
    let (first, last) = (*rng.pick(FIRST_NAMES), *rng.pick(LAST_NAMES));
    let company = company(world, id, last, number(ordinal));
    let login = format!("{}.{}.{ordinal}", ascii(first), ascii(last));
    let last_login = rng.time(created, world.until());
    record! {
        "_id": id,
        "mail": rng.maybe(985, |_| format!("{login}@apprenant.example")),
        "username": rng.maybe(300, |_| login.replace('.', "")),
        "status": "active",
        "lang": if rng.chance(970) { "fr" } else { "en" },
        "firstName": first,
        "lastName": last,
        "job": rng.maybe(820, |rng| *rng.pick(JOBS)),
        "organization": rng.maybe(950, |_| company.name),
        "phone": rng.maybe(700, |rng| format!("+336{:08}", rng.below(100_000_000))),
        "custom": rng.maybe(100, |_| "Disponible le lundi"),
        "deletedAt": Cell::Absent,
        "primaryGroupId": company.group,
        "reactivatedAt": Cell::Absent,
        "lastLoginDate": rng.maybe(900, |_| last_login),
        "toBeDeactivatedAt": Cell::Absent,
        "profileImageId": rng.maybe(200, |rng| rng.id(created + MINUTE)),
        "#created": created,
        "#lastName": last,
        "#number": ordinal,
        "#missingField": Cell::Absent,
        "#fileStatus": Cell::Absent,
    }
}

/// One learner in 50 is in another agency than in the custom fields, one in 100 in a firm and in no agency.
fn relocate(world: &World, user: &mut Record) {
    let rng = &mut world.rng_of(user.id(), "relocation");
    match rng.below(100) {
        0..2 => user.set("primaryGroupId", rng.pick(&world.network.agencies).group),
        2 => user.set("primaryGroupId", rng.pick(&world.network.firms).group),
        _ => {}
    }
}

/// What time does to users: invited and never seen, deleted, back again.
fn age(rng: &mut Rng, user: &mut Record, until: Time) {
    let created = created(user);
    match rng.below(1000) {
        0..25 => user.update(record! {"status": "deleted", "deletedAt": vec![rng.time(created, until)]}),
        25..32 => {
            let deleted = created + HOUR * 2;
            let back = rng.time(deleted, until);
            let dates = vec![deleted, rng.time(back, until)];
            user.update(record! {"status": "deleted", "deletedAt": dates, "reactivatedAt": vec![back]});
        }
        32..42 => {
            let deleted = rng.time(created, until);
            let back = rng.time(deleted, until);
            user.update(record! {"deletedAt": vec![deleted], "reactivatedAt": vec![back]});
        }
        42..92 => {
            user.update(record! {"status": "invited", "lastLoginDate": Cell::Absent});
            if rng.chance(500) {
                user.update(record! {"firstName": Cell::Absent, "lastName": Cell::Absent});
            }
        }
        92..100 => user.set("primaryGroupId", Cell::Absent),
        _ => {}
    }
}

/// The letters of a name that fit into an address.
fn ascii(name: &str) -> String {
    let plain = name.chars().filter_map(|letter| match letter {
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'ễ' => Some('e'),
        'ï' | 'î' => Some('i'),
        'ü' | 'û' | 'ù' => Some('u'),
        'ç' => Some('c'),
        letter => letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase()),
    });
    plain.collect()
}

/// One or two trainers of each learner, or none.
pub(crate) fn managers(world: &World) -> Vec<Record> {
    world.each("users", "ids of managers", |user, ids| {
        let rng = &mut world.rng_of(user.id(), "managers");
        let count = match rng.below(100) {
            _ if world.network.is_trainer(user) => 0,
            0..70 => 1,
            70..75 => 2,
            _ => 0,
        };
        let managers = rng.sample(&world.trainers, count).into_iter();
        let row = |manager| record! {"#_id": ids.id(FIRST), "managerId": manager, "#userId": user.id()};
        managers.map(row).collect::<Vec<_>>()
    })
}

/// The users whom a user manages.
pub(crate) fn subordinates(world: &World, user: &Record) -> Vec<Record> {
    let managed = world.table("user_managers").of("managerId", user.id());
    managed.map(|one| record! {"#_id": one.id(), "userId": one.reference("#userId")}).collect()
}

/// Users log in, one learner is deleted, two users are created.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let is_active = |_: &World, user: &Record| user.is("status", "active");
    day.edit(world, "users", 2 * day.unit, is_active, |user, stamp, rng| {
        user.set("lastLoginDate", stamp);
        if let Some(job) = rng.maybe(400, |rng| *rng.pick(JOBS)) {
            user.set("job", job);
        }
    });
    let is_learner = |world: &World, user: &Record| is_active(world, user) && !world.network.is_trainer(user);
    day.edit(world, "users", 1, is_learner, |user, stamp, _| {
        user.set("status", "deleted");
        user.push("deletedAt", stamp);
    });
    for _ in 0..2 {
        let (created, ordinal) = (day.stamp(), world.rows("users").len());
        let user = user(world, &mut day.rng, created, ordinal);
        world.table_mut("users").push(user);
    }
}
