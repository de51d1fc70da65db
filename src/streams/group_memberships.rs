use schemars::JsonSchema;

use super::schema;
use super::{GROUPS, Parent, Stream};

/// `GET /groups/{groupId}/roles`: memberships without an identity of their own.
pub static GROUP_MEMBERSHIPS: Stream = Stream {
    name: "group_memberships",
    row: "A role of a user in a group; a user may have several roles in one group.",
    path: "/groups/{groupId}/roles",
    scope: "groups:read",
    page_size: Some(1_000),
    parent: Some(Parent { stream: &GROUPS, fields: &[("_id", "groupId")], ..Parent::OF }),
    key: &["groupId", "userId", "role"],
    schema: schema::of::<GroupMembership>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct GroupMembership {
    /// The group. Added by the connector.
    group_id: Option<String>,
    /// The member.
    user_id: Option<String>,
    /// Such as learner, contributor, coach, editor, analyst, userAdmin, admin or owner.
    role: Option<String>,
}
