//! What became of the slices of a stream, and what follows from it for checkpoints and the next sync.

use std::sync::Arc;

use tokio::time::Instant;

use super::failures::Failures;
use super::parents::ParentRows;
use super::slice_reader::SliceReader;
use super::slices::Slice;
use crate::error::Error;

/// What became of the slices.
pub(super) struct Outcome {
    pub(super) rows: ParentRows,
    pub(super) failures: Failures,
    /// The feature is off for the whole account.
    pub(super) is_off: bool,
    /// Why the reading ended before the last slice.
    pub(super) stopped: Option<Error>,
}

/// What is not certain about the parents.
#[derive(Default)]
pub(super) struct Above {
    /// Why they are incomplete.
    pub(super) failure: Option<Arc<Error>>,
    /// One of them may have been missed.
    pub(super) is_doubtful: bool,
}

/// True if a row may have been missed: a list had several pages, or a parent was gone; here or above.
pub(super) fn is_doubtful(outcome: &Outcome, reader: &SliceReader, above: &Above) -> bool {
    above.is_doubtful || outcome.failures.absence().0 > 0 || reader.has_page_edges()
}

/// True if a checkpoint may pass the parents that are done: one without rows or without its key would be behind the mark,
/// and never seen again.
pub(super) fn may_pass(outcome: &Outcome, reader: &SliceReader, above: &Above) -> bool {
    above.failure.is_none() && !outcome.failures.too_many_gone() && reader.without_key() == 0
}

impl Outcome {
    /// Counts a failed parent. True if the stream ends here.
    pub(super) fn failed(&mut self, slice: Slice<'_>, error: Error) -> bool {
        self.failures.add(slice.id().unwrap_or_default(), Arc::new(error), Instant::now())
    }
}
