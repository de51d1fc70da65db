//! One pace for the whole process: evenly spaced departures, and a pause that every request obeys.
//!
//! A crate's token bucket (`governor`) either bursts, or loses the lateness of every timer for good; here a late departure
//! is caught up within a few milliseconds while the bound below still holds.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The bound: never more than `rate` departures in any window of this length. The 10 ms over one second absorb the jitter
/// between departure and arrival.
const WINDOW: Duration = Duration::from_millis(1010);

/// Lateness that is caught up; more than that is forgotten, so that an idle time is not followed by a burst.
const CATCH_UP: Duration = Duration::from_millis(5);

/// A 429 divides the rate by this; each success afterwards gives a little back.
const SLOW_DOWN: f64 = 1.5;

/// Successes that lift the rate from nothing to what is configured; after one 429 it takes a third of them, which are
/// about 20 seconds at 40 requests per second.
const RECOVERY: f64 = 2000.0;

/// Hands out departures.
#[derive(Debug)]
pub(super) struct Pace {
    /// Held while the next departure is awaited, so departures keep the order of their callers.
    gate: tokio::sync::Mutex<Departures>,
    control: Mutex<Control>,
    rate: f64,
}

#[derive(Debug)]
struct Departures {
    /// When the latest departure was due.
    due: Instant,
    /// The latest departures, at most `rate` of them.
    latest: VecDeque<Instant>,
    most: usize,
}

#[derive(Debug)]
struct Control {
    /// Nothing departs before; only ever moves later.
    not_before: Instant,
    /// Requests per second at the moment, at most the configured rate.
    rate: f64,
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        let now = Instant::now();
        let rate = f64::from(per_second.max(1));
        let most = per_second.max(1) as usize;
        Self {
            gate: tokio::sync::Mutex::new(Departures {
                due: now,
                latest: VecDeque::with_capacity(most),
                most,
            }),
            control: Mutex::new(Control { not_before: now, rate }),
            rate,
        }
    }

    /// Waits for this caller's departure.
    pub(super) async fn turn(&self) {
        let mut gate = self.gate.lock().await;
        loop {
            let (not_before, rate) = {
                let control = self.control();
                (control.not_before, control.rate)
            };
            let now = Instant::now();
            let spaced = gate.due + Duration::from_secs_f64(1.0 / rate);
            let full = if gate.latest.len() < gate.most {
                None
            } else {
                gate.latest.front().map(|first| *first + WINDOW)
            };
            let due = full.into_iter().fold(spaced.max(not_before), Instant::max);
            if due <= now {
                gate.due = due.max(now.checked_sub(CATCH_UP).unwrap_or(now));
                if gate.latest.len() == gate.most {
                    gate.latest.pop_front();
                }
                gate.latest.push_back(now);
                return;
            }
            // A pause may have begun meanwhile, so look again afterwards.
            sleep_until(due).await;
        }
    }

    /// The API asked for less: nothing departs for `wait`, and the rate falls once per pause. True when this call moved the
    /// deadline.
    pub(super) fn pause(&self, wait: Duration) -> bool {
        let now = Instant::now();
        let mut control = self.control();
        if control.not_before <= now {
            control.rate = (control.rate / SLOW_DOWN).max(self.rate / 16.0).max(0.2);
        }
        let later = now + wait > control.not_before;
        if later {
            control.not_before = now + wait;
        }
        later
    }

    /// A request went well: the rate recovers.
    pub(super) fn succeeded(&self) {
        let mut control = self.control();
        control.rate = (control.rate + self.rate / RECOVERY).min(self.rate);
    }

    fn control(&self) -> std::sync::MutexGuard<'_, Control> {
        // The numbers inside are valid at every moment, also after a panic elsewhere.
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from now to each departure.
    async fn departures(pace: &Pace, count: usize) -> Vec<f64> {
        let start = Instant::now();
        let mut at = Vec::new();
        for _ in 0..count {
            pace.turn().await;
            at.push(start.elapsed().as_secs_f64());
        }
        at
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_the_rate() {
        let pace = Pace::new(40);
        let at = departures(&pace, 200).await;
        for window in at.windows(41) {
            assert!(window[40] - window[0] >= 1.0);
        }
        assert!(at[199] < 5.2, "{:?}", at[199]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_time_is_not_followed_by_a_burst() {
        let pace = Pace::new(40);
        departures(&pace, 3).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let at = departures(&pace, 3).await;
        assert!(at[2] - at[1] >= 0.019, "{at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everyone_and_only_moves_later() {
        let pace = Pace::new(40);
        assert!(pace.pause(Duration::from_secs(3)));
        assert!(!pace.pause(Duration::from_secs(1)));
        let at = departures(&pace, 2).await;
        assert!(at[0] >= 3.0);
        assert!(at[1] - at[0] > 0.030, "slower after a 429: {at:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_recovers_after_a_pause() {
        let pace = Pace::new(40);
        pace.pause(Duration::from_millis(1));
        for _ in 0..2000 {
            pace.succeeded();
        }
        let at = departures(&pace, 81).await;
        assert!(at[80] - at[0] < 2.1, "{:?}", at[80]);
    }
}
