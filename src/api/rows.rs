//! The rows of a page, cut apart but not parsed.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// More rows than any page has: the largest documented page holds 7,000, and a list without pages one row per member.
const MOST_ROWS: usize = 500_000;

/// Deeper than any record goes, and as deep as the usual readers of JSON follow.
const DEEPEST: usize = 127;

/// Bytes. Most rows are longer, and those of custom-field values are not much shorter.
const USUAL_ROW: usize = 128;

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
    /// Without line breaks, so that each row is part of one line.
    body: String,
    ranges: Vec<Range<usize>>,
}

impl Rows {
    /// Cuts a body of this shape.
    pub(super) fn cut(body: Vec<u8>, shape: Shape) -> Result<Self, Unfit> {
        let broken = match shape {
            Shape::Objects | Shape::Values => Unfit::Broken("the body is no complete JSON array"),
            Shape::Object => Unfit::Broken("the body is no complete JSON object"),
        };
        let body = String::from_utf8(body).map_err(|_| broken)?;
        let mut cut = Cut {
            start: body.as_ptr().addr(),
            shape,
            ranges: Vec::with_capacity(body.len() / USUAL_ROW),
            unfit: None,
        };
        let whole = match shape {
            Shape::Objects | Shape::Values => {
                let mut reader = serde_json::Deserializer::from_str(&body);
                reader.deserialize_seq(&mut cut).and_then(|()| reader.end())
            }
            Shape::Object => serde_json::from_str(&body).and_then(|row| cut.row(row)),
        };
        if whole.is_err() {
            return Err(cut.unfit.unwrap_or(broken));
        }
        let ranges = cut.ranges;
        Ok(Self { body: one_line(body), ranges })
    }

    /// The raw JSON of each row, on one line.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().map(|range| &self.body[range.clone()])
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

/// JSON allows no raw line break inside a string, so in a valid body each one is white space between tokens.
fn one_line(body: String) -> String {
    match memchr::memchr2(b'\n', b'\r', body.as_bytes()) {
        Some(_) => body.replace(['\n', '\r'], " "),
        None => body,
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

/// Whether a JSON text is nested too deeply. Most rows are too short for it, or have too few brackets.
fn is_deep(text: &[u8]) -> bool {
    // `[` and `{` differ in one bit, and in 255 bytes no sum overflows: many are compared at once.
    let opens = |part: &[u8]| part.iter().map(|byte| u8::from(byte | 0x20 == b'{')).sum::<u8>();
    if text.len() <= 2 * DEEPEST
        || text.chunks(255).map(|part| usize::from(opens(part))).sum::<usize>() <= DEEPEST
    {
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
        let rows = Rows::cut(b" [ {\"a\": 1.10}\n, {\"b\":[{}]} ] ".to_vec(), Shape::Objects).unwrap();
        assert_eq!(rows.iter().collect::<Vec<_>>(), ["{\"a\": 1.10}", "{\"b\":[{}]}"]);
    }

    #[test]
    fn a_row_of_a_pretty_printed_page_is_one_line() {
        let rows = Rows::cut(b"[\n {\r\n \"a\":\t\"\\n\"\n }\n]".to_vec(), Shape::Objects).unwrap();
        assert_eq!(rows.iter().collect::<Vec<_>>(), ["{   \"a\":\t\"\\n\"  }"]);
        // Inside a text a raw line break is no JSON.
        assert!(Rows::cut(b"[{\"a\":\"\n\"}]".to_vec(), Shape::Objects).is_err());
    }

    #[test]
    fn anything_but_a_whole_list_of_objects_is_refused() {
        for body in
            ["", "<html>", "[{\"a\":1}", "{\"error\":\"x\"}", "[1]", "[{\"a\":1}] tail", "null", "\u{feff}[]"]
        {
            assert!(Rows::cut(body.into(), Shape::Objects).is_err(), "{body}");
        }
    }

    #[test]
    fn a_row_may_be_as_deep_as_json_readers_follow_and_no_deeper() {
        let nested = |depth: usize| {
            // Brackets in a text are none.
            let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
            format!(r#"[{{"a\"]":"{}","b":{open}{close}}}]"#, "[{\\\"".repeat(200)).into_bytes()
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
