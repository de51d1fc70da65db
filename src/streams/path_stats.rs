use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{HiddenStatus, Stream};

/// `GET /paths/stats`. Its rows do not carry the enrollment's status, and its only date filter
/// selects completed rows.
pub static PATH_STATS: Stream = Stream {
    name: "path_stats",
    row: "A learner's progress in a path session: one row per enrollment, with the enrollment's `_id`.",
    path: "/paths/stats",
    scope: "pathStats:read",
    page_size: Some(2_000),
    hidden: &[HiddenStatus { value: "archived", in_rows: false }],
    schema: schema::of::<PathStat>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathStat {
    /// Identifies the enrollment: the `_id` of `path_enrollments`.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// How much is done, in percent.
    progress: Option<i64>,
    /// The learner's status.
    status: Option<StatStatus>,
    /// Time spent on the session, in ms.
    time_spent: Option<f64>,
    /// The learner.
    user_id: Option<String>,
    /// When the session was completed.
    completed_at: Option<Timestamp>,
    /// Score, in percent.
    score: Option<i64>,
    /// When the learner was enrolled.
    enrolled_at: Option<Timestamp>,
    /// When the learner was taken out.
    unenrolled_at: Option<Timestamp>,
    /// The certificate that the learner obtained.
    certificate_id: Option<String>,
    /// Whether the learner enrolled by their own choice.
    self_enrolled: Option<bool>,
    /// When the learner began.
    started_at: Option<Timestamp>,
    /// By when the session is due.
    due_date: Option<Timestamp>,
    /// The path.
    path_id: Option<String>,
    /// The session.
    session_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct StatStatus {
    /// sessionNotOpened, notYetStarted, onTime, late (past the due date of a mandatory step),
    /// awaitingCorrection, toRetake (all mandatory steps done, conditions not met, attempts left),
    /// successful, or unsuccessful (not successful when the session ended, even if never begun, or
    /// no attempt left). Events of webhooks also know notEnrolled.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The reason, if the type alone is not enough, such as mandatoryReplay or sessionEnded.
    reason: Option<String>,
}
