//! Courses, attempts, skills, webhooks and bulk operations move on. Its draws and ids are its own, like those of
//! their data.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use super::ledger::Ledger;
use crate::data::World;
use crate::data::id::Id;
use crate::data::moment::{DAY, MINUTE, Moment};
use crate::data::more::{Kind, begun, end, event, operation};
use crate::data::records::{Kept, UserStatus};
use crate::data::rng::{Rng, mix};
use crate::data::table::{Keyed, Table};
use crate::truth::{STREAMS, primary_key};

/// The streams whose changes are named where they are made.
const TOLD: [&str; 14] = [
    "users",
    "groups",
    "custom_fields",
    "user_custom_field_values",
    "paths",
    "path_sessions",
    "path_stats",
    "path_enrollments",
    "classrooms",
    "classroom_slots",
    "classroom_registrations",
    "attendance_sheets",
    "attendances",
    "course_stats",
];

/// The rows of the other streams as they were: a sum of each, by its key.
pub(super) struct Before(HashMap<&'static str, HashMap<Vec<String>, u64>>);

/// What one day brings.
struct Day<'a> {
    world: &'a mut World,
    rng: Rng,
    from: Moment,
    until: Moment,
    unit: usize,
}

impl World {
    pub(super) fn before(&self) -> Before {
        let all = self.tenant.repaints();
        let others = STREAMS.into_iter().filter(|stream| all || !TOLD.contains(stream));
        Before(others.map(|stream| (stream, self.sums(stream))).collect())
    }

    fn sums(&self, stream: &str) -> HashMap<Vec<String>, u64> {
        let fields = primary_key(stream);
        let part = |row: &Value, field: &str| row[field].as_str().unwrap_or("").to_owned();
        let rows = self.truth(stream).map(|row| {
            let mut hasher = DefaultHasher::new();
            row.to_string().hash(&mut hasher);
            (fields.iter().map(|field| part(&row, field)).collect(), hasher.finish())
        });
        rows.collect()
    }

    /// Names what became of the rows of `before`: most of them follow from other rows.
    pub(super) fn compare(&self, before: Before, ledger: &mut Ledger) {
        for (stream, before) in before.0 {
            let after = self.sums(stream);
            for key in before.keys().filter(|key| !after.contains_key(*key)) {
                ledger.deleted(stream, key);
            }
            for (key, sum) in after {
                match before.get(&key) {
                    None => ledger.created(stream, &key),
                    Some(old) if *old != sum => ledger.updated(stream, &key),
                    Some(_) => {}
                }
            }
        }
    }

    pub(super) fn carry_more_on(&mut self, from: Moment, until: Moment, unit: usize, ledger: &mut Ledger) {
        let rng = Rng::new(!self.seed ^ mix(self.batches), "change");
        let mut day = Day { world: self, rng, from, until, unit };
        day.courses();
        day.attempts(ledger);
        day.events();
        day.operations();
        self.certify();
        self.more.arrange();
    }
}

impl Day<'_> {
    fn stamp(&mut self) -> Moment {
        self.rng.moment(self.from.plus(MINUTE), self.until)
    }

    /// `count` rows of those that `wanted` accepts.
    fn some<T: Keyed>(rng: &mut Rng, table: &Table<T>, count: usize, wanted: impl Fn(&T) -> bool) -> Vec<Id> {
        let ids: Vec<Id> = table.rows().iter().filter(|row| wanted(row)).map(Keyed::id).collect();
        rng.sample(&ids, count)
    }

    fn edit(
        &mut self,
        kind: Kind,
        count: usize,
        wanted: impl Fn(&Kept) -> bool,
        edit: impl Fn(&mut Value, Moment),
    ) {
        for id in Self::some(&mut self.rng, self.world.more.table(kind), count, wanted) {
            let stamp = self.stamp();
            if let Some(kept) = self.world.more.table_mut(kind).get_mut(id) {
                edit(&mut kept.row, stamp);
            }
        }
    }

    fn courses(&mut self) {
        let published = |course: &Kept| course.text("status") == "published";
        self.edit(Kind::Courses, 1, published, |row, stamp| {
            row["modifiedAt"] = json!(stamp);
            row["duration"] = json!(5 + stamp.seconds() % 90);
        });
        // The date of modification does not tell.
        self.edit(Kind::Courses, 1, published, |row, _| row["status"] = json!("archived"));
        let described = |skill: &Kept| skill.text("status") == "published";
        self.edit(Kind::Skills, 1, described, |row, stamp| {
            row["description"] = json!(format!("Revu le {}", stamp.date()));
            row["updatedAt"] = json!(stamp);
        });
    }

    fn attempts(&mut self, ledger: &mut Ledger) {
        let more = &self.world.more;
        // Of those at the end, the date may be missing.
        let open = Self::some(&mut self.rng, &more.attempts, 3 * self.unit, |one| one.progress < 100);
        let courses = Self::some(&mut self.rng, more.table(Kind::Courses), 2 * self.unit, |course| {
            course.text("status") == "published"
        });
        let users = Self::some(&mut self.rng, &self.world.users, courses.len(), |user| {
            user.status == UserStatus::Active && user.created < self.from
        });
        for id in open {
            let stamp = self.stamp();
            let Some(attempt) = self.world.more.attempts.get_mut(id) else { continue };
            if self.rng.chance(400) {
                attempt.end(&mut self.rng, stamp, stamp);
            } else {
                attempt.carry_on(&mut self.rng, stamp, stamp);
            }
            ledger.updated("course_stats", &[id]);
        }
        for (course, user) in courses.into_iter().zip(users) {
            let stamp = self.stamp();
            let more = &mut self.world.more;
            let attempt = begun(&mut self.rng, &mut more.mint, course, user, stamp);
            ledger.created("course_stats", &[attempt.id]);
            more.attempts.push(attempt);
        }
    }

    fn events(&mut self) {
        let subscriptions: Vec<Id> = {
            let rows = self.world.more.table(Kind::Subscriptions).rows();
            rows.iter().filter(|row| row.text("status") == "active").map(|row| row.id).collect()
        };
        let users = Self::some(&mut self.rng, &self.world.users, self.unit, |_| true);
        for (target, id) in users.into_iter().zip(subscriptions.into_iter().cycle()) {
            let stamp = self.stamp();
            let more = &mut self.world.more;
            let mut mint = more.mint.clone();
            let Some(subscription) = more.table(Kind::Subscriptions).get(id) else { continue };
            let born = event(&mut self.rng, &mut mint, subscription, target, stamp);
            more.mint = mint;
            more.table_mut(Kind::Events).push(born);
        }
    }

    /// One of those under way ends; its date of creation stands still.
    fn operations(&mut self) {
        let (rng, from) = (&mut self.rng, self.from);
        let since = from.plus(-7 * DAY);
        let under_way = |one: &Kept| {
            one.row.get("endedAt").is_none()
                && Moment::parse(one.text("createdAt")).is_some_and(|at| at > since)
        };
        for id in Self::some(rng, self.world.more.table(Kind::Operations), 1, under_way) {
            if let Some(one) = self.world.more.table_mut(Kind::Operations).get_mut(id) {
                end(&mut self.rng, one, from, self.until);
            }
        }
        for _ in 0..2 {
            let stamp = self.stamp();
            let more = &mut self.world.more;
            let born = operation(&mut self.rng, &mut more.mint, stamp);
            more.table_mut(Kind::Operations).push(born);
        }
    }
}
