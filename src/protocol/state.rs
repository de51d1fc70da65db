//! Where each stream stands, as it is kept between syncs.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::InputError;

/// The state of one stream: `{"cursor": …, "resume": {"until"|"sync_id": …, "after": …}}`.
///
/// A stream that was read whole in full refresh says `{"__ab_full_refresh_sync_complete": true}`, which reads as empty:
/// clients hand it back, and it must mean "start over".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamState {
    /// Everything that changed before this instant was emitted.
    pub cursor: Option<DateTime<Utc>>,
    /// The read that was interrupted.
    pub resume: Option<Resume>,
}

/// How far an interrupted read came. Parents are read in the order of their ids; all up to `after` are done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resume {
    /// The last parent that was read whole, with all before it.
    pub after: String,
    /// Incremental: the upper bound that the interrupted read had fixed.
    pub until: Option<DateTime<Utc>>,
    /// Full refresh: the job that the interrupted read belonged to.
    pub sync_id: Option<i64>,
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
        let mut blob = Map::new();
        if let Some(cursor) = self.cursor {
            blob.insert("cursor".into(), instant(cursor));
        }
        if let Some(resume) = &self.resume {
            let mut inner = Map::new();
            if let Some(until) = resume.until {
                inner.insert("until".into(), instant(until));
            }
            if let Some(sync_id) = resume.sync_id {
                inner.insert("sync_id".into(), json!(sync_id));
            }
            inner.insert("after".into(), json!(resume.after));
            blob.insert("resume".into(), Value::Object(inner));
        }
        Value::Object(blob)
    }

    fn from_value(stream: &str, blob: &Value) -> Result<Self, InputError> {
        let problem = |what: String| {
            let advice = "Give the state as the last sync printed it, or none to start over";
            InputError::new("state", format!("of stream `{stream}` is malformed: {what}. {advice}"))
        };
        let blob = match blob {
            Value::Null => return Ok(Self::default()),
            Value::Object(blob) => blob,
            _ => return Err(problem("it is not a JSON object".to_owned())),
        };
        let date = |value: Option<&Value>, field: &str| match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                let date = DateTime::parse_from_rfc3339(text).map(|date| date.to_utc());
                // An offset may lead out of the years that can be printed.
                let date = date.ok().filter(|date| (0..=9999).contains(&date.year()));
                let wrong = || problem(format!("`{field}` is not a date-time such as 2024-09-01T00:00:00Z"));
                date.map(Some).ok_or_else(wrong)
            }
            Some(_) => Err(problem(format!("`{field}` is not a text"))),
        };
        let resume = match blob.get("resume") {
            None | Some(Value::Null) => None,
            Some(Value::Object(resume)) => Some(Resume {
                after: match resume.get("after") {
                    Some(Value::String(after)) => after.clone(),
                    _ => return Err(problem("`resume.after` is not a text".to_owned())),
                },
                until: date(resume.get("until"), "resume.until")?,
                sync_id: resume.get("sync_id").and_then(Value::as_i64),
            }),
            Some(_) => return Err(problem("`resume` is not a JSON object".to_owned())),
        };
        Ok(Self { cursor: date(blob.get("cursor"), "cursor")?, resume })
    }
}

fn instant(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Reads the states that a client hands back: nothing, `null`, `{}`, `[]`, a list of STREAM messages, or one GLOBAL
/// message. Keys that clients add, and nulls, are ignored.
pub fn parse(text: &str) -> Result<BTreeMap<String, StreamState>, InputError> {
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    let value: Value = serde_json::from_str(text).map_err(|error| InputError::not_json("state", &error))?;
    let messages = match value {
        Value::Null => Vec::new(),
        Value::Array(messages) => messages,
        Value::Object(object) if object.is_empty() => Vec::new(),
        message @ Value::Object(_) => vec![message],
        _ => return Err(InputError::new("state", "is neither a list of state messages nor empty")),
    };
    let mut states = BTreeMap::new();
    for (index, message) in messages.iter().enumerate() {
        // PyAirbyte writes `global_` beside `global`; Airbyte's files may wrap the message in {"type": "STATE", "state": …}.
        let message = message.get("state").filter(|inner| inner.is_object()).unwrap_or(message);
        let global = ["global", "global_"]
            .iter()
            .find_map(|name| message.get(*name)?.get("stream_states")?.as_array());
        let entries: Vec<&Value> = match (message.get("stream").filter(|stream| stream.is_object()), global) {
            (Some(stream), _) => vec![stream],
            (None, Some(streams)) => streams.iter().collect(),
            (None, None) => {
                return Err(InputError::new(
                    "state",
                    format!(
                        "holds no stream in entry {index}: expected {{\"type\": \"STREAM\", \"stream\": {{\"stream_descriptor\": {{\"name\": …}}, \"stream_state\": …}}}}"
                    ),
                ));
            }
        };
        for entry in entries {
            let Some(name) = entry.pointer("/stream_descriptor/name").and_then(Value::as_str) else {
                return Err(InputError::new(
                    "state",
                    format!("names no stream in entry {index} (`stream_descriptor.name`)"),
                ));
            };
            let state = StreamState::from_value(name, entry.get("stream_state").unwrap_or(&Value::Null))?;
            states.insert(name.to_owned(), state);
        }
    }
    Ok(states)
}
