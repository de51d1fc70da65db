//! The tables of streams and scopes inside pages that people write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use source_360learning::streams::{Cursor, STREAMS, Stream, request};

use super::code;

/// Pages with tables; each stands between the comments `<!-- NAME: …generated… -->` and `<!-- /NAME -->`.
pub(super) const PAGES: [&str; 2] = ["README.md", "docs/360learning.md"];

/// The page with its tables written anew.
pub(super) fn fill(page: &str, mut text: String) -> Result<String, String> {
    let schemas = if page.starts_with("docs/") { "../schemas" } else { "schemas" };
    text = replaced(page, &text, "streams", &streams(schemas))?;
    if page == "docs/360learning.md" {
        text = replaced(page, &text, "scopes", &scopes())?;
    }
    Ok(text)
}

fn replaced(page: &str, text: &str, name: &str, table: &str) -> Result<String, String> {
    let begin = format!("<!-- {name}: written by `make generate` -->\n");
    let end = format!("<!-- /{name} -->");
    let parts = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) =
        parts.ok_or_else(|| format!("{page} lacks the comments around its table of {name}."))?;
    Ok(format!("{before}{begin}{table}{end}{after}"))
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
    }
}

fn streams(schemas: &str) -> String {
    let head = "| stream | a row is | key | incremental by | scope | requests |\n| --- | --- | --- | --- | --- | --- |\n";
    let lines = STREAMS.iter().map(|stream| {
        let (name, row, scope) = (stream.name, stream.row, stream.scope);
        let (key, cursor, requests) = (code(stream.key), cursor(stream), requests(stream));
        format!("| [`{name}`]({schemas}/{name}.json) | {row} | {key} | {cursor} | `{scope}` | {requests} |\n")
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
