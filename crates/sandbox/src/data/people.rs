//! Users, and the custom-field values that describe their companies.

use super::fields::{self, Company};
use super::id::{Id, Mint};
use super::moment::{DAY, HOUR, MINUTE, Moment};
use super::names::{AWKWARD_COMPANIES, FIRST_NAMES, JOBS, LAST_NAMES, SECTORS};
use super::network::Network;
use super::records::{CustomField, FieldValue, User, UserStatus};
use super::rng::Rng;

/// What every user is made from.
pub(crate) struct Registry<'a> {
    pub(crate) network: &'a Network,
    pub(crate) fields: &'a [CustomField],
    /// Nothing is dated later.
    pub(crate) until: Moment,
}

impl Registry<'_> {
    /// `count` users, the first of them trainers, who together lack `missing` custom-field values.
    pub(crate) fn populate(
        &self,
        rng: &mut Rng,
        mint: &mut Mint,
        first: Moment,
        count: usize,
        missing: usize,
    ) -> Vec<User> {
        let trainers = trainer_count(count);
        let (opening, rush) = (first.plus(20 * DAY), first.plus(140 * DAY));
        let mut users: Vec<User> = (0..count)
            .map(|number| {
                let created = if number < trainers {
                    first.plus(rng.between(HOUR, 20 * DAY))
                } else if rng.chance(600) {
                    rng.moment(opening, rush)
                } else {
                    rng.moment(rush, self.until.plus(-3 * DAY))
                };
                let mut user = self.user(rng, mint, created, number);
                if number < trainers {
                    user.primary_group_id = Some(self.network.trainers);
                    user.job = Some("Formatrice numérique");
                } else {
                    self.age(rng, &mut user);
                }
                user
            })
            .collect();
        for place in rng.places(count, missing) {
            let lost = fields::ALWAYS_PRESENT + rng.below(self.fields.len() - fields::ALWAYS_PRESENT);
            users[place].values.remove(lost);
        }
        users
    }

    /// A user as created: active, never deleted.
    pub(crate) fn user(&self, rng: &mut Rng, mint: &mut Mint, created: Moment, number: usize) -> User {
        let agency = rng.pick(&self.network.agencies);
        let sector = rng.pick(SECTORS);
        let activity = *rng.pick(sector.activities);
        let (first_name, last_name) = (*rng.pick(FIRST_NAMES), *rng.pick(LAST_NAMES));
        let owner = if rng.chance(700) { last_name } else { rng.pick(LAST_NAMES) };
        let name = if rng.chance(40) {
            (*rng.pick(AWKWARD_COMPANIES)).to_owned()
        } else {
            rng.pick(sector.companies).replace('#', owner)
        };
        let staff = [0, 0, 1, 2, 3, 4, 6, 8, 12, 19, 35, 80][rng.below(12)];
        let company = Company {
            name: &name,
            firm: self.network.firms[agency.firm].name,
            agency: &agency.name,
            town: agency.town,
            sector,
            activity,
            staff,
            owner: format!("{} {owner}", if rng.chance(700) { first_name } else { rng.pick(FIRST_NAMES) }),
            number,
            created,
        };
        let values = self.fields.iter().map(|field| FieldValue {
            custom_field_id: field.id,
            kind: field.kind,
            value: fields::value(field.place, &company, rng),
        });
        let values = values.collect();
        let login = format!("{}.{}.{number}", ascii(first_name), ascii(last_name));
        let last_login = rng.moment(created, self.until);
        User {
            id: mint.at(created),
            mail: rng.chance(985).then(|| format!("{login}@apprenant.example")),
            username: rng.chance(300).then(|| login.replace('.', "")),
            status: UserStatus::Active,
            lang: if rng.chance(970) { "fr" } else { "en" },
            first_name: Some(first_name),
            last_name: Some(last_name),
            job: rng.chance(820).then(|| *rng.pick(JOBS)),
            organization: rng.chance(950).then(|| name.clone()),
            phone: rng.chance(700).then(|| format!("+336{:08}", rng.below(100_000_000))),
            custom: rng.chance(100).then_some("Disponible le lundi"),
            deleted_at: Vec::new(),
            primary_group_id: Some(agency.group),
            reactivated_at: Vec::new(),
            last_login_date: rng.chance(900).then_some(last_login),
            to_be_deactivated_at: None,
            profile_image_id: rng.chance(200).then(|| mint.at(created.plus(MINUTE))),
            created,
            values,
        }
    }

    /// What time does to users: invited and never seen, deleted, back again, about to leave.
    fn age(&self, rng: &mut Rng, user: &mut User) {
        let later = |rng: &mut Rng, from: Moment| rng.moment(from, self.until);
        match rng.below(1000) {
            0..25 => {
                user.status = UserStatus::Deleted;
                user.deleted_at = vec![later(rng, user.created)];
            }
            25..32 => {
                user.status = UserStatus::Deleted;
                let deleted = user.created.plus(2 * HOUR);
                let back = later(rng, deleted);
                user.deleted_at = vec![deleted, later(rng, back)];
                user.reactivated_at = vec![back];
            }
            32..42 => {
                let deleted = later(rng, user.created);
                user.reactivated_at = vec![later(rng, deleted)];
                user.deleted_at = vec![deleted];
            }
            42..92 => {
                user.status = UserStatus::Invited;
                user.last_login_date = None;
                if rng.chance(500) {
                    (user.first_name, user.last_name) = (None, None);
                }
            }
            92..102 => user.to_be_deactivated_at = Some(self.until.plus(rng.between(10, 200) * DAY)),
            102..110 => user.primary_group_id = None,
            _ => {}
        }
    }
}

/// One user in 75 is a trainer; they are made first.
pub(crate) fn trainer_count(users: usize) -> usize {
    (users / 75).max(3)
}

pub(crate) fn trainers(users: &[User]) -> Vec<Id> {
    users[..trainer_count(users.len())].iter().map(|user| user.id).collect()
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
