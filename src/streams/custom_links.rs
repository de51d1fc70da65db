use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /custom-links`.
pub static CUSTOM_LINKS: Stream = Stream {
    name: "custom_links",
    row: "A link on the learners' home page; `user_custom_links` has its target for each user.",
    path: "/custom-links",
    scope: "customLinks:read",
    page_size: Some(1_000),
    schema: schema::of::<CustomLink>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
