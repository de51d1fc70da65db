//! The rows of a page, cut apart but not parsed.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// More rows than any page has: the largest documented page holds 7,000, and a list without pages one row per member.
const MOST_ROWS: usize = 500_000;

/// Deeper than any record goes, and as deep as the usual readers of JSON follow.
const DEEPEST: usize = 127;

/// What a page is documented to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A JSON array of objects.
    Objects,
    /// A JSON array of texts or numbers.
    Values,
    /// One JSON object.
    Object,
}

/// Why a body is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is no JSON of this shape: an HTML page, a cut body, an error object. May be whole the next time.
    Broken(&'static str),
    /// It has more rows than any page.
    TooManyRows,
    /// A row is nested deeper than any record.
    TooDeep,
}

/// The rows of one page: the body, and where each row stands in it.
#[derive(Debug)]
pub struct Rows {
    body: Bytes,
    ranges: Vec<Range<usize>>,
}

impl Rows {
    /// Cuts a body of this shape.
    pub(super) fn cut(body: Bytes, shape: Shape) -> Result<Self, Unfit> {
        let mut cut = Cut { start: body.as_ptr().addr(), shape, ranges: Vec::new(), unfit: None };
        let whole = match shape {
            Shape::Objects | Shape::Values => {
                let mut reader = serde_json::Deserializer::from_slice(&body);
                reader.deserialize_seq(&mut cut).and_then(|()| reader.end())
            }
            Shape::Object => serde_json::from_slice(&body).and_then(|row| cut.row(row)),
        };
        match (whole, cut.unfit) {
            (Ok(()), _) => Ok(Self { ranges: cut.ranges, body }),
            (Err(_), Some(unfit)) => Err(unfit),
            (Err(_), None) if shape == Shape::Object => {
                Err(Unfit::Broken("the body is no complete JSON object"))
            }
            (Err(_), None) => Err(Unfit::Broken("the body is no complete JSON array")),
        }
    }

    /// The raw JSON of each row.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        // The ranges are those of strings that serde_json found in this body.
        self.ranges.iter().filter_map(|range| std::str::from_utf8(&self.body[range.clone()]).ok())
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether the page has no row; the list may go on all the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Bytes of the body.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.body.len()
    }
}

/// Where the rows stand, as they are found.
struct Cut {
    /// The address of the body.
    start: usize,
    shape: Shape,
    ranges: Vec<Range<usize>>,
    /// Why the reading ended early.
    unfit: Option<Unfit>,
}

impl Cut {
    fn row(&mut self, row: &RawValue) -> serde_json::Result<()> {
        let text = row.get();
        let unfit = if text.starts_with('{') == (self.shape == Shape::Values) {
            Unfit::Broken("a row has not the documented shape")
        } else if self.ranges.len() == MOST_ROWS {
            Unfit::TooManyRows
        } else if is_deep(text.as_bytes()) {
            Unfit::TooDeep
        } else {
            let at = text.as_ptr().addr() - self.start;
            self.ranges.push(at..at + text.len());
            return Ok(());
        };
        self.unfit = Some(unfit);
        Err(serde_json::Error::custom("unfit"))
    }
}

impl<'de> Visitor<'de> for &mut Cut {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Cut {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        let row = <&RawValue as serde::Deserialize>::deserialize(reader)?;
        self.row(row).map_err(D::Error::custom)
    }
}

/// Whether a JSON text is nested too deeply. Most rows have too few brackets for it, which is quick to see.
fn is_deep(text: &[u8]) -> bool {
    let opens = |byte: &u8| matches!(byte, b'{' | b'[');
    if text.iter().filter(|byte| opens(byte)).count() <= DEEPEST {
        return false;
    }
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_apart_untouched() {
        let body = Bytes::from_static(b" [ {\"a\": 1.10}\n, {\"b\":[{}]} ] ");
        let rows = Rows::cut(body, Shape::Objects).unwrap();
        assert_eq!(rows.iter().collect::<Vec<_>>(), ["{\"a\": 1.10}", "{\"b\":[{}]}"]);
    }

    #[test]
    fn anything_but_a_whole_list_of_objects_is_refused() {
        for body in
            ["", "<html>", "[{\"a\":1}", "{\"error\":\"x\"}", "[1]", "[{\"a\":1}] tail", "null", "\u{feff}[]"]
        {
            assert!(Rows::cut(Bytes::from_static(body.as_bytes()), Shape::Objects).is_err(), "{body}");
        }
    }

    #[test]
    fn a_row_may_be_as_deep_as_json_readers_follow_and_no_deeper() {
        let nested = |depth: usize| {
            // Brackets in a text are none.
            let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
            Bytes::from(format!(r#"[{{"a\"]":"{}","b":{open}{close}}}]"#, "[{\\\"".repeat(200)))
        };
        let rows = Rows::cut(nested(DEEPEST), Shape::Objects).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(rows.iter().next().unwrap()).is_ok());
        assert_eq!(Rows::cut(nested(DEEPEST + 1), Shape::Objects).unwrap_err(), Unfit::TooDeep);
    }

    #[test]
    fn a_page_of_millions_of_rows_is_refused() {
        let page = format!("[{}{{}}]", "{},".repeat(MOST_ROWS));
        assert_eq!(Rows::cut(page.into(), Shape::Objects).unwrap_err(), Unfit::TooManyRows);
    }
}
