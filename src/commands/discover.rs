//! `discover`: the streams and their schemas.

use std::io::Write;

use serde_json::json;

use super::select::select;
use super::{Console, DONE, settings};
use crate::cli::ConfigFile;
use crate::error::Error;
use crate::protocol::{AirbyteStream, ConfiguredStream, Message, SyncMode};
use crate::streams::{STREAMS, Stream};

/// What `discover` prints: the same for every account, so that schema changes come with releases only.
#[must_use]
pub fn catalog() -> Vec<AirbyteStream> {
    STREAMS.iter().map(|stream| entry(stream)).collect()
}

/// Prints the streams of these names, where the configuration is valid: as a message or, `configured`, as a file for
/// `read --catalog`. The exit code.
pub fn run(config: &ConfigFile, configured: bool, names: &[String], mut console: Console<impl Write>) -> u8 {
    let entries = match entries(config, names) {
        Ok(entries) => entries,
        Err(error) => return console.fail(&error),
    };
    if configured {
        console.write(configured_catalog(entries).as_bytes(), DONE)
    } else {
        console.print(&[Message::Catalog(&entries)], DONE)
    }
}

fn entries(config: &ConfigFile, names: &[String]) -> Result<Vec<AirbyteStream>, Error> {
    settings(config)?;
    Ok(select(names)?.into_iter().map(entry).collect())
}

/// A `ConfiguredAirbyteCatalog` with a line for each stream, so that a person can edit it.
fn configured_catalog(entries: Vec<AirbyteStream>) -> String {
    let lines: Vec<String> =
        entries.into_iter().map(|entry| json!(ConfiguredStream::from(entry)).to_string()).collect();
    format!("{{\"streams\": [\n{}\n]}}\n", lines.join(",\n"))
}

fn entry(stream: &'static Stream) -> AirbyteStream {
    let cursor = stream.cursor.as_ref();
    AirbyteStream {
        name: stream.name,
        json_schema: stream.json_schema(),
        supported_sync_modes: match cursor {
            Some(_) => &[SyncMode::FullRefresh, SyncMode::Incremental],
            None => &[SyncMode::FullRefresh],
        },
        source_defined_cursor: cursor.map(|_| true),
        default_cursor_field: cursor.map(|cursor| [cursor.field()]),
        source_defined_primary_key: stream.key.iter().map(|field| [*field]).collect(),
        is_resumable: stream.is_resumable(),
    }
}
