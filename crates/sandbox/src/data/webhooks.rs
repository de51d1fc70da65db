//! Webhook subscriptions and the log of their events, in the form of the official specification.

use super::draw::Rng;
use super::id::Id;
use super::record::{Cell, Record, record};
use super::time::{Time, days};
use super::{Day, FIRST, World, feed};

/// The table of the rows that an event of each type is about.
const TYPES: [(&str, &str); 25] = [
    ("user.updated", "users"),
    ("path.session.users.enrolled", "path_enrollments"),
    ("user.certificate.awarded", "user_certificates"),
    ("course.attempt.closed", "course_stats"),
    ("xapi", "course_stats"),
    ("user.created", "users"),
    ("path.session.added", "path_sessions"),
    ("user.deleted", "users"),
    ("user.customfield.values.updated", "users"),
    ("path.updated", "paths"),
    ("group.updated", "groups"),
    ("bulk.operation.ended", "bulk_operations"),
    ("user.reactivated", "users"),
    ("user.invited", "users"),
    ("user.activated", "users"),
    ("path.session.users.unenrolled", "path_enrollments"),
    ("path.session.removed", "path_sessions"),
    ("path.session.user.status.updated", "path_stats"),
    ("path.created", "paths"),
    ("path.archived", "paths"),
    ("path.deleted", "paths"),
    ("group.created", "groups"),
    ("group.deleted", "groups"),
    ("bulk.operation.created", "bulk_operations"),
    ("xapi.started", "course_stats"),
];

pub(crate) fn generate(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("subscriptions");
    let subscriptions =
        TYPES.iter().take(world.counts.subscriptions).enumerate().map(|(number, (kind, _))| {
            let created = rng.time(FIRST, world.until() - days(100));
            record! {
                "_id": rng.id(created),
                "eventType": *kind,
                "name": format!("Entrepôt de données : {kind}"),
                "url": format!("https://recepteur.example/360?evenement={kind}"),
                "status": if number != 1 && rng.chance(850) { "active" } else { "inactive" },
            }
        });
    subscriptions.collect()
}

/// The log goes back 85 days.
pub(crate) fn events(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("events");
    let window = [world.until() - days(85), world.until()];
    share(world, rng, world.rows("webhook_subscriptions"), world.counts.events, window)
}

/// About `count` events in a window, as many of each subscription.
fn share(
    world: &World,
    rng: &mut Rng,
    subscriptions: &[Record],
    count: usize,
    window: [Time; 2],
) -> Vec<Record> {
    let mut events = Vec::new();
    for (place, subscription) in subscriptions.iter().enumerate() {
        let more = usize::from(place < count % subscriptions.len());
        events.extend(events_of(world, rng, subscription, count / subscriptions.len() + more, window));
    }
    events
}

/// Up to `count` events of a subscription, each at an instant of the window that agrees with its row.
fn events_of(
    world: &World,
    rng: &mut Rng,
    subscription: &Record,
    count: usize,
    [from, until]: [Time; 2],
) -> Vec<Record> {
    let kind = TYPES.iter().find(|(kind, _)| subscription.is("eventType", kind));
    let Some(&(kind, table)) = kind else { return Vec::new() };
    let spans = world.rows(table).iter().filter_map(|row| {
        let (first, last) = span(kind, row)?;
        let (first, last) = (first.max(from), last.min(until));
        (first <= last).then_some((row, first, last))
    });
    let mut spans: Vec<(&Record, Time, Time)> = spans.collect();
    rng.0.shuffle(&mut spans);
    // What has a date happened once.
    let is_dated = spans.iter().all(|(_, first, last)| first == last);
    let count = if is_dated { count.min(spans.len()) } else { count };
    let chosen = spans.into_iter().cycle().take(count);
    chosen
        .map(|(row, first, last)| {
            let at = rng.time(first, last);
            event(rng, kind, row, at, subscription.id())
        })
        .collect()
}

/// The first and the last instant at which an event of a type can have happened to a row; none if it has not.
fn span(kind: &str, row: &Record) -> Option<(Time, Time)> {
    let at = |field: &str| row.date(field).map(|at| (at, at));
    let last = |field: &str| match row.list(field).last() {
        Some(Cell::Date(at)) => Some((*at, *at)),
        _ => None,
    };
    let from = |date: Option<Time>| Some((date?, Time::MAX_UTC));
    let is_deleted = row.is("status", "deleted");
    match kind {
        "user.created" => at("#created"),
        "user.deleted" => last("deletedAt").filter(|_| is_deleted),
        "user.reactivated" => last("reactivatedAt"),
        "user.invited" => at("#created").filter(|_| row.is("status", "invited")),
        "user.activated" => Some((row.date("#created")?, row.date("lastLoginDate")?)),
        _ if kind.starts_with("user.") && is_deleted => None,
        "user.certificate.awarded" => at("deliveryDate"),
        "course.attempt.closed" | "xapi" => at("completedAt"),
        "xapi.started" => at("firstActivityAt"),
        "path.session.users.enrolled" | "path.session.added" | "path.created" | "bulk.operation.created" => {
            at("createdAt")
        }
        "path.session.users.unenrolled" => at("archivedAt"),
        "path.session.user.status.updated" => {
            at("completedAt").or_else(|| from(row.date("startedAt").or(row.date("enrolledAt"))))
        }
        "path.updated" => at("modifiedAt"),
        "path.archived" => from(row.date("createdAt")).filter(|_| row.is("status", "archived")),
        "bulk.operation.ended" => at("endedAt"),
        "group.created" => Some((row.id().created(), row.id().created())),
        // The account keeps no row that was removed.
        "path.session.removed" | "path.deleted" | "group.deleted" => None,
        _ => from(Some(row.id().created())),
    }
}

pub(super) fn event(rng: &mut Rng, kind: &'static str, row: &Record, at: Time, subscription: Id) -> Record {
    let payload = if kind.starts_with("xapi") {
        statement(rng, kind, row, at)
    } else {
        record! {"type": kind, "timestamp": at.timestamp_millis(), "data": data(kind, row, at)}
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

/// The data of an event of a type, from its row.
fn data(kind: &str, row: &Record, at: Time) -> Record {
    let of = |field: &str| row.get(field).clone();
    match kind {
        "user.customfield.values.updated" => record! {"userIds": vec![row.id()], "updatedAt": at},
        "user.certificate.awarded" => record! {
            "userId": of("#owner"),
            "certificateId": row.id(),
            "certificateOutlineId": of("certificateOutlineId"),
            "deliveryDate": of("deliveryDate"),
            "pathId": of("pathId"),
            "pathSessionId": of("pathSessionId"),
        },
        "course.attempt.closed" => record! {
            "attemptId": row.id(),
            "closedAt": at,
            "userId": of("userId"),
            "courseId": of("courseId"),
            "reason": "completed",
            "context": record! {"pathId": of("pathId"), "pathSessionId": of("pathSessionId")},
        },
        "path.session.users.enrolled" => {
            record! {"pathId": of("pathId"), "sessionId": of("sessionId"), "enrolledAt": at}
        }
        "path.session.users.unenrolled" => {
            record! {"pathId": of("pathId"), "sessionId": of("sessionId"), "unenrolledAt": at}
        }
        "path.session.user.status.updated" => record! {
            "userId": of("userId"),
            "pathId": of("pathId"),
            "sessionId": of("sessionId"),
            "enrollmentId": row.id(),
            "status": row.object("status").map(|status| status.get("type").clone()),
            "updatedAt": at,
        },
        "bulk.operation.created" => {
            record! {"bulkOperationId": row.id(), "type": of("type"), "createdAt": of("createdAt")}
        }
        "bulk.operation.ended" => record! {
            "bulkOperationId": row.id(),
            "type": of("type"),
            "createdAt": of("createdAt"),
            "endedAt": of("endedAt"),
            "status": of("status"),
        },
        _ => lifecycle(kind, row, at),
    }
}

/// Of users, groups, paths and sessions: who or what, its names, and when.
fn lifecycle(kind: &str, row: &Record, at: Time) -> Record {
    let of = |field: &str| row.get(field).clone();
    let is = |end: &str| kind.ends_with(end).then_some(at);
    let is_user = kind.starts_with("user.");
    let is_session = kind.starts_with("path.session.");
    record! {
        "userId": is_user.then_some(row.id()),
        "groupId": kind.starts_with("group.").then_some(row.id()),
        "pathId": if is_session { Some(of("pathId")) } else { kind.starts_with("path.").then(|| row.id().into()) },
        "sessionId": is_session.then_some(row.id()),
        "name": Some(of("name")).filter(|_| kind != "path.created"),
        "public": is(".updated").map(|_| of("public")),
        "changeType": is("path.updated").map(|_| "settings"),
        "firstName": of("firstName"),
        "lastName": of("lastName"),
        "mail": of("mail"),
        "username": of("username"),
        "lang": is("user.updated").map(|_| of("lang")),
        "createdAt": is(".created").or(is(".added")),
        "updatedAt": is(".updated"),
        "deletedAt": is(".deleted").or(is(".removed")),
        "archivedAt": is(".archived"),
        "reactivatedAt": is(".reactivated"),
        "invitedAt": is(".invited"),
        "firstActivatedAt": is(".activated"),
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
    let (exact, active): (Vec<Record>, Vec<Record>) =
        active.cloned().partition(|one| feed::TYPES.iter().any(|(kind, _)| one.is("eventType", kind)));
    feed::log(world, day, &exact);
    let count = day.unit.max(active.len());
    for event in share(world, &mut day.rng, &active, count, [day.from, day.until]) {
        world.table_mut("webhook_events").push(event);
    }
}
