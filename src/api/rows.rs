//! The rows of a page, cut apart but not parsed.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// More rows than any page has. The largest documented page holds 7,000.
const MOST_ROWS: usize = 500_000;

/// Deeper than any record goes, and as deep as the usual readers of JSON follow.
const DEEPEST: usize = 127;

/// Bytes of a body, unpacked. The largest documented page, 7,000 rows of 1 KB, has 7 MB.
pub(super) const LARGEST: usize = 64 * 1024 * 1024;

/// Line breaks for many readers of text, though not in JSON.
const SEPARATORS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// What a page is documented to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A JSON array of objects.
    Objects,
    /// A JSON array of strings or numbers.
    Values,
    /// One JSON object.
    Object,
}

/// Why a body is not a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is not JSON of this shape: an HTML page, a cut body, an error object. The next response
    /// may be.
    Broken(&'static str),
    /// It has more bytes than any page.
    TooLarge,
    /// It has more rows than any page.
    TooManyRows,
    /// A row is nested more deeply than any record.
    TooDeep,
}

/// The rows of one page: the body, and where each row is in it.
#[derive(Debug, Default)]
pub struct Rows {
    /// Without line breaks, so that each row is part of one line.
    body: String,
    /// The first byte of each row and the one after its last.
    index: Vec<(u32, u32)>,
}

impl Rows {
    /// Cuts a body of this shape.
    pub(super) fn cut(body: Vec<u8>, shape: Shape) -> Result<Self, Unfit> {
        if body.len() > LARGEST {
            return Err(Unfit::TooLarge);
        }
        let body = String::from_utf8(body).map_err(|_| broken(shape))?;
        let index = index(&body, shape)?;
        // Only now: in a body that is not JSON they could change what it says.
        if separators(body.as_bytes()) == 0 {
            return Ok(Self { body: one_line(body, shape)?, index });
        }
        let body = escaped(&body);
        if body.len() > LARGEST {
            return Err(Unfit::TooLarge);
        }
        let index = self::index(&body, shape)?;
        Ok(Self { body: one_line(body, shape)?, index })
    }

    /// The bytes that cutting a body takes beside it, at most.
    pub(super) fn cost(body: &[u8], shape: Shape) -> usize {
        let separators = separators(body);
        let copy = if separators == 0 { 0 } else { body.len() + separators * 4 };
        most_rows(body, shape) * size_of::<(u32, u32)>() + copy
    }

    /// The raw JSON of each row, on one line for every reader.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.index.iter().map(|(start, end)| &self.body[*start as usize..*end as usize])
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether the page has no row; the list may continue all the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Bytes of the body.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.body.len()
    }

    /// Bytes of memory, the index included.
    pub(super) fn memory(&self) -> usize {
        self.body.capacity() + self.index.capacity() * size_of::<(u32, u32)>()
    }
}

fn broken(shape: Shape) -> Unfit {
    match shape {
        Shape::Objects | Shape::Values => Unfit::Broken("the body is not a complete JSON array"),
        Shape::Object => Unfit::Broken("the body is not a complete JSON object"),
    }
}

/// More rows than a body can have: each begins with a brace, or ends with a comma or the body.
fn most_rows(body: &[u8], shape: Shape) -> usize {
    let count = match shape {
        Shape::Objects => memchr::memchr_iter(b'{', body).count(),
        Shape::Values => memchr::memchr_iter(b',', body).count() + 1,
        Shape::Object => 1,
    };
    count.min(MOST_ROWS)
}

/// Finds the rows of a body.
fn index(body: &str, shape: Shape) -> Result<Vec<(u32, u32)>, Unfit> {
    let mut cut = Cut {
        start: body.as_ptr().addr(),
        shape,
        index: Vec::with_capacity(most_rows(body.as_bytes(), shape)),
        unfit: None,
    };
    let whole = match shape {
        Shape::Objects | Shape::Values => {
            let mut reader = serde_json::Deserializer::from_str(body);
            reader.deserialize_seq(&mut cut).and_then(|()| reader.end())
        }
        Shape::Object => serde_json::from_str(body).and_then(|row| cut.row(row)),
    };
    if whole.is_err() {
        return Err(cut.unfit.unwrap_or(broken(shape)));
    }
    cut.index.shrink_to_fit();
    Ok(cut.index)
}

/// How many separators a body has. In UTF-8 no other character contains these bytes.
fn separators(body: &[u8]) -> usize {
    let mut buffer = [0; 4];
    let count = |c: char| memchr::memmem::find_iter(body, c.encode_utf8(&mut buffer)).count();
    SEPARATORS.map(count).iter().sum()
}

/// The same JSON with its separators, which are inside strings, as escape sequences.
fn escaped(body: &str) -> String {
    let mut escaped = String::with_capacity(body.len() + separators(body.as_bytes()) * 4);
    let mut from = 0;
    for (at, separator) in body.match_indices(SEPARATORS) {
        escaped.push_str(&body[from..at]);
        escaped.push_str(match separator {
            "\u{85}" => "\\u0085",
            "\u{2028}" => "\\u2028",
            _ => "\\u2029",
        });
        from = at + separator.len();
    }
    escaped.push_str(&body[from..]);
    escaped
}

/// JSON allows no raw line break inside a string, so in a valid body each one is white space
/// between tokens.
fn one_line(body: String, shape: Shape) -> Result<String, Unfit> {
    if memchr::memchr2(b'\n', b'\r', body.as_bytes()).is_none() {
        return Ok(body);
    }
    let mut body = body.into_bytes();
    for byte in body.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
        *byte = b' ';
    }
    String::from_utf8(body).map_err(|_| broken(shape))
}

/// Where the rows are, as they are found.
struct Cut {
    /// The address of the body.
    start: usize,
    shape: Shape,
    index: Vec<(u32, u32)>,
    /// Why the reading ended early.
    unfit: Option<Unfit>,
}

impl Cut {
    fn row(&mut self, row: &RawValue) -> serde_json::Result<()> {
        let text = row.get();
        let start = text.as_ptr().addr() - self.start;
        let unfit = if text.starts_with('{') == (self.shape == Shape::Values) {
            Unfit::Broken("a row does not have the documented shape")
        } else if self.index.len() == MOST_ROWS {
            Unfit::TooManyRows
        } else if is_deep(text.as_bytes()) {
            Unfit::TooDeep
        } else if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(start + text.len())) {
            self.index.push((start, end));
            return Ok(());
        } else {
            Unfit::TooLarge
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

/// Whether a JSON text is nested too deeply. Most rows are too short for it, or have too few
/// brackets.
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
        // Inside a string a raw line break is not JSON.
        assert!(Rows::cut(b"[{\"a\":\"\n\"}]".to_vec(), Shape::Objects).is_err());
    }

    #[test]
    fn a_row_is_one_line_for_readers_that_split_at_unicode_line_breaks() {
        let body = "[{\"a\":\"x\u{2028}y\u{2029}\u{85}é’\"},\n{\"b\":1}]";
        let rows = Rows::cut(body.into(), Shape::Objects).unwrap();
        let lines: Vec<_> = rows.iter().collect();
        assert_eq!(lines, [r#"{"a":"x\u2028y\u2029\u0085é’"}"#, r#"{"b":1}"#]);
        let [before, after]: [serde_json::Value; 2] =
            [&body[1..body.len() - 10], lines[0]].map(|row| serde_json::from_str(row).unwrap());
        assert_eq!(before, after);
        assert!(rows.memory() <= body.len() + Rows::cost(body.as_bytes(), Shape::Objects));
        // An escape sequence of its own would change what an invalid string says.
        for body in ["[{\"a\":\"\\\u{2028}\"}]", "[\u{85}{}]"] {
            assert!(Rows::cut(body.into(), Shape::Objects).is_err(), "{body}");
        }
    }

    #[test]
    fn the_memory_that_cutting_takes_is_known_before() {
        let values = format!("[{}1]", "\"\u{85}\",".repeat(1000));
        let objects = format!("[{}{{}}]", "{},".repeat(1000));
        for (body, shape) in
            [(values, Shape::Values), (objects, Shape::Objects), ("{}".into(), Shape::Object)]
        {
            let most = body.capacity() + Rows::cost(body.as_bytes(), shape);
            let memory = Rows::cut(body.into(), shape).unwrap().memory();
            assert!(memory <= most, "{shape:?}: {memory} of {most}");
        }
    }

    #[test]
    fn anything_but_a_complete_list_of_objects_is_refused() {
        for body in
            ["", "<html>", "[{\"a\":1}", "{\"error\":\"x\"}", "[1]", "[{\"a\":1}] tail", "null", "\u{feff}[]"]
        {
            assert!(Rows::cut(body.into(), Shape::Objects).is_err(), "{body}");
        }
    }

    #[test]
    fn a_row_may_be_as_deep_as_json_readers_follow_and_no_deeper() {
        let nested = |depth: usize| {
            // Brackets in a string do not count.
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
