//! Object ids: 24 hexadecimal digits, of which the first eight are the second of creation.

use std::fmt;

use chrono::TimeDelta;

use super::{Rng, Time};

/// A Mongo object id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    second: u32,
    tail: u64,
}

impl Id {
    pub(crate) fn new(created: Time, tail: u64) -> Self {
        Self { second: u32::try_from(created.timestamp()).unwrap_or(0), tail }
    }

    /// The second of creation.
    pub(crate) fn created(self) -> Time {
        Time::UNIX_EPOCH + TimeDelta::seconds(self.second.into())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let second = u32::from_str_radix(&text[..8], 16).ok()?;
        Some(Self { second, tail: u64::from_str_radix(&text[8..], 16).ok()? })
    }

    /// A generator of draws that belong to this row.
    pub(crate) fn rng(self, seed: u64) -> Rng {
        Rng::with_seed(self.tail ^ (u64::from(self.second) << 32) ^ seed.rotate_left(17))
    }

    /// The place of a row in its lists, which follows neither creation nor any other date.
    pub(crate) fn place(self, seed: u64) -> (u64, Self) {
        (self.rng(seed).0.u64(..), self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}{:016x}", self.second, self.tail)
    }
}
