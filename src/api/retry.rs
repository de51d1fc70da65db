//! What is tried again, and when. Pure but for the sleep.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::ApiError;

/// Delays and bounds of every request.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest silence while an answer is awaited or comes.
    pub idle: Duration,
    /// Longest time for a whole answer: one that trickles is never silent.
    pub answer: Duration,
    /// First back-off; it doubles with each attempt.
    pub base: Duration,
    /// Longest back-off.
    pub cap: Duration,
    /// How long one page is tried in all.
    pub budget: Duration,
    /// This machine's clock.
    pub now: fn() -> DateTime<Utc>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            answer: Duration::from_secs(240),
            base: Duration::from_secs(1),
            cap: Duration::from_secs(60),
            budget: Duration::from_secs(600),
            now: Utc::now,
        }
    }
}

/// What to do about an answer's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Read the body.
    Done,
    /// Try again later.
    Retry,
    /// Get a new token, then try again.
    Renew,
    /// Trying again cannot help.
    Fail,
}

/// 408, 425, 429 and every 5xx pass by themselves; a 401 may be an expired token (error pages of the API's docs).
pub(super) fn verdict(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Done,
        401 => Verdict::Renew,
        408 | 425 | 429 | 500..=599 => Verdict::Retry,
        _ => Verdict::Fail,
    }
}

/// Full jitter: anything from nothing to the doubled base, so that clients do not return in step. `random` is in `0..1`.
pub(super) fn back_off(timing: &Timing, attempt: u32, random: f64) -> Duration {
    let ceiling = timing.base.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(timing.cap);
    ceiling.mul_f64(random)
}

/// `Retry-After`: seconds, or an HTTP date against the answer's own `Date`.
pub(super) fn retry_after(value: &str, date: std::time::SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok()?.duration_since(date).ok()
}

/// The attempts at one page, and the time that they took. Time in which nothing could be tried (a slow reader, the pace)
/// does not count.
pub(super) struct Attempts {
    count: u32,
    spent: Duration,
    begun: Instant,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self { count: 1, spent: Duration::ZERO, begun: Instant::now() }
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self) {
        self.begun = Instant::now();
    }

    /// How long to wait before the next attempt: the server's wish or our own back-off, whichever is longer. An error
    /// when that would pass the budget.
    pub(super) fn next(
        &mut self,
        timing: &Timing,
        path: &str,
        reason: &str,
        asked: Option<Duration>,
    ) -> Result<Duration, ApiError> {
        let wait = back_off(timing, self.count, fastrand::f64()).max(asked.unwrap_or_default());
        self.spent += self.begun.elapsed();
        if self.spent.saturating_add(wait) > timing.budget {
            return Err(ApiError::Exhausted {
                path: path.to_owned(),
                attempts: self.count,
                seconds: self.spent.as_secs(),
                reason: match asked {
                    Some(asked) if asked > timing.budget => {
                        format!("{reason}, with a Retry-After of {} s", asked.as_secs())
                    }
                    _ => reason.to_owned(),
                },
            });
        }
        self.count += 1;
        self.spent += wait;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_the_cap() {
        let timing = Timing::default();
        let seconds = |attempt| back_off(&timing, attempt, 1.0).as_secs();
        assert_eq!([1, 2, 3, 7, 40].map(seconds), [1, 2, 4, 60, 60]);
        assert_eq!(back_off(&timing, 9, 0.0), Duration::ZERO);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_of_the_servers_clock() {
        let now = httpdate::parse_http_date("Mon, 02 Nov 2026 08:00:00 GMT").unwrap();
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Mon, 02 Nov 2026 08:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Mon, 02 Nov 2026 07:00:00 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
    }
}
