//! Webhook subscriptions and the log of their events, in the form of the official specification.

use fastrand::Rng;

use super::draw::Draw;
use super::record::{Record, record};
use super::time::{Time, days};
use super::{Day, FIRST, World};

/// The table of the rows that an event of each type is about.
const TYPES: [(&str, &str); 25] = [
    ("user.updated", "users"),
    ("path.session.users.enrolled", "path_enrollments"),
    ("user.certificate.awarded", "user_certificates"),
    ("course.attempt.closed", "course_stats"),
    ("xapi", "course_stats"),
    ("path.session.added", "path_sessions"),
    ("user.created", "users"),
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

pub(crate) fn generate(world: &mut World) {
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
    let subscriptions = subscriptions.collect();
    world.put("webhook_subscriptions", &[], subscriptions);
}

/// The log goes back 90 days.
pub(crate) fn events(world: &mut World) {
    let rng = &mut world.rng("events");
    let (subscriptions, until) = (world.rows("webhook_subscriptions"), world.until());
    let events = (0..world.counts.events).filter_map(|number| {
        let at = rng.time(until - days(85), until);
        event(world, rng, &subscriptions[number % subscriptions.len()], at)
    });
    let events = events.collect();
    world.put("webhook_events", &["#owner"], events);
}

fn event(world: &World, rng: &mut Rng, subscription: &Record, at: Time) -> Option<Record> {
    let (kind, table) = *TYPES.iter().find(|(kind, _)| subscription.is("eventType", kind))?;
    let rows = world.rows(table);
    let row = rows.get(rng.below(rows.len()))?;
    let payload = if kind.starts_with("xapi") {
        statement(rng, row, at)
    } else {
        record! {"type": kind, "timestamp": at.timestamp_millis(), "data": data(kind, row, at)}
    };
    Some(record! {
        "#_id": rng.id(at),
        "_id": format!("msg_{}", (0..27).map(|_| rng.alphanumeric()).collect::<String>()),
        "createdAt": at,
        "status": *rng.pick(&["delivered", "delivered", "delivered", "sending", "pending", "failed"]),
        "payload": payload,
        "#owner": subscription.id(),
    })
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
fn statement(rng: &mut Rng, attempt: &Record, at: Time) -> Record {
    let account = record! {"name": attempt.get("userId").clone(), "homePage": "https://app.360learning.com"};
    let course = attempt.reference("courseId").unwrap_or_default();
    record! {
        "id": format!("{:08x}-b5dd-40bf-af4c-{:012x}", rng.u32(..), rng.u64(..1 << 48)),
        "actor": record! {"objectType": "Agent", "account": account},
        "verb": record! {"id": "http://adlnet.gov/expapi/verbs/completed", "display": record! {"en-US": "completed"}},
        "object": record! {"objectType": "Activity", "id": format!("https://app.360learning.com/course/{course}")},
        "timestamp": at,
    }
}

/// Events of the day, of the subscriptions that are active.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    let active = world.rows("webhook_subscriptions").iter().filter(|one| one.is("status", "active"));
    let active: Vec<Record> = active.cloned().collect();
    for subscription in active.iter().cycle().take(day.unit.max(active.len())) {
        let stamp = day.stamp();
        if let Some(event) = event(world, &mut day.rng, subscription, stamp) {
            world.table_mut("webhook_events").push(event);
        }
    }
}
