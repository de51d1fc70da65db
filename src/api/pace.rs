//! One pace for the whole process: evenly spaced departures, and a deadline that every request
//! obeys.
//!
//! A crate's token bucket (`governor`) either bursts, or loses the lateness of every timer for
//! good.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Never more than `rate` departures in any window of this length: a second, and 10 ms for the
/// jitter on the way.
const WINDOW: Duration = Duration::from_millis(1010);

/// Lateness of timers and of a busy thread that is made up for; after an idle time that is no
/// burst.
const CATCH_UP: Duration = Duration::from_millis(25);

/// A departure may be so early: at 1,000 requests per second one timer serves several.
const EARLY: Duration = Duration::from_millis(5);

/// While connections open, requests arrive later than they depart and meet those that follow on
/// open connections.
const WARM_UP: Duration = Duration::from_millis(1500);

/// The part of the rate that departs meanwhile. Both together cost 0.3 s and suffice for
/// connections that open in 0.3 s.
const WARM_UP_RATE: f64 = 0.8;

/// After such a silence connections may have to open again.
const COLD: Duration = Duration::from_mins(1);

/// A 429 multiplies the rate by this. Those of requests that departed before it count as the same
/// one.
const SLOW_DOWN: f64 = 0.85;

/// The lowest part of the rate.
const FLOOR: f64 = 0.1;

/// How long the rate takes to recover from nothing.
const RECOVERY: Duration = Duration::from_mins(1);

/// Hands out departures, one after the other.
#[derive(Debug)]
pub(super) struct Pace {
    /// Its holder departs next; the others wait in order.
    queue: tokio::sync::Mutex<()>,
    plan: Mutex<Plan>,
}

/// The turn to depart next.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    plan: &'a Mutex<Plan>,
    _queue: tokio::sync::MutexGuard<'a, ()>,
}

#[derive(Debug)]
struct Plan {
    /// Requests per second as configured.
    rate: f64,
    /// The same, as departures within `WINDOW`.
    most: usize,
    /// The latest departures, at most `most` of them.
    latest: VecDeque<Instant>,
    /// When the latest one was due.
    due: Instant,
    /// When the connections began to open.
    begun: Instant,
    /// The latest 429, and the rate to which it led.
    limited: Option<(Instant, f64)>,
    /// Nothing departs before; only ever moves later.
    not_before: Instant,
}

impl Plan {
    fn rate(&self, now: Instant) -> f64 {
        let recovered = self.limited.map_or(self.rate, |(_, rate)| {
            let quiet = now.saturating_duration_since(self.not_before);
            rate + self.rate * quiet.div_duration_f64(RECOVERY)
        });
        let is_cold = self.latest.is_empty() || now < self.begun + WARM_UP;
        recovered.min(if is_cold { self.rate * WARM_UP_RATE } else { self.rate })
    }

    /// When the departure is due that may happen now; an error is the moment until which to wait.
    fn due(&self, now: Instant) -> Result<Instant, Instant> {
        let due = self.due + WINDOW.div_f64(self.rate(now));
        let is_full = self.latest.len() == self.most;
        let earliest = if is_full { self.not_before.max(self.latest[0] + WINDOW) } else { self.not_before };
        if earliest > now || due > now + EARLY { Err(earliest.max(due)) } else { Ok(due) }
    }

    fn depart(&mut self, now: Instant) -> bool {
        let Ok(due) = self.due(now) else { return false };
        if self.latest.back().is_none_or(|last| now > *last + COLD) {
            self.begun = now;
        }
        if self.latest.len() == self.most {
            self.latest.pop_front();
        }
        self.latest.push_back(now);
        self.due = due.max(now.checked_sub(CATCH_UP).unwrap_or(now));
        true
    }
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        let (now, most) = (Instant::now(), per_second.max(1));
        let plan = Plan {
            rate: f64::from(most),
            most: most as usize,
            latest: VecDeque::new(),
            due: now,
            begun: now,
            limited: None,
            not_before: now,
        };
        Self { queue: tokio::sync::Mutex::default(), plan: Mutex::new(plan) }
    }

    /// Waits for the turn to depart next.
    pub(super) async fn turn(&self) -> Turn<'_> {
        Turn { _queue: self.queue.lock().await, plan: &self.plan }
    }

    /// The API limits the rate: nothing departs for `wait`, and the rate falls. `departed` is when
    /// the limited request did. True if this moved the deadline.
    pub(super) fn limit(&self, departed: Instant, wait: Duration) -> bool {
        let now = Instant::now();
        let mut plan = lock(&self.plan);
        let since = match plan.limited {
            Some((since, _)) if departed <= since => since,
            _ => {
                let rate = (plan.rate(now) * SLOW_DOWN).max(plan.rate * FLOOR);
                plan.limited = Some((now, rate));
                now
            }
        };
        let is_later = since + wait > plan.not_before;
        if is_later {
            plan.not_before = since + wait;
        }
        is_later
    }
}

impl Turn<'_> {
    /// Waits until the departure is due.
    pub(super) async fn due(&self) {
        loop {
            let due = lock(self.plan).due(Instant::now());
            let Err(later) = due else { return };
            sleep_until(later).await;
        }
    }

    /// Departs, unless the deadline moved meanwhile.
    pub(super) fn depart(&self) -> Option<Instant> {
        let now = Instant::now();
        lock(self.plan).depart(now).then_some(now)
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    // The numbers inside are valid at every moment, also after a panic elsewhere.
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from now to each departure.
    async fn departures(pace: &Pace, count: usize) -> Vec<f64> {
        let (start, mut at) = (Instant::now(), Vec::new());
        for _ in 0..count {
            let turn = pace.turn().await;
            while turn.depart().is_none() {
                turn.due().await;
            }
            at.push(start.elapsed().as_secs_f64());
        }
        at
    }

    /// A pace whose connections are open.
    async fn warm(per_second: u32) -> Pace {
        let pace = Pace::new(per_second);
        departures(&pace, 1).await;
        tokio::time::sleep(WARM_UP).await;
        pace
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_departures_than_the_rate() {
        for rate in [1, 7, 40, 50, 1000] {
            let (pace, seconds) = (warm(rate).await, 12);
            let rate = rate as usize;
            let at = departures(&pace, rate * seconds).await;
            assert!(at.windows(rate + 1).all(|window| window[rate] - window[0] >= 1.0), "{rate}");
            let took = at[rate * seconds - 1];
            assert!(took < 1.012 * 12.0, "{rate}: {took} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_second_sees_fewer_departures() {
        let at = departures(&Pace::new(50), 100).await;
        assert!((38..=41).contains(&at.iter().filter(|at| **at < 1.0).count()), "{at:?}");
        let last = at[99];
        assert!(last < 2.0 * 1.01 + 0.32, "{last}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_lateness_of_a_busy_thread_is_made_up_for() {
        let pace = warm(50).await;
        let begun = Instant::now();
        for _ in 0..50 {
            departures(&pace, 1).await;
            // Shorter than the distance of two departures, or a little longer.
            tokio::time::advance(Duration::from_millis(if begun.elapsed().as_millis().is_multiple_of(2) {
                7
            } else {
                25
            }))
            .await;
        }
        assert!(begun.elapsed() < Duration::from_millis(1150), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_time_is_not_followed_by_a_burst() {
        let pace = warm(40).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let at = departures(&pace, 4).await;
        assert!(at[2] - at[0] >= 0.02 && at[3] - at[2] >= 0.02, "{at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_holds_everyone_and_only_moves_the_deadline_later() {
        let pace = warm(40).await;
        let now = Instant::now();
        assert!(pace.limit(now, Duration::from_secs(3)));
        assert!(!pace.limit(now, Duration::from_secs(1)));
        let at = departures(&pace, 1).await;
        assert!((3.0..3.01).contains(&at[0]), "{at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_of_a_request_that_departed_before_another_one_is_no_second_hold() {
        let pace = warm(40).await;
        let departed = Instant::now();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(pace.limit(departed, Duration::from_secs(1)));
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!pace.limit(departed, Duration::from_secs(1)));
        let at = departures(&pace, 1).await;
        assert!((0.5..0.51).contains(&at[0]), "{at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_falls_to_a_tenth_and_recovers() {
        let pace = warm(50).await;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            pace.limit(Instant::now(), Duration::from_millis(1));
        }
        let at = departures(&pace, 3).await;
        assert!((0.17..0.21).contains(&(at[2] - at[1])), "a tenth: {at:?}");
        tokio::time::sleep(RECOVERY).await;
        departures(&pace, 2).await;
        tokio::time::sleep(WARM_UP).await;
        let at = departures(&pace, 101).await;
        assert!(at[100] - at[0] < 2.03, "{:?}", at[100] - at[0]);
    }
}
