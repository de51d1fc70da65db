use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /external-ids`.
pub static EXTERNAL_IDS: Stream = Stream {
    name: "external_ids",
    row: "The id that a resource has in another system.",
    path: "/external-ids",
    scope: "externalIds:read",
    page_size: Some(5_000),
    schema: schema::of::<ExternalId>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
