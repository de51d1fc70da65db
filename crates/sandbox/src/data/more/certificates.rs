//! The certificates that users hold: of paths, as the statistics say, and from elsewhere.

use serde_json::json;

use super::{Kind, Maker};
use crate::data::World;
use crate::data::id::Id;
use crate::data::moment::{DAY, Moment};
use crate::data::records::{Enrollment, Kept};
use crate::data::rng::Rng;

impl Maker<'_> {
    pub(super) fn external_certificates(&mut self) {
        let mut rng = self.rng("certificates");
        let outlines: Vec<(Id, String)> = {
            let rows = self.more.table(Kind::Outlines).rows().iter();
            rows.filter(|row| row.aside["external"] == true)
                .map(|row| (row.id, row.text("title").to_owned()))
                .collect()
        };
        let mut certificates = Vec::new();
        let mut learners = self.learners();
        learners.sort_by_key(|&(id, _)| id);
        for (user, created) in learners {
            if !rng.chance(60) {
                continue;
            }
            let delivered = rng.moment(created, self.until);
            let id = self.more.mint.at(delivered);
            let (outline, title) = rng.pick(&outlines).clone();
            let months = rng.chance(500).then(|| 12 * rng.between(1, 4));
            let mut row = json!({"deliveryDate": delivered});
            if let Some(months) = months {
                row["expirationDate"] = json!(delivered.plus(months * 30 * DAY));
            }
            row["title"] = json!(title);
            row["_id"] = json!(id);
            if let Some(months) = months {
                row["validityPeriod"] = json!(months);
            }
            if rng.chance(700) {
                row["certificateOutlineId"] = json!(outline);
            }
            row["type"] = json!("external");
            certificates.push(Kept::under(user, id, row));
        }
        self.more.put(Kind::Certificates, certificates);
    }
}

impl World {
    /// Delivers the certificates that the statistics name and that nobody holds yet.
    pub(crate) fn certify(&mut self) {
        let held = self.more.table(Kind::Certificates);
        let earned = self.enrollments.rows().iter().filter_map(|one| {
            let (outline, at) = (one.progress.certificate_id?, one.progress.completed_at?);
            let id = one.id.kin(at);
            held.get(id).is_none().then(|| self.certificate(one, outline, id, at))
        });
        let earned: Vec<Kept> = earned.collect();
        let table = self.more.table_mut(Kind::Certificates);
        for certificate in earned {
            table.push(certificate);
        }
        table.arrange();
    }

    fn certificate(&self, one: &Enrollment, outline: Id, id: Id, at: Moment) -> Kept {
        let mut rng = Rng::new(self.seed, &id.to_string());
        let path = self.paths.get(one.path_id).map(|path| path.name.as_str());
        let months = rng.chance(400).then_some(24);
        let mut row = json!({"deliveryDate": at});
        if let Some(months) = months {
            row["expirationDate"] = json!(at.plus(months * 30 * DAY));
        }
        row["title"] = json!(format!("Attestation « {} »", path.unwrap_or("")));
        row["_id"] = json!(id);
        if let Some(months) = months {
            row["validityPeriod"] = json!(months);
        }
        row["certificateOutlineId"] = json!(outline);
        row["pathId"] = json!(one.path_id);
        if let Some(path) = path.filter(|_| rng.chance(900)) {
            row["pathName"] = json!(path);
        }
        row["pathSessionId"] = json!(one.session_id);
        row["type"] = json!("path");
        Kept::under(one.user_id, id, row)
    }
}
