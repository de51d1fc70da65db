//! How many pages are under way, and which goes first.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ApiError;

/// How much waits for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A list of many pages, or the streams under this one, continue only after it.
    List,
    /// One of many independent pages.
    FanOut,
}

/// Bounds the pages under way. A fan-out never takes the last place: behind hundreds of its pages
/// the longest list would end long after everything else, and its `next` could expire.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    all: Arc<Semaphore>,
    fan_out: Arc<Semaphore>,
}

/// A place among the pages under way.
#[derive(Debug)]
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _fan_out: Option<OwnedSemaphorePermit>,
}

impl ConcurrencyLimit {
    pub(super) fn new(pages: usize) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.max(1)));
        Self { all: places(pages), fan_out: places(pages.saturating_sub(1)) }
    }

    /// Waits for a place.
    pub(super) async fn enter(&self, priority: Priority) -> Result<Permit, ApiError> {
        let fan_out = match priority {
            Priority::List => None,
            Priority::FanOut => Some(place(&self.fan_out).await?),
        };
        Ok(Permit { _all: place(&self.all).await?, _fan_out: fan_out })
    }
}

async fn place(semaphore: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.map_err(|_| ApiError::Setup("the concurrency limit is closed".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_list_overtakes_the_pages_of_a_fan_out() {
        let limit = ConcurrencyLimit::new(3);
        let under_way =
            [limit.enter(Priority::FanOut).await.unwrap(), limit.enter(Priority::FanOut).await.unwrap()];
        let mut waiting = Box::pin(limit.enter(Priority::FanOut));
        assert!(waiting.as_mut().now_or_never().is_none());
        let list = limit.enter(Priority::List).now_or_never().unwrap().unwrap();
        assert!(limit.enter(Priority::List).now_or_never().is_none(), "three are under way");
        drop(list);
        assert!(waiting.as_mut().now_or_never().is_none(), "the last place stays free");
        drop(under_way);
        assert!(waiting.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn with_one_place_both_kinds_of_page_get_it() {
        let limit = ConcurrencyLimit::new(1);
        for priority in [Priority::FanOut, Priority::List, Priority::FanOut] {
            assert!(limit.enter(priority).now_or_never().unwrap().is_ok());
        }
    }
}
