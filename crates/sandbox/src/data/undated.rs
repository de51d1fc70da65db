//! Rows that are older than the dates which the API does not promise, and have none of them until they change.

use serde_json::Value;

use super::World;
use super::id::Id;
use super::moment::Moment;
use super::more::Kind;
use super::rng::mix;
use crate::tenant::Tenant;
use crate::variant::Variant;

/// Which of its optional dates a row lacks.
enum Lacks {
    Nothing,
    Everything,
    One(usize),
}

fn lacks(id: Id, seed: u64) -> Lacks {
    match mix(id.shuffled(seed).0 ^ 3) % 10 {
        0 | 1 => Lacks::Everything,
        2 => Lacks::One(0),
        3 => Lacks::One(1),
        4 => Lacks::One(2),
        _ => Lacks::Nothing,
    }
}

/// Takes from a row the dates that it lacks; the one that tells of its last change comes first.
fn strip<const N: usize>(id: Id, seed: u64, mut dates: [&mut Option<Moment>; N]) {
    match lacks(id, seed) {
        Lacks::Nothing => {}
        Lacks::Everything => dates.iter_mut().for_each(|date| **date = None),
        Lacks::One(place) => {
            if let Some(date) = dates.get_mut(place) {
                **date = None;
            }
        }
    }
}

impl World {
    /// Makes this the world of `tenant`, who may lack dates of what is there so far. A change sets those that it would
    /// set on any row.
    pub(crate) fn settle(&mut self, tenant: Tenant) {
        self.tenant = tenant;
        if tenant.is(Variant::WithoutDates) {
            self.undate();
        }
    }

    fn undate(&mut self) {
        let seed = self.seed;
        for row in self.classrooms.rows_mut() {
            strip(row.id, seed, [&mut row.modified_at, &mut row.created_at]);
        }
        for row in self.slots.rows_mut() {
            strip(row.id, seed, [&mut row.modified_at, &mut row.created_at]);
        }
        for row in self.registrations.rows_mut() {
            strip(row.id, seed, [&mut row.modified_at, &mut row.created_at]);
        }
        for row in self.enrollments.rows_mut() {
            strip(row.id, seed, [&mut row.modified_at]);
        }
        for row in self.more.attempts.rows_mut() {
            strip(
                row.id,
                seed,
                [&mut row.last_activity_at, &mut row.completed_at, &mut row.first_activity_at],
            );
        }
        for kind in [Kind::Skills, Kind::Powers] {
            for kept in self.more.table_mut(kind).rows_mut() {
                let gone: &[&str] = match lacks(kept.id, seed) {
                    Lacks::Everything => &["updatedAt", "createdAt"],
                    Lacks::One(0) => &["updatedAt"],
                    Lacks::One(1) => &["createdAt"],
                    _ => &[],
                };
                if let Value::Object(fields) = &mut kept.row {
                    fields.retain(|name, _| !gone.contains(&name.as_str()));
                }
            }
        }
    }
}
