//! What a new row holds.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value, json};

use super::rows::{Change, Row, RowId, text};
use super::specs::{Dates, SPECS, index};
use super::{Platform, log};

/// The statuses of a stream's rows, the usual one first.
pub(crate) fn statuses(stream: &str) -> &'static [&'static str] {
    match stream {
        "users" => &["active", "deleted", "invited"],
        "courses" => &["published", "archived", "deleted"],
        "paths" | "skills" | "path_stats" | "path_enrollments" | "classroom_registrations" => {
            &["published", "archived"]
        }
        _ => &[],
    }
}

impl Platform {
    /// The rows with which the platform begins.
    pub(super) fn populate(&mut self) {
        for (stream, spec) in SPECS.iter().enumerate() {
            let owners: Vec<Option<RowId>> = match spec.owner {
                Some(owner) => self.of_stream[index(owner)].iter().copied().map(Some).collect(),
                None => vec![None],
            };
            for owner in owners {
                for _ in 0..self.rng.usize(spec.rows.0..=spec.rows.1) {
                    let age = Duration::minutes(self.rng.i64(10..400_000));
                    self.birth(stream, owner, self.now - age, Change::Dated);
                }
            }
        }
    }

    /// A row is born. Its id and its dates are of the moment `stamp`.
    pub(super) fn birth(
        &mut self,
        stream: usize,
        owner: Option<RowId>,
        stamp: DateTime<Utc>,
        change: Change,
    ) -> Option<RowId> {
        let spec = &SPECS[stream];
        let id = self.new_id(spec.name, stamp);
        let mut row = Row::new(stream, id, owner);
        row.data = self.content(stream, owner, &row.id)?;
        let given = statuses(spec.name);
        if !given.is_empty() {
            let at = if self.rng.u8(0..10) < 7 { 0 } else { self.rng.usize(0..given.len()) };
            row.status = given[at];
        }
        self.give_dates(&mut row, stamp);
        if change == Change::Unseen {
            row.versions.push(None);
            row.accepted.push(0);
            row.accepted_after.push(vec![0]);
        }
        let place = self.rows.len();
        self.rows.push(row);
        self.of_stream[stream].push(place);
        if let Some(owner) = owner {
            self.rows[owner].owned.push(place);
        }
        self.changed(place, change, "born");
        if spec.name == "path_sessions" {
            self.twin(place);
            for part in ["path_session_metrics", "path_session_audiences"] {
                self.birth(index(part), Some(place), stamp, Change::Dated);
            }
        }
        Some(place)
    }

    /// The same session in the list under its path, which shows translations.
    fn twin(&mut self, session: RowId) {
        let stream = index("path_session_translations");
        let of = &self.rows[session];
        let mut row = Row::new(stream, of.id.clone(), of.owner);
        row.data.clone_from(&of.data);
        row.set("translations", json!([]));
        let place = self.rows.len();
        if let Some(owner) = row.owner {
            self.rows[owner].owned.push(place);
        }
        self.rows.push(row);
        self.of_stream[stream].push(place);
        self.changed(place, Change::Dated, "born");
    }

    pub(super) fn twin_of(&self, row: RowId) -> Option<RowId> {
        let (one, other) = (index("path_sessions"), index("path_session_translations"));
        let stream = if self.rows[row].stream == one { other } else { one };
        let is_it = |place: &&usize| self.rows[**place].id == self.rows[row].id;
        self.of_stream[stream].iter().find(is_it).copied()
    }

    fn new_id(&mut self, stream: &str, stamp: DateTime<Utc>) -> String {
        self.born += 1;
        let (seconds, count) = (stamp.timestamp(), self.born);
        match stream {
            "skills" => format!("SKI{seconds:08x}{count:010x}"),
            "skill_powers" => format!("POW{seconds:08x}{count:010x}"),
            "webhook_events" => format!("msg_{seconds:08x}{count:019x}"),
            _ => format!("{seconds:08x}{count:016x}"),
        }
    }

    /// The id of a row of that stream which is there.
    fn any_id(&mut self, stream: &str) -> String {
        let rows = self.by_place(index(stream));
        rows.get(self.rng.usize(0..rows.len().max(1)))
            .map_or_else(|| "0".repeat(24), |row| self.rows[*row].id.clone())
    }

    fn content(&mut self, stream: usize, owner: Option<RowId>, id: &str) -> Option<Map<String, Value>> {
        let spec = &SPECS[stream];
        let number = self.born;
        let pick = |rng: &mut fastrand::Rng, of: &[&'static str]| of[rng.usize(0..of.len())];
        let of = owner.map(|owner| self.rows[owner].id.clone()).unwrap_or_default();
        let value = match spec.name {
            "user_managers" => json!({"managerId": self.any_id("users")}),
            "group_memberships" => {
                json!({"userId": self.any_id("users"), "role": pick(&mut self.rng, &["learner", "admin"])})
            }
            "group_catalog_contents" => match pick(&mut self.rng, &["path-session", "course"]) {
                "course" => json!({"contentType": "course", "contentId": self.any_id("courses")}),
                other => json!({"contentType": other, "contentId": self.any_id("path_sessions")}),
            },
            "group_library_contents" => match pick(&mut self.rng, &["path", "course"]) {
                "course" => json!({"contentType": "course", "contentId": self.any_id("courses")}),
                other => json!({"contentType": other, "contentId": self.any_id("paths")}),
            },
            "custom_field_authorized_values" => json!({"value": format!("value {number}")}),
            "user_custom_field_values"
            | "course_custom_field_values"
            | "path_session_custom_field_values" => {
                let field = self.any_id("custom_fields");
                json!({"customFieldId": field, "type": "string", "value": format!("value {number}")})
            }
            "course_tags" | "path_tags" => {
                let source = pick(&mut self.rng, &["native", "integration"]);
                json!({"tagId": self.any_id("tags"), "source": source})
            }
            "path_session_metrics" => json!({"certificates": number}),
            "path_session_audiences" => json!({"mode": "dynamic", "filters": []}),
            "classroom_slot_waitlist" => {
                json!({"userId": self.any_id("users"), "requestedAt": text(self.now)})
            }
            "path_sessions" => {
                json!({"_id": id, "pathId": of, "name": format!("session {number}"), "isAudienceBuilder": self.rng.bool()})
            }
            "path_enrollments" => json!({"_id": id, "userId": self.any_id("users"), "isSelfEnrolled": false}),
            "classroom_slots" => {
                let end = self.now + Duration::minutes(self.rng.i64(-300_000..40_000));
                json!({
                    "_id": id,
                    "classroomId": of,
                    "name": format!("slot {number}"),
                    "startDate": text(end - Duration::hours(3)),
                    "endDate": text(end),
                })
            }
            "classroom_registrations" => {
                json!({"_id": id, "classroomSlotId": self.any_id("classroom_slots"), "userId": self.any_id("users")})
            }
            "path_stats" | "course_stats" => {
                json!({"_id": id, "userId": self.any_id("users"), "progress": 0, "timeSpent": 1.5})
            }
            "attendances" => {
                json!({"_id": id, "userId": self.any_id("users"), "status": "attendancePending"})
            }
            "webhook_subscriptions" => {
                let kind = pick(&mut self.rng, &[log::UPDATED, log::UPDATED, log::AWARDED, "user.created"]);
                let status = pick(&mut self.rng, &["active", "active", "active", "inactive"]);
                json!({"_id": id, "name": "log", "eventType": kind, "status": status})
            }
            "webhook_events" => {
                let user = self.any_id("users");
                json!({"_id": id, "payload": self.payload(owner?, &user)})
            }
            name => json!({"_id": id, "name": format!("{name} {number}")}),
        };
        let Value::Object(value) = value else { return None };
        // Where a row has no id, its key is what it holds, once under each owner.
        let is_taken = spec.key != ["_id"]
            && self.by_place(stream).into_iter().any(|other| {
                let other = &self.rows[other];
                let same = |field: &&str| value.get(*field) == other.data.get(*field);
                other.owner == owner && spec.key.iter().all(same)
            });
        (!is_taken || spec.rows.2 == 1).then_some(value)
    }

    fn give_dates(&mut self, row: &mut Row, stamp: DateTime<Utc>) {
        let spec = &SPECS[row.stream];
        let luck = self.rng.u8(0..10);
        let mut fields: &[&str] = &[];
        match spec.dates {
            Dates::No | Dates::Slot | Dates::Logged => {}
            Dates::Required => fields = &["createdAt", "modifiedAt"],
            Dates::Enrollment if spec.name == "path_enrollments" => {
                fields = if luck < 5 { &["createdAt"] } else { &["createdAt", "modifiedAt"] };
            }
            Dates::Optional | Dates::Enrollment => {
                row.dateless = luck > 7;
                fields = match luck {
                    0..5 => &["createdAt", "modifiedAt"],
                    5..7 => &["createdAt"],
                    _ => &[],
                };
            }
            Dates::Updated => {
                row.dateless = luck == 9;
                fields = if luck < 8 { &["updatedAt"] } else { &[] };
            }
            Dates::Activity => {
                row.dateless = luck == 9;
                fields = match luck {
                    0..7 => &["firstActivityAt", "lastActivityAt"],
                    7 => &["firstActivityAt"],
                    _ => &[],
                };
            }
            Dates::Created => fields = &["createdAt"],
        }
        for field in fields {
            row.set_date(field, stamp);
        }
        if row.status == "archived" && spec.dates == Dates::Enrollment && !row.dateless {
            row.set_date("archivedAt", stamp);
        }
    }
}
