//! Users are edited, deleted and born; files move on.

use super::Batch;
use crate::data::fields::{FILE_STATUS, authorized};
use crate::data::names::JOBS;
use crate::data::people::Registry;
use crate::data::records::{FieldKind, FieldValue, UserStatus};

impl Batch<'_> {
    pub(super) fn people(&mut self) {
        self.edit_users();
        self.edit_values();
        self.delete_user();
        for _ in 0..2 {
            self.bear_user();
        }
    }

    fn edit_users(&mut self) {
        let active = Self::some(&mut self.rng, &self.world.users, 2 * self.unit, |user| {
            user.status == UserStatus::Active
        });
        for id in active {
            let stamp = self.stamp();
            let Some(user) = self.world.users.get_mut(id) else { continue };
            user.last_login_date = Some(stamp);
            if self.rng.chance(400) {
                user.job = Some(*self.rng.pick(JOBS));
            }
            self.ledger.updated("users", &[id]);
        }
    }

    fn edit_values(&mut self) {
        let Some(field) = self.world.fields.rows().iter().find(|field| field.place == FILE_STATUS) else {
            return;
        };
        let choices = authorized(field.name);
        let there = Self::some(&mut self.rng, &self.world.users, 3 * self.unit, |user| {
            user.status != UserStatus::Deleted
        });
        for id in there {
            let Some(user) = self.world.users.get_mut(id) else { continue };
            let key = [id, field.id];
            if let Some(known) = user.values.iter_mut().find(|value| value.custom_field_id == field.id) {
                let others: Vec<&'static str> =
                    choices.iter().copied().filter(|&choice| known.value != choice).collect();
                known.value = (*self.rng.pick(&others)).into();
                self.ledger.updated("user_custom_field_values", &key);
            } else {
                let value = (*self.rng.pick(choices)).into();
                user.values.push(FieldValue { custom_field_id: field.id, kind: FieldKind::String, value });
                self.ledger.created("user_custom_field_values", &key);
            }
        }
    }

    fn delete_user(&mut self) {
        let network = &self.world.network;
        let learners = Self::some(&mut self.rng, &self.world.users, 1, |user| {
            user.status == UserStatus::Active && !network.trains(user)
        });
        for id in learners {
            let stamp = self.stamp();
            let Some(user) = self.world.users.get_mut(id) else { continue };
            user.status = UserStatus::Deleted;
            user.deleted_at.push(stamp);
            self.ledger.updated("users", &[id]);
        }
    }

    fn bear_user(&mut self) {
        let created = self.stamp();
        let world = &mut *self.world;
        let registry = Registry { network: &world.network, fields: world.fields.rows(), until: self.until };
        let user = registry.user(&mut self.rng, &mut world.mint, created, world.users.len());
        self.ledger.created("users", &[user.id]);
        for value in &user.values {
            self.ledger.created("user_custom_field_values", &[user.id, value.custom_field_id]);
        }
        world.users.push(user);
    }
}
