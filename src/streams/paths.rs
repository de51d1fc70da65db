//! Paths, their sessions, and who is enrolled.

use schemars::JsonSchema;

use super::path_steps::Step;
use super::schema::{self, Timestamp};
use super::{Body, Cursor, Only, Parent, Stream};

/// `GET /paths`.
pub static PATHS: Stream = Stream {
    name: "paths",
    row: "A path: a training programme made of ordered steps.",
    path: "/paths",
    scope: "paths:read",
    page_size: Some(200),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: Some(Cursor::Filtered { field: "modifiedAt", also: &[], lookback: 0 }),
    absent: &[],
    off: &[],
    apart: &[("status", "archived")],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Path>,
};

/// `GET /paths/sessions`.
pub static PATH_SESSIONS: Stream = Stream {
    name: "path_sessions",
    row: "A session of a path: the period in which a set of learners takes it.",
    path: "/paths/sessions",
    scope: "paths:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: Some(Cursor::Filtered { field: "modifiedAt", also: &[], lookback: 0 }),
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<PathSession>,
};

/// `GET /paths/{pathId}/sessions`. The same sessions as `path_sessions`, for a request per path: only this list has their
/// translations.
pub static PATH_SESSION_TRANSLATIONS: Stream = Stream {
    name: "path_session_translations",
    row: "A session of a path with the translations of its title.",
    path: "/paths/{pathId}/sessions",
    scope: "paths:read",
    page_size: Some(100),
    queries: &[""],
    parent: Some(Parent {
        stream: &PATHS,
        fields: &[("_id", "pathId")],
        added: false,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: None,
    absent: &["pathNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<TranslatedPathSession>,
};

/// `GET /paths/{pathId}/enrollments`.
pub static PATH_ENROLLMENTS: Stream = Stream {
    name: "path_enrollments",
    row: "A learner's enrollment in a session of the path.",
    path: "/paths/{pathId}/enrollments",
    scope: "paths:read",
    page_size: Some(5000),
    queries: &[""],
    parent: Some(Parent {
        stream: &PATHS,
        fields: &[("_id", "pathId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: Some(Cursor::Chosen(&["modifiedAt", "createdAt", "archivedAt"])),
    absent: &["pathNotFound"],
    off: &[],
    apart: &[("status", "archived")],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<PathEnrollment>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Path {
    /// The main author.
    author_id: Option<String>,
    /// The certificate outline from which a learner's certificate is made on completion.
    certificate_id: Option<String>,
    /// The group that owns the path.
    group_id: Option<String>,
    /// Identifies the path.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The other authors.
    co_author_ids: Option<Vec<String>>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// Language shown to learners whose own is missing, such as fr.
    default_lang: Option<String>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// Title.
    name: Option<String>,
    /// How the path behaves for its learners.
    options: Option<PathOptions>,
    /// Language in which the path was written, such as fr.
    source_lang: Option<String>,
    /// Such as published or archived.
    status: Option<String>,
    /// The steps, in order.
    steps: Option<Vec<Step>>,
    /// The languages into which the path is translated.
    translations: Option<Vec<Translation>>,
    /// Free text of the advanced settings; learners do not see it.
    additional_information: Option<String>,
    /// Media of the cover.
    cover_picture: Option<String>,
    /// Description for learners.
    description: Option<String>,
    /// How long the path should take.
    estimated_duration: Option<EstimatedDuration>,
    /// How many hours a week the path should take.
    estimated_weekly_commitment: Option<WeeklyCommitment>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathOptions {
    /// Whether steps must be taken from first to last.
    linear_progression: Option<bool>,
    /// Whether steps that a learner completed elsewhere must be taken again here.
    mandatory_replay: Option<bool>,
    /// Whether learners see the forum and the reactions.
    display_forum: Option<bool>,
    /// Whether the messages of classroom slots are shown to learners who are not registered to them.
    display_classroom_messages: Option<bool>,
    /// Whether learners who are inactive for 2 and then 7 days are reminded.
    automated_reminders: Option<bool>,
    /// Whether a new step is announced to all learners by e-mail.
    notification_on_step_creation: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct Translation {
    /// The language, such as fr.
    lang: Option<String>,
    /// Whether learners can choose this language.
    published: Option<bool>,
    /// Users who translate into this language.
    translator_ids: Option<Vec<String>>,
    /// The texts in this language.
    translated_fields: Option<TranslatedFields>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct TranslatedFields {
    /// Title in this language.
    name: Option<String>,
    /// Description in this language.
    description: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct EstimatedDuration {
    /// Unit of `value`, such as minute, hour, day, week or month.
    unit: Option<String>,
    /// How many of these units.
    value: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct WeeklyCommitment {
    /// Fewest hours a week.
    min: Option<f64>,
    /// Most hours a week.
    max: Option<f64>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathSession {
    /// The user who leads the session.
    main_instructor_id: Option<String>,
    /// Who approves requests to join, such as disabled (nobody has to), instructors or managers.
    registration_request_validation: Option<String>,
    /// Start of the session.
    start_date: Option<Timestamp>,
    /// End of the session; absent where it is open-ended.
    end_date: Option<Timestamp>,
    /// Learners at which nobody can enroll by themselves any more.
    user_limit: Option<i64>,
    /// How learners are enrolled again, where the session does so.
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
struct TranslatedPathSession {
    #[schemars(flatten)]
    session: PathSession,
    /// The languages into which the title is translated.
    translations: Option<Vec<SessionTranslation>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SessionTranslation {
    /// The language, such as fr.
    lang: Option<String>,
    /// Whether learners can choose this language.
    published: Option<bool>,
    /// Users who translate into this language.
    translator_ids: Option<Vec<String>>,
    /// The texts in this language.
    translated_fields: Option<SessionTranslatedFields>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SessionTranslatedFields {
    /// Title in this language.
    name: Option<String>,
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathEnrollment {
    /// The path. Added by the connector.
    path_id: Option<String>,
    /// Identifies the enrollment.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// When the enrollment was archived.
    archived_at: Option<Timestamp>,
    /// Enrollment; also tells that a row is new.
    created_at: Option<Timestamp>,
    /// Whether the learner enrolled without being asked to.
    is_self_enrolled: Option<bool>,
    /// Last change; the cursor of this stream.
    modified_at: Option<Timestamp>,
    /// The session.
    session_id: Option<String>,
    /// Such as published or archived.
    status: Option<String>,
    /// The learner.
    user_id: Option<String>,
}
