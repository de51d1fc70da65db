//! The 40 custom fields of a learner and of the company behind.

use std::borrow::Cow;

use super::id::Mint;
use super::moment::{DAY, Moment};
use super::names::{FIRST_NAMES, LAST_NAMES, Sector, Town};
use super::records::{CustomField, FieldKind};
use super::rng::Rng;

/// Where the value of a field comes from.
enum Source {
    /// One of a closed list, which the API also gives as the authorised values.
    Choice(&'static [&'static str]),
    /// A day between two ages, in days before the user was created.
    Day(i64, i64),
    Company(fn(&Company<'_>, &mut Rng) -> Cow<'static, str>),
}

/// What the values of one user agree on.
pub(crate) struct Company<'a> {
    pub(crate) name: &'a str,
    pub(crate) firm: &'a str,
    pub(crate) agency: &'a str,
    pub(crate) town: &'static Town,
    pub(crate) sector: &'static Sector,
    pub(crate) activity: (&'static str, &'static str),
    pub(crate) staff: usize,
    pub(crate) owner: String,
    pub(crate) number: usize,
    pub(crate) created: Moment,
}

use Source::{Choice, Company as From, Day};

fn text(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}

fn size(company: &Company<'_>) -> &'static str {
    match company.staff {
        0 => "Sans salarié",
        1..10 => "Très petite entreprise",
        10..50 => "Petite entreprise",
        _ => "Moyenne entreprise",
    }
}

static FIELDS: [(&str, Source); 40] = [
    ("Cabinet", From(|company, _| text(company.firm))),
    ("Agence", From(|company, _| text(company.agency))),
    ("Région", Choice(&["Bretagne"])),
    ("Département", From(|company, _| company.town.department().into())),
    ("Commune", From(|company, _| company.town.name.into())),
    ("Code postal", From(|company, _| company.town.postcode.into())),
    ("Raison sociale", From(|company, _| text(company.name))),
    (
        "SIRET",
        From(|company, rng| {
            format!("{:09}{:05}", 300_000_000 + company.number * 7_919, 10 + rng.below(90)).into()
        }),
    ),
    ("Code NAF", From(|company, _| company.activity.0.into())),
    ("Forme juridique", Choice(&["EI", "EURL", "SARL", "SAS", "SASU", "GAEC", "EARL", "Association"])),
    ("Secteur d'activité", From(|company, _| company.sector.name.into())),
    ("Activité", From(|company, _| company.activity.1.into())),
    ("Taille de l'entreprise", From(|company, _| size(company).into())),
    ("Effectif", From(|company, _| company.staff.to_string().into())),
    (
        "Chiffre d'affaires",
        From(|company, rng| format!("{} €", (company.staff + 1) * (28_000 + rng.below(90_000))).into()),
    ),
    ("Dirigeant", From(|company, _| text(&company.owner))),
    ("Civilité du dirigeant", Choice(&["Madame", "Monsieur"])),
    (
        "Adresse électronique de l'entreprise",
        From(|company, _| format!("contact{}@entreprise.example", company.number).into()),
    ),
    ("Téléphone de l'entreprise", From(|_, rng| format!("+3329{:07}", rng.below(10_000_000)).into())),
    (
        "Adresse de l'entreprise",
        From(|company, rng| {
            let street = ["rue de l'Église", "place du Martray", "quai de la Fontaine", "route de Kerhuon"]
                [rng.below(4)];
            format!("{} {street}, {} {}", 1 + rng.below(120), company.town.postcode, company.town.name).into()
        }),
    ),
    (
        "Site internet",
        From(|company, _| {
            format!("https://www.entreprise-{}.example/?ref=france-num", company.number).into()
        }),
    ),
    ("Réseaux sociaux", Choice(&["Aucun", "Facebook", "Instagram", "Facebook et Instagram", "LinkedIn"])),
    ("Vente en ligne", Choice(&["Oui", "Non", "En projet"])),
    ("Niveau numérique", Choice(&["Débutant", "Intermédiaire", "Avancé"])),
    (
        "Objectif de formation",
        Choice(&[
            "Gagner du temps",
            "Trouver des clients",
            "Se mettre en conformité",
            "Sécuriser ses données",
        ]),
    ),
    ("Thématique prioritaire", Choice(&["Facturation", "Visibilité", "Vente", "Sécurité", "Pilotage"])),
    ("Numéro de dossier France Num", From(|company, _| format!("FN-{:06}", company.number).into())),
    ("Date d'inscription France Num", Day(-20, 5)),
    ("Date de création de l'entreprise", Day(400, 9_000)),
    ("Date du diagnostic numérique", Day(1, 60)),
    ("Date de signature de la convention", Day(-30, 0)),
    ("Statut du dossier", Choice(&["Reçu", "Complet", "Validé", "Payé", "Refusé"])),
    ("Financement", Choice(&["France Num", "France Num + OPCO", "Autofinancement"])),
    (
        "Conseiller référent",
        From(|_, rng| format!("{} {}", rng.pick(FIRST_NAMES), rng.pick(LAST_NAMES)).into()),
    ),
    ("Canal d'acquisition", Choice(&["Cabinet", "Site France Num", "Bouche-à-oreille", "Salon"])),
    (
        "Convention collective",
        Choice(&["Bâtiment", "Commerce de détail", "HCR", "Production agricole", "Pêche", "Aucune"]),
    ),
    ("Tranche d'âge", Choice(&["Moins de 30 ans", "30 à 44 ans", "45 à 59 ans", "60 ans et plus"])),
    ("Statut de l'apprenant", Choice(&["Dirigeant", "Conjoint collaborateur", "Salarié"])),
    ("Besoin d'aménagement", Choice(&["Non", "Oui"])),
    ("Accord pour l'enquête", Choice(&["Oui", "Non"])),
];

/// Fields that a user always has, because reports group by them: the first two.
pub(crate) const ALWAYS_PRESENT: usize = 2;

/// The place of the field that a change batch edits: the progress of the file.
pub(crate) const FILE_STATUS: usize = 31;

pub(crate) fn definitions(mint: &mut Mint, first: Moment) -> Vec<CustomField> {
    let defined = FIELDS.iter().enumerate().map(|(place, (name, source))| CustomField {
        name,
        target_type: "users",
        kind: if matches!(source, Day(..)) { FieldKind::Date } else { FieldKind::String },
        id: mint.at(first),
        place,
    });
    defined.collect()
}

pub(crate) fn value(place: usize, company: &Company<'_>, rng: &mut Rng) -> Cow<'static, str> {
    match &FIELDS[place].1 {
        Choice(choices) => Cow::Borrowed(*rng.pick(choices)),
        Day(newest, oldest) => company.created.plus(-rng.between(*newest, *oldest) * DAY).date().into(),
        From(value) => value(company, rng),
    }
}

/// The values a field is restricted to; none means that any will do.
pub(crate) fn authorized(name: &str) -> &'static [&'static str] {
    match FIELDS.iter().find(|(field, _)| *field == name) {
        Some((_, Choice(choices))) => choices,
        _ => &[],
    }
}
