use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, HiddenStatus, Stream};

/// `GET /skills`. `updatedAt` is optional: a filter on it would lose rows.
pub static SKILLS: Stream = Stream {
    name: "skills",
    row: "A skill that learners can acquire.",
    path: "/skills",
    scope: "skills:read",
    page_size: Some(500),
    cursor: Some(Cursor::Chosen(&["updatedAt"])),
    hidden: &[HiddenStatus { value: "archived", in_rows: true }],
    off_codes: &["skillSolutionNotEnabled"],
    schema: schema::of::<Skill>,
    ..Stream::LIST
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
