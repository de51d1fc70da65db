//! Pages of a list: their size, the `next` token that leads to the following one, and the pages kept ready.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use crate::data::rng::mix;

/// Pages with fewer rows cost less to write than to keep.
const WORTH_KEEPING: usize = 100;

/// What the pages kept may take, in bytes; later ones are written each time.
const ROOM: usize = 512 << 20;

/// A page ready to be sent.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) body: Bytes,
    /// Another page exists.
    pub(crate) more: bool,
    pub(crate) rows: usize,
}

/// What is known of pages until the next change.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Unfiltered pages, written once.
    pages: HashMap<(String, usize), Page>,
    bytes: usize,
    /// Where the rows of filtered pages begin in the whole list, by path, query and offset.
    marks: HashMap<(String, String, usize), usize>,
}

impl Shelf {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, path: &str, offset: usize) -> Option<Page> {
        self.known().pages.get(&(path.to_owned(), offset)).cloned()
    }

    pub(crate) fn keep(&self, path: &str, offset: usize, page: &Page) {
        let mut known = self.known();
        if page.rows >= WORTH_KEEPING && known.bytes + page.body.len() <= ROOM {
            known.bytes += page.body.len();
            known.pages.insert((path.to_owned(), offset), page.clone());
        }
    }

    /// Where the row at `offset` of a filtered list stands in the whole list.
    pub(crate) fn mark(&self, path: &str, query: &str, offset: usize) -> Option<usize> {
        self.known().marks.get(&(path.to_owned(), query.to_owned(), offset)).copied()
    }

    pub(crate) fn remember(&self, path: &str, query: &str, offset: usize, place: usize) {
        self.known().marks.insert((path.to_owned(), query.to_owned(), offset), place);
    }

    pub(crate) fn clear(&self) {
        *self.known() = Known::default();
    }
}

/// Where a page starts, and the query of the first page with its filters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) offset: usize,
    pub(crate) query: String,
    /// The number of the GET that gave it, where a `next` may end.
    pub(crate) given: Option<u64>,
}

impl Cursor {
    /// The opaque token of this cursor; it is good for `path` only.
    pub(crate) fn token(&self, path: &str) -> String {
        let given = self.given.map_or(String::new(), |given| format!("-{given:x}"));
        let text = format!("{:x}{given}.{}", self.offset, self.query);
        let seal = seal(path, &text);
        text.bytes().fold(format!("{seal:016x}"), |mut token, byte| {
            for digit in [byte >> 4, byte & 15] {
                token.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
            token
        })
    }

    /// The cursor of a token that was made for `path`.
    pub(crate) fn open(path: &str, token: &str) -> Option<Self> {
        let (sealed, text) = token.split_at_checked(16)?;
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let bytes = text.as_bytes().chunks(2).map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        });
        let text = String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()?;
        if u64::from_str_radix(sealed, 16).ok()? != seal(path, &text) {
            return None;
        }
        let (place, query) = text.split_once('.')?;
        let (offset, given) =
            place.split_once('-').map_or((place, None), |(offset, given)| (offset, Some(given)));
        let given = given.map(|given| u64::from_str_radix(given, 16)).transpose().ok()?;
        Some(Self { offset: usize::from_str_radix(offset, 16).ok()?, query: query.to_owned(), given })
    }
}

fn seal(path: &str, text: &str) -> u64 {
    path.bytes().chain([0]).chain(text.bytes()).fold(360, |state, byte| mix(state ^ u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_on_its_own_path_only() {
        let cursor = |given| Cursor { offset: 500, query: "status[eq]=active&é".to_owned(), given };
        let token = cursor(None).token("/users");
        assert_eq!(Cursor::open("/users", &token), Some(cursor(None)));
        assert_eq!(Cursor::open("/users", &cursor(Some(77)).token("/users")), Some(cursor(Some(77))));
        assert_eq!(Cursor::open("/paths", &token), None);
        for broken in ["", "x", "é", &token[1..], "0000000000000000zz", "éééééééééééééééééé"]
        {
            assert_eq!(Cursor::open("/users", broken), None, "{broken}");
        }
    }
}
