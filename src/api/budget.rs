//! One budget of memory for all pages under way: their bodies and what is made of them until they
//! are dropped.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Bytes that all pages together may hold. The largest documented page has 7 MB.
const BUDGET: usize = 32 * 1024 * 1024;

/// Bytes for all pages. Beyond them only the oldest page goes on reading, alone: no two pages
/// wait for each other.
#[derive(Debug, Clone)]
pub(super) struct MemoryBudget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    /// The age of the next reservation.
    next: u64,
    /// The ages of the reservations that hold bytes, or wait for some.
    alive: BTreeSet<u64>,
}

/// The bytes of one page, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    shared: Arc<Shared>,
    /// Set by the first byte: a request that awaits its response is not the oldest page.
    age: Option<u64>,
    bytes: usize,
    waited: Duration,
}

impl MemoryBudget {
    pub(super) fn new() -> Self {
        Self::of(BUDGET)
    }

    fn of(most: usize) -> Self {
        Self(Arc::new(Shared { most, state: Mutex::default(), freed: Notify::new() }))
    }

    /// A reservation of nothing yet.
    pub(super) fn reservation(&self) -> Reservation {
        Reservation { shared: Arc::clone(&self.0), age: None, bytes: 0, waited: Duration::ZERO }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // The numbers inside are valid at every moment, also after a panic elsewhere.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Reserves more bytes; waits while the budget is used up, unless this page is the oldest one.
    pub(super) async fn grow(&mut self, bytes: usize) {
        let (begun, shared) = (Instant::now(), Arc::clone(&self.shared));
        loop {
            // Before the look at the budget: bytes that are freed after it wake this.
            let freed = shared.freed.notified();
            if self.try_grow(bytes) {
                break;
            }
            freed.await;
        }
        self.waited += begun.elapsed();
    }

    fn try_grow(&mut self, bytes: usize) -> bool {
        let mut state = self.shared.state();
        let age = *self.age.get_or_insert_with(|| {
            state.next += 1;
            state.next
        });
        state.alive.insert(age);
        let fits = state.used + bytes <= self.shared.most || state.alive.first() == Some(&age);
        if fits {
            state.used += bytes;
            self.bytes += bytes;
        }
        fits
    }

    /// Gives back all but so many bytes.
    pub(super) fn shrink_to(&mut self, bytes: usize) {
        let freed = self.bytes.saturating_sub(bytes);
        self.bytes -= freed;
        self.shared.state().used -= freed;
        self.shared.freed.notify_waiters();
    }

    /// Bytes that all pages hold.
    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.shared.state().used
    }

    /// How long it waited in all: time in which the page could not be read.
    pub(super) fn waited(&self) -> Duration {
        self.waited
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.used -= self.bytes;
        if let Some(age) = self.age {
            state.alive.remove(&age);
        }
        drop(state);
        self.shared.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn beyond_the_budget_only_the_oldest_page_goes_on() {
        let budget = MemoryBudget::of(100);
        let (mut oldest, mut second, mut third) =
            (budget.reservation(), budget.reservation(), budget.reservation());
        oldest.grow(50).await;
        second.grow(40).await;
        assert!(third.grow(20).now_or_never().is_none(), "it waits");
        assert!(second.grow(20).now_or_never().is_none(), "it waits too");
        oldest.grow(1000).now_or_never().unwrap();
        drop(oldest);
        second.grow(1000).now_or_never().unwrap();
        assert!(third.grow(1).now_or_never().is_none());
        second.shrink_to(50);
        third.grow(50).now_or_never().unwrap();
        drop((second, third));
        assert_eq!(budget.0.state().used, 0);
        assert!(budget.0.state().alive.is_empty());
    }

    /// Each page alone exceeds the budget, and all of them hold a part of it when they begin to
    /// wait.
    #[tokio::test(start_paused = true)]
    async fn pages_that_all_exceed_the_budget_are_read_one_after_the_other_and_none_waits_forever() {
        let budget = MemoryBudget::of(1000);
        let peak = Arc::new(Mutex::new(0));
        let mut pages = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (mut page, peak) = (budget.reservation(), Arc::clone(&peak));
            pages.spawn(async move {
                for _ in 0..30 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    page.grow(50).await;
                    let used = page.shared.state().used;
                    let mut peak = peak.lock().unwrap();
                    *peak = used.max(*peak);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            });
        }
        tokio::time::timeout(Duration::from_mins(1), pages.join_all()).await.unwrap();
        assert!(*peak.lock().unwrap() <= 1000 + 1500, "{}", peak.lock().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_spent_waiting_for_memory_is_known() {
        let budget = MemoryBudget::of(10);
        let (mut oldest, mut other) = (budget.reservation(), budget.reservation());
        oldest.grow(10).await;
        tokio::join!(other.grow(1), async {
            tokio::time::sleep(Duration::from_secs(7)).await;
            drop(oldest);
        });
        assert_eq!(other.waited().as_secs(), 7);
    }
}
