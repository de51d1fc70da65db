//! How far a stream is done.

use std::collections::VecDeque;

/// Which slices are done, and up to which one all of them are. Slices end in any order; records that were written beyond
/// the mark are merely repeated by a resumed read.
#[derive(Debug)]
pub(super) struct LowWater {
    slices: usize,
    /// All slices before this one are done.
    mark: usize,
    /// Whether those from the mark on are, as far as one is.
    ahead: VecDeque<bool>,
    /// Where the mark stood at the last checkpoint.
    told: usize,
}

impl LowWater {
    pub(super) fn new(slices: usize) -> Self {
        Self { slices, mark: 0, ahead: VecDeque::new(), told: 0 }
    }

    pub(super) fn done(&mut self, index: usize) {
        let at = index - self.mark;
        self.ahead.resize(self.ahead.len().max(at + 1), false);
        self.ahead[at] = true;
        while self.ahead.front() == Some(&true) {
            self.ahead.pop_front();
            self.mark += 1;
        }
    }

    /// Whether the first slice is done.
    pub(super) fn has_begun(&self) -> bool {
        self.mark > 0
    }

    /// The slice up to which all are done, if the mark moved by at least `every` since the last checkpoint. The end of the
    /// stream is told apart.
    pub(super) fn due(&mut self, every: usize) -> Option<usize> {
        if self.mark < self.told + every || self.mark == self.slices {
            return None;
        }
        self.told = self.mark;
        Some(self.mark - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_waits_for_the_slowest_slice() {
        let mut low_water = LowWater::new(4);
        low_water.done(1);
        low_water.done(2);
        assert_eq!(low_water.due(1), None);
        low_water.done(0);
        assert_eq!(low_water.due(4), None, "not often enough");
        assert_eq!(low_water.due(1), Some(2));
        assert_eq!(low_water.due(1), None, "told already");
        low_water.done(3);
        assert_eq!(low_water.due(1), None, "the end is told apart");
    }
}
