use schemars::JsonSchema;

use super::paths::Translation;
use super::schema::{self, Timestamp};
use super::{Cursor, HiddenStatus, Stream};

/// `GET /courses`. `modifiedAt` moves neither on archive nor on restore, so archived and deleted
/// courses are emitted by every sync.
pub static COURSES: Stream = Stream {
    name: "courses",
    row: "A course: the smallest piece of training that a learner takes.",
    path: "/courses",
    scope: "courses:read",
    page_size: Some(500),
    cursor: Some(Cursor::Filtered { field: "modifiedAt", lookback_days: 0 }),
    hidden: &[
        HiddenStatus { value: "archived", in_rows: true },
        HiddenStatus { value: "deleted", in_rows: true },
    ],
    schema: schema::of::<Course>,
    ..Stream::LIST
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
