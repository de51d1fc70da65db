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

/// Departures that would be closer to one another leave together at the next of these: at more than 200 requests per second
/// waking up for each costs more than the request.
const TICK: Duration = Duration::from_millis(5);

/// A 429 divides the rate by this; each success afterwards gives a little back.
const SLOW_DOWN: f64 = 1.5;

/// The same for one that comes alone: a few requests that arrived too close to one another are no reason to crawl.
const ALONE: f64 = 1.1;

/// How long after another 429 one is not alone.
const SOON: Duration = Duration::from_secs(10);

/// Successes that lift the rate from nothing to what is configured; after two 429 it takes less than half of them, which are
/// about 20 seconds at 40 requests per second.
const RECOVERY: f64 = 2000.0;

/// Hands out departures.
#[derive(Debug)]
pub(super) struct Pace {
    plan: Mutex<Plan>,
    /// Requests per second as configured.
    rate: f64,
}

#[derive(Debug)]
struct Plan {
    begun: Instant,
    /// The latest place that was given away.
    due: Instant,
    /// Between two places, at least.
    spacing: Duration,
    /// The latest departures, at most `most` of them: what was late counts when it leaves.
    latest: VecDeque<Instant>,
    most: usize,
    /// Nothing departs before; only ever moves later.
    not_before: Instant,
    /// Requests per second at the moment, at most the configured rate.
    rate: f64,
    /// When it was lowered last.
    slowed: Option<Instant>,
}

impl Plan {
    /// The next place in the even row of departures.
    fn reserve(&mut self, now: Instant) -> Instant {
        let spacing = Duration::from_secs_f64(1.0 / self.rate).max(self.spacing);
        let due = (self.due + spacing).max(self.not_before);
        // What is late is caught up, but for what was idle.
        self.due = due.max(now.checked_sub(CATCH_UP).unwrap_or(now));
        let departure = due.max(now);
        if spacing >= TICK {
            return departure;
        }
        let ticks = departure.duration_since(self.begun).as_nanos().div_ceil(TICK.as_nanos());
        self.begun + TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
    }

    /// Departs now; or, where the window is full because others were late, says when there is room.
    fn depart(&mut self, now: Instant) -> Result<(), Instant> {
        if self.latest.len() == self.most
            && let Some(first) = self.latest.front()
        {
            let room = *first + WINDOW;
            if room > now {
                return Err(room);
            }
            self.latest.pop_front();
        }
        self.latest.push_back(now);
        Ok(())
    }
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        let now = Instant::now();
        let most = per_second.max(1);
        let plan = Plan {
            begun: now,
            due: now,
            spacing: WINDOW / most,
            latest: VecDeque::with_capacity(most as usize),
            most: most as usize,
            not_before: now,
            rate: f64::from(most),
            slowed: None,
        };
        Self { plan: Mutex::new(plan), rate: f64::from(most) }
    }

    /// Waits for this caller's departure. Each has its own from the moment it asks: a timer that is set while an earlier one
    /// runs wakes nobody.
    pub(super) async fn turn(&self) {
        loop {
            let now = Instant::now();
            let mut departure = self.plan().reserve(now);
            loop {
                if departure > now {
                    sleep_until(departure).await;
                }
                let mut plan = self.plan();
                // A pause began meanwhile: whoever waited through its beginning asks anew.
                if plan.not_before > departure {
                    break;
                }
                match plan.depart(Instant::now()) {
                    Ok(()) => return,
                    Err(room) => departure = room,
                }
            }
        }
    }

    /// The API asked for less: nothing departs for `wait`, and the rate falls once per pause. True when this call moved the
    /// deadline.
    pub(super) fn pause(&self, wait: Duration) -> bool {
        let now = Instant::now();
        let mut plan = self.plan();
        if plan.not_before <= now {
            let is_alone = plan.slowed.is_none_or(|slowed| now > slowed + SOON);
            plan.slowed = Some(now);
            plan.rate = (plan.rate / if is_alone { ALONE } else { SLOW_DOWN }).max(self.rate / 16.0).max(0.2);
        }
        let later = now + wait > plan.not_before;
        if later {
            plan.not_before = now + wait;
        }
        later
    }

    /// A request went well: the rate recovers.
    pub(super) fn succeeded(&self) {
        let mut plan = self.plan();
        plan.rate = (plan.rate + self.rate / RECOVERY).min(self.rate);
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        // The numbers inside are valid at every moment, also after a panic elsewhere.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
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
    async fn at_a_high_rate_a_few_leave_together_and_no_second_sees_more() {
        let pace = std::sync::Arc::new(Pace::new(1000));
        let start = Instant::now();
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..3000 {
            let pace = std::sync::Arc::clone(&pace);
            waiting.spawn(async move {
                pace.turn().await;
                start.elapsed().as_secs_f64()
            });
        }
        let mut at = waiting.join_all().await;
        at.sort_unstable_by(f64::total_cmp);
        assert!(at.windows(1001).all(|window| window[1000] - window[0] >= 1.0));
        assert!(at.windows(7).all(|window| window[6] > window[0]), "no burst");
        assert!(at[2999] < 3.1, "{:?}", at[2999]);
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
        assert!((0.026..0.030).contains(&(at[1] - at[0])), "a little slower after a 429: {at:?}");
        pace.pause(Duration::from_millis(1));
        let at = departures(&pace, 2).await;
        assert!(at[1] - at[0] > 0.040, "slower after another one: {at:?}");
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
