//! What went wrong under the parents of one stream, and when that ends the stream. Pure but for the clock of the caller.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, FailedParent};
use crate::streams::Stream;

/// Failures in a row, with no success between, that end a stream.
const MOST_IN_A_ROW: u32 = 20;

/// Failed parents that are named.
const NAMED: usize = 3;

/// Parents that may be gone without a failure: this many, or this share of all.
const FEW_GONE: usize = 2;
const GONE_PERCENT: usize = 5;

/// Counts failures and absences of one stream.
#[derive(Debug)]
pub(super) struct Failures {
    named: Vec<FailedParent>,
    count: usize,
    in_a_row: u32,
    last_success: Instant,
    /// How long retries may go on without any success.
    budget: Duration,
    /// Parents that the API did not find, twice.
    gone: usize,
    /// Parents that were requested and whose own row does not say that they are gone.
    requested: usize,
    has_ended_early: bool,
}

impl Failures {
    /// `earlier`: parents that an earlier attempt read.
    pub(super) fn new(budget: Duration, earlier: usize, now: Instant) -> Self {
        Self {
            named: Vec::new(),
            count: 0,
            in_a_row: 0,
            last_success: now,
            budget,
            gone: 0,
            requested: earlier,
            has_ended_early: false,
        }
    }

    /// A parent was read.
    pub(super) fn success(&mut self, now: Instant) {
        self.requested += 1;
        self.in_a_row = 0;
        self.last_success = now;
    }

    /// A parent is gone.
    pub(super) fn gone(&mut self) {
        self.requested += 1;
        self.gone += 1;
    }

    /// A parent could not be read. True if the stream ends here.
    pub(super) fn add(&mut self, parent: &str, error: Arc<Error>, now: Instant) -> bool {
        self.requested += 1;
        self.count += 1;
        self.in_a_row += 1;
        // One parent alone may be the only one that fails.
        let is_outage = self.in_a_row > 1 && error.is_exhausted();
        let in_vain = is_outage && now.duration_since(self.last_success) >= self.budget;
        // A lasting cause among passing ones would stop the retries, so a passing one is always named.
        if self.named.len() < NAMED {
            self.named.push(FailedParent { id: parent.to_owned(), error });
        } else if !self.named.iter().any(|named| named.error.is_exhausted()) && error.is_exhausted() {
            self.named[NAMED - 1] = FailedParent { id: parent.to_owned(), error };
        }
        self.has_ended_early = self.in_a_row >= MOST_IN_A_ROW || in_vain;
        self.has_ended_early
    }

    /// These parent rows have no usable id. They say nothing about the API being there.
    pub(super) fn without_id(&mut self, rows: usize, stream: &'static Stream) {
        if rows > 0 {
            self.requested += rows;
            self.count += rows;
            let error = Arc::new(Error::ParentWithoutId { stream: stream.name });
            self.named.push(FailedParent { id: format!("{rows} without an id"), error });
        }
    }

    /// How many parents the API did not find, and of how many.
    pub(super) fn absence(&self) -> (usize, usize) {
        (self.gone, self.requested)
    }

    /// True if some parent could not be read.
    pub(super) fn is_any(&self) -> bool {
        self.count > 0
    }

    /// True if so many parents are gone that the listing or the lists below it cannot be trusted.
    pub(super) fn too_many_gone(&self) -> bool {
        let is_single = self.requested == 1;
        let many = self.gone > FEW_GONE && self.gone * 100 > self.requested * GONE_PERCENT;
        many || (self.gone > 0 && self.gone == self.requested && !is_single)
    }

    /// The error of the stream, if some parents could not be read.
    pub(super) fn into_error(self, stream: &'static Stream) -> Option<Error> {
        let parent = stream.parent.as_ref()?.stream.name;
        if self.count > 0 {
            let (failed, requested, has_ended_early) = (self.count, self.requested, self.has_ended_early);
            return Some(Error::Parents {
                stream: stream.name,
                parent,
                failed,
                requested,
                has_ended_early,
                named: self.named,
            });
        }
        self.too_many_gone().then_some(Error::ParentsGone {
            stream: stream.name,
            parent,
            gone: self.gone,
            requested: self.requested,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ApiError;
    use crate::protocol::FailureType;
    use crate::streams::USER_MANAGERS;

    fn failures() -> Failures {
        Failures::new(Duration::from_mins(10), 0, Instant::now())
    }

    fn refused() -> Arc<Error> {
        let (path, code) = ("/users/u1/managers".to_owned(), "userIsOdd".to_owned());
        Arc::new(ApiError::Rejected { path, status: 400, code }.into())
    }

    fn exhausted() -> Arc<Error> {
        let (path, reason) = ("/users/u1/managers".to_owned(), "HTTP 500".to_owned());
        let advice = "Wait.".to_owned();
        Arc::new(ApiError::Exhausted { path, attempts: 9, seconds: 600, reason, advice, cause: None }.into())
    }

    #[tokio::test(start_paused = true)]
    async fn twenty_failures_in_a_row_end_a_stream_and_one_success_between_does_not() {
        let mut failures = failures();
        for round in 0..3 {
            assert!(!(0..19).any(|_| failures.add("u", refused(), Instant::now())), "{round}");
            failures.success(Instant::now());
        }
        assert!((0..20).any(|_| failures.add("u", refused(), Instant::now())));
    }

    #[tokio::test(start_paused = true)]
    async fn ten_minutes_of_retries_without_any_success_end_a_stream() {
        let mut failures = failures();
        tokio::time::advance(Duration::from_secs(601)).await;
        failures.success(Instant::now());
        tokio::time::advance(Duration::from_secs(599)).await;
        assert!(!failures.add("u", exhausted(), Instant::now()));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!failures.add("u", refused(), Instant::now()), "the API answers");
        assert!(failures.add("u", exhausted(), Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn one_parent_that_fails_for_ten_minutes_does_not_end_a_stream_that_reads_one_at_a_time() {
        let mut failures = failures();
        failures.success(Instant::now());
        tokio::time::advance(Duration::from_secs(700)).await;
        assert!(!failures.add("u", exhausted(), Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn one_passing_failure_among_lasting_ones_is_worth_a_retry() {
        let mut failures = failures();
        for _ in 0..9 {
            failures.add("u", refused(), Instant::now());
        }
        failures.add("late", exhausted(), Instant::now());
        let error = failures.into_error(&USER_MANAGERS).unwrap();
        assert_eq!(error.failure_type(), FailureType::Transient);
        let text = error.to_string();
        assert!(text.contains("10 of 10 rows of `users`") && text.contains("late: "), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_resumed_sync_judges_absence_by_all_parents() {
        let mut failures = Failures::new(Duration::from_mins(10), 98, Instant::now());
        failures.gone();
        failures.gone();
        assert_eq!((failures.too_many_gone(), failures.absence()), (false, (2, 100)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_missing_parents_are_normal_and_many_or_all_are_a_failure() {
        for (gone, of, fails) in [
            (0, 0, false),
            (1, 1, false),
            (2, 2, true),
            (2, 3, false),
            (3, 60, false),
            (3, 59, true),
            (9, 9, true),
        ] {
            let mut failures = failures();
            (0..gone).for_each(|_| failures.gone());
            (gone..of).for_each(|_| failures.success(Instant::now()));
            assert_eq!(failures.too_many_gone(), fails, "{gone} of {of}");
            assert_eq!(failures.into_error(&USER_MANAGERS).is_some(), fails);
        }
    }
}
