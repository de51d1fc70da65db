//! The 40 custom fields of a learner and of the company behind, and their values; the one of sessions alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::names::{AWKWARD_COMPANIES, FIRST_NAMES, LAST_NAMES, SECTORS, Sector, Town};
use super::{DAY, FIRST, Id, Record, Rng, World, date, day, days, deletions, number, record};
use super::{Day as DayOfChange, spellings, users, webhooks};

/// Where the value of a field comes from.
enum Source {
    /// One of a closed list, which the API also gives as the authorized values.
    Choice(&'static [&'static str]),
    /// A day between two ages, in days before the user was created.
    Day(i64, i64),
    /// The day on which the user was born.
    Birthday,
    Company(fn(&Company, &mut Rng) -> Cow<'static, str>),
}

/// What the fields of one user describe.
pub(crate) struct Company {
    pub(crate) name: String,
    firm: Cow<'static, str>,
    agency: Cow<'static, str>,
    /// The group of the agency.
    pub(crate) group: Id,
    town: &'static Town,
    sector: &'static Sector,
    activity: (&'static str, &'static str),
    staff: usize,
    owner: String,
    number: i64,
}

use Source::{Birthday, Choice, Company as From, Day};

fn size(company: &Company) -> &'static str {
    match company.staff {
        0 => "Sans salarié",
        1..10 => "Très petite entreprise",
        10..50 => "Petite entreprise",
        _ => "Moyenne entreprise",
    }
}

fn siret(company: &Company, rng: &mut Rng) -> Cow<'static, str> {
    format!("{:09}{:05}", 300_000_000 + company.number * 7_919, 10 + rng.below(90)).into()
}

fn address(company: &Company, rng: &mut Rng) -> Cow<'static, str> {
    let streets = ["rue de l'Église", "place du Martray", "quai de la Fontaine", "route de Kerhuon"];
    let (street, town) = (rng.pick(&streets), company.town);
    format!("{} {street}, {} {}", 1 + rng.below(120), town.postcode, town.name).into()
}

#[rustfmt::skip]
static FIELDS: [(&str, Source); 40] = [
    ("Cabinet", From(|company, _| company.firm.clone())),
    ("Agence", From(|company, _| company.agency.clone())),
    ("Région", Choice(&["Bretagne"])),
    ("Département", From(|company, _| company.town.department().into())),
    ("Commune", From(|company, _| company.town.name.into())),
    ("Code postal", From(|company, _| company.town.postcode.into())),
    ("Raison sociale", From(|company, _| company.name.clone().into())),
    ("SIRET", From(siret)),
    ("Code NAF", From(|company, _| company.activity.0.into())),
    ("Forme juridique", Choice(&["EI", "EURL", "SARL", "SAS", "SASU", "GAEC", "EARL", "Association"])),
    ("Secteur d'activité", From(|company, _| company.sector.name.into())),
    ("Activité", From(|company, _| company.activity.1.into())),
    ("Taille de l'entreprise", From(|company, _| size(company).into())),
    ("Effectif", From(|company, rng| spellings::headcount(rng, company.staff))),
    ("Chiffre d'affaires", From(|company, rng| {
        format!("{} €", (company.staff + 1) * (28_000 + rng.below(90_000))).into()
    })),
    ("Dirigeant", From(|company, _| company.owner.clone().into())),
    ("Civilité du dirigeant", Choice(&["Madame", "Monsieur"])),
    ("Adresse électronique de l'entreprise", From(|company, _| {
        format!("contact{}@entreprise.example", company.number).into()
    })),
    ("Téléphone de l'entreprise", From(|_, rng| format!("+3329{:07}", rng.below(10_000_000)).into())),
    ("Adresse de l'entreprise", From(address)),
    ("Site internet", From(|company, _| {
        format!("https://www.entreprise-{}.example/?ref=france-num", company.number).into()
    })),
    ("Réseaux sociaux", Choice(&["Aucun", "Facebook", "Instagram", "Facebook et Instagram", "LinkedIn"])),
    ("Vente en ligne", Choice(&["Oui", "Non", "En projet"])),
    ("Niveau numérique", Choice(&["Débutant", "Intermédiaire", "Avancé"])),
    ("Objectif de formation", Choice(&[
        "Gagner du temps", "Trouver des clients", "Se mettre en conformité", "Sécuriser ses données",
    ])),
    ("Thématique prioritaire", Choice(&["Facturation", "Visibilité", "Vente", "Sécurité", "Pilotage"])),
    ("Numéro de dossier France Num", From(|company, _| format!("FN-{:06}", company.number).into())),
    ("Date d'inscription France Num", Day(-20, 5)),
    ("Date de création de l'entreprise", Day(400, 9_000)),
    ("Date du diagnostic numérique", Day(1, 60)),
    ("Date de signature de la convention", Day(-30, 0)),
    (FILE_STATUS, Choice(&["Reçu", "Complet", "Validé", "Payé", "Refusé"])),
    ("Financement", Choice(&["France Num", "France Num + OPCO", "Autofinancement"])),
    ("Conseiller référent", From(|_, rng| {
        format!("{} {}", rng.pick(FIRST_NAMES), rng.pick(LAST_NAMES)).into()
    })),
    ("Canal d'acquisition", Choice(&["Cabinet", "Site France Num", "Bouche-à-oreille", "Salon"])),
    ("Convention collective", Choice(&[
        "Bâtiment", "Commerce de détail", "HCR", "Production agricole", "Pêche", "Aucune",
    ])),
    ("Date de naissance", Birthday),
    ("Statut de l'apprenant", Choice(&["Dirigeant", "Conjoint collaborateur", "Salarié"])),
    ("Besoin d'aménagement", Choice(&["Non", "Oui"])),
    ("Accord pour l'enquête", Choice(&["Oui", "Non"])),
];

/// The fields of users; they always have the first two, because reports group by them.
pub(crate) const OF_USERS: usize = FIELDS.len();
pub(crate) const ALWAYS_PRESENT: usize = 2;

/// The field that a day changes: the progress of the file.
const FILE_STATUS: &str = "Statut du dossier";

/// Fields by which no report groups: a day may delete them.
#[rustfmt::skip]
const UNUSED: [&str; 10] = [
    "Chiffre d'affaires", "Site internet", "Réseaux sociaux", "Vente en ligne", "Niveau numérique",
    "Thématique prioritaire", "Date du diagnostic numérique", "Canal d'acquisition", "Convention collective",
    "Besoin d'aménagement",
];

/// A date field whose values were restricted after its users had filled it in.
const DATED_FIELD: &str = "Date de signature de la convention";

/// The field of sessions that no user has.
pub(crate) const SATISFACTION: &str = "Satisfaction";

pub(crate) fn generate(world: &World) -> Vec<Record> {
    world.many("custom fields", FIELDS.len() + 1, |rng, place| {
        let (name, target, kind) = match FIELDS.get(place) {
            Some((name, Day(..) | Birthday)) => (*name, "users", "date"),
            Some((name, _)) => (*name, "users", "string"),
            None => (SATISFACTION, "contents", "string"),
        };
        let id = rng.id(FIRST + DAY);
        record! {"_id": id, "name": name, "targetType": target, "type": kind, "#place": place}
    })
}

/// The company of a user, the same each time.
pub(crate) fn company(world: &World, user: Id, last_name: &str, number: i64) -> Company {
    let rng = &mut world.rng_of(user, "company");
    let spelling = &mut world.rng_of(user, "spelling");
    let agency = rng.pick(&world.network.agencies);
    let sector = rng.pick(SECTORS);
    let owner = if rng.chance(700) { last_name } else { rng.pick(LAST_NAMES) };
    let name = rng.maybe(40, |rng| (*rng.pick(AWKWARD_COMPANIES)).to_owned());
    Company {
        name: name.unwrap_or_else(|| rng.pick(sector.companies).replace('#', owner)),
        firm: spellings::name(spelling, world.network.firms[agency.firm].name),
        agency: spellings::name(spelling, &agency.name),
        group: agency.group,
        town: agency.town,
        sector,
        activity: *rng.pick(sector.activities),
        staff: *rng.pick(&[0, 0, 1, 2, 3, 4, 6, 8, 12, 19, 35, 80]),
        owner: format!("{} {owner}", rng.pick(FIRST_NAMES)),
        number,
    }
}

/// The values of a user. They follow from its id, but for the one that is missing and the one that changes.
pub(crate) fn of_user(world: &World, user: &Record) -> Vec<Record> {
    let company = company(world, user.id(), user.text("#lastName"), user.int("#number"));
    let rng = &mut world.rng_of(user.id(), "values");
    let fields: BTreeMap<i64, &Record> =
        world.rows("custom_fields").iter().map(|field| (field.int("#place"), field)).collect();
    let mut values = Vec::with_capacity(fields.len());
    for (place, (name, source)) in FIELDS.iter().enumerate() {
        let mut value = match source {
            Choice(choices) => Cow::Borrowed(*rng.pick(choices)),
            Day(newest, oldest) => day(users::created(user) - days(rng.between(*newest, *oldest))).into(),
            Birthday => spellings::birthday(rng),
            From(value) => value(&company, rng),
        };
        // Of a field that was deleted too the value is drawn, so that the others stay.
        let Some(field) = fields.get(&number(place)) else { continue };
        let changed = user.text("#fileStatus");
        if *name == FILE_STATUS && !changed.is_empty() {
            value = changed.to_owned().into();
        } else if user.get("#missingField") == &place.into() {
            continue;
        }
        let kind = field.get("type").clone();
        values.push(record! {"#_id": field.id(), "customFieldId": field.id(), "type": kind, "value": value});
    }
    values
}

/// The files of some users move on. Every third day a field is deleted, with its values.
pub(crate) fn change(world: &mut World, day: &mut DayOfChange) {
    if day.number % 3 == 2 {
        deletions::delete(world, day, "custom_fields", 1, |_, field| UNUSED.contains(&field.text("name")));
    }
    for user in day.some(world.rows("users"), 3 * day.unit, |user| !user.is("status", "deleted")) {
        let current = file_status(world, &user);
        let choices = choices(FILE_STATUS).iter().copied();
        let others: Vec<&str> = choices.filter(|choice| *choice != current).collect();
        let next = *day.rng.pick(&others);
        world.update("users", user.id(), record! {"#fileStatus": next});
        day.happened.push((webhooks::VALUES_UPDATED, user.id()));
    }
}

fn file_status(world: &World, user: &Record) -> String {
    let is_status = |value: &&Record| {
        let field = world.referred(value, "customFieldId", "custom_fields");
        field.is_some_and(|field| field.is("name", FILE_STATUS))
    };
    of_user(world, user).iter().find(is_status).map_or("", |value| value.text("value")).to_owned()
}

/// The closed list of a field; empty for the others.
pub(crate) fn choices(name: &str) -> &'static [&'static str] {
    match FIELDS.iter().find(|(field, _)| *field == name) {
        Some((_, Choice(choices))) => choices,
        _ => &[],
    }
}

/// The values that a field is restricted to; none for a field that takes any value.
pub(crate) fn authorized(_: &World, field: &Record) -> Vec<Record> {
    let row = |value: Cow<'static, str>| record! {"#_id": field.id(), "value": value};
    if field.is("name", DATED_FIELD) {
        let first = date(2026, 1, 5);
        return (0..12).map(|month| row(day(first + days(28 * month)).into())).collect();
    }
    choices(field.text("name")).iter().map(|&value| row(value.into())).collect()
}
