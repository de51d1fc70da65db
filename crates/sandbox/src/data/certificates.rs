//! Certificate outlines, and the certificates that users hold: of paths, as in the statistics, and others.

use super::time::months_after;
use super::{Day, FIRST, Record, World, days, record, webhooks};

/// One for each path that ends with a certificate, and three for certificates from elsewhere.
pub(crate) fn outlines(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("outlines");
    let mut outlines = Vec::new();
    for path in world.rows("paths").iter().filter(|path| path.has("certificateId")) {
        outlines.push(record! {
            "_id": path.get("certificateId").clone(),
            "title": format!("Attestation « {} »", path.text("name")),
            "groupId": path.get("groupId").clone(),
            "createdAt": path.get("createdAt").clone(),
            "#external": false,
        });
    }
    for title in ["Certification TOSA", "Pix", "Habilitation électrique"] {
        let created = rng.time(FIRST, FIRST + days(200));
        outlines.push(record! {
            "_id": rng.id(created),
            "title": title,
            "groupId": world.network.root,
            "createdAt": created,
            "#external": true,
        });
    }
    outlines
}

fn external(world: &World) -> Vec<Record> {
    let rng = &mut world.rng("certificates");
    let outlines = world.rows("certificate_outlines").iter();
    let outlines: Vec<&Record> = outlines.filter(|row| row.bool("#external") == Some(true)).collect();
    let mut certificates = Vec::new();
    for (user, created) in world.learners() {
        if rng.chance(60) {
            let delivered = rng.time(created, world.until());
            let outline = *rng.pick(&outlines);
            let months = rng.maybe(500, |rng| 12 * rng.between(1, 4));
            certificates.push(record! {
                "_id": rng.id(delivered),
                "deliveryDate": delivered,
                "expirationDate": months.map(|months| months_after(delivered, months)),
                "title": outline.get("title").clone(),
                "validityPeriod": months,
                "certificateOutlineId": rng.maybe(700, |_| outline.id()),
                "type": "external",
                "#owner": user,
            });
        }
    }
    certificates
}

/// The certificates that the statistics name and no user holds yet; a certificate always has the same id.
fn earned(world: &World) -> Vec<Record> {
    world.each("path_stats", "certificate", |stat, rng| {
        let (outline, at) = (stat.reference("certificateId")?, stat.date("completedAt")?);
        let id = rng.id(at);
        if world.table("user_certificates").get(id).is_some() {
            return None;
        }
        let path = world.referred(stat, "pathId", "paths")?.text("name");
        let months = rng.maybe(400, |_| 24);
        Some(record! {
            "_id": id,
            "deliveryDate": at,
            "expirationDate": months.map(|months| months_after(at, months)),
            "title": format!("Attestation « {path} »"),
            "validityPeriod": months,
            "certificateOutlineId": outline,
            "pathId": stat.get("pathId").clone(),
            "pathName": rng.maybe(900, |_| path.to_owned()),
            "pathSessionId": stat.get("sessionId").clone(),
            "type": "path",
            "#owner": stat.get("userId").clone(),
        })
    })
}

pub(crate) fn generate(world: &World) -> Vec<Record> {
    [external(world), earned(world)].concat()
}

/// Learners who completed a path get its certificate.
pub(crate) fn change(world: &mut World, day: &mut Day) {
    for certificate in earned(world) {
        day.happened.push((webhooks::AWARDED, certificate.id()));
        world.table_mut("user_certificates").push(certificate);
    }
}
