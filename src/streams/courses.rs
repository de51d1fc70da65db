//! Courses, the attempts of learners at them, and what courses have in custom fields.

use schemars::JsonSchema;

use super::custom_fields::ContentCustomFieldValue;
use super::paths::Translation;
use super::schema::{self, Timestamp};
use super::{Body, Cursor, Only, Parent, Stream};

/// `GET /courses`. Archiving and restoring leave `modifiedAt` alone, so archived and deleted courses are read every time;
/// a restored course and an edited translation arrive with a whole read only.
pub static COURSES: Stream = Stream {
    name: "courses",
    row: "A course: the smallest piece of training that a learner plays.",
    path: "/courses",
    scope: "courses:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: Some(Cursor::Filtered {
        field: "modifiedAt",
        also: &[("status", "archived"), ("status", "deleted")],
        lookback: 0,
    }),
    absent: &[],
    off: &[],
    apart: &[("status", "archived"), ("status", "deleted")],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Course>,
};

/// `GET /courses/stats`. Its only filter by date selects completed attempts, so the list is read whole and the latest
/// activity chooses: progress of open attempts arrives.
pub static COURSE_STATS: Stream = Stream {
    name: "course_stats",
    row: "An attempt of a learner at a course: progress, score and time; a learner may have several.",
    path: "/courses/stats",
    scope: "courseStats:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: Some(Cursor::Chosen(&["lastActivityAt", "completedAt", "firstActivityAt"])),
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CourseStat>,
};

/// `GET /courses/{courseId}/custom-fields/values`.
pub static COURSE_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "course_custom_field_values",
    row: "What one course has in one custom field.",
    path: "/courses/{courseId}/custom-fields/values",
    scope: "courses:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &COURSES,
        fields: &[("_id", "courseId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["courseId", "customFieldId"],
    cursor: None,
    absent: &["courseNotFound"],
    off: &["courseCustomFieldsNotEnabled"],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CourseCustomFieldValue>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Course {
    /// Title.
    name: Option<String>,
    /// Language in which the course was written, such as fr.
    source_lang: Option<String>,
    /// The main author.
    author_id: Option<String>,
    /// The group in which the course was created.
    group_id: Option<String>,
    /// The other authors.
    co_author_ids: Option<Vec<String>>,
    /// Description for learners.
    description: Option<String>,
    /// How long the course should take, in minutes.
    duration: Option<f64>,
    /// Identifies the course.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// Language shown to learners whose own is missing, such as fr.
    default_lang: Option<String>,
    /// Last change; the cursor of this stream. Archiving, restoring and translating do not move it.
    modified_at: Option<Timestamp>,
    /// published, archived or deleted.
    status: Option<String>,
    /// The languages into which the course is translated.
    translations: Option<Vec<Translation>>,
    /// Where it plays, such as native, external or "elearning standard" (SCORM and the like).
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The platform that an external course comes from.
    external_platform: Option<String>,
    /// Version that learners see: the latest that was released.
    current_version_number: Option<i64>,
    /// Whether learners may contribute to the course.
    collaborative_learning: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct CourseStat {
    /// Identifies the attempt.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Version of the course that the learner played.
    version_number: Option<i64>,
    /// Language in which the learner played, such as fr.
    lang: Option<String>,
    /// When the learner began; also tells that a row is new.
    first_activity_at: Option<Timestamp>,
    /// When the learner last played; the cursor of this stream.
    last_activity_at: Option<Timestamp>,
    /// Time spent on the attempt, in ms.
    time_spent: Option<f64>,
    /// How much is done, in percent.
    progress: Option<i64>,
    /// Score, in percent.
    score: Option<i64>,
    /// When the attempt was completed; absent while it is open.
    completed_at: Option<Timestamp>,
    /// The path in which the course was played, if in one.
    path_id: Option<String>,
    /// The session of that path.
    path_session_id: Option<String>,
    /// The course.
    course_id: Option<String>,
    /// The learner.
    user_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct CourseCustomFieldValue {
    /// The course. Added by the connector.
    course_id: Option<String>,
    #[schemars(flatten)]
    value: ContentCustomFieldValue,
}
