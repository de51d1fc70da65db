//! The tables of streams and of scopes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use source_360learning::streams::{Cursor, STREAMS, Stream, request};

use super::code;

/// The page that people write around the table of scopes.
pub(super) const SCOPES_PAGE: &str = "docs/360learning.md";
const BEGIN: &str = "<!-- scopes: written by `make generate` -->\n";
const END: &str = "<!-- /scopes -->";

/// The text of [`SCOPES_PAGE`] with its table written anew.
pub(super) fn with_scopes(text: &str) -> Result<String, String> {
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) =
        parts.ok_or(format!("{SCOPES_PAGE} lacks the comments around its table of scopes."))?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", scopes()))
}

fn requests(stream: &Stream) -> String {
    let pages = stream.page_size.map_or(String::new(), |rows| format!(" per {rows} rows"));
    match &stream.parent {
        None => format!("1{pages}"),
        Some(parent) => format!("{} per row of `{}`", request::variants(stream).len(), parent.stream.name),
    }
}

fn cursor(stream: &Stream) -> String {
    match &stream.cursor {
        None => String::new(),
        Some(Cursor::Filtered { field, .. }) => code(&[field]),
        Some(Cursor::Chosen(fields)) => code(fields),
        Some(by_parent @ Cursor::ByParent { end, .. }) => {
            format!("`{}`, by the parent's `{end}`", by_parent.field())
        }
        Some(by_feed @ Cursor::ByFeed(feed)) => format!("`{}`, by events `{}`", by_feed.field(), feed.event),
    }
}

/// A line for each stream; its name leads to its section of `docs/streams.md`.
pub(super) fn streams() -> String {
    let head = "| stream | a row is | key | incremental by | scope | requests |\n| --- | --- | --- | --- | --- | --- |\n";
    let lines = STREAMS.iter().map(|stream| {
        let (name, row, scope) = (stream.name, stream.row, stream.scope);
        let (key, cursor, requests) = (code(stream.key), cursor(stream), requests(stream));
        format!("| [`{name}`](#{name}) | {row} | {key} | {cursor} | `{scope}` | {requests} |\n")
    });
    head.to_owned() + &lines.collect::<String>()
}

/// What each scope is needed for: its streams, and those that are read under them.
fn scopes() -> String {
    let mut needed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stream in STREAMS {
        let above = stream.ancestors().map(|above| above.scope);
        let all: BTreeSet<&str> = std::iter::once(stream.scope).chain(above).collect();
        for scope in all {
            needed.entry(scope).or_default().push(stream.name);
        }
    }
    let mut table = "| scope | needed by |\n| --- | --- |\n".to_owned();
    for (scope, streams) in needed {
        let _ = writeln!(table, "| `{scope}` | {} |", code(&streams));
    }
    table
}
