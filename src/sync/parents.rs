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
/// dates, of which nearly all consist, are packed, and what a row has from its own parent is looked up there.
#[derive(Debug)]
pub(super) struct Table {
    /// What each row holds; the id is the first.
    columns: Vec<&'static str>,
    /// The packed rows, one after the other, in pieces: one piece that grows would leave holes of half its size behind.
    pieces: Vec<Vec<u8>>,
    /// Where each row begins: the piece, and the place in its first 64 KiB.
    starts: Vec<(u16, u16)>,
    /// What each row has from the one above it.
    of: Option<&'static Parent>,
    /// The rows under which these were read.
    above: Option<Arc<Table>>,
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

/// Bytes in which rows of one piece begin.
const PIECE: usize = 1 << 16;

/// Bytes. Most rows are shorter.
const USUAL_ROW: usize = 256;

impl Table {
    pub(super) fn new(columns: Vec<&'static str>, of: Option<&'static Parent>) -> Self {
        Self { columns, pieces: Vec::new(), starts: Vec::new(), of, above: None }
    }

    /// Where the rows above are.
    pub(super) fn under(self, above: Option<Arc<Self>>) -> Self {
        Self { above, ..self }
    }

    /// Adds a row, column by column: what was `found` in the record, else what the row `above` gives.
    pub(super) fn push(&mut self, found: &[Option<&str>], above: Option<u32>) {
        // Before the piece would have to grow for one row.
        if self.pieces.last().is_none_or(|piece| piece.len() + USUAL_ROW > PIECE) {
            self.pieces.push(Vec::new());
        }
        let (number, Some(piece)) = (self.pieces.len() - 1, self.pieces.last_mut()) else { return };
        self.starts.push((place(number), place(piece.len())));
        if self.of.is_some() {
            piece.extend_from_slice(&above.unwrap_or(NOWHERE).to_le_bytes());
        }
        let gives = |name: &str| self.of.is_some_and(|of| of.fields.iter().any(|(_, to)| *to == name));
        for (raw, name) in found.iter().zip(&self.columns) {
            match raw {
                Some(raw) => pack(raw, piece),
                None => piece.push(if gives(name) { ABOVE } else { ABSENT }),
            }
        }
    }

    /// Adds the rows of another table of the same columns.
    pub(super) fn append(&mut self, other: Self) {
        let mut moved = Vec::with_capacity(other.pieces.len());
        for piece in other.pieces {
            match self.pieces.last_mut() {
                Some(last) if last.len() + piece.len() <= PIECE => {
                    let at = last.len();
                    last.extend_from_slice(&piece);
                    moved.push((self.pieces.len() - 1, at));
                }
                _ => {
                    self.pieces.push(piece);
                    moved.push((self.pieces.len() - 1, 0));
                }
            }
        }
        self.starts.extend(other.starts.iter().map(|(piece, at)| {
            let (piece, before) = moved[usize::from(*piece)];
            (place(piece), place(before + usize::from(*at)))
        }));
    }

    /// Sorts the rows by id and keeps the latest of each: lists may repeat rows while they are paged.
    pub(super) fn sort(&mut self) {
        let pieces = &mut self.pieces;
        pieces.iter_mut().for_each(Vec::shrink_to_fit);
        let before = if self.of.is_some() { NUMBER } else { 0 };
        let id = |(piece, at): &(u16, u16)| &pieces[usize::from(*piece)][usize::from(*at) + before..];
        self.starts.sort_unstable_by(|a, b| compare(id(a), id(b)).then(b.cmp(a)));
        self.starts.dedup_by(|a, b| compare(id(a), id(b)).is_eq());
        self.starts.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The raw JSON of a column of a row; `null` where the record had none.
    pub(super) fn value(&self, row: usize, column: &str) -> String {
        let (piece, at) = self.starts[row];
        let packed = &self.pieces[usize::from(piece)][usize::from(at)..];
        let (above, mut values) = packed.split_at(if self.of.is_some() { NUMBER } else { 0 });
        for name in &self.columns {
            let (value, rest) = split(values);
            if *name != column {
                values = rest;
                continue;
            }
            let (ABOVE, Some(of), Some(table)) = (value[0], self.of, &self.above) else {
                return unpack(value);
            };
            let from = of.fields.iter().find(|(_, to)| *to == column).map(|(from, _)| *from);
            return table.value(number(above) as usize, from.unwrap_or_default());
        }
        "null".to_owned()
    }
}

/// A number of a piece, or a place in one: 65,536 pieces of 64 KiB hold a hundred million parents.
fn place(at: usize) -> u16 {
    u16::try_from(at).expect("the parents of one stream take less than 4 GiB")
}

/// A row under none.
const NOWHERE: u32 = u32::MAX;

/// Bytes of the number of the row above, which stands before the first value where there is one.
const NUMBER: usize = 4;

/// What a packed value begins with.
const ABSENT: u8 = 0;
/// 12 bytes follow: the digits of `"5e0a360360360360360360aa"`, an id of the API.
const ID: u8 = 1;
/// 8 bytes follow: epoch milliseconds of `"2026-11-02T08:00:00.000Z"`.
const DATE: u8 = 2;
/// A length of 4 bytes follows, and the raw JSON.
const RAW: u8 = 3;
/// What the row above gives.
const ABOVE: u8 = 4;
/// From here on: one of [`WORDS`].
const WORD: u8 = 5;

/// Values that many rows have.
const WORDS: [&str; 7] =
    ["\"active\"", "\"invited\"", "\"deleted\"", "\"published\"", "\"archived\"", "true", "false"];

fn pack(raw: &str, into: &mut Vec<u8>) {
    let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
    if let Some(id) = id(text) {
        into.push(ID);
        into.extend_from_slice(&id);
    } else if let Some(date) = date(text) {
        into.push(DATE);
        into.extend_from_slice(&date.to_le_bytes());
    } else if let Some(word) = (WORD..).zip(WORDS).find(|(_, word)| *word == raw) {
        into.push(word.0);
    } else {
        let length = u32::try_from(raw.len()).expect("a page has 64 MiB at most");
        into.push(RAW);
        into.extend_from_slice(&length.to_le_bytes());
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
        ID => 1 + 12,
        DATE => 1 + 8,
        RAW => 1 + 4 + number(&values[1..5]) as usize,
        _ => 1,
    })
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn unpack(value: &[u8]) -> String {
    match value {
        [ABSENT | ABOVE, ..] | [] => "null".to_owned(),
        [ID, id @ ..] => {
            let mut text = String::with_capacity(26);
            text.push('"');
            for half in id.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
                text.extend(char::from_digit(u32::from(half), 16));
            }
            text.push('"');
            text
        }
        [DATE, date @ ..] => {
            let date = date.iter().rev().fold(0, |date, byte| date << 8 | i64::from(*byte));
            format!("\"{}\"", date_text(date))
        }
        [RAW, raw @ ..] => String::from_utf8_lossy(&raw[4..]).into_owned(),
        [word, ..] => WORDS[usize::from(word - WORD)].to_owned(),
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
    use crate::streams::ATTENDANCE_SHEETS;

    #[test]
    fn values_come_out_as_they_went_in() {
        let mut values = vec![
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
            "null",
            "12345678901234567890",
            "{\"a\":[1.10]}",
        ];
        values.extend(WORDS);
        let mut table = Table::new(vec!["_id", "value", "absent"], None);
        for value in &values {
            table.push(&[Some("\"x\""), Some(value), None], None);
        }
        for (row, value) in values.iter().enumerate() {
            assert_eq!(table.value(row, "value"), *value);
            assert_eq!([table.value(row, "absent"), table.value(row, "unknown")], ["null", "null"]);
        }
    }

    #[test]
    fn what_a_row_has_from_the_one_above_is_found_there() {
        let of = |stream: &'static Stream| stream.parent.as_ref().unwrap();
        let mut slots = Table::new(vec!["_id", "classroomId"], None);
        for (slot, classroom) in [("\"s2\"", "\"c2\""), ("\"s1\"", "\"c1\"")] {
            slots.push(&[Some(slot), Some(classroom)], None);
        }
        slots.sort();
        let columns = vec!["_id", "classroomSlotId", "classroomId"];
        let mut sheets = Table::new(columns, Some(of(&ATTENDANCE_SHEETS))).under(Some(Arc::new(slots)));
        sheets.push(&[Some("\"a\""), None, None], Some(1));
        sheets.push(&[Some("\"b\""), None, Some("\"own\"")], Some(0));
        sheets.sort();
        let row = |row| ["_id", "classroomSlotId", "classroomId"].map(|column| sheets.value(row, column));
        assert_eq!(row(0), ["\"a\"", "\"s2\"", "\"c2\""]);
        assert_eq!(row(1), ["\"b\"", "\"s1\"", "\"own\""]);
    }

    #[test]
    fn rows_are_sorted_by_the_text_of_their_ids_and_the_latest_of_each_is_kept() {
        let mut ids: Vec<String> =
            (0..9000_u32).map(|n| format!("\"{:024x}\"", n.wrapping_mul(2_654_435_761))).collect();
        ids.extend(["\"5e\"", "\"SKI1\"", "\"POW1\""].map(str::to_owned));
        let mut table = Table::new(vec!["_id", "n"], None);
        for n in ["1", "2"] {
            // Lists of all lengths, beside one that fills many pieces.
            for part in ids.chunks(if n == "1" { 9003 } else { 37 }) {
                let mut list = Table::new(vec!["_id", "n"], None);
                for id in part {
                    list.push(&[Some(id), Some(n)], None);
                }
                table.append(list);
            }
        }
        assert!(table.pieces.len() > 3);
        table.sort();
        ids.sort_unstable();
        let rows: Vec<_> =
            (0..table.len()).map(|row| (table.value(row, "_id"), table.value(row, "n"))).collect();
        assert_eq!(rows, ids.into_iter().map(|id| (id, "2".to_owned())).collect::<Vec<_>>());
    }
}
