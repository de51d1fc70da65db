//! `docs/streams.md` is written from the table, stream by stream.

use std::fmt::Write as _;

use serde_json::Value;
use source_360learning::streams::{Body, Cursor, Parent, READ_AT, STREAMS, Stream, WhichParents, request};

use super::{code, tables};

const HEAD: &str = "# Streams

Written from the table in `src/streams` by `make generate`. [reading.md](reading.md) describes a sync as a whole.

A request returns one page; by default the connector sends 40 requests per second. \"Read in full\" means that every sync reads every row. If a stream costs one request per user and need not be fresh, give it a connection and a schedule of its own. Records are passed on as the API sends them; the JSON schema of each stream, with every level of its fields, is in [schemas/](../schemas).

";

pub(super) fn page() -> String {
    STREAMS.iter().fold(format!("{HEAD}{}", tables::streams()), |page, stream| page + &section(stream))
}

/// How changed rows are found, and what that cannot see.
fn incremental(stream: &Stream) -> String {
    const GONE: &str = " Only a full refresh removes deleted rows.";
    let text = match &stream.cursor {
        None => "Read in full by every sync: the API has no date that moves with every change.".to_owned(),
        Some(Cursor::Filtered { field, lookback_days }) => {
            let mut text = format!("Rows whose `{field}` moved since the last sync, filtered by the API.");
            if *lookback_days > 0 {
                let _ = write!(
                    text,
                    " The {lookback_days} days before it are read again, since a row changes while `{field}` does not; later changes need a full refresh."
                );
            }
            if !stream.hidden.is_empty() {
                let _ = write!(
                    text,
                    " Rows with {} are read by every sync: the date may not move when a row gets this status. A row that leaves it unchanged needs a full refresh.",
                    hidden(stream)
                );
            }
            text
        }
        Some(Cursor::Chosen(fields)) => format!(
            "Read in full; rows are emitted if one of these moved since the last sync: {}. A row with none of them is emitted by every sync.",
            code(fields)
        ),
        Some(Cursor::ByParent { end, changed }) => format!(
            "Rows carry no date; the cursor is the added `{READ_AT}`. A parent is read again unless its `{end}` is more than `attendance_lookback_days` before the last sync and each of {} that it has is older than the last sync. Older corrections need a full refresh.",
            code(changed)
        ),
        Some(Cursor::ByFeed(feed)) => {
            let parent = stream.parent.as_ref().map_or("", |of| of.stream.name);
            let mut text = format!(
                "Rows carry no date; the cursor is the added `{READ_AT}`. With an active webhook subscription to `{}`, only rows of `{parent}` that an event names, that are new or that changed are visited; without it, and every `full_user_refresh_days`, all of them ([how](reading.md#users-who-changed)).",
                feed.event
            );
            if let Some(of) = feed.definitions {
                let _ = write!(
                    text,
                    " A visited one gets a row for each row of `{}`, with a null `{}` where it has none.",
                    of.stream.name, of.value
                );
            }
            text
        }
    };
    text + GONE
}

/// The statuses that have a list of their own.
fn hidden(stream: &Stream) -> String {
    stream
        .hidden
        .iter()
        .map(|hidden| format!("`status` = `{}`", hidden.value))
        .collect::<Vec<_>>()
        .join(" or ")
}

fn requests(stream: &Stream) -> String {
    let pages = stream.page_size.map_or("1".to_owned(), |rows| format!("1 for every {rows} rows"));
    let Some(parent) = &stream.parent else {
        let again = format!(", and the list of rows with {}, read once or twice", hidden(stream));
        return if stream.hidden.is_empty() { pages } else { pages + &again };
    };
    let each = request::variants(stream).len();
    let mut text = format!("{each} for each row of `{}`", parent.stream.name);
    if let Some(rows) = stream.page_size {
        let _ = write!(text, ", more where one has over {rows} rows");
    }
    if !stream.hidden.is_empty() {
        let _ = write!(text, ", one more until a plain list has a row with {}", hidden(stream));
    }
    text
}

fn which_parents(parent: &Parent) -> &'static str {
    match parent.which {
        WhichParents::All => "",
        WhichParents::IncludedUsers => " (deleted ones if `include_deleted_users` is set)",
        WhichParents::NotDeleted => " that are not deleted",
        WhichParents::Where(_) => " that have one",
    }
}

fn section(stream: &Stream) -> String {
    let mut text = format!("\n## {}\n\n{}\n\n", stream.name, stream.row);
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(text, "* **{name}**: {value}");
    };
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
    if !stream.off_codes.is_empty() {
        fact(
            "Feature",
            &format!("empty if it is off in your account (the API returns {})", code(stream.off_codes)),
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

/// The fields whose description marks them as personal or secret.
fn sensitive(schema: &Value) -> Vec<String> {
    let is_sensitive = |property: &Value| {
        let text = description(property).to_lowercase();
        text.contains("personal data") || text.contains("secret")
    };
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields.filter(|(_, property)| is_sensitive(property)).map(|(name, _)| format!("`{name}`")).collect()
}

/// A line for each field; those of nested objects follow with their path.
fn fields(text: &mut String, schema: &Value, path: &str) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let meaning = description(property).replace('|', "\\|");
        let _ = writeln!(text, "| `{at}` | {} | {meaning} |", kind(property));
        // Deeper levels are in the schema; a page of them would hide the rest.
        if path.is_empty() {
            fields(text, property, &at);
        }
    }
}

/// The type beside null, or `date-time`.
fn kind(property: &Value) -> &str {
    let types = &property["type"];
    let kind = types.as_str().or_else(|| types[1].as_str()).unwrap_or_default();
    if property["format"] == "date-time" { "date-time" } else { kind }
}

fn description(property: &Value) -> &str {
    property["description"].as_str().unwrap_or_default()
}
