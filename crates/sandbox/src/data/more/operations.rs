//! Webhook subscriptions with the log of their events, and bulk operations.

use serde_json::{Value, json};

use super::{Kind, Maker};
use crate::data::FIRST;
use crate::data::id::{Id, Mint};
use crate::data::moment::{DAY, MINUTE, Moment};
use crate::data::records::Kept;
use crate::data::rng::Rng;

/// What can be subscribed to, with the id that the payload names.
const EVENTS: [(&str, &str); 12] = [
    ("user.updated", "userId"),
    ("user.deleted", "userId"),
    ("user.created", "userId"),
    ("path.session.created", "pathSessionId"),
    ("path.session.updated", "pathSessionId"),
    ("course.attempt.closed", "attemptId"),
    ("group.updated", "groupId"),
    ("path.updated", "pathId"),
    ("user.reactivated", "userId"),
    ("group.created", "groupId"),
    ("path.archived", "pathId"),
    ("path.session.deleted", "pathSessionId"),
];

const OPERATIONS: [&str; 4] = ["users.create", "users.update", "groups.addMembers", "paths.enroll"];

impl Maker<'_> {
    pub(super) fn operations(&mut self) {
        let mut rng = self.rng("operations");
        let mut subscriptions = Vec::new();
        for (kind, _) in EVENTS.iter().take(self.counts.subscriptions) {
            let created = rng.moment(FIRST, self.until.plus(-100 * DAY));
            let id = self.more.mint.at(created);
            let row = json!({
                "_id": id,
                "eventType": kind,
                "name": format!("Entrepôt de données : {kind}"),
                "url": format!("https://recepteur.example/360?evenement={kind}"),
                "status": if rng.chance(850) { "active" } else { "inactive" },
            });
            subscriptions.push(Kept::new(id, row));
        }
        let mut events = Vec::new();
        let users: Vec<Id> = self.learners().into_iter().map(|(id, _)| id).collect();
        // The log goes back 90 days.
        for number in 0..self.counts.events {
            let at = rng.moment(self.until.plus(-85 * DAY), self.until);
            let target = *rng.pick(&users);
            let subscription = &subscriptions[number % subscriptions.len()];
            events.push(event(&mut rng, &mut self.more.mint, subscription, target, at));
        }
        self.more.put(Kind::Subscriptions, subscriptions);
        self.more.put(Kind::Events, events);

        let mut operations = Vec::new();
        for number in 0..self.counts.operations {
            let age = i64::try_from(number).unwrap_or(0) * DAY / 2 + rng.between(MINUTE, DAY / 3);
            let created = self.until.plus(-age);
            let mut one = operation(&mut rng, &mut self.more.mint, created);
            if age > DAY {
                end(&mut rng, &mut one, created, created.plus(30 * MINUTE));
            }
            operations.push(one);
        }
        self.more.put(Kind::Operations, operations);
    }
}

/// An event that names `target`.
pub(crate) fn event(rng: &mut Rng, mint: &mut Mint, subscription: &Kept, target: Id, at: Moment) -> Kept {
    let kind = subscription.text("eventType");
    let name = EVENTS.iter().find(|(known, _)| *known == kind).map_or("userId", |(_, name)| name);
    let id = mint.at(at);
    let status = *rng.pick(&["delivered", "delivered", "delivered", "pending", "failed"]);
    let row = json!({
        "_id": id,
        "status": status,
        "createdAt": at,
        "payload": {"eventType": kind, "timestamp": at, "data": {name: target}},
    });
    Kept::under(subscription.id, id, row)
}

/// An operation that was asked for and may have begun.
pub(crate) fn operation(rng: &mut Rng, mint: &mut Mint, created: Moment) -> Kept {
    let id = mint.at(created);
    let begun = rng.chance(600);
    let mut row = json!({
        "_id": id,
        "type": *rng.pick(&OPERATIONS),
        "status": if begun { "running" } else { "pending" },
        "createdAt": created,
        "queuedAt": created,
    });
    if begun {
        let started = created.plus(MINUTE / 2);
        row["startedAt"] = json!(started);
        row["progress"] = json!({"index": rng.between(1, 90), "updatedAt": started});
    }
    Kept::new(id, row)
}

/// Ends an operation between two instants.
pub(crate) fn end(rng: &mut Rng, operation: &mut Kept, from: Moment, until: Moment) {
    let ended = rng.moment(from.plus(MINUTE), until.max(from.plus(2 * MINUTE)));
    let row = &mut operation.row;
    let failed = rng.chance(100);
    row["status"] = json!(if failed { "error" } else { "completed" });
    row["progress"] = json!({"index": if failed { rng.between(1, 90) } else { 100 }, "updatedAt": ended});
    if failed {
        row["errorMessage"] = json!("Le groupe n'existe plus.");
    }
    if row.get("startedAt").is_none_or(Value::is_null) {
        row["startedAt"] = json!(ended.plus(-MINUTE));
    }
    row["endedAt"] = json!(ended);
}
