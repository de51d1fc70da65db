//! How far a stream is done.

use super::parents::Slice;

/// Which parents are done, and up to which one all of them are. Slices end in any order; records that were written beyond
/// the mark are merely repeated by a resumed read.
pub(super) struct LowWater<'a> {
    slices: &'a [Slice],
    done: Vec<bool>,
    /// All slices before this one are done.
    mark: usize,
    /// Where the mark stood at the last checkpoint.
    told: usize,
}

impl<'a> LowWater<'a> {
    pub(super) fn new(slices: &'a [Slice]) -> Self {
        Self { slices, done: vec![false; slices.len()], mark: 0, told: 0 }
    }

    pub(super) fn done(&mut self, index: usize) {
        self.done[index] = true;
        while self.done.get(self.mark).is_some_and(|done| *done) {
            self.mark += 1;
        }
    }

    /// The id up to which all is done, if the mark moved by at least `every` since the last checkpoint. The end of the
    /// stream is told apart.
    pub(super) fn due(&mut self, every: usize) -> Option<&'a str> {
        if self.mark < self.told + every || self.mark == self.slices.len() {
            return None;
        }
        self.told = self.mark;
        let id = self.slices[self.mark - 1].id.as_str();
        Some(id).filter(|id| !id.is_empty())
    }
}
