//! Webhook subscriptions and the log of their events, in the form of the official specification.

use super::{Cell, Day, FIRST, Id, Record, Rng, Time, World, days, record};

/// These two types log a day exactly: who follows them misses no change that fires one.
pub(crate) const VALUES_UPDATED: &str = "user.customfield.values.updated";
pub(crate) const AWARDED: &str = "user.certificate.awarded";

/// A type of event: the table of the rows that it is about, the first and the last instant at which it can
/// have happened to a row (none if it has not), and the members of its data.
type Type = (&'static str, &'static str, fn(&Record) -> Option<(Time, Time)>, &'static [&'static str]);

/// An xAPI statement has no data. The account keeps no row that was removed.
#[rustfmt::skip]
static TYPES: [Type; 25] = [
    ("user.updated", "users", since_creation,
        &["userId", "firstName", "lastName", "mail", "username", "lang", "updatedAt"]),
    ("path.session.users.enrolled", "path_enrollments", |row| at(row, "createdAt"),
        &["pathId", "sessionId", "enrolledAt"]),
    (AWARDED, "user_certificates", |row| at(row, "deliveryDate"),
        &["userId", "certificateId", "certificateOutlineId", "deliveryDate", "pathId", "pathSessionId"]),
    ("course.attempt.closed", "course_stats", |row| at(row, "completedAt"),
        &["attemptId", "closedAt", "userId", "courseId", "reason", "context"]),
    ("xapi", "course_stats", |row| at(row, "completedAt"), &[]),
    ("user.created", "users", |row| at(row, "#created"),
        &["userId", "firstName", "lastName", "mail", "username", "createdAt"]),
    ("path.session.added", "path_sessions", |row| at(row, "createdAt"),
        &["pathId", "sessionId", "name", "createdAt"]),
    ("user.deleted", "users", |row| last(row, "deletedAt").filter(|_| row.is("status", "deleted")),
        &["userId", "firstName", "lastName", "mail", "username", "deletedAt"]),
    (VALUES_UPDATED, "users", since_creation, &["userIds", "updatedAt"]),
    ("path.updated", "paths", |row| at(row, "modifiedAt"), &["pathId", "name", "changeType", "updatedAt"]),
    ("group.updated", "groups", since_creation, &["groupId", "name", "public", "updatedAt"]),
    ("bulk.operation.ended", "bulk_operations", |row| at(row, "endedAt"),
        &["bulkOperationId", "type", "createdAt", "endedAt", "status"]),
    ("user.reactivated", "users", |row| last(row, "reactivatedAt"),
        &["userId", "firstName", "lastName", "mail", "username", "reactivatedAt"]),
    ("user.invited", "users", |row| at(row, "#created").filter(|_| row.is("status", "invited")),
        &["userId", "firstName", "lastName", "mail", "username", "invitedAt"]),
    ("user.activated", "users", |row| Some((row.date("#created")?, row.date("lastLoginDate")?)),
        &["userId", "firstName", "lastName", "mail", "username", "firstActivatedAt"]),
    ("path.session.users.unenrolled", "path_enrollments", |row| at(row, "archivedAt"),
        &["pathId", "sessionId", "unenrolledAt"]),
    ("path.session.removed", "path_sessions", |_| None, &[]),
    ("path.session.user.status.updated", "path_stats", |row| {
        at(row, "completedAt").or_else(|| since(row.date("startedAt").or(row.date("enrolledAt"))))
    }, &["userId", "pathId", "sessionId", "enrollmentId", "status", "updatedAt"]),
    ("path.created", "paths", |row| at(row, "createdAt"), &["pathId", "createdAt"]),
    ("path.archived", "paths", |row| since(row.date("createdAt")).filter(|_| row.is("status", "archived")),
        &["pathId", "name", "archivedAt"]),
    ("path.deleted", "paths", |_| None, &[]),
    ("group.created", "groups", |row| Some((row.id().created(), row.id().created())),
        &["groupId", "name", "createdAt"]),
    ("group.deleted", "groups", |_| None, &[]),
    ("bulk.operation.created", "bulk_operations", |row| at(row, "createdAt"),
        &["bulkOperationId", "type", "createdAt"]),
    ("xapi.started", "course_stats", |row| at(row, "firstActivityAt"), &[]),
];

fn at(row: &Record, field: &str) -> Option<(Time, Time)> {
    row.date(field).map(|at| (at, at))
}

fn last(row: &Record, field: &str) -> Option<(Time, Time)> {
    if let Some(Cell::Date(at)) = row.list(field).last() { Some((*at, *at)) } else { None }
}

fn since(date: Option<Time>) -> Option<(Time, Time)> {
    Some((date?, Time::MAX_UTC))
}

/// Of a row that is not deleted.
fn since_creation(row: &Record) -> Option<(Time, Time)> {
    since(Some(row.id().created()).filter(|_| !row.is("status", "deleted")))
}

fn type_of(subscription: &Record) -> Option<&'static Type> {
    TYPES.iter().find(|(kind, ..)| subscription.is("eventType", kind))
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    world.many("subscriptions", world.counts.subscriptions.min(TYPES.len()), |rng, number| {
        let (kind, ..) = TYPES[number];
        let created = rng.time(FIRST, world.until() - days(100));
        record! {
            "_id": rng.id(created),
            "eventType": kind,
            "name": format!("Entrepôt de données : {kind}"),
            "url": format!("https://recepteur.example/360?evenement={kind}"),
            "status": if number != 1 && rng.chance(850) { "active" } else { "inactive" },
        }
    })
}

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

/// The log goes back 85 days.
pub(crate) fn events(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("events");
    let window = [world.until() - days(85), world.until()];
    share(world, rng, world.rows("webhook_subscriptions"), world.counts.events, window)
}

/// About `count` events, as many of each subscription, at instants of the window that agree with their rows.
fn share(
    world: &World,
    rng: &mut Rng,
    subscriptions: &[Record],
    count: usize,
    [from, until]: [Time; 2],
) -> Vec<Record> {
    let mut events = Vec::new();
    for (place, subscription) in subscriptions.iter().enumerate() {
        let Some(kind @ (_, table, span, _)) = type_of(subscription) else { continue };
        let spans = world.rows(table).iter().filter_map(|row| {
            let (first, last) = span(row)?;
            let (first, last) = (first.max(from), last.min(until));
            (first <= last).then_some((row, first, last))
        });
        let mut spans: Vec<(&Record, Time, Time)> = spans.collect();
        rng.0.shuffle(&mut spans);
        let extra = usize::from(place < count % subscriptions.len());
        let mut count = count / subscriptions.len() + extra;
        // What has a date happened once.
        if spans.iter().all(|(_, first, last)| first == last) {
            count = count.min(spans.len());
        }
        for (row, first, last) in spans.into_iter().cycle().take(count) {
            let at = rng.time(first, last);
            events.push(event(rng, kind, row, at, subscription.id()));
        }
    }
    events
}

fn event(rng: &mut Rng, kind: &Type, row: &Record, at: Time, subscription: Id) -> Record {
    let (name, table, _, members) = *kind;
    let payload = if name.starts_with("xapi") {
        statement(rng, name, row, at)
    } else {
        let data = Record::new(members, members.iter().map(|name| member(table, name, row, at)).collect());
        record! {"type": name, "timestamp": at.timestamp_millis(), "data": data}
    };
    record! {
        "#_id": rng.id(at),
        "_id": format!("msg_{}", (0..27).map(|_| rng.0.alphanumeric()).collect::<String>()),
        "createdAt": at,
        "status": *rng.pick(&["delivered", "delivered", "delivered", "sending", "pending", "failed"]),
        "payload": payload,
        "#owner": subscription,
    }
}

/// A member of the data of an event about a row: its id, one of its fields, or the instant of the event.
fn member(table: &str, name: &str, row: &Record, at: Time) -> Cell {
    let of = |field: &str| row.get(field).clone();
    match (table, name) {
        ("users", "userId")
        | ("groups", "groupId")
        | ("paths", "pathId")
        | ("path_sessions", "sessionId")
        | (_, "certificateId" | "attemptId" | "enrollmentId" | "bulkOperationId") => row.id().into(),
        (_, "userIds") => vec![row.id()].into(),
        ("user_certificates", "userId") => of("#owner"),
        ("path_stats", "status") => row.object("status").map(|status| status.get("type").clone()).into(),
        (_, "reason") => "completed".into(),
        (_, "changeType") => "settings".into(),
        (_, "context") => record! {"pathId": of("pathId"), "pathSessionId": of("pathSessionId")}.into(),
        ("bulk_operations", _) => of(name),
        (_, name) if name.ends_with("At") => at.into(),
        _ => of(name),
    }
}

/// An xAPI statement, which is sent as it is.
fn statement(rng: &mut Rng, kind: &str, attempt: &Record, at: Time) -> Record {
    let verb = if kind == "xapi.started" { "initialized" } else { "completed" };
    let account = record! {"name": attempt.get("userId").clone(), "homePage": "https://app.360learning.com"};
    let course = attempt.reference("courseId").unwrap_or_default();
    record! {
        "id": format!("{:08x}-b5dd-40bf-af4c-{:012x}", rng.0.u32(..), rng.0.u64(..1 << 48)),
        "actor": record! {"objectType": "Agent", "account": account},
        "verb": record! {
            "id": format!("http://adlnet.gov/expapi/verbs/{verb}"), "display": record! {"en-US": verb},
        },
        "object": record! {"objectType": "Activity", "id": format!("https://app.360learning.com/course/{course}")},
        "timestamp": at,
    }
}

/// Events of the day, of the subscriptions that are active.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let active = world.rows("webhook_subscriptions").iter().filter(|one| one.is("status", "active"));
    let is_exact = |one: &Record| [VALUES_UPDATED, AWARDED].contains(&one.text("eventType"));
    let (exact, active): (Vec<Record>, Vec<Record>) = active.cloned().partition(is_exact);
    for subscription in &exact {
        let Some(kind @ (name, table, ..)) = type_of(subscription) else { continue };
        for (_, id) in day.happened.clone().iter().filter(|(happened, _)| happened == name) {
            let Some(row) = world.table(table).get(*id).cloned() else { continue };
            let at = row.date("deliveryDate").unwrap_or_else(|| day.stamp());
            let event = event(&mut day.rng, kind, &row, at, subscription.id());
            world.table_mut("webhook_events").push(event);
        }
    }
    let count = day.unit.max(active.len());
    for event in share(world, &mut day.rng, &active, count, [day.from, day.until]) {
        world.table_mut("webhook_events").push(event);
    }
}
