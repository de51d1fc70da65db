use schemars::JsonSchema;

use super::path_sessions::SessionIds;
use super::schema;
use super::{Body, PATH_SESSIONS, Parent, Stream};

/// `GET /paths/{pathId}/sessions/{sessionId}/user-statuses`: one object, the totals of
/// `path_stats`.
pub static PATH_SESSION_METRICS: Stream = Stream {
    name: "path_session_metrics",
    row: "Learners of a path session by status, and its number of certificates.",
    path: "/paths/{pathId}/sessions/{sessionId}/user-statuses",
    scope: "pathStats:read",
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        ..Parent::OF
    }),
    key: &["sessionId"],
    body: Body::Object,
    schema: schema::of::<PathSessionMetrics>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathSessionMetrics {
    #[schemars(flatten)]
    ids: SessionIds,
    /// Certificates that learners obtained in the session.
    certificates: Option<i64>,
    /// Learners by status.
    users_count_by_status: Option<UsersCount>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct UsersCount {
    /// Learners whose answers wait for a correction.
    awaiting_correction: Option<i64>,
    /// Learners who are late.
    late: Option<i64>,
    /// Learners who did not begin.
    not_yet_started: Option<i64>,
    /// Learners who are on time.
    on_time: Option<i64>,
    /// Learners for whom the session is not open yet.
    session_not_opened: Option<i64>,
    /// Learners who succeeded.
    successful: Option<i64>,
    /// Learners who have to take it again.
    to_retake: Option<i64>,
    /// Learners who failed.
    unsuccessful: Option<i64>,
}
