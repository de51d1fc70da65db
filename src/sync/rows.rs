//! From the rows of a page to record lines for the writer and parent rows for the children. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use compact_str::CompactString;
use smallvec::SmallVec;

use super::feed;
use super::parents::ParentRows;
use super::plan::ReadPlan;
use super::scan::{self, Scanner};
use super::seen_rows::SeenRows;
use crate::protocol::{Change, RecordLines};
use crate::streams::{Body, Cursor, List, Stream};

/// How the rows of one stream are read.
#[derive(Debug)]
pub(super) struct RowReader {
    stream: &'static Stream,
    plan: Option<ReadPlan>,
    /// Finds, in this order: the children's columns, the dates, the status, the key, what the connector adds.
    scanner: Scanner,
    columns: usize,
    dates: Vec<usize>,
    status: Option<usize>,
    key: Vec<usize>,
    /// The field that the digest of a row leaves out, where a child needs digests.
    ignored: Option<usize>,
    /// The field with the id of a row's definition.
    definition: Option<usize>,
    /// By the names of what is added.
    added: BTreeMap<&'static str, usize>,
    /// Those of them that the schema calls date-time.
    date_times: Vec<&'static str>,
}

/// Where the rows at hand come from.
#[derive(Debug)]
pub(super) struct RowSource<'a> {
    pub(super) list: List,
    /// True if rows become records; false where they are read for children only.
    pub(super) emits: bool,
    /// What the connector adds to each record: names, and raw JSON.
    pub(super) added: &'a [(&'static str, String)],
    /// Dates among them that are none, and so null.
    pub(super) nulled: &'a [&'static str],
    /// The number of the parent's row.
    pub(super) above: Option<u32>,
}

/// What was repaired or missing in rows that were emitted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct RowReport {
    /// Lone surrogates that became U+FFFD, by field.
    pub(super) replaced: BTreeMap<String, u64>,
    /// Dates that became null, by field.
    pub(super) nulled: BTreeMap<String, u64>,
    /// Rows without their key, which are not emitted.
    pub(super) without_key: u64,
    /// Rows that a status filter returned without a status, which are emitted.
    pub(super) without_status: u64,
    /// Hidden statuses that a plain list showed.
    pub(super) seen_statuses: Vec<&'static str>,
}

/// Where rows go.
#[derive(Debug)]
pub(super) struct RowSink<'a> {
    pub(super) lines: &'a mut RecordLines,
    pub(super) parents: &'a mut ParentRows,
    /// Definitions of which the parent has no row so far.
    pub(super) without_row: &'a mut Vec<CompactString>,
    pub(super) report: &'a mut RowReport,
}

impl RowReader {
    /// `ignored`: the field that the digests of rows leave out, where a child needs digests.
    pub(super) fn new(
        stream: &'static Stream,
        plan: Option<ReadPlan>,
        columns: &[&'static str],
        ignored: Option<&'static str>,
    ) -> Self {
        let mut names = columns.to_vec();
        let mut place = |name: &'static str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let dates = plan.iter().flat_map(ReadPlan::row_dates).map(|name| place(name)).collect();
        let key = stream.key.iter().map(|name| place(name)).collect();
        let ignored = ignored.map(&mut place);
        let definition = stream.feed().and_then(|feed| feed.definitions.as_ref()).map(|of| place(of.key));
        let fields = stream.parent.iter().filter(|parent| parent.added).flat_map(|parent| parent.fields);
        let variant = stream.parent.iter().filter_map(|parent| parent.variants.as_ref());
        let cursor = plan.iter().filter(|plan| plan.read_at.is_some()).filter_map(|_| stream.cursor.as_ref());
        let added = fields.map(|(_, to)| *to).chain(variant.map(|variants| variants.name));
        let added = added
            .chain(cursor.map(Cursor::field))
            .map(|name| (name, place(name)))
            .collect::<BTreeMap<_, _>>();
        let status = (!stream.hidden.is_empty()).then(|| place("status"));
        let schema = stream.json_schema();
        let is_date = |name: &&&str| schema["properties"][**name]["format"] == "date-time";
        let date_times = added.keys().filter(is_date).copied().collect();
        let scanner = Scanner::new(&names, &schema);
        Self {
            stream,
            plan,
            scanner,
            columns: columns.len(),
            dates,
            status,
            key,
            ignored,
            definition,
            added,
            date_times,
        }
    }

    /// What this stream emits.
    pub(super) fn plan(&self) -> Option<&ReadPlan> {
        self.plan.as_ref()
    }

    /// Nulls what is not a date among the added members, and returns their names.
    pub(super) fn without_bad_dates(&self, added: &mut [(&'static str, String)]) -> Vec<&'static str> {
        let mut nulled = Vec::new();
        for (name, raw) in added {
            if self.date_times.contains(name) && raw.starts_with('"') && !scan::is_date(raw) {
                "null".clone_into(raw);
                nulled.push(*name);
            }
        }
        nulled
    }

    /// Takes one row. `seen` holds the rows of the first lists, and true while these are read.
    pub(super) fn read(
        &self,
        row: &str,
        source: &RowSource<'_>,
        seen: Option<(&mut SeenRows, bool)>,
        sink: &mut RowSink<'_>,
    ) {
        let row = match self.stream.body {
            Body::Values(field) => Cow::Owned(format!("{{\"{field}\":{row}}}")),
            Body::Objects | Body::Object => Cow::Borrowed(row),
        };
        let mut replaced = Vec::new();
        let row = scan::without_lone_surrogates(&row, |field| {
            if !replaced.iter().any(|known| known == field) {
                replaced.push(field.to_owned());
            }
        });
        let scan = self.scanner.scan(&row);
        let status = self.status.and_then(|place| scan.found[place]).filter(|raw| raw.starts_with('"'));
        let hidden = self.stream.hidden.iter().find(|hidden| is_text(status, hidden.value));
        match source.list {
            // A server that does not know the filter ignores it. A row without a status may be one of those.
            List::Hidden(wanted) if status.is_some_and(|_| hidden != Some(wanted)) && wanted.in_rows => {
                return;
            }
            List::Hidden(wanted) => {
                sink.report.without_status += u64::from(status.is_none() && wanted.in_rows);
            }
            List::Plain => sink.report.saw(hidden.map(|hidden| hidden.value)),
        }
        let key: SmallVec<[Option<&str>; 4]> = self.key.iter().map(|place| scan.found[*place]).collect();
        if let Some((seen, is_first)) = seen {
            let status = if let List::Hidden(hidden) = source.list { hidden.value } else { "" };
            if is_first {
                seen.insert(status, &key, &row);
            } else if seen.is_repeat(&key, &row) {
                return;
            }
        }
        let digest = self.ignored.map(|place| feed::digest_without(&row, scan.found[place]));
        sink.parents.push(&scan.found[..self.columns], source.above, digest);
        let Some(plan) = self.plan.as_ref().filter(|_| source.emits) else { return };
        let dates = self.dates.iter().map(|place| scan::date_of(scan.found[*place]));
        if !plan.emits(dates, hidden.is_some()) {
            return;
        }
        let is_added = |name: &str| source.added.iter().any(|(added, raw)| *added == name && raw != "null");
        if self.stream.key.iter().zip(&key).any(|(name, found)| !is_key(*found) && !is_added(name)) {
            sink.report.without_key += 1;
            return;
        }
        if let Some(raw) = self.definition.and_then(|place| scan.found[place]) {
            sink.without_row.retain(|id| !is_text(Some(raw), id));
        }
        for field in replaced {
            *sink.report.replaced.entry(field).or_default() += 1;
        }
        let mut edits = Vec::new();
        let mut changes = Vec::new();
        for bad in scan.bad_dates {
            *sink.report.nulled.entry(bad.path.clone()).or_default() += 1;
            changes.push(Change { field: bad.path });
            edits.push((bad.range, "null"));
        }
        for field in source.nulled {
            *sink.report.nulled.entry((*field).to_owned()).or_default() += 1;
            changes.push(Change { field: (*field).to_owned() });
        }
        let mut added = String::new();
        for (name, raw) in source.added {
            match self.added.get(name).and_then(|place| scan.found[*place]) {
                None => member(&mut added, name, raw),
                // What the API sends wins, unless it is null.
                Some(own @ "null") => edits.push((place_in(&row, own), raw)),
                Some(_) => {}
            }
        }
        sink.lines.push(&added, &scan::replaced(&row, edits), &changes);
    }
}

impl RowReport {
    fn saw(&mut self, status: Option<&'static str>) {
        self.seen_statuses.extend(status.filter(|status| !self.seen_statuses.contains(status)));
    }
}

/// Adds a member to those that precede the row's own.
fn member(members: &mut String, name: &str, raw: &str) {
    if !members.is_empty() {
        members.push(',');
    }
    members.push('"');
    members.push_str(name);
    members.push_str("\":");
    members.push_str(raw);
}

/// Where this part of the row is.
fn place_in(row: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - row.as_ptr().addr();
    start..start + part.len()
}

/// True if a destination can use this raw JSON as a key: a text or a number.
fn is_key(raw: Option<&str>) -> bool {
    raw.is_some_and(|raw| {
        raw != "\"\"" && raw.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit())
    })
}

/// True if this raw JSON is the string `text`.
fn is_text(raw: Option<&str>, text: &str) -> bool {
    raw.and_then(|raw| raw.strip_prefix('"')?.strip_suffix('"')) == Some(text)
}

#[cfg(test)]
mod tests;
