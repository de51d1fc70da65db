//! Skills, and who has them. A company without the skill solution has neither.

use schemars::JsonSchema;

use super::schema::{self, TextOrNumber, Timestamp};
use super::{Body, Cursor, Stream};

/// `GET /skills`. A skill may have no `updatedAt`, and a filter on it would lose that row.
pub static SKILLS: Stream = Stream {
    name: "skills",
    row: "A skill that learners can acquire.",
    path: "/skills",
    scope: "skills:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: Some(Cursor::Chosen(&["updatedAt"])),
    absent: &[],
    off: &["skillSolutionNotEnabled"],
    apart: &[("status", "archived")],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<Skill>,
};

/// `GET /skills/powers`.
pub static SKILL_POWERS: Stream = Stream {
    name: "skill_powers",
    row: "A skill of a user, with its assessment.",
    path: "/skills/powers",
    scope: "skillsPowers:read",
    page_size: Some(500),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &["skillSolutionNotEnabled"],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<SkillPower>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Skill {
    /// Identifies the skill; not an id like those of other resources.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Name of the skill.
    name: Option<String>,
    /// The skills and libraries above it.
    parents: Option<Vec<SkillParent>>,
    /// published or archived.
    status: Option<String>,
    /// The languages into which the skill is translated.
    translations: Option<Vec<SkillTranslation>>,
    /// Its id in the system that it comes from.
    external_id: Option<String>,
    /// Description.
    description: Option<String>,
    /// The library that holds it.
    library_id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
    /// Last change; the cursor of this stream.
    updated_at: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SkillParent {
    /// Identifies the skill or library above.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Its id in the system that it comes from.
    external_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SkillTranslation {
    /// The language, such as fr.
    lang: Option<String>,
    /// The texts in this language.
    translated_fields: Option<SkillTranslatedFields>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct SkillTranslatedFields {
    /// Name in this language.
    name: Option<String>,
    /// Description in this language.
    description: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
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
    /// The value: a text, a number where `type` is number, an instant where it is date; absent on a multiChoice.
    current_value: Option<TextOrNumber>,
    /// The chosen value of a singleChoice.
    current_value_id: Option<String>,
    /// The values of a multiChoice.
    current_values: Option<Vec<String>>,
    /// The chosen values of a multiChoice.
    current_value_ids: Option<Vec<String>>,
}
