//! Classrooms, slots, registrations, attendance sheets and attendances.

use serde::Serialize;

use super::training::Status;
use crate::data::id::Id;
use crate::data::moment::Moment;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Classroom {
    pub(crate) group_id: Id,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Moment>,
    pub(crate) name: String,
    pub(crate) media_ids: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) training_objective: Option<&'static str>,
    /// The path of which it is a step.
    #[serde(skip)]
    pub(crate) path: Id,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SelfRegistration {
    pub(crate) enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cutoff_date: Option<Moment>,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Context {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slot {
    pub(crate) start_date: Moment,
    pub(crate) end_date: Moment,
    /// Hours.
    pub(crate) reported_duration: f64,
    pub(crate) self_registration: SelfRegistration,
    #[serde(rename = "virtual")]
    pub(crate) is_virtual: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_capacity: Option<i64>,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) classroom_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Moment>,
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) trainer_ids: Vec<Id>,
    pub(crate) media_ids: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timezone: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) webinar_provider: Option<&'static str>,
    pub(crate) context: Context,
    /// When it was really created, also for the slots that do not say so.
    #[serde(skip)]
    pub(crate) born: Moment,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rsvp {
    pub(crate) going: bool,
    pub(crate) last_updated_at: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<Moment>,
    pub(crate) user_id: Id,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attendance_duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) has_attended: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rsvp: Option<Rsvp>,
    pub(crate) status: Status,
    #[serde(skip)]
    pub(crate) slot: Id,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SheetStatus {
    Open,
    Adjustment,
    Closed,
    Signed,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonalizedFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organization_logo_id: Option<Id>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sheet {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) personalized_fields: Option<PersonalizedFields>,
    pub(crate) status: SheetStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) check_in_code: Option<String>,
    #[serde(skip)]
    pub(crate) slot: Id,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Presence {
    Absent,
    AttendancePending,
    Present,
    SignaturePending,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attendance {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) user_id: Id,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) status: Presence,
    #[serde(skip)]
    pub(crate) sheet: Id,
}
