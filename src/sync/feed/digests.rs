//! Short digests of many rows: which parts of a list changed between two syncs. Pure.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Parts of a list. A change shows its part only: of 2,980 rows about 6.
const PARTS: usize = 512;

/// Bytes kept of each part.
const BYTES: usize = 3;

/// The bits of a digest: one change in eight million stays unseen until all parents are visited.
const DIGEST: u64 = (1 << (8 * BYTES - 1)) - 1;

/// A mark beside the digest: the part changed, so the next sync visits it once more.
const AGAIN: u64 = DIGEST + 1;

/// A digest that no part has for good: what is unknown differs from everything.
const UNKNOWN: u64 = 0;

/// The digest of a part without rows.
const EMPTY: u64 = 1;

/// A digest of each part of a list, in which the order of the rows does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Digests(Box<[u64; PARTS]>);

impl Default for Digests {
    /// Nothing is known.
    fn default() -> Self {
        Self(Box::new([UNKNOWN; PARTS]))
    }
}

/// A hash that is the same in every run. If another release of the toolchain hashes differently, everything differs once.
fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The digest of a row. A part of it does not count.
pub(in super::super) fn digest_without(row: &str, ignored: Option<&str>) -> u64 {
    let Some(ignored) = ignored else { return hash((row, "")) };
    let start = ignored.as_ptr().addr() - row.as_ptr().addr();
    hash((&row[..start], &row[start + ignored.len()..]))
}

/// The digest of a set of ids.
pub(in super::super) fn digest_of_ids<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let sum = ids.fold(0_u64, |sum, id| sum.wrapping_add(hash(id)));
    format!("{sum:016x}")
}

/// The part to which a row belongs.
fn part(id: &str) -> usize {
    let hash = hash(id).to_le_bytes();
    usize::from(u16::from_le_bytes([hash[0], hash[1]])) % PARTS
}

impl Digests {
    /// Of rows with these ids and digests.
    pub(in super::super) fn of<'a>(rows: impl Iterator<Item = (&'a str, u64)>) -> Self {
        // A part without rows is known to be empty.
        let mut digests = Self(Box::new([EMPTY; PARTS]));
        for (id, digest) in rows {
            let sum = &mut digests.0[part(id)];
            *sum = sum.wrapping_add(digest);
        }
        digests.0.iter_mut().for_each(|sum| *sum &= DIGEST);
        digests
    }

    /// Reads what [`text`](Self::text) wrote.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == PARTS * BYTES)?;
        let mut digests = Self::default();
        for (digest, bytes) in digests.0.iter_mut().zip(bytes.chunks_exact(BYTES)) {
            *digest = bytes.iter().fold(0, |digest, byte| digest << 8 | u64::from(*byte));
        }
        Some(digests)
    }

    /// 2,048 characters.
    pub(in super::super) fn text(&self) -> String {
        let bytes: Vec<u8> =
            self.0.iter().flat_map(|digest| digest.to_be_bytes().into_iter().skip(8 - BYTES)).collect();
        STANDARD_NO_PAD.encode(bytes)
    }

    /// True if a row in the part of this id may have changed.
    pub(in super::super) fn differs(&self, now: &Self, id: &str) -> bool {
        let part = part(id);
        self.0[part] == UNKNOWN || self.0[part] != now.0[part]
    }

    /// True if nothing is known of the part of this id.
    pub(in super::super) fn is_unknown(&self, id: &str) -> bool {
        self.0[part(id)] == UNKNOWN
    }

    /// What is the same in both; the rest is unknown.
    pub(in super::super) fn common(&self, other: &Self) -> Self {
        let mut common = self.clone();
        for (digest, other) in common.0.iter_mut().zip(other.0.iter()) {
            if digest != other {
                *digest = UNKNOWN;
            }
        }
        common
    }

    /// `now`, in which the parts that differ from what was known are visited by one more sync.
    pub(in super::super) fn visited_again(&self, now: &Self) -> Self {
        let mut next = now.clone();
        for (digest, before) in next.0.iter_mut().zip(self.0.iter()) {
            if *before != UNKNOWN && *digest != before & DIGEST {
                *digest |= AGAIN;
            }
        }
        next
    }

    /// The part of this id is unknown from now on.
    pub(in super::super) fn forget(&mut self, id: &str) {
        self.0[part(id)] = UNKNOWN;
    }
}
