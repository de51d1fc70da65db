//! `SplitMix64`: the same seed gives the same data on every machine.

use std::collections::HashMap;

use super::moment::Moment;

/// A stream of pseudo-random draws.
pub(crate) struct Rng(u64);

impl Rng {
    /// A stream of its own for each `purpose`, so that drawing more for one list leaves the others as they were.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(purpose.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte))))
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `0..bound`; zero for an empty range.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.draw().checked_rem(bound as u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
    }

    /// A number in `low..high`; `low` for an empty range.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.draw() >> 1).cast_signed().checked_rem((high - low).max(1)).unwrap_or(0)
    }

    /// An instant in `from..until`; `from` for an empty range.
    pub(crate) fn moment(&mut self, from: Moment, until: Moment) -> Moment {
        Moment(self.between(from.0, until.0))
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: usize) -> bool {
        self.below(1000) < permille
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// `count` distinct items (all of them if there are fewer), in random order.
    pub(crate) fn sample<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        self.places(items.len(), count).into_iter().map(|place| items[place]).collect()
    }

    /// `count` distinct numbers below `bound` (all of them if there are fewer), in random order: the beginning of a
    /// shuffle of all of them, of which only what has moved is written down.
    pub(crate) fn places(&mut self, bound: usize, count: usize) -> Vec<usize> {
        let mut moved: HashMap<usize, usize> = HashMap::new();
        (0..count.min(bound))
            .map(|place| {
                let other = place + self.below(bound - place);
                // Nothing looks at this place again.
                let here = moved.remove(&place).unwrap_or(place);
                if other == place { here } else { moved.insert(other, here).unwrap_or(other) }
            })
            .collect()
    }
}

/// The finaliser of `SplitMix64`: a bijection, so distinct inputs stay distinct.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
