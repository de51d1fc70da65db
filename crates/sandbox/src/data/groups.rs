//! The groups: the program at the root, accounting firms in a group of their own, agencies under the firms.
//! Their members.

use std::collections::HashMap;

use super::Cell::Absent;
use super::names::{FIRMS, TOWNS, Town, again};
use super::{DAY, FIRST, Id, Record, Rng, World, days, record};

pub(crate) struct Firm {
    pub(crate) group: Id,
    pub(crate) name: &'static str,
}

pub(crate) struct Agency {
    pub(crate) group: Id,
    pub(crate) firm: usize,
    pub(crate) name: String,
    pub(crate) town: &'static Town,
}

/// Who belongs to whom.
#[derive(Default)]
pub(crate) struct Network {
    pub(crate) root: Id,
    /// The group of the trainers, and a group in it.
    pub(crate) trainers: [Id; 2],
    pub(crate) firms: Vec<Firm>,
    pub(crate) agencies: Vec<Agency>,
    /// The agencies by their groups.
    places: HashMap<Id, usize>,
}

impl Network {
    pub(crate) fn agency(&self, user: &Record) -> Option<&Agency> {
        self.places.get(&user.reference("primaryGroupId")?).map(|&place| &self.agencies[place])
    }

    pub(crate) fn is_trainer(&self, user: &Record) -> bool {
        user.reference("primaryGroupId").is_some_and(|group| self.trainers.contains(&group))
    }

    /// The root, or one of the firms.
    pub(crate) fn owner(&self, rng: &mut Rng) -> Id {
        if rng.chance(500) { self.root } else { rng.pick(&self.firms).group }
    }
}

fn group(id: Id, name: impl Into<String>, parent: Option<Id>) -> Record {
    record! {
        "_id": id, "name": name.into(), "public": false, "parentId": parent, "custom": Absent,
        "privacyPolicy": Absent, "moderationCharter": Absent, "termsOfUse": Absent, "imprint": Absent,
        "bannerImageId": Absent, "backgroundImageId": Absent, "faviconImageId": Absent,
        "logoImageId": Absent, "subdomain": Absent, "url": Absent,
    }
}

fn policy(page: &str, explicit_consent: Option<bool>) -> Record {
    record! {"url": format!("https://programme.example/{page}"), "explicitConsent": explicit_consent}
}

pub(crate) fn generate(world: &mut World) {
    let rng = &mut world.rng("groups");
    let count = world.counts.groups;
    let mut root = group(rng.id(FIRST), "Programme France Num Bretagne", None);
    root.update(record! {
        "privacyPolicy": policy("confidentialite", Some(true)),
        "moderationCharter": policy("charte", Some(true)),
        "termsOfUse": policy("conditions", Some(false)),
        "imprint": policy("mentions-legales", Some(false)),
        "subdomain": "programme-bretagne",
        "url": "formation.programme.example",
        "bannerImageId": rng.id(FIRST + DAY),
        "backgroundImageId": rng.id(FIRST + DAY),
        "faviconImageId": rng.id(FIRST + DAY),
    });
    let root_id = root.id();
    let team = group(rng.id(FIRST + DAY), "Équipe de formation", Some(root_id));
    let occasional = group(rng.id(FIRST + DAY), "Formateurs occasionnels", Some(team.id()));
    let cabinets = group(rng.id(FIRST + DAY), "Cabinets", Some(root_id));
    let partners = group(rng.id(FIRST + DAY), "Partenaires & financeurs", Some(root_id));
    let (trainers, parent) = ([team.id(), occasional.id()], cabinets.id());
    let mut groups = vec![root, team, occasional, cabinets, partners];

    let firms = FIRMS[..(count / 27).clamp(2, FIRMS.len())].iter();
    let firms: Vec<Firm> = firms.map(|&name| Firm { group: rng.id(FIRST + days(2)), name }).collect();
    for (number, firm) in firms.iter().enumerate() {
        let mut row = group(firm.group, firm.name, Some(parent));
        row.update(record! {
            "logoImageId": rng.id(FIRST + days(3)),
            "custom": format!("Cabinet {}", number + 1),
            "privacyPolicy": policy("confidentialite-cabinet", None),
        });
        groups.push(row);
    }
    let mut agencies = Vec::new();
    for place in 0..count - groups.len() {
        let (town, firm) = (&TOWNS[place % TOWNS.len()], place % firms.len());
        let name = again(&format!("Agence de {}", town.name), place / TOWNS.len(), "");
        let created = FIRST + rng.span(days(4), days(64));
        let id = rng.id(created);
        let mut row = group(id, name.clone(), Some(firms[firm].group));
        row.set("public", rng.chance(100));
        row.set("custom", rng.maybe(300, |_| format!("AG-{}", town.postcode)));
        groups.push(row);
        agencies.push(Agency { group: id, firm, name, town });
    }
    let places = agencies.iter().enumerate().map(|(place, agency)| (agency.group, place)).collect();
    world.network = Network { root: root_id, trainers, firms, agencies, places };
    world.put("groups", &[], groups);
}

/// The groups of a user and the roles there. Every user is a learner of the root and of the primary group.
fn roles(world: &World, user: &Record) -> Vec<(Id, &'static str)> {
    let network = &world.network;
    let mut roles = vec![(network.root, "learner")];
    roles.extend(user.reference("primaryGroupId").map(|group| (group, "learner")));
    if network.is_trainer(user) {
        roles.extend(user.reference("primaryGroupId").map(|group| (group, "coach")));
        roles.extend(network.firms.iter().map(|firm| (firm.group, "coach")));
        let mut high = world.trainers.iter().zip(["owner", "admin", "analyst"]);
        roles.extend(high.find(|(one, _)| **one == user.id()).map(|(_, role)| (network.root, role)));
        return roles;
    }
    let Some(agency) = network.agency(user) else { return roles };
    let firm = network.firms[agency.firm].group;
    match world.rng_of(user.id(), "roles").below(1_000) {
        0..30 => roles.push((agency.group, "contributor")),
        30..45 => roles.extend([(agency.group, "coach"), (agency.group, "editor")]),
        45..52 => roles.push((firm, "userAdmin")),
        52..57 => roles.push((firm, "analyst")),
        _ => {}
    }
    roles
}

pub(crate) fn memberships(world: &World) -> Vec<Record> {
    world.each("users", "ids of roles", |user, ids| {
        let row = |(group, role)| {
            record! {"#_id": ids.id(FIRST), "groupId": group, "userId": user.id(), "role": role}
        };
        roles(world, user).into_iter().map(row).collect::<Vec<_>>()
    })
}

/// What a group offers, by the type of the content and the tables' statuses that are part of it.
fn contents(world: &World, kinds: [(&'static str, &str, &[&str]); 2]) -> Vec<Record> {
    let of = |(kind, table, statuses): (&'static str, &str, &[&str])| {
        world.each(table, "contents", |row, ids| {
            let (id, group) = (ids.id(FIRST), row.reference("groupId"));
            let is_offered = statuses.contains(&row.text("status"));
            is_offered
                .then(|| record! {"#_id": id, "groupId": group, "contentType": kind, "contentId": row.id()})
        })
    };
    kinds.into_iter().flat_map(of).collect()
}

pub(crate) fn catalog(world: &World) -> Vec<Record> {
    contents(world, [("path-session", "path_sessions", &[""]), ("course", "courses", &["published"])])
}

pub(crate) fn library(world: &World) -> Vec<Record> {
    let statuses = &["published", "archived"];
    contents(world, [("path", "paths", statuses), ("course", "courses", statuses)])
}
