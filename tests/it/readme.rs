//! The tables in the README and in Airbyte's page of the source are written from the table of
//! streams.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use source_360learning::streams::{Cursor, STREAMS, Stream, request};

const README: &str = "README.md";
const PAGE: &str = "docs/360learning.md";

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn text(file: &str) -> String {
    std::fs::read_to_string(path(file)).unwrap()
}

/// Compares the text between the comments `name` and `/name` with the table; UPDATE writes it.
fn assert_holds(file: &str, name: &str, table: &str) {
    let begin = format!("<!-- {name}: written by `UPDATE=1 cargo test --test readme` -->\n");
    let end = format!("<!-- /{name} -->");
    let found = text(file);
    let (before, rest) = found.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    let wanted = format!("{before}{begin}{table}{end}{after}");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(file), &wanted).unwrap();
        return;
    }
    assert!(found == wanted, "run make schemas to rewrite the table in {file}");
}

fn requests(stream: &Stream) -> String {
    let pages = stream.page_size.map_or(String::new(), |rows| format!(" per {rows} rows"));
    match &stream.parent {
        None => format!("1{pages}"),
        Some(parent) => {
            let each = request::variants(stream).len();
            format!("{each} per row of `{}`", parent.stream.name)
        }
    }
}

fn table(schemas: &str) -> String {
    let mut table = "| stream | a row is | key | incremental by | scope | requests |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for stream in STREAMS {
        let key = stream.key.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        let cursor = stream.cursor.as_ref().map_or(String::new(), |cursor| match cursor {
            Cursor::Filtered { field, .. } => format!("`{field}`"),
            Cursor::Chosen(fields) => {
                fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
            }
            Cursor::ByParent { end, .. } => format!("`{}`, by the parent's `{end}`", cursor.field()),
        });
        let (name, row, scope) = (stream.name, stream.row, stream.scope);
        let schema = format!("[`{name}`]({schemas}/{name}.json)");
        writeln!(table, "| {schema} | {row} | {key} | {cursor} | `{scope}` | {} |", requests(stream))
            .unwrap();
    }
    table
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
        let names: Vec<String> = streams.iter().map(|name| format!("`{name}`")).collect();
        writeln!(table, "| `{scope}` | {} |", names.join(", ")).unwrap();
    }
    table
}

#[test]
fn the_list_of_streams_is_the_table() {
    assert_holds(README, "streams", &table("schemas"));
    assert_holds(PAGE, "streams", &table("../schemas"));
}

#[test]
fn the_page_lists_what_each_scope_is_needed_for() {
    assert_holds(PAGE, "scopes", &scopes());
}

#[test]
fn every_field_of_the_form_is_in_the_readme() {
    let readme = text(README);
    let form = source_360learning::config::Config::json_schema();
    for (name, field) in form["properties"].as_object().unwrap() {
        let line = readme.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let line = line.unwrap_or_else(|| panic!("{name} is not in the README"));
        let default = field["default"].to_string().replace('"', "");
        assert!(field["default"].is_null() || line.contains(&default), "{name}: the default is {default}");
        if let (Some(least), Some(most)) = (field["minimum"].as_i64(), field["maximum"].as_i64()) {
            assert!(line.contains(&format!("{least} to {most}")), "{name}: from {least} to {most}");
        }
    }
}
