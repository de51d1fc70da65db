use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /integrations`.
pub static INTEGRATIONS: Stream = Stream {
    name: "integrations",
    row: "How contents of an external platform are imported.",
    path: "/integrations",
    scope: "integrations:read",
    page_size: Some(100),
    schema: schema::of::<Integration>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
