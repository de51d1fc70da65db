//! Paths, sessions and enrollments.

use serde::Serialize;
use serde_json::Value;

use crate::data::id::Id;
use crate::data::moment::Moment;

/// Of paths, enrollments and registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    Archived,
    Published,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Path {
    pub(crate) author_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_id: Option<Id>,
    pub(crate) group_id: Id,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) co_author_ids: Vec<Id>,
    pub(crate) created_at: Moment,
    pub(crate) default_lang: &'static str,
    pub(crate) modified_at: Moment,
    pub(crate) name: String,
    pub(crate) options: Value,
    pub(crate) source_lang: &'static str,
    pub(crate) status: Status,
    pub(crate) steps: Vec<Value>,
    pub(crate) translations: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_information: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cover_picture: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_duration: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_weekly_commitment: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) main_instructor_id: Id,
    pub(crate) registration_request_validation: &'static str,
    pub(crate) start_date: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) automatic_reenrollment: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ip_filtering: Option<Value>,
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    pub(crate) created_at: Moment,
    pub(crate) group_id: Id,
    pub(crate) instructor_ids: Vec<Id>,
    pub(crate) is_audience_builder: bool,
    pub(crate) modified_at: Moment,
    pub(crate) name: String,
    pub(crate) path_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_information: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) root_session_id: Option<Id>,
    #[serde(skip)]
    pub(crate) translations: Vec<Value>,
}

/// A learner in a session; the statistics row is the same thing seen from the other side.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrollment {
    #[serde(rename = "_id")]
    pub(crate) id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<Moment>,
    pub(crate) created_at: Moment,
    pub(crate) is_self_enrolled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified_at: Option<Moment>,
    pub(crate) session_id: Id,
    pub(crate) status: Status,
    pub(crate) user_id: Id,
    #[serde(skip)]
    pub(crate) path_id: Id,
    #[serde(skip)]
    pub(crate) progress: Progress,
}

/// How far a learner has come in a session.
pub(crate) struct Progress {
    pub(crate) percent: i64,
    pub(crate) state: State,
    /// Milliseconds.
    pub(crate) time_spent: i64,
    pub(crate) score: Option<i64>,
    pub(crate) started_at: Option<Moment>,
    pub(crate) completed_at: Option<Moment>,
    pub(crate) due_date: Option<Moment>,
    pub(crate) certificate_id: Option<Id>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct State {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
}
