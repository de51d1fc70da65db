//! The answers of one platform to what the documentation leaves open, by seed.

use chrono::Duration;
use fastrand::Rng;

use super::specs::SPECS;

/// What one seed is like.
#[allow(clippy::struct_excessive_bools)] // Each is an open question with two answers.
pub(crate) struct Variant {
    /// Rows become visible up to nine minutes late.
    pub(crate) lags: bool,
    /// Rows may leave a list while its offsets are counted, parents may be "not found" twice, and so on: what one sync may
    /// miss and the next one repairs.
    pub(crate) hides_from_one_sync: bool,
    /// Longest time between two responses, in milliseconds.
    pub(crate) step: u64,
    /// How likely something happens between two responses.
    pub(crate) events: f64,
    /// Streams whose `next` is an offset.
    pub(crate) offset: Vec<bool>,
    /// Streams whose plain lists hide rows of a status.
    pub(crate) hides: Vec<bool>,
    /// Rows on a page.
    pub(crate) page: Vec<usize>,
    /// How a `Link` is written.
    pub(crate) link: u8,
    pub(crate) archived_paths_answer: bool,
    pub(crate) deleted_courses_answer: bool,
    /// Whether `modifiedAt` of a path moves when it is archived or restored.
    pub(crate) archiving_moves_paths: bool,
    /// Users carry `deleted` in place of `status`.
    pub(crate) old_users: bool,
    /// How likely an answer is a fault that passes.
    pub(crate) faults: f64,
    /// How likely a parent that exists is "not found" for an answer or two.
    pub(crate) not_found: f64,
    /// How far the machine's clock is ahead of the platform's.
    pub(crate) machine_ahead: Duration,
    pub(crate) include_deleted_users: bool,
    pub(crate) lookback: Duration,
    /// After how many days all users are visited again.
    pub(crate) refresh_days: u32,
    pub(crate) concurrency: u32,
}

impl Variant {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let chance = |rng: &mut Rng, of: f64| rng.f64() < of;
        let (lags, hides_from_one_sync) = match rng.u8(0..10) {
            0..4 => (true, false),
            4..9 => (false, true),
            _ => (false, false),
        };
        let offsets: &[f64] = if hides_from_one_sync { &[0.0, 0.5, 1.0, 1.0] } else { &[0.0, 0.0, 0.5, 1.0] };
        let offsets = offsets[rng.usize(0..offsets.len())];
        let hiding = [0.0, 0.5, 0.5, 1.0][rng.usize(0..4)];
        let pages: &[usize] = [&[2, 3, 4][..], &[2, 3, 4], &[2, 5, 50], &[50]][rng.usize(0..4)];
        let steps = [300, 3_000, 20_000];
        let ahead = [0, 0, 20, 300, 10_800, 172_800, -90, -86_400];
        Self {
            lags,
            hides_from_one_sync,
            step: steps[rng.usize(0..steps.len())],
            events: [0.05, 0.2, 0.5][rng.usize(0..3)],
            offset: SPECS.iter().map(|_| chance(rng, offsets)).collect(),
            hides: SPECS.iter().map(|_| chance(rng, hiding)).collect(),
            page: SPECS.iter().map(|_| pages[rng.usize(0..pages.len())]).collect(),
            link: rng.u8(0..8),
            archived_paths_answer: chance(rng, 0.7),
            deleted_courses_answer: chance(rng, 0.5),
            archiving_moves_paths: rng.bool(),
            old_users: chance(rng, 0.25),
            faults: [0.0, 0.01, 0.06][rng.usize(0..3)],
            not_found: if hides_from_one_sync { [0.01, 0.04, 0.12] } else { [0.0, 0.0, 0.02] }
                [rng.usize(0..3)],
            machine_ahead: Duration::seconds(ahead[rng.usize(0..ahead.len())]),
            include_deleted_users: chance(rng, 0.7),
            lookback: Duration::days([7, 30, 90][rng.usize(0..3)]),
            refresh_days: [0, 1, 3, 7, 90][rng.usize(0..5)],
            concurrency: [1, 1, 2, 4][rng.usize(0..4)],
        }
    }
}
