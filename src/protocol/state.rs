//! The state of each stream, which the platform keeps between syncs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::InputError;

/// The state of one stream. Members without a value are left out.
///
/// A stream that a full refresh read to its end has `{"__ab_full_refresh_sync_complete": true}`, which reads as empty:
/// clients hand it back, and it must mean "start over".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StreamState {
    /// Everything that changed before this instant was emitted.
    #[serde(with = "instant", skip_serializing_if = "Option::is_none")]
    pub cursor: Option<DateTime<Utc>>,
    /// The cursor before this one: the next window begins there.
    #[serde(with = "instant", skip_serializing_if = "Option::is_none")]
    pub previous: Option<DateTime<Utc>>,
    /// The `readAt` of the latest rows: it never goes back.
    #[serde(with = "instant", skip_serializing_if = "Option::is_none")]
    pub read_at: Option<DateTime<Utc>>,
    /// Streams that follow a log of events: where the next sync goes on.
    #[serde(deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedState>,
    /// The read that was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// What a sync leaves to the next one that follows a log of webhook events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FeedState {
    /// The subscription that was active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// The start of the last sync that visited every parent.
    #[serde(with = "instant", skip_serializing_if = "Option::is_none")]
    pub whole_at: Option<DateTime<Utc>>,
    /// Digests of the parents' rows.
    pub parents: String,
    /// A digest of the ids of the definitions, where the stream has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitions: Option<String>,
}

/// Which parents a sync visits that may follow a log of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visited {
    /// Every parent.
    All,
    /// Those that changed.
    Changed,
}

/// How far an interrupted read came. Parents are read in the order of their ids; all up to `after` are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Incremental: the cursor that the interrupted read was going to set.
    #[serde(default, with = "instant", skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Full refresh: the job that the interrupted read belonged to.
    #[serde(default, deserialize_with = "job", skip_serializing_if = "Option::is_none")]
    pub sync_id: Option<i64>,
    /// The last parent that was read in full, with all before it.
    pub after: String,
    /// A row may have been missed under these parents, so what follows a first sync begins anew.
    #[serde(default, deserialize_with = "doubt", skip_serializing_if = "std::ops::Not::not")]
    pub is_doubtful: bool,
    /// When this checkpoint was made.
    #[serde(default, with = "instant", skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Streams that follow a log of events: which parents the interrupted read visited.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub visited: Option<Visited>,
    /// What the interrupted read of every parent was going to leave.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedState>,
}

/// Instants as whole seconds in UTC.
mod instant {
    use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde gives it so")]
    pub(super) fn serialize<S: Serializer>(
        at: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let at = DateTime::parse_from_rfc3339(&text).map(|date| date.to_utc()).map_err(D::Error::custom)?;
        // An offset may lead out of the years that can be printed.
        if (0..=9999).contains(&at.year()) { Ok(Some(at)) } else { Err(D::Error::custom("year")) }
    }
}

/// What cannot be read is as good as missing: then every parent is visited.
fn readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

/// A `sync_id` that cannot be read counts as missing: the read starts over.
fn job<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_i64())
}

/// A doubt that cannot be read is one.
fn doubt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(deserializer)? != Value::Bool(false))
}

impl StreamState {
    /// The blob of a stream that a full refresh read to its end.
    #[must_use]
    pub fn complete() -> Value {
        json!({"__ab_full_refresh_sync_complete": true})
    }

    /// The state as a blob.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!(self)
    }

    fn from_value(stream: &str, blob: &Value) -> Result<Self, InputError> {
        if blob.is_null() {
            return Ok(Self::default());
        }
        let malformed = |rule: &str| {
            let advice = "Give the state as the last sync printed it, or none to start over";
            InputError::new("state", format!("of stream `{stream}` is malformed: {rule}. {advice}"))
        };
        // serde would take a list for the members of a struct in their order.
        if !blob.is_object() {
            return Err(malformed("it must be a JSON object"));
        }
        if blob.get("resume").is_some_and(|resume| !resume.is_object() && !resume.is_null()) {
            return Err(malformed("`resume` must be a JSON object"));
        }
        // serde's own message would repeat the value and name types of Rust.
        serde_path_to_error::deserialize(blob).map_err(|error| match error.path().to_string().as_str() {
            "resume" | "resume.after" => malformed("`resume.after` must be a string"),
            field => malformed(&format!("`{field}` must be a date-time such as 2024-09-01T00:00:00Z")),
        })
    }
}

/// Reads the states that a client hands back: nothing, `null`, `{}`, `[]`, a list of STREAM messages, one GLOBAL message, or
/// the STATE lines of `read`, the last one of each stream. Other keys, nulls and streams that are not `selected` are ignored.
pub fn parse(text: &str, selected: &[&str]) -> Result<BTreeMap<String, StreamState>, InputError> {
    let mut messages = Vec::new();
    for value in super::values("state", text)? {
        match value {
            Value::Null => {}
            Value::Array(list) => messages.extend(list),
            Value::Object(object) if object.is_empty() => {}
            message @ Value::Object(_) => messages.push(message),
            _ => return Err(InputError::new("state", "is neither a list of state messages nor empty")),
        }
    }
    let mut states = BTreeMap::new();
    for (index, message) in messages.iter().enumerate() {
        for entry in entries(message, index)? {
            let Some(name) = entry.pointer("/stream_descriptor/name").and_then(Value::as_str) else {
                let problem = format!("names no stream in entry {index} (`stream_descriptor.name`)");
                return Err(InputError::new("state", problem));
            };
            if selected.contains(&name) {
                let blob = entry.get("stream_state").unwrap_or(&Value::Null);
                states.insert(name.to_owned(), StreamState::from_value(name, blob)?);
            }
        }
    }
    Ok(states)
}

/// The states that one message holds.
fn entries(message: &Value, index: usize) -> Result<&[Value], InputError> {
    // Airbyte's files may wrap the message in {"type": "STATE", "state": …}; PyAirbyte writes `global_` beside `global`.
    let message = message.get("state").filter(|inner| inner.is_object()).unwrap_or(message);
    if let Some(stream) = message.get("stream").filter(|stream| stream.is_object()) {
        return Ok(std::slice::from_ref(stream));
    }
    let global =
        ["global", "global_"].iter().find_map(|name| message.get(*name)?.get("stream_states")?.as_array());
    global.map(Vec::as_slice).ok_or_else(|| {
        InputError::new(
            "state",
            format!(
                "holds no stream in entry {index}: expected {{\"type\": \"STREAM\", \"stream\": {{\"stream_descriptor\": {{\"name\": …}}, \"stream_state\": …}}}}"
            ),
        )
    })
}
