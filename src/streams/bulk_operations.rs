use schemars::JsonSchema;

use super::schema::{self, Timestamp};
use super::{Cursor, Stream};

/// `GET /bulk/operations`. A row changes for a while after its creation, its only date: the last
/// week is read again.
pub static BULK_OPERATIONS: Stream = Stream {
    name: "bulk_operations",
    row: "A bulk operation requested over the API, with its progress.",
    path: "/bulk/operations",
    scope: "bulkOperations:read",
    page_size: Some(20),
    cursor: Some(Cursor::Filtered { field: "createdAt", lookback_days: 7 }),
    schema: schema::of::<BulkOperation>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct BulkOperation {
    /// Identifies the operation.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// What it does, such as addUsersToGroups, importExternalCourses or upsertSkills.
    #[schemars(rename = "type")]
    kind: Option<String>,
    /// Creation; the cursor of this stream.
    created_at: Option<Timestamp>,
    /// pending, queued, running, completed or error.
    status: Option<String>,
    /// When it was queued.
    queued_at: Option<Timestamp>,
    /// When it began.
    started_at: Option<Timestamp>,
    /// How far it is; absent until it begins.
    progress: Option<BulkProgress>,
    /// When it ended, well or not.
    ended_at: Option<Timestamp>,
    /// Why it failed, for people; only where `status` is error.
    error_message: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct BulkProgress {
    /// Index of the element that was processed last.
    index: Option<f64>,
    /// When the progress was last noted.
    updated_at: Option<Timestamp>,
}
