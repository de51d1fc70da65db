//! A growing part of a list, numbered in the order of the list.

/// The places that belong to the part, as sums of a Fenwick tree: each holds the number of those up to it, back to
/// where its lowest bit leads.
pub(crate) struct Crowd {
    sums: Vec<u32>,
    len: usize,
}

impl Crowd {
    /// Nobody of `size` yet.
    pub(crate) fn new(size: usize) -> Self {
        Self { sums: vec![0; size.next_power_of_two() + 1], len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a place, once.
    pub(crate) fn join(&mut self, place: usize) {
        self.len += 1;
        let mut node = place + 1;
        while let Some(sum) = self.sums.get_mut(node) {
            *sum += 1;
            node += node & node.wrapping_neg();
        }
    }

    /// The place of the `nth` of them.
    pub(crate) fn nth(&self, mut nth: usize) -> usize {
        let mut node = 0;
        let mut step = self.sums.len() - 1;
        while step > 0 {
            let sum = self.sums.get(node + step).map_or(usize::MAX, |sum| *sum as usize);
            if sum <= nth {
                nth -= sum;
                node += step;
            }
            step /= 2;
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_is_found_in_the_order_of_the_list() {
        for size in [1, 7, 8, 100] {
            let mut crowd = Crowd::new(size);
            let mut there = Vec::new();
            for place in (0..size).rev().step_by(3) {
                crowd.join(place);
                there.insert(0, place);
                let found: Vec<usize> = (0..crowd.len()).map(|nth| crowd.nth(nth)).collect();
                assert_eq!(found, there);
            }
        }
    }
}
