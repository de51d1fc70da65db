//! The rows of a page, cut apart but not parsed.

use std::ops::Range;

use bytes::Bytes;
use serde_json::value::RawValue;

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

/// The rows of one page: the body, and where each row stands in it.
#[derive(Debug)]
pub struct Rows {
    body: Bytes,
    ranges: Vec<Range<usize>>,
}

impl Rows {
    /// Cuts a body of this shape. Anything else is no page: an HTML page, a cut body, an error object.
    pub(super) fn cut(body: Bytes, shape: Shape) -> Result<Self, &'static str> {
        let rows: Vec<&RawValue> = match shape {
            Shape::Objects | Shape::Values => {
                serde_json::from_slice(&body).map_err(|_| "the body is no complete JSON array")?
            }
            Shape::Object => {
                vec![serde_json::from_slice(&body).map_err(|_| "the body is no complete JSON object")?]
            }
        };
        let start = body.as_ptr().addr();
        let mut ranges = Vec::with_capacity(rows.len());
        for row in rows {
            let text = row.get();
            if text.starts_with('{') == (shape == Shape::Values) {
                return Err("a row has not the documented shape");
            }
            let at = text.as_ptr().addr() - start;
            ranges.push(at..at + text.len());
        }
        Ok(Self { body, ranges })
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
}
