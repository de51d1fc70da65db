//! The `next` token that leads to the following page.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where a page starts, and the query of the first page with its filters.
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
