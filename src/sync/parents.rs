//! Parent rows: read once, shared by every child stream, processed in the order of their ids.

use std::sync::Arc;

use tokio::sync::watch;

use crate::error::Error;
use crate::streams::{Parent, Stream};

/// A parent row, reduced to the columns that some child needs: their raw JSON, one line each. There is one for every row
/// of a parent stream, so it is kept small.
pub(super) type Row = Box<str>;

/// All rows of a parent stream, sorted by id, each id once.
#[derive(Debug)]
pub(super) struct Table {
    /// What each row holds; the id is the first.
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

/// The parents of a stream, or why they could not be read; nothing until then.
pub(super) type Handed = Option<Result<Arc<Table>, Arc<Error>>>;

/// Where a lane's parent rows come from.
#[derive(Debug)]
pub(super) struct Above {
    pub(super) of: &'static Parent,
    pub(super) table: watch::Receiver<Handed>,
}

impl Above {
    /// Waits until the parent stream was read.
    pub(super) async fn ready(mut self) -> Result<Arc<Table>, Arc<Error>> {
        let lost = || Err(Arc::new(Error::Lost("a stream ended without saying so".to_owned())));
        self.table.wait_for(Option::is_some).await.ok().and_then(|table| table.clone()).unwrap_or_else(lost)
    }
}

impl Table {
    /// Sorts the rows by id and keeps each once: lists may repeat rows while they are paged.
    pub(super) fn new(columns: Vec<&'static str>, mut rows: Vec<Row>) -> Self {
        rows.sort_unstable();
        rows.dedup_by(|a, b| first(a) == first(b));
        rows.shrink_to_fit();
        Self { columns, rows }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The raw JSON of a column of a row; `null` where the record had none.
    pub(super) fn value(&self, row: usize, column: &str) -> &str {
        let at = self.columns.iter().position(|name| *name == column);
        at.and_then(|at| self.rows[row].split('\n').nth(at)).filter(|raw| !raw.is_empty()).unwrap_or("null")
    }
}

fn first(row: &str) -> Option<&str> {
    row.split('\n').next()
}

/// The columns of `parent` that these children need, each once.
pub(super) fn columns(parent: &'static Stream, streams: &[&'static Stream]) -> Vec<&'static str> {
    let mut columns = Vec::new();
    for of in streams.iter().filter_map(|stream| stream.parent.as_ref()) {
        if std::ptr::eq(of.stream, parent) {
            for column in of.fields.iter().map(|(from, _)| *from).chain(of.only.field()) {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        }
    }
    columns
}

/// A row of these columns: what was `found` in the record, else what the connector `added` to it.
pub(super) fn row<'a>(
    columns: &[&'static str],
    found: &[Option<&'a str>],
    added: impl Fn(&str) -> Option<&'a str>,
) -> Row {
    let column =
        |(raw, name): (Option<&'a str>, &&str)| raw.or_else(|| added(name)).map(one_line).unwrap_or_default();
    found.iter().copied().zip(columns).map(column).collect::<Vec<_>>().join("\n").into()
}

/// JSON allows no raw line break inside a string, so each one is white space between tokens.
fn one_line(raw: &str) -> String {
    raw.replace(['\n', '\r'], " ")
}
