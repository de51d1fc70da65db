//! Parent rows: read once, shared by every child stream, processed in the order of their ids.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::pick;
use crate::error::Error;
use crate::streams::{Optional, Parent, Stream};

/// A parent row, reduced to the raw JSON of the columns that some child needs.
pub(super) type Row = Box<[Option<Box<str>>]>;

/// Where a lane's parent rows come from.
#[derive(Debug)]
pub(super) struct Above {
    pub(super) of: &'static Parent,
    /// What each row holds.
    pub(super) columns: Vec<&'static str>,
    /// Filled once the parent stream was read.
    pub(super) rows: watch::Receiver<Option<Rows>>,
}

/// All rows of a parent stream, sorted by id, each id once; or why they could not be read.
pub(super) type Rows = Result<Arc<[Row]>, Arc<Error>>;

/// A parent's fields as seen by one child.
#[derive(Debug, Default)]
pub(super) struct Slice {
    /// The parent's id; empty for a list of its own.
    pub(super) id: String,
    /// Path under `/api/v2`.
    pub(super) path: String,
    /// The query string.
    pub(super) query: String,
    /// Members that the connector adds to each record, raw JSON without braces.
    pub(super) added: String,
    /// The parent's fields, also those that are not added to records.
    pub(super) fields: Fields,
}

impl Slice {
    /// A date that the parent gave.
    pub(super) fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        pick::instant(self.fields.get(name).map(AsRef::as_ref))
    }
}

/// What a parent gives to a child: raw JSON by the child's name for it.
pub(super) type Fields = BTreeMap<&'static str, Box<str>>;

/// The columns of `parent` that these children need, each once.
pub(super) fn columns(parent: &'static Stream, streams: &[&'static Stream]) -> Vec<&'static str> {
    let mut columns = Vec::new();
    for of in streams.iter().filter_map(|stream| stream.parent.as_ref()) {
        if std::ptr::eq(of.stream, parent) {
            let optional = of.optional.map(|_| STATUS);
            for column in of.fields.iter().map(|(from, _)| *from).chain(optional) {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        }
    }
    columns
}

/// The field of a user that says whether it is deleted.
const STATUS: &str = "status";

/// A row of these columns: what was found in the record, else what the connector added to it.
pub(super) fn row(columns: &[&'static str], found: &[Option<&str>], added: &Fields) -> Row {
    let column =
        |(raw, name): (Option<&str>, &&str)| raw.map(Box::from).or_else(|| added.get(*name).cloned());
    found.iter().copied().zip(columns).map(column).collect()
}

/// Sorts rows by their first column, the id, and keeps each once: lists may repeat rows while they are paged.
pub(super) fn sorted(mut rows: Vec<Row>) -> Arc<[Row]> {
    rows.sort_by(|a, b| a.first().cmp(&b.first()));
    rows.dedup_by(|a, b| a.first() == b.first());
    rows.into()
}

/// Waits until the parent stream was read.
pub(super) async fn ready(rows: &mut watch::Receiver<Option<Rows>>) -> Rows {
    let lost = || Arc::new(Error::Lost("a stream ended without saying so".to_owned()));
    match rows.wait_for(Option::is_some).await {
        Ok(rows) => rows.clone().unwrap_or_else(|| Err(lost())),
        Err(_) => Err(lost()),
    }
}

/// The slice of `stream` under one parent row; `None` for a parent that the user left out.
pub(super) fn slice(
    stream: &'static Stream,
    of: &'static Parent,
    columns: &[&'static str],
    row: &Row,
    include_deleted_users: bool,
) -> Result<Option<Slice>, Error> {
    let value =
        |name: &str| columns.iter().position(|column| *column == name).and_then(|at| row[at].as_deref());
    let deleted = || value(STATUS) == Some("\"deleted\"");
    if of.optional == Some(Optional::DeletedUsers) && !include_deleted_users && deleted() {
        return Ok(None);
    }
    let mut fields = Fields::new();
    let mut added = String::new();
    let mut path = stream.path.to_owned();
    let mut id = String::new();
    for (index, (from, to)) in of.fields.iter().copied().enumerate() {
        let raw = value(from).unwrap_or("null");
        fields.insert(to, Box::from(raw));
        if of.added {
            if !added.is_empty() {
                added.push(',');
            }
            // Writing to a String cannot fail.
            let _ = write!(added, "\"{to}\":{raw}");
        }
        let placeholder = format!("{{{to}}}");
        if index == 0 || path.contains(&placeholder) {
            let text = pick::text(Some(raw)).filter(|text| is_id(text)).ok_or(Error::ParentWithoutId {
                stream: of.stream.name,
                field: from,
                child: stream.name,
            })?;
            path = path.replace(&placeholder, &text);
            if index == 0 {
                id = text;
            }
        }
    }
    Ok(Some(Slice { id, path, query: String::new(), added, fields }))
}

/// Ids become part of a path: letters, digits, `-` and `_` only, so that none can lead elsewhere.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
