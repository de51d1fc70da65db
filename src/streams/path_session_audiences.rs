use schemars::JsonSchema;

use super::path_sessions::SessionIds;
use super::schema;
use super::{Body, PATH_SESSIONS, Parent, Stream, WhichParents};

/// `GET /paths/{pathId}/sessions/{sessionId}/audiences`: one object.
pub static PATH_SESSION_AUDIENCES: Stream = Stream {
    name: "path_session_audiences",
    row: "The users whom the rules of a path session enroll, and the time.",
    path: "/paths/{pathId}/sessions/{sessionId}/audiences",
    scope: "paths:read",
    parent: Some(Parent {
        stream: &PATH_SESSIONS,
        fields: &[("_id", "sessionId"), ("pathId", "pathId")],
        which: WhichParents::Where("isAudienceBuilder"),
        ..Parent::OF
    }),
    key: &["sessionId"],
    empty_codes: &["sessionIsNotAudienceBuilder", "unsupportedAudienceFilter"],
    body: Body::Object,
    schema: schema::of::<PathSessionAudience>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct PathSessionAudience {
    #[schemars(flatten)]
    ids: SessionIds,
    /// The rules that make up the audience.
    filters: Option<Vec<AudienceFilter>>,
    /// When the rules act: manual, dynamic, dynamicEnrollment (they only add) or
    /// dynamicUnenrollment (they only remove).
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
