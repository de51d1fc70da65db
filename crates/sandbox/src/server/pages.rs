//! The `next` token that leads to the following page, and how long it is valid.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::variants::{Variant, Variants};

/// For so many admitted GETs after the one that has it, a short `next` is valid.
const LIFE: u64 = 60;

/// Where a page starts, and the query of the first page with its filters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The rows before it in the list that the query filters.
    pub(super) offset: usize,
    pub(super) query: String,
    /// The number of the GET whose response has it.
    pub(super) given: u64,
}

impl Cursor {
    /// The opaque token of this cursor; it is valid for `path` only.
    pub(super) fn token(&self, path: &str) -> String {
        let text = format!("{}.{}.{}", self.offset, self.given, self.query);
        URL_SAFE_NO_PAD.encode(format!("{:016x}{text}", seal(path, &text)))
    }

    /// The cursor of a token that was made for `path`.
    pub(super) fn open(path: &str, token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (sealed, text) = text.split_at_checked(16)?;
        if u64::from_str_radix(sealed, 16).ok()? != seal(path, text) {
            return None;
        }
        let mut parts = text.splitn(3, '.');
        let (offset, given, query) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { offset: offset.parse().ok()?, query: query.to_owned(), given: given.parse().ok()? })
    }
}

fn seal(path: &str, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (path, text).hash(&mut hasher);
    hasher.finish()
}

/// The `next` tokens that were used, by the number of the GET that gave them.
#[derive(Default)]
pub(super) struct UsedTokens(Mutex<HashSet<u64>>);

impl UsedTokens {
    /// Whether GET number `now` may use the `next` that number `given` gave.
    pub(super) fn admit(&self, variants: Variants, given: u64, now: u64) -> bool {
        let is_alive = !variants.has(Variant::ShortNext) || now.saturating_sub(given) <= LIFE;
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        is_alive && (!variants.has(Variant::NextOnce) || used.insert(given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_on_its_own_path_only() {
        let cursor = |given| Cursor { offset: 500, query: "status[eq]=active&é".to_owned(), given };
        let token = cursor(0).token("/users");
        assert_eq!(Cursor::open("/users", &token), Some(cursor(0)));
        assert_eq!(Cursor::open("/users", &cursor(77).token("/users")), Some(cursor(77)));
        assert_eq!(Cursor::open("/paths", &token), None);
        for broken in ["", "x", "é", &token[1..], "0000000000000000zz", "éééééééééééééééééé"]
        {
            assert_eq!(Cursor::open("/users", broken), None, "{broken}");
        }
    }
}
