use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, Feed, Parent, Stream, USERS, WhichParents};

/// `GET /users/{userId}/certificates`.
pub static USER_CERTIFICATES: Stream = Stream {
    name: "user_certificates",
    row: "A certificate that a user obtained, in a path or elsewhere.",
    path: "/users/{userId}/certificates",
    scope: "users:read",
    page_size: Some(1_000),
    parent: Some(Parent {
        stream: &USERS,
        fields: &[("_id", "userId")],
        which: WhichParents::IncludedUsers,
        ..Parent::OF
    }),
    cursor: Some(Cursor::ByFeed(Feed {
        event: "user.certificate.awarded",
        ignored: "lastLoginDate",
        definitions: None,
    })),
    schema: schema::of::<UserCertificate>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct UserCertificate {
    /// The user. Added by the connector.
    user_id: Option<String>,
    /// When the connector read the row, by 360Learning's clock; the cursor of this stream. Added by
    /// the connector.
    read_at: Option<Timestamp>,
    /// When the certificate was delivered.
    delivery_date: Option<Timestamp>,
    /// When it ceases to be valid; absent if it never does.
    expiration_date: Option<Timestamp>,
    /// Title of the certificate outline, as administrators see it.
    title: Option<String>,
    /// Identifies the certificate.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// How long it is valid, in months.
    validity_period: Option<f64>,
    /// The outline from which it was made; an external certificate may have none.
    certificate_outline_id: Option<String>,
    /// path (obtained in a path) or external.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// The path in which it was obtained; absent on an external certificate.
    path_id: Option<String>,
    /// Title of that path.
    path_name: Option<String>,
    /// The session of that path.
    path_session_id: Option<String>,
}
