//! Small lists of their own: links, learning needs, projects, certificate outlines, and ties to other systems.

use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Body, Stream};

/// `GET /certificate-outlines`. Its filter by creation would miss changes.
pub static CERTIFICATE_OUTLINES: Stream = Stream {
    name: "certificate_outlines",
    row: "An outline from which learners' certificates are made.",
    path: "/certificate-outlines",
    scope: "certificateOutlines:read",
    page_size: None,
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CertificateOutline>,
};

/// `GET /custom-links`.
pub static CUSTOM_LINKS: Stream = Stream {
    name: "custom_links",
    row: "A link on the learners' home page; `user_custom_links` says where it leads for each user.",
    path: "/custom-links",
    scope: "customLinks:read",
    page_size: Some(1000),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<CustomLink>,
};

/// `GET /external-ids`.
pub static EXTERNAL_IDS: Stream = Stream {
    name: "external_ids",
    row: "The id that a resource has in another system.",
    path: "/external-ids",
    scope: "externalIds:read",
    page_size: Some(5000),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<ExternalId>,
};

/// `GET /integrations`.
pub static INTEGRATIONS: Stream = Stream {
    name: "integrations",
    row: "How contents of an external platform are imported.",
    path: "/integrations",
    scope: "integrations:read",
    page_size: Some(100),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Integration>,
};

/// `GET /learning-needs`. The status changes over time and nothing dates the change.
pub static LEARNING_NEEDS: Stream = Stream {
    name: "learning_needs",
    row: "A learning need that a user declared.",
    path: "/learning-needs",
    scope: "learningNeeds:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<LearningNeed>,
};

/// `GET /projects`: the live ones.
pub static PROJECTS: Stream = Stream {
    name: "projects",
    row: "A project that is live in a group.",
    path: "/projects",
    scope: "projects:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Project>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CertificateOutline {
    /// Title.
    title: Option<String>,
    /// The group that owns the outline.
    group_id: Option<String>,
    /// Identifies the outline.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct CustomLink {
    /// Title that learners see.
    name: Option<String>,
    /// Place among the links, lowest first.
    order: Option<i64>,
    /// The company's own name for the link; learners do not see it.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// Icon, such as agenda, certificate, inbox, survey or default.
    icon_name: Option<String>,
    /// Identifies the link.
    #[schemars(rename = "_id")]
    id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct ExternalId {
    /// The other system.
    platform: Option<String>,
    /// The resource here.
    target_id: Option<String>,
    /// What the resource is, such as user, group, course, path, pathSession or classroomSlot.
    target_type: Option<String>,
    /// The id there. Personal data where the resource is a user.
    value: Option<String>,
    /// Identifies the pair.
    #[schemars(rename = "_id")]
    id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Integration {
    /// Whether a content counts as completed as soon as it is opened.
    default_completion: Option<bool>,
    /// Progress that a content has when it is opened, in percent.
    default_progress: Option<i64>,
    /// Whether contents stay in the group and out of the groups below it.
    no_group_propagation: Option<bool>,
    /// Address of the platform's logo.
    external_platform_logo_url: Option<String>,
    /// Address of the platform's logo in one color.
    external_platform_unicolor_logo_url: Option<String>,
    /// The external platform.
    external_platform: Option<String>,
    /// The user who counts as the author of imported contents.
    author_id: Option<String>,
    /// The group into which contents are imported.
    group_id: Option<String>,
    /// Identifies the integration.
    #[schemars(rename = "_id")]
    id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct LearningNeed {
    /// Identifies the learning need.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// The group in which it was declared.
    group_id: Option<String>,
    /// Title.
    name: Option<String>,
    /// Such as new, exploring, onHold, projectOngoing, done, alreadyExists or discarded.
    status: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// The user who declared it.
    author_id: Option<String>,
    /// What the author was asked about it.
    questions: Option<Vec<LearningNeedQuestion>>,
    /// Users who were suggested as experts.
    suggested_expert_ids: Option<Vec<String>>,
    /// Users who offered to help.
    volunteer_ids: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct LearningNeedQuestion {
    /// The question.
    title: Option<String>,
    /// The answer, free text.
    answer: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Project {
    /// Identifies the project.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Title.
    name: Option<String>,
    /// Whether it is completed.
    completed: Option<bool>,
    /// The group that owns the project.
    group_id: Option<String>,
}
