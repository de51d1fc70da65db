use schemars::JsonSchema;

use super::Stream;
use super::schema;

/// `GET /webhooks/subscriptions`. The secrets are another endpoint, which is never requested.
pub static WEBHOOK_SUBSCRIPTIONS: Stream = Stream {
    name: "webhook_subscriptions",
    row: "A subscription that sends one type of event to an address.",
    path: "/webhooks/subscriptions",
    scope: "webhooks:read",
    page_size: Some(2_000),
    schema: schema::of::<WebhookSubscription>,
    ..Stream::LIST
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
