//! The short commands: spec, check, discover.

use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use crate::api::{ApiError, Client, Rank, Shape, Timing};
use crate::config::{Config, Settings};
use crate::error::Error;
use crate::streams::{STREAMS, Stream};

/// An id that no object has: enough to ask whether a scope is granted, since the API looks at scopes first.
const NOBODY: &str = "000000000000000000000000";

/// What `spec` prints; `spec.json` is the same.
#[must_use]
pub fn spec() -> Value {
    json!({
        "documentationUrl": "https://docs.airbyte.com/integrations/sources/360learning",
        "connectionSpecification": Config::json_schema(),
        "supportsIncremental": true,
        "protocol_version": "0.2.0",
    })
}

/// What `discover` prints: the same for every account, so that schema changes come with releases only.
#[must_use]
pub fn catalog() -> Vec<Value> {
    STREAMS.iter().map(|stream| entry(stream)).collect()
}

fn entry(stream: &Stream) -> Value {
    let mut entry = Map::new();
    entry.insert("name".into(), json!(stream.name));
    entry.insert("json_schema".into(), stream.json_schema());
    let modes: &[&str] =
        if stream.cursor.is_some() { &["full_refresh", "incremental"] } else { &["full_refresh"] };
    entry.insert("supported_sync_modes".into(), json!(modes));
    // Only with a cursor: a full-refresh stream that says it has one gets incremental as its default mode.
    if let Some(cursor) = &stream.cursor {
        entry.insert("source_defined_cursor".into(), json!(true));
        entry.insert("default_cursor_field".into(), json!([cursor.field()]));
    }
    let key: Vec<[&str; 1]> = stream.key.iter().map(|field| [*field]).collect();
    entry.insert("source_defined_primary_key".into(), json!(key));
    entry.insert("is_resumable".into(), json!(stream.is_resumable()));
    Value::Object(entry)
}

/// What `check` found: whether a sync could start, and a sentence about it.
#[derive(Debug)]
pub struct Connection {
    /// At least one stream can be read.
    pub succeeded: bool,
    /// For the person who filled the form.
    pub message: String,
}

/// Proves the credentials, then asks once for every scope.
///
/// # Errors
/// Wrong credentials, what may pass by itself, and faults of the connector.
pub async fn check(settings: &Settings, timing: Timing) -> Result<Connection, Error> {
    // Nobody listens to retries: the verdict says all.
    let (events, _) = mpsc::unbounded_channel();
    let client = Client::new(settings, timing, events, false)?;
    client.clock().await?;
    let mut scopes: Vec<&'static str> = STREAMS.iter().map(|stream| stream.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let asked = join_all(scopes.iter().map(|scope| is_granted(&client, scope))).await;
    let mut missing = Vec::new();
    for (scope, granted) in scopes.iter().zip(asked) {
        if !granted? {
            missing.push(*scope);
        }
    }
    Ok(connection(&missing))
}

/// Whether the credentials have a scope: one request to a list that needs it.
async fn is_granted(client: &Client, scope: &str) -> Result<bool, ApiError> {
    let of_scope = || STREAMS.iter().filter(|stream| stream.scope == scope);
    let Some(stream) = of_scope().find(|stream| stream.parent.is_none()).or_else(|| of_scope().next()) else {
        return Ok(false);
    };
    let mut path = stream.path.to_owned();
    for (_, name) in stream.parent.iter().flat_map(|parent| parent.fields) {
        path = path.replace(&format!("{{{name}}}"), NOBODY);
    }
    match client.page(&client.url(&path, stream.queries[0]), Shape::Objects, Rank::Chain).await {
        // Scopes come first: what is refused for another reason, such as a parent that does not exist, is granted.
        Ok(_) | Err(ApiError::Rejected { status: 400 | 404, .. }) => Ok(true),
        Err(ApiError::Forbidden { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn connection(missing: &[&str]) -> Connection {
    let fails = |stream: &&&Stream| {
        missing.contains(&stream.scope) || stream.ancestors().any(|above| missing.contains(&above.scope))
    };
    let failing: Vec<&str> = STREAMS.iter().filter(fails).map(|stream| stream.name).collect();
    let readable = STREAMS.len() - failing.len();
    if missing.is_empty() {
        let message = format!("Connected. All {readable} streams can be read.");
        return Connection { succeeded: true, message };
    }
    let scopes = missing.join(", ");
    let advice = "Add them to the API v2 credentials in 360Learning";
    if readable == 0 {
        let message = format!(
            "The credentials work, but no stream can be read: they lack the scopes {scopes}. {advice}."
        );
        return Connection { succeeded: false, message };
    }
    let failing = failing.join(", ");
    let message = format!(
        "Connected. {readable} of {} streams can be read. The credentials lack the scopes {scopes}, so these streams would fail: {failing}. {advice}, or deselect these streams.",
        STREAMS.len()
    );
    Connection { succeeded: true, message }
}
