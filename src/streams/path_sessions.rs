//! What is known about one path session: how its learners stand, its custom fields, and whom its rules enroll.

use schemars::JsonSchema;

use super::custom_fields::ContentCustomFieldValue;
use super::schema;
use super::{Body, Only, PATH_SESSIONS, Parent, Stream};

/// `GET /paths/{pathId}/sessions/{sessionId}/user-statuses`: one object. `path_stats` tells the same learner by learner.
pub static PATH_SESSION_METRICS: Stream = Stream {
    name: "path_session_metrics",
    row: "How many learners of a path session stand where, and how many certificates it gave.",
    path: "/paths/{pathId}/sessions/{sessionId}/user-statuses",
    scope: "pathStats:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["sessionId"],
    cursor: None,
    absent: &["pathNotFound", "sessionNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Object,
    schema: schema::of::<PathSessionMetrics>,
};

/// `GET /paths/{pathId}/sessions/{sessionId}/custom-fields/values`.
pub static PATH_SESSION_CUSTOM_FIELD_VALUES: Stream = Stream {
    name: "path_session_custom_field_values",
    row: "What one path session has in one custom field.",
    path: "/paths/{pathId}/sessions/{sessionId}/custom-fields/values",
    scope: "paths:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["sessionId", "customFieldId"],
    cursor: None,
    absent: &["pathNotFound", "sessionNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<PathSessionCustomFieldValue>,
};

/// `GET /paths/{pathId}/sessions/{sessionId}/audiences`: one object.
pub static PATH_SESSION_AUDIENCES: Stream = Stream {
    name: "path_session_audiences",
    row: "Whom the rules of a path session enroll, and when they do.",
    path: "/paths/{pathId}/sessions/{sessionId}/audiences",
    scope: "paths:read",
    page_size: None,
    queries: &[""],
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        added: true,
        only: Only::Where("isAudienceBuilder"),
        variants: None,
    }),
    key: &["sessionId"],
    cursor: None,
    absent: &["sessionIsNotAudienceBuilder", "unsupportedAudienceFilter", "pathNotFound", "sessionNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Object,
    schema: schema::of::<PathSessionAudience>,
};

/// What the connector adds of the session.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Session {
    /// The session. Added by the connector.
    session_id: Option<String>,
    /// The path of the session. Added by the connector.
    path_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathSessionMetrics {
    #[schemars(flatten)]
    session: Session,
    /// Certificates that learners obtained in the session.
    certificates: Option<i64>,
    /// Learners by where they stand.
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

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathSessionCustomFieldValue {
    #[schemars(flatten)]
    session: Session,
    #[schemars(flatten)]
    value: ContentCustomFieldValue,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct PathSessionAudience {
    #[schemars(flatten)]
    session: Session,
    /// The rules that make up the audience.
    filters: Option<Vec<AudienceFilter>>,
    /// When the rules act: manual, dynamic, dynamicEnrollment (they only add) or dynamicUnenrollment (they only remove).
    mode: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct AudienceFilter {
    /// What `ids` are: users, groups or excludedLearners.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The users or groups that the rule names.
    ids: Option<Vec<String>>,
}
