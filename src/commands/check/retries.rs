//! Which retries of a check are logged.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::Event;
use crate::error::Error;

/// A line of the log for every kind of repeated failure at once, and then so often while it stays.
const REMINDER: Duration = Duration::from_secs(15);

/// The reasons for which requests were repeated: each is logged at once, and again after a while.
#[derive(Default)]
pub(super) struct Retries {
    logged: BTreeMap<String, Instant>,
    last: Option<String>,
}

impl Retries {
    /// True if the event is a retry that is to be logged.
    pub(super) fn is_due(&mut self, event: &Event) -> bool {
        let Event::Retry { reason, .. } = event else { return false };
        self.last = Some(reason.clone());
        let now = Instant::now();
        let is_due = self.logged.get(reason).is_none_or(|at| now.duration_since(*at) >= REMINDER);
        if is_due {
            self.logged.insert(reason.clone(), now);
        }
        is_due
    }

    /// The error of a check that gave up after this time.
    pub(super) fn timeout(self, deadline: Duration) -> Error {
        let reason = self.last.unwrap_or_else(|| "no response".to_owned());
        Error::CheckTimeout { minutes: deadline.as_secs() / 60, reason }
    }
}
