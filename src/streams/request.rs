//! How a stream is requested: its lists, its path under a parent, which parents are read, and which rows are new. Pure.

use chrono::{DateTime, Duration, Utc};

use super::{Cursor, Definitions, Feed, HiddenStatus, Parent, Stream, WEBHOOK_SUBSCRIPTIONS, WhichParents};

/// A change may become visible so long after its date: the API reads from replicas.
pub const REPLICA_LAG: Duration = Duration::minutes(10);

/// One of the lists that together hold every row of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Without a status filter.
    Plain,
    /// The rows of a status that the plain list may leave out.
    Hidden(&'static HiddenStatus),
}

impl List {
    /// The filter, brackets unencoded; empty for the plain list.
    #[must_use]
    pub fn filter(self) -> String {
        match self {
            List::Plain => String::new(),
            List::Hidden(status) => format!("status[eq]={}", status.value),
        }
    }
}

/// The lists in the order in which they are first read: hidden ones first for a list of its own
/// (they are read again after the plain one), the plain one first under parents.
#[must_use]
pub fn lists(stream: &'static Stream) -> Vec<List> {
    let hidden = stream.hidden.iter().map(List::Hidden);
    if stream.parent.is_none() {
        hidden.chain([List::Plain]).collect()
    } else {
        [List::Plain].into_iter().chain(hidden).collect()
    }
}

/// The path with the value of each `{name}`; `variant` replaces the variants' name. `None` where a
/// value is missing or is not an id.
#[must_use]
pub fn path(
    stream: &Stream,
    variant: Option<&str>,
    value: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let variants = stream.parent.as_ref().and_then(|parent| parent.variants.as_ref());
    let mut parts = stream.path.split('{');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for (name, rest) in parts.filter_map(|part| part.split_once('}')) {
        let id = match (variants, variant) {
            (Some(variants), Some(variant)) if variants.name == name => variant.to_owned(),
            _ => value(name).filter(|id| is_id(id))?,
        };
        path += &id;
        path += rest;
    }
    Some(path)
}

/// The values of the path's variant, `[None]` for one request per parent.
#[must_use]
pub fn variants(stream: &Stream) -> Vec<Option<&'static str>> {
    match stream.parent.as_ref().and_then(|parent| parent.variants.as_ref()) {
        Some(variants) => variants.values.iter().copied().map(Some).collect(),
        None => vec![None],
    }
}

/// The fields of `parent`'s rows that `children` need, each once; the first is the id.
#[must_use]
pub fn columns_for<'a>(
    parent: &'static Stream,
    children: impl IntoIterator<Item = &'a Stream>,
) -> Vec<&'static str> {
    let mut columns = Vec::new();
    let mut add = |column: &'static str| {
        if !columns.contains(&column) {
            columns.push(column);
        }
    };
    for of in children.into_iter().filter_map(|child| child.parent.as_ref()) {
        if std::ptr::eq(of.stream, parent) {
            of.fields.iter().for_each(|(from, _)| add(from));
            deciding_fields(of.which).into_iter().for_each(&mut add);
            // A parent that is archived or deleted by its own row may answer "not found".
            if !parent.hidden.is_empty() {
                add("status");
                add("deleted");
            }
        }
    }
    columns
}

/// The fields of another stream's rows that a feed needs; the first is the id. None where it does
/// not use them.
#[must_use]
pub fn columns_for_feed(feed: &Feed, stream: &Stream) -> Vec<&'static str> {
    match feed.definitions {
        _ if std::ptr::eq(stream, &raw const WEBHOOK_SUBSCRIPTIONS) => vec!["_id", "eventType", "status"],
        Some(Definitions { stream: of, except: (field, _), .. }) if std::ptr::eq(stream, of) => {
            vec!["_id", field]
        }
        _ => Vec::new(),
    }
}

/// The name that a child's field has in the parent's record.
#[must_use]
pub fn parent_field(parent: &Parent, name: &str) -> Option<&'static str> {
    parent.fields.iter().find(|(_, to)| *to == name).map(|(from, _)| *from)
}

/// The parent's fields that decide whether it is requested.
#[must_use]
pub fn deciding_fields(which: WhichParents) -> Vec<&'static str> {
    match which {
        WhichParents::All => Vec::new(),
        WhichParents::IncludedUsers | WhichParents::NotDeleted => vec!["status", "deleted"],
        WhichParents::Where(field) => vec![field],
    }
}

/// True if this parent is requested. `value` returns the text of one of its fields.
#[must_use]
pub fn includes<'a>(
    which: WhichParents,
    include_deleted_users: bool,
    value: impl Fn(&str) -> Option<&'a str>,
) -> bool {
    match which {
        WhichParents::All => true,
        WhichParents::IncludedUsers if include_deleted_users => true,
        WhichParents::IncludedUsers | WhichParents::NotDeleted => !is_deleted(value),
        WhichParents::Where(field) => value(field) == Some("true"),
    }
}

/// A date by which a row is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowDate {
    /// The row has none, or null.
    Missing,
    /// The row has one that cannot be read.
    Unreadable,
    /// A date.
    At(DateTime<Utc>),
}

/// How far before the window rows are read again. `attendance` is the configured lookback.
#[must_use]
pub fn lookback(cursor: &Cursor, attendance: Duration) -> Duration {
    match cursor {
        Cursor::Filtered { lookback_days, .. } => Duration::days(i64::from(*lookback_days)),
        Cursor::Chosen(_) | Cursor::ByFeed(_) => Duration::zero(),
        Cursor::ByParent { .. } => attendance,
    }
}

/// The fields by which rows are chosen; none where every row is emitted. Filtered rows are checked
/// again: a server that does not know a filter ignores it.
#[must_use]
pub fn row_dates(cursor: &'static Cursor) -> &'static [&'static str] {
    match cursor {
        Cursor::Filtered { field, .. } => std::slice::from_ref(field),
        Cursor::Chosen(fields) => fields,
        Cursor::ByParent { .. } | Cursor::ByFeed(_) => &[],
    }
}

/// True if a row is emitted by a window that begins at `from`, lookback included: one of its
/// [`row_dates`] is in it, or it has none. With a filter, also a row of a hidden status.
#[must_use]
pub fn is_new_row(
    cursor: &Cursor,
    from: DateTime<Utc>,
    dates: impl IntoIterator<Item = RowDate>,
    is_hidden: bool,
) -> bool {
    is_hidden && matches!(cursor, Cursor::Filtered { .. }) || any_since(from, dates)
}

/// True if the rows under a parent may have changed since `from`. `date` returns a date of the parent
/// by the child's name for it. A parent that has not ended gets new rows without being changed.
#[must_use]
pub fn is_new_parent(
    cursor: &Cursor,
    from: DateTime<Utc>,
    lookback: Duration,
    date: impl Fn(&str) -> RowDate,
) -> bool {
    let Cursor::ByParent { end, changed } = cursor else { return true };
    any_since(from, changed.iter().map(|name| date(name))) || any_since(from - lookback, [date(end)])
}

/// True if any date is at or after `from`. Without a readable date nothing proves that the row is old.
fn any_since(from: DateTime<Utc>, dates: impl IntoIterator<Item = RowDate>) -> bool {
    let mut is_old = false;
    for date in dates {
        match date {
            RowDate::Missing => {}
            RowDate::At(date) if date < from => is_old = true,
            RowDate::At(_) | RowDate::Unreadable => return true,
        }
    }
    !is_old
}

/// True if the row itself says that it is deleted: `status`, or `deleted` in older responses.
fn is_deleted<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    value("status") == Some("deleted") || value("deleted") == Some("true")
}

/// True if a parent's own row says that it is deleted or archived, so that "not found" is no
/// surprise.
#[must_use]
pub fn is_gone_by_its_own_row<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    value("status") == Some("archived") || is_deleted(value)
}

/// Ids become part of a path: letters, digits, `-` and `_` only, so that none can lead elsewhere.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests;
