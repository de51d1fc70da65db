//! The log of webhook events: can it show which users changed?
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Judgment, none_of};
use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Response, text};
use crate::doctor::text::list;
use crate::streams::event_members::{Role, holds_ids};
use crate::streams::{Feed, WEBHOOK_EVENTS, WEBHOOK_SUBSCRIPTIONS};

/// What is printed for members whose names may be data.
const DIFFERING: &str = "(names that differ)";

/// The events of one type.
#[derive(Debug, Serialize)]
pub struct EventType {
    /// Its name, such as `user.created`.
    pub name: String,
    /// Events that were read.
    pub events: usize,
    /// The members of `data`, at any depth, and the number of events that have each. Names that
    /// differ from event to event are one member.
    pub members: BTreeMap<String, usize>,
    /// The members that seem to identify the users whom the event is about.
    pub users: Vec<String>,
}

/// A stream of which an incremental sync may follow the log.
#[derive(Debug, Serialize)]
pub struct Followed {
    /// The stream.
    pub stream: &'static str,
    /// The type of the events.
    pub event: &'static str,
    /// True if a subscription to them is active.
    pub is_active: bool,
    /// Why an incremental sync visits all users although one is active; nothing if it does not.
    pub but: Option<String>,
}

/// The streams that can follow a log; none if the subscriptions were not read.
pub(in crate::doctor) fn followed(seen: &Observations) -> Vec<Followed> {
    if seen.reads(&WEBHOOK_SUBSCRIPTIONS).next().is_none() {
        return Vec::new();
    }
    let is_active = |event: &str| {
        let mut rows = seen.rows(&WEBHOOK_SUBSCRIPTIONS);
        rows.any(|row| text(row, "eventType") == Some(event) && text(row, "status") == Some("active"))
    };
    let followed = seen.selected.iter().filter_map(|stream| Some((*stream, stream.feed()?)));
    let followed = followed.map(|(stream, feed)| Followed {
        stream: stream.name,
        event: feed.event,
        is_active: is_active(feed.event),
        but: obstacle(seen, feed),
    });
    followed.collect()
}

/// Why a log does not help although it is kept.
fn obstacle(seen: &Observations, feed: &Feed) -> Option<String> {
    if seen.settings.full_user_refresh.is_zero() {
        return Some("`full_user_refresh_days` is 0".to_owned());
    }
    if let Some(of) = feed.definitions.filter(|of| seen.reads(of.stream).next().is_none()) {
        return Some(format!("`{}` could not be read", of.stream.name));
    }
    let names_users =
        types(seen).iter().find(|one| one.name == feed.event).is_none_or(|one| !one.users.is_empty());
    (!names_users).then(|| format!("no member of the events `{}` identifies a user", feed.event))
}

/// The types of which an event was read.
pub(in crate::doctor) fn types(seen: &Observations) -> Vec<EventType> {
    let mut pages: BTreeMap<String, Vec<&Response>> = BTreeMap::new();
    for page in seen.reads(&WEBHOOK_EVENTS).filter(|page| page.len() > 0) {
        pages.entry(type_of(seen, page)).or_default().push(page);
    }
    let of_type = |(name, pages): (String, Vec<&Response>)| {
        let members = count_members(&Fields::sum(pages.iter().map(|page| &page.fields)).members);
        let is_leaf = |name: &&String| !members.keys().any(|other| other.starts_with(&format!("{name}.")));
        let users = members.keys().filter(|name| is_user(name)).filter(is_leaf).cloned().collect();
        EventType { name, events: pages.iter().map(|page| page.len()).sum(), members, users }
    };
    pages.into_iter().map(of_type).collect()
}

/// The members of several events, and the number of events that have each. A name that fewer than
/// half of the events have may be data, such as a key of a map, and is not printed.
fn count_members(events: &[BTreeSet<String>]) -> BTreeMap<String, usize> {
    let count = |names: &mut dyn Iterator<Item = &String>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        names.for_each(|name| *counts.entry(name.clone()).or_default() += 1);
        counts
    };
    let counts = count(&mut events.iter().flatten());
    let least = if events.len() == 1 { 1 } else { events.len().div_ceil(2).max(2) };
    let shown = |name: &String| -> String {
        let differs = |end: &usize| counts.get(&name[..*end]).is_none_or(|count| *count < least);
        let mut ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
        match ends.find(differs) {
            None => name.clone(),
            Some(end) => match name[..end].rsplit_once('.') {
                Some((above, _)) => format!("{above}.{DIFFERING}"),
                None => DIFFERING.to_owned(),
            },
        }
    };
    let by_event: Vec<BTreeSet<String>> =
        events.iter().map(|names| names.iter().map(shown).collect()).collect();
    count(&mut by_event.iter().flatten())
}

/// The type of a page's events: that of their subscription, which has one and keeps it.
fn type_of(seen: &Observations, page: &Response) -> String {
    let id = text(&page.request.given, "subscriptionId");
    let subscription = seen.rows(&WEBHOOK_SUBSCRIPTIONS).find(|row| text(row, "_id") == id);
    let name = subscription.and_then(|row| text(row, "eventType")).unwrap_or_default();
    let is_plain = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '.');
    if is_plain { name.to_owned() } else { "(an unusual type)".to_owned() }
}

/// True if a member, such as `users.id`, holds the ids of users whom the event is about, by the rule of a sync.
fn is_user(member: &str) -> bool {
    let (above, last) = member.rsplit_once('.').unwrap_or(("", member));
    let names_user = match last {
        "id" | "_id" => Role::Other.of(above.rsplit('.').next().unwrap_or_default()) == Role::Subject,
        last => holds_ids(last),
    };
    names_user && member.split('.').fold(Role::Other, Role::of) == Role::Subject
}

pub(super) fn event_users(seen: &Observations) -> Option<Judgment> {
    let types = types(seen);
    // A deleted field concerns all users, and names none.
    let is_about_a_user =
        |one: &&EventType| one.name.starts_with("user.") && one.name != "user.customfield.deleted";
    let (with, without): (Vec<&EventType>, Vec<&EventType>) =
        types.iter().filter(is_about_a_user).partition(|one| !one.users.is_empty());
    let names = |types: &[&EventType]| types.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    none_of(
        &names(&without),
        "No member that identifies a user in",
        with.len(),
        format!("A member that identifies a user in {}.", list(&names(&with))),
    )
}

#[cfg(test)]
mod tests {
    use super::{count_members, is_user};
    use std::collections::BTreeSet;

    fn counted(events: &[&[&str]]) -> Vec<String> {
        let events: Vec<BTreeSet<String>> =
            events.iter().map(|names| names.iter().map(ToString::to_string).collect()).collect();
        count_members(&events).into_iter().map(|(name, count)| format!("{name} {count}")).collect()
    }

    #[test]
    fn names_that_differ_from_event_to_event_are_not_printed() {
        let map = ["users", "users.marie", "users.marie.age"];
        let other = ["users", "users.paul", "users.paul.age", "users.id"];
        assert_eq!(counted(&[&map, &other]), ["users 2", "users.(names that differ) 2"]);
        assert_eq!(
            counted(&[&other, &map, &["users", "users.id", "jean"]]),
            ["(names that differ) 1", "users 3", "users.(names that differ) 2", "users.id 2"]
        );
        assert_eq!(
            counted(&[&["userId"], &["userId"], &["userId", "note"], &["userId", "note"]]),
            ["note 2", "userId 4"]
        );
        // One event cannot show it.
        assert_eq!(counted(&[&["users", "users.marie"]]), ["users 1", "users.marie 1"]);
    }

    #[test]
    fn a_member_names_a_user_unless_it_is_the_author_of_the_change() {
        assert!(["userId", "users.id", "learnerIds", "users"].into_iter().all(is_user));
        assert!(!["updatedBy.userId", "actor.user", "pathId", "users.email"].into_iter().any(is_user));
        assert!(["standbyUserId", "factorUsers.userId"].into_iter().all(is_user));
        let authors = [
            "updatedByUserId",
            "updated_by_user_id.id",
            "authorId",
            "authorUserId",
            "Author.userId",
            "lastAuthor.userId",
            "ACTOR.userId",
            "actorUserId",
            "validatedByLearners.id",
        ];
        assert_eq!(authors.into_iter().find(|name| is_user(name)), None);
    }
}
