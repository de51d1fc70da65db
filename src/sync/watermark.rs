//! How far a stream is done: the low-water mark of its slices.

use std::collections::VecDeque;

/// Slices end in any order. Records written beyond the mark are merely repeated by a resumed read.
#[derive(Debug, Default)]
pub(super) struct Watermark {
    /// All slices before this one are done.
    mark: usize,
    /// True for each slice from the mark on that is done.
    ahead: VecDeque<bool>,
    /// The mark of the last checkpoint.
    checkpoint: usize,
}

impl Watermark {
    pub(super) fn done(&mut self, index: usize) {
        let at = index - self.mark;
        self.ahead.resize(self.ahead.len().max(at + 1), false);
        self.ahead[at] = true;
        while self.ahead.front() == Some(&true) {
            self.ahead.pop_front();
            self.mark += 1;
        }
    }

    /// The last slice below the mark, if the mark moved by at least `every` since the last checkpoint.
    pub(super) fn checkpoint(&mut self, every: usize) -> Option<usize> {
        if self.mark < self.checkpoint + every.max(1) {
            return None;
        }
        self.checkpoint = self.mark;
        Some(self.mark - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_waits_for_the_slowest_slice() {
        let mut watermark = Watermark::default();
        watermark.done(1);
        watermark.done(2);
        assert_eq!(watermark.checkpoint(1), None);
        watermark.done(0);
        assert_eq!(watermark.checkpoint(4), None, "too soon");
        assert_eq!(watermark.checkpoint(1), Some(2));
        assert_eq!(watermark.checkpoint(1), None, "no progress since");
        watermark.done(3);
        assert_eq!(watermark.checkpoint(1), Some(3));
    }
}
