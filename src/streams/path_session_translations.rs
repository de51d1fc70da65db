use schemars::JsonSchema;

use super::path_sessions::PathSession;
use super::schema;
use super::{PATHS, Parent, Stream};

/// `GET /paths/{pathId}/sessions`: the rows of `path_sessions`. Only this list has the
/// translations.
pub static PATH_SESSION_TRANSLATIONS: Stream = Stream {
    name: "path_session_translations",
    row: "A session of a path with the translations of its title.",
    path: "/paths/{pathId}/sessions",
    scope: "paths:read",
    page_size: Some(100),
    parent: Some(Parent { stream: &PATHS, fields: &[("_id", "pathId")], added: false, ..Parent::OF }),
    schema: schema::of::<TranslatedPathSession>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
