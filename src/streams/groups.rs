use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /groups`.
pub static GROUPS: Stream = Stream {
    name: "groups",
    row: "A group, such as an agency or a department, with its place in the tree of groups.",
    path: "/groups",
    scope: "groups:read",
    page_size: Some(500),
    schema: schema::of::<Group>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct Group {
    /// The group's text about the use of data.
    privacy_policy: Option<Policy>,
    /// The rules of conduct in the group.
    moderation_charter: Option<Policy>,
    /// The terms that members accept.
    terms_of_use: Option<Policy>,
    /// The legal notice of the group.
    imprint: Option<Policy>,
    /// Media of the banner.
    banner_image_id: Option<String>,
    /// Media of the background.
    background_image_id: Option<String>,
    /// Media of the icon in the browser's tab.
    favicon_image_id: Option<String>,
    /// Media of the logo.
    logo_image_id: Option<String>,
    /// First label of the group's own host name.
    subdomain: Option<String>,
    /// Address of the group where it has a domain of its own.
    url: Option<String>,
    /// Identifies the group.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Name of the group.
    name: Option<String>,
    /// Free text of the group's settings, often a code of another system; learners do not see it.
    custom: Option<String>,
    /// Whether the group is public.
    public: Option<bool>,
    /// The group above; absent on the root of the tree.
    parent_id: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct Policy {
    /// Where the document is.
    url: Option<String>,
    /// Whether a user has to agree at the first login; without meaning for an imprint.
    explicit_consent: Option<bool>,
}
