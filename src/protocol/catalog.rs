//! The configured catalog: what the user wants to read, and how.

use serde::Deserialize;

use super::InputError;

/// One stream that the user selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// Its name; whether it exists is for the reader to say.
    pub name: String,
    /// How to read it, or the text that stands in place of a sync mode.
    pub sync_mode: Result<SyncMode, String>,
    /// The platform's job: partial reads of one job may be continued, others not.
    pub sync_id: Option<i64>,
}

/// How a stream is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        InputError::new(
            "catalog",
            format!(
                "is not a configured catalog: at {place}, {}. Build it from the output of discover",
                error.inner()
            ),
        )
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
            other => Err(other.unwrap_or("nothing").to_owned()),
        };
        configured.push(Configured { name, sync_mode, sync_id: entry.sync_id });
    }
    Ok(configured)
}
