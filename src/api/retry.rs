//! What is retried, and when. Pure but for the jitter.

use std::time::{Duration, SystemTime};

use super::{ApiError, Cause, Clock};

/// The longest back-off after a 429. The pace slows down already: a page that also waits long is
/// only late.
const RATE_LIMIT_CAP: Duration = Duration::from_secs(8);

/// Delays and bounds of every request.
#[derive(Debug, Clone)]
pub struct Timing {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest silence between two pieces of a body.
    pub idle: Duration,
    /// Longest time for a complete response, its first byte included.
    pub answer: Duration,
    /// First back-off; it doubles with each attempt.
    pub base: Duration,
    /// Longest back-off.
    pub cap: Duration,
    /// How long one page is retried in all, without the time in which no attempt was possible.
    pub budget: Duration,
    /// The same with that time: for a person who waits.
    pub patience: Duration,
    /// How long one page is retried while its responses are refusals without an error code of the
    /// API.
    pub firewall: Duration,
    /// How long a missing parent waits before it is requested again.
    pub recheck: Duration,
    /// How long a sync waits for a response that only saves it other requests.
    pub shortcut: Duration,
    /// The machine's clock.
    pub now: Clock,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            answer: Duration::from_mins(4),
            base: Duration::from_secs(1),
            cap: Duration::from_mins(1),
            budget: Duration::from_mins(10),
            patience: Duration::MAX,
            firewall: Duration::from_mins(1),
            recheck: Duration::from_secs(3),
            shortcut: Duration::from_mins(1),
            now: Clock::system(),
        }
    }
}

/// Why one attempt failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// A retry may succeed.
    Passing(Passing),
    /// The token was refused.
    TokenRefused(Passing),
    /// A retry cannot succeed.
    Fatal(ApiError),
}

/// A failure that a retry may cure.
#[derive(Debug)]
pub(super) struct Passing {
    /// In a few words, for the log.
    pub(super) reason: String,
    /// What to do if it stays: a sentence.
    pub(super) advice: Option<String>,
    pub(super) kind: Kind,
    /// What the server requests.
    pub(super) retry_after: Option<Duration>,
    /// What the HTTP client reported.
    pub(super) cause: Option<Cause>,
}

impl Passing {
    /// A failure of the server or the network.
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: None, kind: Kind::Failure, retry_after: None, cause: None }
    }
}

/// What to do about a failure without an advice of its own.
const ADVICE: &str = "If it persists, check 360Learning's status, the region or base_url, and the network.";

/// What to do about HTTP 429.
const SLOWER: &str = "All integrations of your company share 360Learning's rate: lower requests_per_second, or run it when the others are idle.";

/// What follows from a passing failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The server or the network failed.
    Failure,
    /// HTTP 429.
    RateLimit,
    /// A response that is not the API's.
    Firewall,
}

impl Fault {
    pub(super) fn passing(reason: impl Into<String>) -> Self {
        Self::Passing(Passing::new(reason))
    }

    /// What cannot be a page, however often it is requested.
    pub(super) fn too_large(path: &str, what: &'static str) -> Self {
        Self::Fatal(ApiError::TooLarge { path: path.to_owned(), what })
    }
}

/// Full jitter: anything up to the ceiling, so that clients do not return in step. `random` is in
/// `0..1`.
fn back_off(base: Duration, cap: Duration, attempt: u32, random: f64) -> Duration {
    base.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(cap).mul_f64(random)
}

/// `Retry-After`: seconds, or an HTTP date relative to the response's own `Date`.
pub(super) fn retry_after(value: &str, date: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok()?.duration_since(date).ok()
}

/// The failed attempts at one page, and the time that they took. Time in which no attempt was
/// possible (a slow reader, the pace) does not count.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    count: u32,
    spent: Duration,
    /// The part of it that refusals without a code of the API took.
    blocked: Duration,
}

impl Attempts {
    /// How long to wait after an attempt: the back-off, or what the server requests if that is longer. An error if the
    /// wait would exceed the budget, or the patience with the time that `elapsed` since the first attempt.
    pub(super) fn next(
        &mut self,
        timing: &Timing,
        path: &str,
        failure: &Passing,
        took: Duration,
        elapsed: Duration,
    ) -> Result<Duration, ApiError> {
        self.count += 1;
        self.spent += took;
        let cap = match failure.kind {
            Kind::RateLimit => timing.cap.min(RATE_LIMIT_CAP),
            Kind::Failure | Kind::Firewall => timing.cap,
        };
        let asked = failure.retry_after.unwrap_or_default();
        let wait = back_off(timing.base, cap, self.count, fastrand::f64()).max(asked);
        let (path, attempts, seconds) = (path.to_owned(), self.count, elapsed.as_secs());
        let (mut reason, kind) = (failure.reason.clone(), failure.kind);
        let mut is_over =
            elapsed.saturating_add(wait) > timing.patience || self.spent.saturating_add(wait) > timing.budget;
        if kind == Kind::Firewall {
            self.blocked = self.blocked.saturating_add(took).saturating_add(wait);
            is_over |= self.blocked > timing.firewall;
        }
        if !is_over {
            self.spent += wait;
            return Ok(wait);
        }
        if asked > timing.budget {
            reason = format!("{reason}, with a Retry-After of {} s", asked.as_secs());
        }
        let standard = match kind {
            Kind::Firewall => return Err(ApiError::Blocked { path, reason, attempts, seconds }),
            Kind::RateLimit => SLOWER,
            Kind::Failure => ADVICE,
        };
        let advice = failure.advice.clone().unwrap_or_else(|| standard.to_owned());
        let cause = failure.cause.clone();
        Err(ApiError::Exhausted { path, attempts, seconds, reason, advice, cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(kind: Kind, retry_after: Option<Duration>) -> Passing {
        Passing { kind, retry_after, ..Passing::new("HTTP 500") }
    }

    #[test]
    fn the_back_off_doubles_up_to_the_cap() {
        let (base, cap) = (Duration::from_secs(1), Duration::from_mins(1));
        let seconds = |attempt| back_off(base, cap, attempt, 1.0).as_secs();
        assert_eq!([1, 2, 3, 7, 40].map(seconds), [1, 2, 4, 60, 60]);
        assert_eq!(back_off(base, cap, 9, 0.0), Duration::ZERO);
    }

    #[test]
    fn a_page_that_meets_429_waits_seconds_but_as_long_as_the_server_requests() {
        fastrand::seed(7);
        let (timing, mut attempts) = (Timing::default(), Attempts::default());
        let limited = fails(Kind::RateLimit, None);
        for _ in 0..40 {
            let wait = attempts.next(&timing, "/x", &limited, Duration::ZERO, Duration::ZERO).unwrap();
            assert!(wait <= RATE_LIMIT_CAP, "{wait:?}");
        }
        let asks = fails(Kind::RateLimit, Some(Duration::from_secs(33)));
        assert_eq!(
            attempts.next(&timing, "/x", &asks, Duration::ZERO, Duration::ZERO).unwrap().as_secs(),
            33
        );
    }

    #[test]
    fn a_failure_is_retried_for_ten_minutes_and_a_firewalls_page_for_one() {
        fastrand::seed(7);
        for (kind, least, most) in [(Kind::Failure, 400, 600), (Kind::Firewall, 25, 60)] {
            let (timing, mut attempts) = (Timing::default(), Attempts::default());
            let (failure, took) = (fails(kind, None), Duration::from_millis(100));
            let mut elapsed = took;
            let error = loop {
                match attempts.next(&timing, "/x", &failure, took, elapsed) {
                    Ok(wait) => elapsed += wait + took,
                    Err(error) => break error,
                }
            };
            let (ApiError::Exhausted { seconds, .. } | ApiError::Blocked { seconds, .. }) = error else {
                panic!("{error}")
            };
            assert!((least..=most).contains(&seconds), "{kind:?}: {seconds} s");
        }
    }

    #[test]
    fn whatever_ends_the_retries_of_a_firewalls_page_the_error_names_the_firewall() {
        let within = Duration::from_secs(5);
        for timing in [
            Timing { firewall: within, ..Timing::default() },
            Timing { budget: within, ..Timing::default() },
            Timing { patience: within, ..Timing::default() },
        ] {
            let mut attempts = Attempts::default();
            let took = Duration::from_secs(6);
            let failure = fails(Kind::Firewall, None);
            let error = attempts.next(&timing, "/x", &failure, took, took).unwrap_err().to_string();
            assert!(error.starts_with("/x: HTTP 500, after 1 attempt in 6 s. A firewall"), "{error}");
        }
    }

    #[test]
    fn a_retry_after_beyond_the_budget_ends_the_page_at_once() {
        let (timing, mut attempts) = (Timing::default(), Attempts::default());
        for kind in [Kind::RateLimit, Kind::Failure, Kind::Firewall] {
            let asks = fails(kind, Some(Duration::from_secs(u64::MAX)));
            let second = Duration::from_secs(1);
            let error = attempts.next(&timing, "/x", &asks, second, second).unwrap_err();
            assert!(error.to_string().contains("with a Retry-After of 18446744073709551615 s"), "{error}");
        }
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
