//! The catalog: the streams on offer, and which of them the user wants to read.

use serde::Serialize;
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
    /// How to read it: `None` for its default mode, and an error for a text that is not a sync mode.
    pub sync_mode: Result<Option<SyncMode>, String>,
    /// The platform's job: a partial read continues in the same job only.
    pub sync_id: Option<i64>,
}

impl Configured {
    /// The stream of this name in its default mode: incremental if it has a cursor.
    #[must_use]
    pub fn by_default(name: &str) -> Self {
        Self { name: name.to_owned(), sync_mode: Ok(None), sync_id: None }
    }
}

/// A stream on offer with the modes in which it is read and written: an entry of a
/// `ConfiguredAirbyteCatalog`. What people edit comes first, the schema last.
#[derive(Debug, Serialize)]
pub struct ConfiguredStream {
    sync_mode: SyncMode,
    destination_sync_mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor_field: Option<[&'static str; 1]>,
    primary_key: Vec<[&'static str; 1]>,
    stream: AirbyteStream,
}

impl From<AirbyteStream> for ConfiguredStream {
    /// The stream in its default mode, so that the destination keeps one row of each key.
    fn from(stream: AirbyteStream) -> Self {
        let (sync_mode, destination_sync_mode) = match stream.default_cursor_field {
            Some(_) => (SyncMode::Incremental, "append_dedup"),
            None => (SyncMode::FullRefresh, "overwrite"),
        };
        Self {
            sync_mode,
            destination_sync_mode,
            cursor_field: stream.default_cursor_field,
            primary_key: stream.source_defined_primary_key.clone(),
            stream,
        }
    }
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

/// Reads a catalog: a configured one, what `discover` prints, or a list of names. Only names, sync modes
/// and the job matter. An entry without a sync mode gets the default of its stream.
pub fn parse(text: &str) -> Result<Vec<Configured>, InputError> {
    let (place, entries) = entries(super::values("catalog", text)?)?;
    let mut configured: Vec<Configured> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        if is_deselected(entry) {
            continue;
        }
        let Some(stream) = parse_entry(entry) else {
            let problem = format!(
                "names no stream in `{place}[{index}]`. Write a name there, or an entry of discover's output"
            );
            return Err(InputError::new("catalog", problem));
        };
        if configured.iter().any(|other| other.name == stream.name) {
            let problem = format!("names the stream `{}` twice. Keep one of the two", stream.name);
            return Err(InputError::new("catalog", problem));
        }
        configured.push(stream);
    }
    if configured.is_empty() {
        let problem = "selects no stream. Select at least one of the streams that discover lists";
        return Err(InputError::new("catalog", problem));
    }
    Ok(configured)
}

/// The entries, and where in the file they are.
fn entries(mut values: Vec<Value>) -> Result<(&'static str, Vec<Value>), InputError> {
    let printed = values.iter_mut().rev().find_map(|value| value.get_mut("catalog")).map(Value::take);
    let catalog = match printed {
        Some(catalog) => catalog,
        None if values.len() == 1 => values.remove(0),
        None => Value::Array(values),
    };
    match catalog {
        Value::Array(entries) => return Ok(("", entries)),
        Value::Object(mut catalog) => {
            if let Some(Value::Array(entries)) = catalog.remove("streams") {
                return Ok(("streams", entries));
            }
        }
        _ => {}
    }
    let problem = "is neither a list of streams nor an object with a list `streams`. Give the output of discover, or names as in [\"users\", \"attendances\"]";
    Err(InputError::new("catalog", problem))
}

/// True for a stream that a catalog of Airbyte's API lists without reading it.
fn is_deselected(entry: &Value) -> bool {
    [entry.get("selected"), entry.pointer("/config/selected")].contains(&Some(&Value::Bool(false)))
}

/// A name, a stream on offer, or a configured stream. Clients differ in what they add, leave out or send as null.
fn parse_entry(entry: &Value) -> Option<Configured> {
    let stream = entry.get("stream").unwrap_or(entry);
    let name = stream.as_str().or_else(|| stream.get("name")?.as_str())?;
    let places = [entry.get("sync_mode"), entry.get("syncMode"), entry.pointer("/config/syncMode")];
    let sync_mode = match places.into_iter().flatten().find(|mode| !mode.is_null()) {
        None => Ok(None),
        Some(mode) => match mode.as_str() {
            // Airbyte's API has both modes in one word, such as `full_refresh_overwrite`.
            Some(mode) if mode == "full_refresh" || mode.starts_with("full_refresh_") => {
                Ok(Some(SyncMode::FullRefresh))
            }
            Some(mode) if mode == "incremental" || mode.starts_with("incremental_") => {
                Ok(Some(SyncMode::Incremental))
            }
            other => Err(other.map_or_else(|| mode.to_string(), str::to_owned)),
        },
    };
    let sync_id = entry.get("sync_id").and_then(Value::as_i64);
    Some(Configured { name: name.to_owned(), sync_mode, sync_id })
}
