//! Rows of hidden lists that were emitted already: a later list may hold the same version again.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

/// The first hidden lists' rows by hashes of 64 bits, each with the version that was emitted last.
#[derive(Debug, Default)]
pub(super) struct SeenRows {
    rows: HashMap<u64, Version>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Version {
    bytes: u64,
    /// The hidden status in whose list the row came first.
    status: &'static str,
    came_again: bool,
}

impl SeenRows {
    /// Remembers a row of the first hidden list of this status.
    pub(super) fn insert(&mut self, status: &'static str, key: &[Option<&str>], row: &str) {
        let (key, bytes) = (self.hasher.hash_one(key), self.hasher.hash_one(row));
        self.rows.insert(key, Version { bytes, status, came_again: false });
    }

    /// True if the version of this key that was emitted last has the same bytes. Otherwise this one is the last now.
    pub(super) fn is_repeat(&mut self, key: &[Option<&str>], row: &str) -> bool {
        let Some(version) = self.rows.get_mut(&self.hasher.hash_one(key)) else { return false };
        version.came_again = true;
        let bytes = self.hasher.hash_one(row);
        std::mem::replace(&mut version.bytes, bytes) == bytes
    }

    /// True if this hidden list had rows and all of them came again.
    pub(super) fn all_came_again(&self, status: &str) -> bool {
        let mut of_status = self.rows.values().filter(|version| version.status == status).peekable();
        of_status.peek().is_some() && of_status.all(|version| version.came_again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_repeated_only_while_its_bytes_stay_the_same() {
        let mut seen = SeenRows::default();
        let key = [Some("\"a\"")];
        assert!(!seen.all_came_again("archived"), "an empty list proves nothing");
        seen.insert("archived", &key, "v1");
        assert!(!seen.all_came_again("archived"));
        assert!(seen.is_repeat(&key, "v1") && seen.all_came_again("archived"));
        assert!(!seen.is_repeat(&key, "v2") && seen.is_repeat(&key, "v2") && !seen.is_repeat(&key, "v1"));
        assert!(!seen.is_repeat(&[Some("\"b\"")], "v1"), "only rows of the first hidden list are remembered");
    }
}
