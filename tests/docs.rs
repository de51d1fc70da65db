//! `docs/streams.md` says what the table says, stream by stream.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use std::fmt::Write as _;

use serde_json::Value;
use source_360learning::streams::{Body, Cursor, Only, Parent, STREAMS, Stream};

const HEAD: &str = "# Streams

Written from the table in `src/streams` by `make schemas`. How a sync works as a whole stands in [reading.md](reading.md).

A request brings one page, and 40 of them leave per second by default. \"Read whole\" means that every sync reads every row; give a stream that costs a request per user a connection and a schedule of its own when it need not be fresh.
";

fn code(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// How changed rows are found, and what that cannot see.
fn incremental(stream: &Stream) -> String {
    match &stream.cursor {
        None => "Read whole every time: the API tells no date by which changes could be found. Rows that were deleted disappear with a full refresh only.".to_owned(),
        Some(Cursor::Filtered { field, also, lookback }) => {
            let mut text = format!("Rows whose `{field}` moved since the last sync, filtered by the API.");
            if *lookback > 0 {
                write!(text, " The {lookback} days before it are read again, since a row goes on changing while `{field}` stands still; later changes need a full refresh.").unwrap();
            }
            if !also.is_empty() {
                let also: Vec<String> = also.iter().map(|(field, value)| format!("`{field}` = `{value}`")).collect();
                write!(text, " Rows with {} are read every time, because the date does not move when a row gets there; one that comes back from there unchanged is seen by a full refresh only.", also.join(" or ")).unwrap();
            }
            text + " Deleted rows disappear with a full refresh only."
        }
        Some(Cursor::Chosen(fields)) => format!(
            "Read whole, and emitted where one of these moved since the last sync: {}. A row with none of them is emitted every time. Deleted rows disappear with a full refresh only.",
            fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
        ),
        Some(Cursor::ByParent { end, changed }) => format!(
            "Rows carry no date. A parent is read again unless its `{end}` lies more than `attendance_lookback_days` before the last sync and each of {} that it has is older than the last sync. Corrections further back need a full refresh.",
            code(changed)
        ),
    }
}

fn requests(stream: &Stream) -> String {
    let Some(parent) = &stream.parent else {
        let lists = if stream.queries.len() > 1 {
            format!(", in {} lists", stream.queries.len())
        } else {
            String::new()
        };
        return stream.page_size.map_or("1".to_owned(), |rows| format!("1 for every {rows} rows{lists}"));
    };
    let each = parent.variants.as_ref().map_or(1, |variants| variants.values.len());
    let pages =
        stream.page_size.map_or(String::new(), |rows| format!(", more where one has over {rows} rows"));
    format!("{each} for each row of `{}`{pages}", parent.stream.name)
}

fn which_parents(parent: &Parent) -> &'static str {
    match parent.only {
        Only::All => "",
        Only::IncludedUsers => " (deleted ones as `include_deleted_users` says)",
        Only::Not(..) => " that are not deleted",
        Only::Where(_) => " that have one",
    }
}

fn section(stream: &Stream) -> String {
    let mut text = format!("\n## {}\n\n{}\n\n", stream.name, stream.row);
    let mut fact = |name: &str, value: &str| writeln!(text, "* **{name}**: {value}").unwrap();
    fact("Read from", &format!("`GET /api/v2{}`", stream.path));
    fact("Key", &code(stream.key));
    if let Some(parent) = &stream.parent {
        let chain: Vec<String> = stream.ancestors().map(|above| format!("`{}`", above.name)).collect();
        fact("Under", &format!("{}{}", chain.join(", itself under "), which_parents(parent)));
    }
    let mut scopes = vec![stream.scope];
    scopes.extend(stream.ancestors().map(|above| above.scope));
    scopes.dedup();
    fact("Scopes", &code(&scopes));
    fact("Requests", &requests(stream));
    fact("Incremental", &incremental(stream));
    if !stream.off.is_empty() {
        fact(
            "Feature",
            &format!("empty where your account has it switched off (the API answers {})", code(stream.off)),
        );
    }
    let schema = stream.json_schema();
    let careful = sensitive(&schema);
    if !careful.is_empty() {
        fact("Deselect or hash in Airbyte where you do not need them", &careful.join(", "));
    }
    if stream.body == Body::Object {
        fact("Shape", "one record for each parent");
    }
    text.push_str("\n| field | type | meaning |\n| --- | --- | --- |\n");
    fields(&mut text, &schema, "");
    text
}

/// The fields whose description says that they are personal or secret.
fn sensitive(schema: &Value) -> Vec<String> {
    let says = |property: &Value| {
        let text = property["description"].as_str().unwrap().to_lowercase();
        text.contains("personal data") || text.contains("secret")
    };
    let fields = schema["properties"].as_object().unwrap().iter();
    fields.filter(|(_, property)| says(property)).map(|(name, _)| format!("`{name}`")).collect()
}

/// A line for each field; those of nested objects follow with their path.
fn fields(text: &mut String, schema: &Value, path: &str) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let mut kind = property["type"]
            .as_array()
            .map_or(property["type"].as_str(), |types| types[1].as_str())
            .unwrap()
            .to_owned();
        if property["format"] == "date-time" {
            "date-time".clone_into(&mut kind);
        }
        writeln!(
            text,
            "| `{at}` | {kind} | {} |",
            property["description"].as_str().unwrap().replace('|', "\\|")
        )
        .unwrap();
        // Deeper levels are in the schema; a page of them would hide the rest.
        if path.is_empty() {
            fields(text, property, &at);
        }
    }
}

#[test]
fn the_page_of_streams_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/streams.md");
    let wanted = STREAMS.iter().fold(HEAD.to_owned(), |page, stream| page + &section(stream));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == wanted,
        "make schemas writes docs/streams.md again"
    );
}
