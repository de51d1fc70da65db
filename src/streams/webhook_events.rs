use schemars::JsonSchema;

use super::schema::{self, Open, Timestamp};
use super::{Cursor, Parent, Stream, WEBHOOK_SUBSCRIPTIONS};

/// `GET /webhooks/subscriptions/{subscriptionId}/events`: those of the last 90 days. A row's status
/// changes for a while after its creation, its only date.
pub static WEBHOOK_EVENTS: Stream = Stream {
    name: "webhook_events",
    row: "An event of a webhook subscription, with what was sent and whether it arrived.",
    path: "/webhooks/subscriptions/{subscriptionId}/events",
    scope: "webhooks:read",
    page_size: Some(250),
    parent: Some(Parent {
        stream: &WEBHOOK_SUBSCRIPTIONS,
        fields: &[("_id", "subscriptionId")],
        ..Parent::OF
    }),
    cursor: Some(Cursor::Filtered { field: "createdAt", lookback_days: 7 }),
    schema: schema::of::<WebhookEvent>,
    ..Stream::LIST
};

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)] // Only its schema is used: records pass through unparsed.
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
    /// What was sent; its fields depend on the type of the event. Results of assessments are only
    /// here: no list of the API has them (type user.assessment.corrected). Often personal data.
    payload: Option<Open>,
}
