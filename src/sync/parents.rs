//! Parent rows: read once, shared by every child stream, processed in the order of their ids.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};
use tokio::sync::watch;

use crate::error::Error;
use crate::streams::{Parent, Stream};

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

/// All rows of a parent stream, reduced to the columns that some child needs. There may be hundreds of thousands, so ids and
/// dates, of which nearly all consist, are packed.
#[derive(Debug)]
pub(super) struct Table {
    /// What each row holds; the id is the first.
    columns: Vec<&'static str>,
    /// The packed rows, one after the other.
    packed: Vec<u8>,
    /// Where each row begins.
    starts: Vec<u32>,
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
    pub(super) fn new(columns: Vec<&'static str>) -> Self {
        Self { columns, packed: Vec::new(), starts: Vec::new() }
    }

    /// Adds a row: what was `found` in the record, column by column, else what the connector `added` to it.
    pub(super) fn push<'a>(&mut self, found: &[Option<&'a str>], added: impl Fn(&str) -> Option<&'a str>) {
        self.starts.push(place(self.packed.len()));
        for (raw, name) in found.iter().zip(&self.columns) {
            pack(raw.or_else(|| added(name)), &mut self.packed);
        }
    }

    /// Adds the rows of another table of the same columns.
    pub(super) fn append(&mut self, other: &Self) {
        let end = place(self.packed.len());
        place(self.packed.len() + other.packed.len());
        self.packed.extend_from_slice(&other.packed);
        self.starts.extend(other.starts.iter().map(|start| end + start));
    }

    /// Sorts the rows by id and keeps the latest of each: lists may repeat rows while they are paged.
    pub(super) fn sort(&mut self) {
        let packed = &self.packed;
        let id = |start: &u32| &packed[*start as usize..];
        self.starts.sort_unstable_by(|a, b| compare(id(a), id(b)).then(b.cmp(a)));
        self.starts.dedup_by(|a, b| compare(id(a), id(b)).is_eq());
        self.starts.shrink_to_fit();
        self.packed.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The raw JSON of a column of a row; `null` where the record had none.
    pub(super) fn value(&self, row: usize, column: &str) -> String {
        let mut values = &self.packed[self.starts[row] as usize..];
        for name in &self.columns {
            let (value, rest) = split(values);
            if *name == column {
                return unpack(value);
            }
            values = rest;
        }
        "null".to_owned()
    }
}

/// A place among the packed rows. Those of a million parents take a hundredth of what fits.
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("the parents of one stream take less than 4 GiB")
}

/// What a packed value begins with.
const ABSENT: u8 = 0;
/// 12 bytes follow: the digits of `"5e0a360360360360360360aa"`, an id of the API.
const ID: u8 = 1;
/// 8 bytes follow: epoch milliseconds of `"2026-11-02T08:00:00.000Z"`.
const DATE: u8 = 2;
/// A length of 4 bytes follows, and the raw JSON.
const RAW: u8 = 3;

fn pack(raw: Option<&str>, into: &mut Vec<u8>) {
    let Some(raw) = raw else { return into.push(ABSENT) };
    let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
    if let Some(id) = id(text) {
        into.push(ID);
        into.extend_from_slice(&id);
    } else if let Some(date) = date(text) {
        into.push(DATE);
        into.extend_from_slice(&date.to_le_bytes());
    } else {
        into.push(RAW);
        into.extend_from_slice(&place(raw.len()).to_le_bytes());
        into.extend_from_slice(raw.as_bytes());
    }
}

/// The bytes of 24 small hexadecimal digits.
fn id(text: &str) -> Option<[u8; 12]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut id = [0; 12];
    if pairs.len() != id.len() {
        return None;
    }
    for (byte, [high, low]) in id.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(id)
}

/// The milliseconds of a date that would be written just so.
fn date(text: &str) -> Option<i64> {
    let date = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
    (date_text(date) == text).then_some(date)
}

fn date_text(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The first packed value, and those after it.
fn split(values: &[u8]) -> (&[u8], &[u8]) {
    values.split_at(match values[0] {
        ABSENT => 1,
        ID => 1 + 12,
        DATE => 1 + 8,
        _ => 1 + 4 + number(&values[1..5]) as usize,
    })
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn unpack(value: &[u8]) -> String {
    match value {
        [ABSENT, ..] | [] => "null".to_owned(),
        [ID, id @ ..] => {
            let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
            let digits = id.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
            std::iter::once('"').chain(digits).chain(std::iter::once('"')).collect()
        }
        [DATE, date @ ..] => {
            let date = date.iter().rev().fold(0, |date, byte| date << 8 | i64::from(*byte));
            format!("\"{}\"", date_text(date))
        }
        [_, raw @ ..] => String::from_utf8_lossy(&raw[4..]).into_owned(),
    }
}

/// The order of the first values' raw JSON. Ids of the API have that of their bytes.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (split(a).0, split(b).0) {
        ([ID, a @ ..], [ID, b @ ..]) => a.cmp(b),
        (a, b) => unpack(a).cmp(&unpack(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_out_as_they_went_in() {
        let values = [
            "\"5e0a360360360360360360aa\"",
            "\"5E0A360360360360360360AA\"",
            "\"5e0a360360360360360360a\"",
            "\"2026-11-02T08:00:00.000Z\"",
            "\"2026-11-02T08:00:00Z\"",
            "\"2026-11-02T08:00:00.000+00:00\"",
            "\"1969-12-31T23:59:59.999Z\"",
            "\"SKI_1\"",
            "\"\"",
            "\"a\\u0062\u{e9}\"",
            "true",
            "null",
            "12345678901234567890",
            "{\"a\":[1.10]}",
        ];
        let mut table = Table::new(vec!["_id", "value", "given", "absent"]);
        for value in values {
            table.push(&[Some("\"x\""), Some(value), None, None], |name| (name == "given").then_some(value));
        }
        for (row, value) in values.iter().enumerate() {
            assert_eq!([table.value(row, "value"), table.value(row, "given")], [*value, *value]);
            assert_eq!([table.value(row, "absent"), table.value(row, "unknown")], ["null", "null"]);
        }
    }

    #[test]
    fn rows_are_sorted_by_the_text_of_their_ids_and_the_latest_of_each_is_kept() {
        let ids = [
            "\"5e\"",
            "\"5f0a360360360360360360aa\"",
            "\"5e0a360360360360360360aa\"",
            "\"SKI1\"",
            "\"POW1\"",
        ];
        let (mut table, mut second) = (Table::new(vec!["_id", "n"]), Table::new(vec!["_id", "n"]));
        for id in ids {
            table.push(&[Some(id), Some("1")], |_| None);
            second.push(&[Some(id), Some("2")], |_| None);
        }
        table.append(&second);
        table.sort();
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let rows: Vec<_> =
            (0..table.len()).map(|row| (table.value(row, "_id"), table.value(row, "n"))).collect();
        assert_eq!(rows, sorted.iter().map(|id| ((*id).to_owned(), "2".to_owned())).collect::<Vec<_>>());
    }
}
