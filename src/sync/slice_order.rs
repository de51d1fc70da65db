//! Which slice of a stream is read next.

use std::collections::VecDeque;

use crate::streams::Stream;

/// Slices that are read alone until one proves something.
const MOST_ALONE: usize = 3;

/// Which slice is read next. Where a response of the first one may settle something for all, it is read alone; and
/// "the feature is off" holds when the first, the middle and the last slice say so.
#[derive(Debug)]
pub(super) struct SliceOrder {
    count: usize,
    next: usize,
    phase: Phase,
    /// The middle and the last slice, when they are read early.
    early: VecDeque<usize>,
    read_early: Vec<usize>,
    /// Slices that reported that the feature is off.
    off: Vec<usize>,
    /// An earlier attempt had a normal response: the feature is on.
    is_on: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first slice is read alone.
    First { is_under_way: bool },
    /// The first one reported that the feature is off.
    Confirming { pending: usize },
    /// All of them are read.
    All,
}

impl SliceOrder {
    /// `is_on`: an earlier attempt had a normal response, so no later one says that the feature is off.
    pub(super) fn new(count: usize, stream: &Stream, is_on: bool) -> Self {
        let may_settle = (!is_on && !stream.off_codes.is_empty()) || !stream.hidden.is_empty();
        let phase = if may_settle { Phase::First { is_under_way: false } } else { Phase::All };
        Self { count, next: 0, phase, early: VecDeque::new(), read_early: Vec::new(), off: Vec::new(), is_on }
    }

    /// The next slice to read; `None` while none may be, or no more are left.
    pub(super) fn next(&mut self) -> Option<usize> {
        match self.phase {
            Phase::First { is_under_way: true } => return None,
            Phase::First { .. } => self.phase = Phase::First { is_under_way: true },
            Phase::Confirming { .. } => return self.early.pop_front(),
            Phase::All => {}
        }
        while self.next < self.count {
            self.next += 1;
            let index = self.next - 1;
            if !self.read_early.contains(&index) {
                return Some(index);
            }
        }
        None
    }

    /// A slice says that the feature is off. False if another one had a normal response before.
    pub(super) fn off(&mut self, index: usize) -> bool {
        if self.is_on {
            self.phase = Phase::All;
        }
        match &mut self.phase {
            Phase::All => return false,
            Phase::First { .. } => {
                let early = [self.count / 2, self.count - 1].into_iter();
                self.early = early.filter(|early| *early > index).collect();
                self.early.make_contiguous().sort_unstable();
                if self.early.len() == 2 && self.early[0] == self.early[1] {
                    self.early.pop_back();
                }
                self.read_early = self.early.iter().copied().collect();
                self.phase = Phase::Confirming { pending: self.early.len() };
            }
            Phase::Confirming { pending } => *pending -= 1,
        }
        self.off.push(index);
        true
    }

    /// True unless a slice that is under way alone may still say that the feature is off.
    pub(super) fn is_settled(&self) -> bool {
        self.phase == Phase::All
    }

    /// True if every slice that was read says that the feature is off.
    pub(super) fn is_off(&self) -> bool {
        self.phase == Phase::Confirming { pending: 0 }
    }

    /// A slice whose parent is gone proves nothing; the next one must.
    pub(super) fn proves_nothing(&mut self) {
        match &mut self.phase {
            // Each of them costs seconds, so only a few are read alone.
            Phase::First { .. } if self.next >= MOST_ALONE => self.phase = Phase::All,
            Phase::First { is_under_way } => *is_under_way = false,
            Phase::Confirming { pending } => *pending -= 1,
            Phase::All => {}
        }
    }

    /// A slice had a normal response: all of them are read. Returns those that reported otherwise.
    pub(super) fn on(&mut self) -> Vec<usize> {
        self.phase = Phase::All;
        for early in self.early.drain(..) {
            self.read_early.retain(|read| *read != early);
        }
        std::mem::take(&mut self.off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::{COURSE_CUSTOM_FIELD_VALUES, USER_MANAGERS};

    fn all(order: &mut SliceOrder) -> Vec<usize> {
        std::iter::from_fn(|| order.next()).collect()
    }

    #[test]
    fn without_anything_to_settle_all_slices_are_read_at_once() {
        assert_eq!(all(&mut SliceOrder::new(3, &USER_MANAGERS, false)), [0, 1, 2]);
    }

    #[test]
    fn a_feature_is_off_when_the_first_the_middle_and_the_last_slice_say_so() {
        let mut order = SliceOrder::new(9, &COURSE_CUSTOM_FIELD_VALUES, false);
        assert_eq!(all(&mut order), [0]);
        assert!(order.off(0) && !order.is_off());
        assert_eq!(all(&mut order), [4, 8]);
        assert!(order.off(8) && !order.is_off());
        assert!(order.off(4) && order.is_off());
        assert_eq!(all(&mut order), Vec::<usize>::new());
    }

    #[test]
    fn after_an_interruption_no_slice_says_that_the_feature_is_off() {
        let mut order = SliceOrder::new(1, &COURSE_CUSTOM_FIELD_VALUES, true);
        assert_eq!(all(&mut order), [0]);
        assert!(!order.off(0) && !order.is_off());
    }

    #[test]
    fn before_a_normal_response_nothing_is_settled() {
        let mut order = SliceOrder::new(9, &COURSE_CUSTOM_FIELD_VALUES, false);
        assert_eq!(order.next(), Some(0));
        order.proves_nothing();
        assert_eq!(order.next(), Some(1));
        assert!(order.off(1) && !order.is_settled());
        assert_eq!(order.next(), Some(4));
        order.on();
        assert!(order.is_settled());
    }

    #[test]
    fn one_normal_response_makes_the_others_failures_and_no_slice_is_left_out() {
        let mut order = SliceOrder::new(9, &COURSE_CUSTOM_FIELD_VALUES, false);
        assert_eq!(order.next(), Some(0));
        assert!(order.off(0));
        assert_eq!(order.next(), Some(4));
        assert_eq!(order.on(), [0]);
        assert_eq!(all(&mut order), [1, 2, 3, 5, 6, 7, 8]);
        assert!(!order.off(1), "a failure from now on");
    }

    #[test]
    fn a_parent_that_is_gone_leaves_the_question_to_the_next() {
        let mut order = SliceOrder::new(2, &COURSE_CUSTOM_FIELD_VALUES, false);
        assert_eq!(order.next(), Some(0));
        order.proves_nothing();
        assert_eq!(all(&mut order), [1]);
        assert!(order.off(1) && order.is_off());
    }

    #[test]
    fn a_stream_whose_parents_are_all_gone_does_not_read_them_one_by_one() {
        let mut order = SliceOrder::new(9, &COURSE_CUSTOM_FIELD_VALUES, false);
        for index in 0..MOST_ALONE {
            assert_eq!(all(&mut order), [index]);
            order.proves_nothing();
        }
        assert_eq!(all(&mut order), [3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn few_slices_are_enough() {
        for count in [1, 2, 3] {
            let mut order = SliceOrder::new(count, &COURSE_CUSTOM_FIELD_VALUES, false);
            while let Some(index) = order.next() {
                assert!(order.off(index));
            }
            assert!(order.is_off(), "{count}");
        }
    }
}
