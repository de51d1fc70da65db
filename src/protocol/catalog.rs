//! The catalog: the streams on offer, and which of them the user wants to read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::InputError;

/// One stream on offer.
#[derive(Debug, Serialize)]
pub struct AirbyteStream {
    /// Its name.
    pub name: &'static str,
    /// The schema of its records.
    pub json_schema: Value,
    /// How it can be read.
    pub supported_sync_modes: &'static [SyncMode],
    /// Set only with a cursor: a full-refresh stream that has this member gets incremental as its default mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_defined_cursor: Option<bool>,
    /// The cursor field, for streams that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_cursor_field: Option<[&'static str; 1]>,
    /// The fields that identify a record, each as a path.
    pub source_defined_primary_key: Vec<[&'static str; 1]>,
    /// True if an interrupted read continues where it stopped.
    pub is_resumable: bool,
}

/// One stream that the user selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// Its name; no stream of this name may exist.
    pub name: String,
    /// How to read it, or the text in place of a sync mode.
    pub sync_mode: Result<SyncMode, String>,
    /// The platform's job: a partial read continues in the same job only.
    pub sync_id: Option<i64>,
}

/// How a stream is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// Everything.
    FullRefresh,
    /// What changed since the state.
    Incremental,
}

#[derive(Deserialize)]
struct Catalog {
    streams: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    stream: Named,
    #[serde(default)]
    sync_mode: Option<String>,
    #[serde(default)]
    sync_id: Option<i64>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Reads a configured catalog. Clients differ in what they add, leave out or send as null: only the names and sync modes
/// matter here (`ConfiguredAirbyteCatalog` of the protocol).
pub fn parse(text: &str) -> Result<Vec<Configured>, InputError> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| InputError::not_json("catalog", &error))?;
    let catalog: Catalog = serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error.path().to_string();
        let place = if place == "." { "the top level".to_owned() } else { format!("`{place}`") };
        // Other texts of serde name types of Rust.
        let what = match error.inner().to_string() {
            text if text.starts_with("missing field") => text,
            _ => "a value of the wrong type".to_owned(),
        };
        let problem =
            format!("is not a configured catalog: at {place}, {what}. Build it from the output of discover");
        InputError::new("catalog", problem)
    })?;
    if catalog.streams.is_empty() {
        return Err(InputError::new(
            "catalog",
            "selects no stream. Select at least one of the streams that discover lists",
        ));
    }
    let mut configured: Vec<Configured> = Vec::with_capacity(catalog.streams.len());
    for entry in catalog.streams {
        let name = entry.stream.name;
        if configured.iter().any(|other| other.name == name) {
            return Err(InputError::new(
                "catalog",
                format!("names the stream `{name}` twice. Keep one of the two"),
            ));
        }
        let sync_mode = match entry.sync_mode.as_deref() {
            Some("full_refresh") => Ok(SyncMode::FullRefresh),
            Some("incremental") => Ok(SyncMode::Incremental),
            other => Err(other.unwrap_or("null").to_owned()),
        };
        configured.push(Configured { name, sync_mode, sync_id: entry.sync_id });
    }
    Ok(configured)
}
