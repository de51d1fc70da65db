//! Two types of events that log a day exactly: who follows them misses no change that fires one.

use super::record::{Record, record};
use super::time::days;
use super::webhooks::event;
use super::{Day, World};

pub(crate) const VALUES_UPDATED: &str = "user.customfield.values.updated";
pub(crate) const AWARDED: &str = "user.certificate.awarded";

/// Each type, and the table of the rows that it is about.
pub(super) const TYPES: [(&str, &str); 2] = [(VALUES_UPDATED, "users"), (AWARDED, "user_certificates")];

/// Adds an active subscription to each of these types, created a hundred days ago.
pub(crate) fn subscribe(world: &mut World, types: &[String]) {
    let rng = &mut world.rng("more subscriptions");
    let created = world.until() - days(100);
    for kind in types {
        let subscription = record! {
            "_id": rng.id(created),
            "eventType": kind.clone(),
            "name": format!("Journal : {kind}"),
            "url": "https://recepteur.example/journal",
            "status": "active",
        };
        world.table_mut("webhook_subscriptions").push(subscription);
    }
    world.end_day();
}

/// Logs what happened in a day to these subscriptions.
pub(super) fn log(world: &mut World, day: &mut Day, subscriptions: &[Record]) {
    for subscription in subscriptions {
        let Some((kind, table)) = TYPES.into_iter().find(|(kind, _)| subscription.is("eventType", kind))
        else {
            continue;
        };
        for id in day
            .happened
            .iter()
            .filter(|(happened, _)| *happened == kind)
            .map(|(_, id)| *id)
            .collect::<Vec<_>>()
        {
            let Some(row) = world.table(table).get(id).cloned() else { continue };
            let at = row.date("deliveryDate").unwrap_or_else(|| day.stamp());
            let event = event(&mut day.rng, kind, &row, at, subscription.id());
            world.table_mut("webhook_events").push(event);
        }
    }
}
