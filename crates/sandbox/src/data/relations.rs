//! What follows from rows that are kept elsewhere: memberships, managers, catalogs, audiences.

use serde_json::{Value, json};

use super::World;
use super::id::Id;
use super::moment::{DAY, Moment};
use super::records::{CustomField, Session, User};
use super::rng::{Rng, mix};

/// The one field of dates that is restricted, and only since its users have filled it in.
const DATED_FIELD: &str = "Date de signature de la convention";

impl World {
    /// The groups of a user and the roles there. Everybody is a learner of the root and of the primary group.
    pub(crate) fn memberships(&self, user: &User) -> Vec<(Id, &'static str)> {
        let network = &self.network;
        let mut roles = vec![(network.root, "learner")];
        roles.extend(user.primary_group_id.map(|group| (group, "learner")));
        if network.trains(user) {
            roles.push((network.trainers, "coach"));
            roles.extend(network.firms.iter().map(|firm| (firm.group, "coach")));
            // The first three of them.
            let mut high = self.trainers.iter().zip(["owner", "admin", "analyst"]);
            roles.extend(high.find(|(one, _)| **one == user.id).map(|(_, role)| (network.root, role)));
            return roles;
        }
        let Some(agency) = network.agency(user) else { return roles };
        let firm = network.firms[agency.firm].group;
        match mix(user.id.shuffled(self.seed).0 ^ 1) % 1_000 {
            0..30 => roles.push((agency.group, "contributor")),
            30..45 => roles.extend([(agency.group, "coach"), (agency.group, "editor")]),
            45..52 => roles.push((firm, "userAdmin")),
            52..57 => roles.push((firm, "analyst")),
            _ => {}
        }
        roles
    }

    /// The managers of a user: one or two trainers, or none.
    pub(crate) fn managers(&self, user: &User) -> Vec<Id> {
        let draw = mix(user.id.shuffled(self.seed).0 ^ 2);
        let count = match draw % 100 {
            _ if self.network.trains(user) => 0,
            0..70 => 1,
            70..75 => 2,
            _ => 0,
        };
        let first = usize::try_from(draw / 100 % 1_000).unwrap_or(0);
        (0..count).map(|place| self.trainers[(first + place) % self.trainers.len()]).collect()
    }

    /// Whom a session is for, if its audience is built.
    pub(crate) fn audience(&self, session: &Session) -> Option<Value> {
        if !session.is_audience_builder {
            return None;
        }
        let mut rng = Rng::new(self.seed, &session.id.to_string());
        let mut filters = vec![json!({"type": "groups", "ids": [session.group_id]})];
        if rng.chance(500) {
            filters.push(json!({"type": "users", "ids": rng.sample(&self.trainers, 3)}));
        }
        if rng.chance(300) {
            filters.push(json!({"type": "excludedLearners", "ids": rng.sample(&self.trainers, 2)}));
        }
        let mode = *rng.pick(&["dynamic", "dynamicEnrollment", "dynamicUnenrollment", "manual"]);
        Some(json!({"filters": filters, "mode": mode}))
    }

    /// Whether the company has not enabled a part of the platform.
    pub(crate) fn is_off(&self, feature: &str) -> bool {
        self.features_off.iter().any(|off| off == feature)
    }
}

/// The values that a custom field is restricted to; none means that any will do.
pub(crate) fn authorized(field: &CustomField) -> Vec<String> {
    if field.name == DATED_FIELD {
        let first = Moment::on(2026, 1, 5);
        return (0..12).map(|month| first.plus(month * 28 * DAY).date()).collect();
    }
    super::fields::authorized(field.name).iter().map(|&value| value.to_owned()).collect()
}
