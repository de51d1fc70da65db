use schemars::JsonSchema;

use super::Stream;
use super::schema::{self, TextOrNumber, Timestamp};

/// `GET /skills/powers`.
pub static SKILL_POWERS: Stream = Stream {
    name: "skill_powers",
    row: "A skill of a user, with its assessment.",
    path: "/skills/powers",
    scope: "skillsPowers:read",
    page_size: Some(500),
    off_codes: &["skillSolutionNotEnabled"],
    schema: schema::of::<SkillPower>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct SkillPower {
    /// Identifies the power; not an id like those of other resources.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Its id in the system that it comes from.
    external_id: Option<String>,
    /// The skill.
    skill_id: Option<String>,
    /// The skill's id in the system that it comes from.
    skill_external_id: Option<String>,
    /// The user.
    user_id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// Last change.
    updated_at: Option<Timestamp>,
    /// toAssess, pendingValidation or validated.
    status: Option<String>,
    /// What was assessed, such as a level.
    qualifiers: Option<Vec<Qualifier>>,
}

/// Each type of qualifier has its own fields in the API; here is the union of them all.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Qualifier {
    /// Identifies the qualifier.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// singleChoice, multiChoice, text, number or date.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The value: a text, a number where `type` is number, an instant where it is date; absent on a
    /// multiChoice.
    current_value: Option<TextOrNumber>,
    /// The chosen value of a singleChoice.
    current_value_id: Option<String>,
    /// The values of a multiChoice.
    current_values: Option<Vec<String>>,
    /// The chosen values of a multiChoice.
    current_value_ids: Option<Vec<String>>,
}
