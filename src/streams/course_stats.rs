use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, Stream};

/// `GET /courses/stats`. Its only date filter selects completed attempts, so the list is read in
/// full to see the progress of open ones.
pub static COURSE_STATS: Stream = Stream {
    name: "course_stats",
    row: "An attempt of a learner at a course: progress, score and time; a learner may have several.",
    path: "/courses/stats",
    scope: "courseStats:read",
    page_size: Some(500),
    cursor: Some(Cursor::Chosen(&["lastActivityAt", "completedAt", "firstActivityAt"])),
    schema: schema::of::<CourseStat>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CourseStat {
    /// Identifies the attempt.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Version of the course that the learner took.
    version_number: Option<i64>,
    /// Language in which the learner took the course, such as fr.
    lang: Option<String>,
    /// When the learner began; a later date marks a new row.
    first_activity_at: Option<Timestamp>,
    /// When the learner last took the course; the cursor of this stream.
    last_activity_at: Option<Timestamp>,
    /// Time spent on the attempt, in ms.
    time_spent: Option<f64>,
    /// How much is done, in percent.
    progress: Option<i64>,
    /// Score, in percent.
    score: Option<i64>,
    /// When the attempt was completed; absent while it is open.
    completed_at: Option<Timestamp>,
    /// The path in which the learner took the course, if in one.
    path_id: Option<String>,
    /// The session of that path.
    path_session_id: Option<String>,
    /// The course.
    course_id: Option<String>,
    /// The learner.
    user_id: Option<String>,
}
