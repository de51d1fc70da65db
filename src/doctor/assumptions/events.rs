//! The log of webhook events: can it show which users changed?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Judgment, Observations, none_of};
use crate::doctor::exchange::{Request, Response, Row, text};
use crate::doctor::fields::{below, named};
use crate::doctor::text::list;
use crate::streams::event_members::{Role, holds_ids};
use crate::streams::{Feed, Stream, WEBHOOK_EVENTS, WEBHOOK_SUBSCRIPTIONS};

/// Types of webhook events that are sampled.
const MOST_TYPES: usize = 12;

/// What is printed for members whose names may be data.
const DIFFERING: &str = "(names that differ)";

/// The events of one subscription of each type, of an active one if there is one.
pub(in crate::doctor) fn requests(seen: &Observations) -> Vec<Request> {
    let mut subscriptions: Vec<&Row> = seen.rows(&WEBHOOK_SUBSCRIPTIONS).collect();
    subscriptions.sort_by_key(|row| text(row, "status") != Some("active"));
    let mut types = BTreeSet::new();
    subscriptions.retain(|row| text(row, "eventType").is_some_and(|name| types.insert(name)));
    let requests = |row| Request::under(&WEBHOOK_EVENTS, row);
    subscriptions.into_iter().take(MOST_TYPES).flat_map(requests).collect()
}

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
    let followed = |stream: &&'static Stream| {
        let (stream, feed) = (stream.name, stream.feed()?);
        let (event, but) = (feed.event, obstacle(seen, feed));
        Some(Followed { stream, event, is_active: is_active(event), but })
    };
    seen.selected.iter().filter_map(followed).collect()
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
    let mut types: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for page in seen.reads(&WEBHOOK_EVENTS).filter(|page| !page.rows.is_empty()) {
        let events = page.rows.iter().map(members_of);
        types.entry(type_of(seen, page)).or_default().extend(events);
    }
    let of_type = |(name, events): (String, Vec<BTreeSet<String>>)| {
        let members = count_members(&events);
        let is_leaf = |name: &&String| !members.keys().any(|other| other.starts_with(&format!("{name}.")));
        let users = members.keys().filter(|name| is_user(name)).filter(is_leaf).cloned().collect();
        EventType { name, events: events.len(), members, users }
    };
    types.into_iter().map(of_type).collect()
}

/// The types that the account subscribes to and of which no event was requested.
pub(in crate::doctor) fn unread(seen: &Observations) -> Vec<String> {
    let requested: BTreeSet<String> = seen.reads(&WEBHOOK_EVENTS).map(|page| type_of(seen, page)).collect();
    let types: BTreeSet<String> =
        seen.rows(&WEBHOOK_SUBSCRIPTIONS).filter_map(|row| text(row, "eventType")).map(printable).collect();
    types.difference(&requested).cloned().collect()
}

/// The names of the members of an event's data, at any depth.
fn members_of(event: &Row) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let payload = event.get("payload").unwrap_or(&Value::Null);
    // Events of some types are sent without an envelope.
    members("", payload.get("data").unwrap_or(payload), &mut names);
    names
}

fn members(path: &str, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = below(path, &named(name));
                members(&path, value, names);
                names.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(path, item, names)),
        _ => {}
    }
}

/// The members of several events, and the number of events that have each. A name that fewer than
/// half of the events have may be data, such as a key of a map, and is not printed.
fn count_members(events: &[BTreeSet<String>]) -> BTreeMap<String, usize> {
    let all = counts(events);
    let least = if events.len() == 1 { 1 } else { events.len().div_ceil(2).max(2) };
    let shown = |name: &String| {
        let differs = |end: &usize| all.get(&name[..*end]).is_none_or(|count| *count < least);
        let mut ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
        let Some(end) = ends.find(differs) else { return name.clone() };
        below(name[..end].rsplit_once('.').map_or("", |(above, _)| above), DIFFERING)
    };
    let shown: Vec<_> = events.iter().map(|names| names.iter().map(shown).collect()).collect();
    counts(&shown)
}

fn counts(events: &[BTreeSet<String>]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    events.iter().flatten().for_each(|name| *counts.entry(name.clone()).or_default() += 1);
    counts
}

/// The type of a page's events: that of their subscription, which has one and keeps it.
fn type_of(seen: &Observations, page: &Response) -> String {
    let id = text(&page.request.given, "subscriptionId");
    let subscription = seen.rows(&WEBHOOK_SUBSCRIPTIONS).find(|row| text(row, "_id") == id);
    printable(subscription.and_then(|row| text(row, "eventType")).unwrap_or_default())
}

/// The name of a type, if it looks like one.
fn printable(name: &str) -> String {
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
    let holds = format!("A member that identifies a user in {}.", list(&names(&with)));
    none_of(&names(&without), "No member that identifies a user in", with.len(), holds)
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
