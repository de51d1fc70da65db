//! What other programs do with the platform: webhooks and bulk operations.

use schemars::JsonSchema;

use super::schema::{self, Open, Timestamp};
use super::{Body, Cursor, Only, Parent, Stream};

/// Rows are dated by their creation alone and go on changing for a while: those of a week are read again.
const BY_CREATION: Option<Cursor> = Some(Cursor::Filtered { field: "createdAt", also: &[], lookback: 7 });

/// `GET /webhooks/subscriptions`. Their secrets are another endpoint, which this connector never calls.
pub static WEBHOOK_SUBSCRIPTIONS: Stream = Stream {
    name: "webhook_subscriptions",
    row: "A subscription that sends one type of event to an address.",
    path: "/webhooks/subscriptions",
    scope: "webhooks:read",
    page_size: Some(2000),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: None,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<WebhookSubscription>,
};

/// `GET /webhooks/subscriptions/{subscriptionId}/events`. The API keeps events for 90 days.
pub static WEBHOOK_EVENTS: Stream = Stream {
    name: "webhook_events",
    row: "An event of a webhook subscription, with what was sent and whether it arrived.",
    path: "/webhooks/subscriptions/{subscriptionId}/events",
    scope: "webhooks:read",
    page_size: Some(250),
    queries: &[""],
    parent: Some(Parent {
        stream: &WEBHOOK_SUBSCRIPTIONS,
        fields: &[("_id", "subscriptionId")],
        added: true,
        only: Only::All,
        variants: None,
    }),
    key: &["_id"],
    cursor: BY_CREATION,
    absent: &["subscriptionNotFound"],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<WebhookEvent>,
};

/// `GET /bulk/operations`.
pub static BULK_OPERATIONS: Stream = Stream {
    name: "bulk_operations",
    row: "A bulk operation that was asked for over the API, and how far it is.",
    path: "/bulk/operations",
    scope: "bulkOperations:read",
    page_size: Some(20),
    queries: &[""],
    parent: None,
    key: &["_id"],
    cursor: BY_CREATION,
    absent: &[],
    off: &[],
    apart: &[],
    company_wide: None,
    body: Body::Objects,
    schema: schema::of::<BulkOperation>,
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
struct WebhookSubscription {
    /// The event that it sends, such as user.created or path.session.added.
    event_type: Option<String>,
    /// Name of the subscription.
    name: Option<String>,
    /// Address to which events are sent.
    url: Option<String>,
    /// Identifies the subscription.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// active, or inactive: then nothing is sent.
    status: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
struct WebhookEvent {
    /// The subscription. Added by the connector.
    subscription_id: Option<String>,
    /// Identifies the event; the receiver knows it as the header `webhook-id`.
    #[schemars(rename = "_id")]
    id: Option<String>,
    /// Creation; the cursor of this stream.
    created_at: Option<Timestamp>,
    /// pending, sending (with retries), delivered or failed (after all retries).
    status: Option<String>,
    /// What was sent; its fields depend on the type of the event. Often personal data.
    payload: Option<Open>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
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
