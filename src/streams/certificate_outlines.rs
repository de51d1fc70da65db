use schemars::JsonSchema;

use super::Stream;
use super::schema::{self, Timestamp};

/// `GET /certificate-outlines`. Its filter on creation would miss changes.
pub static CERTIFICATE_OUTLINES: Stream = Stream {
    name: "certificate_outlines",
    row: "An outline from which learners' certificates are made.",
    path: "/certificate-outlines",
    scope: "certificateOutlines:read",
    schema: schema::of::<CertificateOutline>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct CertificateOutline {
    /// Title.
    title: Option<String>,
    /// The group that owns the outline.
    group_id: Option<String>,
    /// Identifies the outline.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation.
    created_at: Option<Timestamp>,
}
