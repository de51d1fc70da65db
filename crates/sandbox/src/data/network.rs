//! The groups: the programme at the root, accounting firms under it, agencies under the firms.

use super::id::{ById, Id, Mint};
use super::moment::{DAY, Moment};
use super::names::{FIRMS, TOWNS, Town};
use super::records::{Group, Policy, User};
use super::rng::Rng;

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

pub(crate) struct Network {
    pub(crate) root: Id,
    /// The group of the trainers.
    pub(crate) trainers: Id,
    pub(crate) firms: Vec<Firm>,
    pub(crate) agencies: Vec<Agency>,
    /// The agencies by their groups.
    places: ById<usize>,
}

impl Network {
    /// The agency of a user.
    pub(crate) fn agency(&self, user: &User) -> Option<&Agency> {
        self.places.get(&user.primary_group_id?).map(|&place| &self.agencies[place])
    }

    /// Whether a user is a trainer: nobody else has their group.
    pub(crate) fn trains(&self, user: &User) -> bool {
        user.primary_group_id == Some(self.trainers)
    }
}

/// Groups that are neither root, firm nor agency.
const OTHERS: [&str; 2] = ["Équipe de formation", "Partenaires & financeurs"];

pub(crate) fn build(rng: &mut Rng, mint: &mut Mint, first: Moment, count: usize) -> (Vec<Group>, Network) {
    let policy = |page: &str, explicit_consent| Policy {
        url: format!("https://programme.example/{page}"),
        explicit_consent,
    };
    let mut groups = vec![plain(mint.at(first), "Programme France Num Bretagne".to_owned(), None)];
    let root = groups[0].id;
    groups[0].privacy_policy = Some(policy("confidentialite", Some(true)));
    groups[0].moderation_charter = Some(policy("charte", None));
    groups[0].terms_of_use = Some(policy("conditions", Some(false)));
    groups[0].imprint = Some(policy("mentions-legales", None));
    groups[0].subdomain = Some("programme-bretagne".to_owned());
    groups[0].url = Some("formation.programme.example".to_owned());
    groups[0].banner_image_id = Some(mint.at(first.plus(DAY)));
    groups[0].background_image_id = Some(mint.at(first.plus(DAY)));
    groups[0].favicon_image_id = Some(mint.at(first.plus(DAY)));

    for name in OTHERS {
        groups.push(plain(mint.at(first.plus(DAY)), name.to_owned(), Some(root)));
    }
    let trainers = groups[1].id;

    let firms: Vec<Firm> = FIRMS[..(count / 27).clamp(2, FIRMS.len())]
        .iter()
        .map(|&name| Firm { group: mint.at(first.plus(2 * DAY)), name })
        .collect();
    for firm in &firms {
        let mut group = plain(firm.group, firm.name.to_owned(), Some(root));
        group.logo_image_id = Some(mint.at(first.plus(3 * DAY)));
        group.custom = Some(format!("Cabinet {}", groups.len() - OTHERS.len()));
        group.privacy_policy = Some(policy("confidentialite-cabinet", None));
        groups.push(group);
    }

    let mut agencies = Vec::new();
    for place in 0..count - groups.len() {
        let town = &TOWNS[place % TOWNS.len()];
        let name = match place / TOWNS.len() {
            0 => format!("Agence de {}", town.name),
            again => format!("Agence de {} {}", town.name, again + 1),
        };
        let firm = place % firms.len();
        let group = mint.at(first.plus(4 * DAY + rng.between(0, 60 * DAY)));
        agencies.push(Agency { group, firm, name, town });
    }
    for agency in &agencies {
        let mut group = plain(agency.group, agency.name.clone(), Some(firms[agency.firm].group));
        group.public = rng.chance(100);
        group.custom = rng.chance(300).then(|| format!("AG-{}", agency.town.postcode));
        groups.push(group);
    }
    let places = agencies.iter().enumerate().map(|(place, agency)| (agency.group, place)).collect();
    (groups, Network { root, trainers, firms, agencies, places })
}

fn plain(id: Id, name: String, parent_id: Option<Id>) -> Group {
    Group {
        privacy_policy: None,
        moderation_charter: None,
        terms_of_use: None,
        imprint: None,
        banner_image_id: None,
        background_image_id: None,
        favicon_image_id: None,
        logo_image_id: None,
        subdomain: None,
        url: None,
        id,
        name,
        custom: None,
        public: false,
        parent_id,
    }
}
