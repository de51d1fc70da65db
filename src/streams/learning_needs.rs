use schemars::JsonSchema;

use super::Stream;
use super::schema::{self, Timestamp};

/// `GET /learning-needs`. No date moves with the status.
pub static LEARNING_NEEDS: Stream = Stream {
    name: "learning_needs",
    row: "A learning need that a user declared.",
    path: "/learning-needs",
    scope: "learningNeeds:read",
    page_size: Some(500),
    schema: schema::of::<LearningNeed>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
    /// Questions to the author about it.
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
