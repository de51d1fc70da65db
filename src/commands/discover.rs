//! `discover`: the streams and their schemas.

use std::io::Write;

use super::{fail, print, settings};
use crate::cli::ConfigFile;
use crate::protocol::{AirbyteStream, Message, SyncMode};
use crate::streams::{STREAMS, Stream};

/// What `discover` prints: the same for every account, so that schema changes come with releases only.
#[must_use]
pub fn catalog() -> Vec<AirbyteStream> {
    STREAMS.iter().map(|stream| entry(stream)).collect()
}

/// Prints it, where the configuration is valid. The exit code.
pub fn run(config: &ConfigFile, out: &mut impl Write) -> u8 {
    match settings(config) {
        Ok(_) => print(out, &Message::Catalog(&catalog())),
        Err(error) => fail(out, &error),
    }
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
