//! Parent rows: read once, shared by every child stream, processed in the order of their ids.
//! Which of them a child stream visits: `streams::request::is_new_parent`, by way of its window.

use std::sync::Arc;

use compact_str::CompactString;
use tokio::sync::watch;

use super::scan;
use crate::error::Error;
use crate::streams::{Parent, request};

/// All rows of a parent stream, reduced to the fields that some child needs. There may be hundreds of thousands: an id, a
/// date or a status is held inline.
#[derive(Debug)]
pub(super) struct ParentRows {
    /// The fields; the first one is the id.
    columns: Vec<&'static str>,
    /// Row after row, a value for each column but `status` and `deleted`: the text of a string, `true` or `false`.
    values: Vec<Option<CompactString>>,
    /// What these two columns say of each row: a byte where a text would take 48.
    status: Vec<Status>,
    /// The digest of each row, where a child needs them.
    digests: Vec<u64>,
    /// The row above each row, where this stream has a parent itself.
    above: Vec<u32>,
    /// The parent, and the rows under which these were read: what a row lacks is looked up there.
    source: Option<(&'static Parent, Arc<ParentRows>)>,
    /// Rows in the order of their ids; complete after [`sort`](Self::sort).
    order: Vec<u32>,
    /// Rows without a usable id.
    without_id: usize,
}

/// What is kept of a raw JSON value: the text of a string, `true` or `false`.
fn text(raw: Option<&str>) -> Option<CompactString> {
    match raw? {
        "true" => Some(CompactString::const_new("true")),
        "false" => Some(CompactString::const_new("false")),
        raw => scan::text(Some(raw)).map(CompactString::from),
    }
}

/// What a row says itself of its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Other,
    Active,
    Archived,
    Deleted,
}

/// Columns that are kept as [`Status`].
const STATUS: &str = "status";
const DELETED: &str = "deleted";

/// One parent row.
#[derive(Debug, Clone, Copy)]
pub(super) struct ParentRow<'a> {
    rows: &'a ParentRows,
    number: u32,
}

/// A row that has none above it.
const NONE_ABOVE: u32 = u32::MAX;

impl ParentRows {
    pub(super) fn new(columns: &[&'static str], source: Option<(&'static Parent, Arc<Self>)>) -> Self {
        Self {
            columns: columns.to_vec(),
            values: Vec::new(),
            status: Vec::new(),
            digests: Vec::new(),
            above: Vec::new(),
            source,
            order: Vec::new(),
            without_id: 0,
        }
    }

    /// Adds a row: the raw JSON of each column, the number of the row above, and its digest where a child needs it.
    pub(super) fn push(&mut self, found: &[Option<&str>], above: Option<u32>, digest: Option<u64>) {
        if self.columns.is_empty() {
            return;
        }
        let is_text = found[0].is_some_and(|raw| raw.starts_with('"'));
        let Some(id) = text(found[0]).filter(|id| is_text && request::is_id(id)) else {
            self.without_id += 1;
            return;
        };
        self.values.push(Some(id));
        let mut status = Status::Other;
        for (column, raw) in self.columns.iter().zip(found).skip(1) {
            match (*column, *raw) {
                (STATUS, Some("\"deleted\"")) | (DELETED, Some("true")) => status = Status::Deleted,
                (STATUS, Some("\"archived\"")) => status = Status::Archived,
                (STATUS, Some("\"active\"")) => status = Status::Active,
                (STATUS | DELETED, _) => {}
                (_, raw) => self.values.push(text(raw)),
            }
        }
        self.status.push(status);
        self.digests.extend(digest);
        self.above.push(above.unwrap_or(NONE_ABOVE));
    }

    /// Values of one row.
    fn width(&self) -> usize {
        self.columns.iter().filter(|column| !matches!(**column, STATUS | DELETED)).count()
    }

    /// Adds the rows of another list.
    pub(super) fn append(&mut self, mut other: Self) {
        self.without_id += other.without_id;
        if self.above.is_empty() {
            // The one list of a stream may be long: it is not copied.
            (self.values, self.status, self.above) = (other.values, other.status, other.above);
            self.digests = other.digests;
        } else {
            self.values.append(&mut other.values);
            self.status.append(&mut other.status);
            self.digests.append(&mut other.digests);
            self.above.append(&mut other.above);
        }
    }

    /// Sorts the rows by id and keeps the latest of each: lists may repeat rows while they are paged, or restart.
    pub(super) fn sort(&mut self) {
        self.values.shrink_to_fit();
        self.status.shrink_to_fit();
        self.digests.shrink_to_fit();
        self.above.shrink_to_fit();
        let (values, width) = (&self.values, self.width());
        let id = |row: &u32| &values[*row as usize * width];
        // A stream of four billion parents would take a day to list.
        self.order = (0..u32::try_from(self.above.len()).unwrap_or(u32::MAX)).collect();
        self.order.sort_unstable_by(|a, b| id(a).cmp(id(b)).then(b.cmp(a)));
        self.order.dedup_by(|a, b| id(a) == id(b));
        self.order.shrink_to_fit();
    }

    /// Rows without a usable id.
    pub(super) fn without_id(&self) -> usize {
        self.without_id
    }

    /// How many rows there are, each id once.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// True if a row has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.order.binary_search_by(|number| ParentRow { rows: self, number: *number }.id().cmp(id)).is_ok()
    }

    /// All rows in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = ParentRow<'_>> {
        (0..self.len()).map(|place| self.row(place))
    }

    /// The row at this place in the order of ids.
    pub(super) fn row(&self, place: usize) -> ParentRow<'_> {
        ParentRow { rows: self, number: self.order[place] }
    }
}

impl<'a> ParentRow<'a> {
    /// The id.
    pub(super) fn id(self) -> &'a str {
        self.value(self.rows.columns[0]).unwrap_or_default()
    }

    /// Its number, for the rows below.
    pub(super) fn number(self) -> u32 {
        self.number
    }

    /// Its digest; 0 where none was computed.
    pub(super) fn digest(self) -> u64 {
        self.rows.digests.get(self.number as usize).copied().unwrap_or_default()
    }

    /// The text of a column: the row's own, else what the row above has. Only the statuses of [`Status`] are kept.
    pub(super) fn value(self, column: &str) -> Option<&'a str> {
        let (rows, row) = (self.rows, self.number as usize);
        if column == STATUS {
            return match rows.status[row] {
                Status::Other => None,
                Status::Active => Some("active"),
                Status::Archived => Some("archived"),
                Status::Deleted => Some("deleted"),
            };
        }
        let mut kept = rows.columns.iter().filter(|column| !matches!(**column, STATUS | DELETED));
        let place = kept.position(|name| *name == column);
        let own = place.and_then(|place| rows.values[row * rows.width() + place].as_deref());
        own.or_else(|| {
            let (parent, above) = rows.source.as_ref()?;
            let field = request::parent_field(parent, column)?;
            let number = Some(rows.above[row]).filter(|number| *number != NONE_ABOVE)?;
            ParentRow { rows: above, number }.value(field)
        })
    }
}

/// The parent rows of a stream, also where some are missing, and then why.
#[derive(Debug, Clone)]
pub(super) struct ParentResult {
    pub(super) rows: Arc<ParentRows>,
    pub(super) failure: Option<Arc<Error>>,
    /// A row may have been missed.
    pub(super) is_doubtful: bool,
}

/// Where a stream hands its rows to its children; `None` until it has ended.
pub(super) type ParentSender = watch::Sender<Option<ParentResult>>;

/// Where a stream's parent rows come from.
#[derive(Debug)]
pub(super) struct ParentSource {
    pub(super) of: &'static Parent,
    pub(super) result: watch::Receiver<Option<ParentResult>>,
}

/// Waits until a stream has ended.
pub(super) async fn ready(result: &mut watch::Receiver<Option<ParentResult>>) -> Result<ParentResult, Error> {
    let lost = || Error::Internal("a stream ended without a result".to_owned());
    result.wait_for(Option::is_some).await.ok().and_then(|result| result.clone()).ok_or_else(lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::ATTENDANCE_SHEETS;

    #[test]
    fn what_a_row_lacks_is_found_in_the_row_above() {
        let mut slots = ParentRows::new(&["_id", "classroomId"], None);
        for (slot, classroom) in [("\"s2\"", "\"c2\""), ("\"s1\"", "\"c1\"")] {
            slots.push(&[Some(slot), Some(classroom)], None, None);
        }
        slots.sort();
        let columns = ["_id", "classroomSlotId", "classroomId"];
        let own = ["_id", "classroomId"];
        let source = (ATTENDANCE_SHEETS.parent.as_ref().unwrap(), Arc::new(slots));
        let mut sheets = ParentRows::new(&own, Some(source));
        sheets.push(&[Some("\"a\""), None], Some(1), None);
        sheets.push(&[Some("\"b\""), Some("\"own\"")], Some(0), None);
        for unusable in ["7", "true", "\"a/b\"", "\"\"", "null"] {
            sheets.push(&[Some(unusable), None], Some(0), None);
        }
        sheets.sort();
        let row = |place| columns.map(|column| sheets.row(place).value(column).unwrap());
        assert_eq!((row(0), row(1)), (["a", "s1", "c1"], ["b", "s2", "own"]));
        assert_eq!((sheets.len(), sheets.without_id()), (2, 5));
    }

    #[test]
    fn a_row_keeps_whether_it_is_gone_in_either_form() {
        let columns = ["_id", "status", "deleted", "name"];
        let mut rows = ParentRows::new(&columns, None);
        for (id, status, deleted) in [
            ("\"a\"", Some("\"active\""), None),
            ("\"b\"", Some("\"deleted\""), Some("false")),
            ("\"c\"", None, Some("true")),
            ("\"d\"", Some("\"archived\""), None),
        ] {
            rows.push(&[Some(id), status, deleted, Some("\"n\"")], None, None);
        }
        rows.sort();
        let gone: Vec<_> = (0..rows.len()).map(|row| rows.row(row).value("status")).collect();
        assert_eq!(gone, [Some("active"), Some("deleted"), Some("deleted"), Some("archived")]);
        assert_eq!(rows.row(3).value("name"), Some("n"));
    }

    #[test]
    fn rows_are_sorted_by_id_and_the_latest_of_each_is_kept() {
        let mut rows = ParentRows::new(&["_id", "n"], None);
        for (id, n) in [("b", "1"), ("a", "2"), ("b", "3")] {
            rows.push(&[Some(&format!("\"{id}\"")), Some(&format!("\"{n}\""))], None, None);
        }
        rows.sort();
        let all: Vec<_> = (0..rows.len()).map(|row| (rows.row(row).id(), rows.row(row).value("n"))).collect();
        assert_eq!(all, [("a", Some("2")), ("b", Some("3"))]);
    }
}
