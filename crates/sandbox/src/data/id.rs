//! Object ids: 24 hexadecimal digits, the first eight of them the second of creation.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use serde::{Serialize, Serializer};

use super::moment::Moment;
use super::rng::mix;

/// A Mongo object id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    second: u32,
    tail: u64,
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.tail);
    }
}

/// The tail of an id is random already: it is its own hash.
#[derive(Default)]
pub(crate) struct Tail(u64);

impl Hasher for Tail {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |state, byte| mix(state ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, tail: u64) {
        self.0 ^= tail;
    }
}

/// What is found by an id.
pub(crate) type ById<T> = HashMap<Id, T, BuildHasherDefault<Tail>>;

/// The items of each id, in the order in which they come.
pub(crate) fn grouped<T>(items: impl Iterator<Item = (Id, T)>) -> ById<Vec<T>> {
    let mut groups: ById<Vec<T>> = ById::default();
    for (id, item) in items {
        groups.entry(id).or_default().push(item);
    }
    groups
}

impl Id {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hexadecimal = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal {
            return None;
        }
        let second = u32::from_str_radix(&text[..8], 16).ok()?;
        let tail = u64::from_str_radix(&text[8..], 16).ok()?;
        Some(Self { second, tail })
    }

    /// The id of what came out of this row at `at`, the same one each time.
    pub(crate) fn kin(self, at: Moment) -> Self {
        let second = u32::try_from(at.seconds()).unwrap_or(0);
        Self { second, tail: mix(!self.tail) }
    }

    /// The place of a row in its lists, which follows neither creation nor any other date.
    pub(crate) fn shuffled(self, seed: u64) -> (u64, Self) {
        (mix(self.tail ^ u64::from(self.second) ^ mix(seed)), self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:016x}", self.second, self.tail)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids; no two are equal, because the tail is a bijection of a counter.
#[derive(Clone)]
pub(crate) struct Mint {
    seed: u64,
    made: u64,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed: mix(seed), made: 0 }
    }

    pub(crate) fn at(&mut self, created: Moment) -> Id {
        self.made += 1;
        let second = u32::try_from(created.seconds()).unwrap_or(0);
        Id { second, tail: mix(self.seed ^ self.made) }
    }
}
