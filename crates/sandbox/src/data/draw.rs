//! Random draws for data: a seeded generator for each purpose, and the few shapes that generators need.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::{Id, Time};

/// A count as a number of the API.
pub(crate) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A seeded generator.
pub(crate) struct Rng(pub(crate) fastrand::Rng);

impl Rng {
    /// A generator of its own for each `purpose`: more draws for one list leave the others as they were.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: a hash that no release of Rust changes.
        let hash = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self::with_seed(purpose.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, hash))
    }

    pub(crate) fn with_seed(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number in `0..bound`; zero for an empty range.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound.max(1))
    }

    /// A number in `low..high`; `low` for an empty range.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.i64(low..high.max(low + 1))
    }

    /// A duration in `low..high`; `low` for an empty range.
    pub(crate) fn span(&mut self, low: TimeDelta, high: TimeDelta) -> TimeDelta {
        TimeDelta::milliseconds(self.between(low.num_milliseconds(), high.num_milliseconds()))
    }

    /// An instant in `from..until`; `from` for an empty range.
    pub(crate) fn time(&mut self, from: Time, until: Time) -> Time {
        from + self.span(TimeDelta::zero(), until - from)
    }

    /// The id of a row created then.
    pub(crate) fn id(&mut self, created: Time) -> Id {
        Id::new(created, self.0.u64(..))
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: usize) -> bool {
        self.0.usize(..1000) < permille
    }

    /// A value `permille` times in a thousand.
    pub(crate) fn maybe<T>(&mut self, permille: usize, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(permille) { Some(value(self)) } else { None }
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// `count` distinct numbers below `bound` (all of them if there are fewer), in random order.
    pub(crate) fn places(&mut self, bound: usize, count: usize) -> Vec<usize> {
        let (mut seen, mut places) = (HashSet::new(), Vec::new());
        while places.len() < count.min(bound) {
            let place = self.below(bound);
            if seen.insert(place) {
                places.push(place);
            }
        }
        places
    }

    /// `count` distinct items (all of them if there are fewer), in random order.
    pub(crate) fn sample<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        self.places(items.len(), count).into_iter().map(|place| items[place].clone()).collect()
    }
}
