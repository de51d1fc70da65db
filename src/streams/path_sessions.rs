use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, Stream};

/// `GET /paths/sessions`.
pub static PATH_SESSIONS: Stream = Stream {
    name: "path_sessions",
    row: "A session of a path: the period in which a set of learners takes it.",
    path: "/paths/sessions",
    scope: "paths:read",
    page_size: Some(500),
    cursor: Some(Cursor::Filtered { field: "modifiedAt", lookback_days: 0 }),
    schema: schema::of::<PathSession>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
pub(super) struct PathSession {
    /// The user who leads the session.
    main_instructor_id: Option<String>,
    /// Who approves requests to join: disabled (no approval), instructors, managers and so on.
    registration_request_validation: Option<String>,
    /// Start of the session.
    start_date: Option<Timestamp>,
    /// End of the session; absent where it is open-ended.
    end_date: Option<Timestamp>,
    /// Number of learners from which self-enrollment closes.
    user_limit: Option<i64>,
    /// How learners are enrolled again, if the session does so.
    automatic_reenrollment: Option<AutomaticReenrollment>,
    /// From where the session can be reached.
    ip_filtering: Option<IpFiltering>,
    /// Identifies the session.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// The group that owns the session.
    group_id: Option<String>,
    /// The other instructors.
    instructor_ids: Option<Vec<String>>,
    /// Whether an audience's rules enroll the learners.
    is_audience_builder: Option<bool>,
    /// Last change; the cursor of `path_sessions`.
    modified_at: Option<Timestamp>,
    /// Title.
    name: Option<String>,
    /// The path.
    path_id: Option<String>,
    /// Free text of the session's settings.
    additional_information: Option<String>,
    /// The session above, where the path is a step of another path; absent on a root session.
    root_session_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct AutomaticReenrollment {
    /// What the next due date follows from, such as certificationExpiryDate or pathCompletionDate.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// How many days before the next due date the learner is enrolled.
    delay_days: Option<f64>,
    /// Months from one completion to the next; only where `type` is pathCompletionDate.
    recurrence_months: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct IpFiltering {
    /// Whether the filter is on.
    active: Option<bool>,
    /// IP addresses that may enter.
    authorized_addresses: Option<Vec<String>>,
}

/// What the connector adds to rows that are read under a session.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct SessionIds {
    /// The session. Added by the connector.
    session_id: Option<String>,
    /// The path of the session. Added by the connector.
    path_id: Option<String>,
}
