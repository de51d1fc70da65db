//! How many pages are under way, and which goes first.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ApiError;

/// How much waits for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// A chain of pages, or the lists under this one, go on only after it.
    Chain,
    /// One of many that are asked for side by side.
    FanOut,
}

/// Lets so many pages under way. One place is never taken by a fan-out, so a chain waits for its turn behind the pages that
/// are under way, not behind the hundreds that are due: the longest chain would otherwise end long after everything else,
/// and a `next` could grow old.
#[derive(Debug)]
pub(super) struct Gate {
    all: Arc<Semaphore>,
    fan_out: Arc<Semaphore>,
}

/// A place among the pages under way.
#[derive(Debug)]
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _fan_out: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(super) fn new(pages: usize) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.max(1)));
        Self { all: places(pages), fan_out: places(pages.saturating_sub(1)) }
    }

    /// Waits for a place.
    pub(super) async fn enter(&self, rank: Rank) -> Result<Permit, ApiError> {
        let fan_out = match rank {
            Rank::Chain => None,
            Rank::FanOut => Some(place(&self.fan_out).await?),
        };
        Ok(Permit { _all: place(&self.all).await?, _fan_out: fan_out })
    }
}

async fn place(semaphore: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.map_err(|_| ApiError::Setup("its gate closed".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_chain_overtakes_the_pages_that_wait_side_by_side() {
        let gate = Gate::new(3);
        let under_way = [gate.enter(Rank::FanOut).await.unwrap(), gate.enter(Rank::FanOut).await.unwrap()];
        let mut waiting = Box::pin(gate.enter(Rank::FanOut));
        assert!(waiting.as_mut().now_or_never().is_none());
        let chain = gate.enter(Rank::Chain).now_or_never().unwrap().unwrap();
        assert!(gate.enter(Rank::Chain).now_or_never().is_none(), "three are under way");
        drop(chain);
        assert!(waiting.as_mut().now_or_never().is_none(), "the place is kept");
        drop(under_way);
        assert!(waiting.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn where_one_page_may_be_under_way_both_kinds_get_there() {
        let gate = Gate::new(1);
        for rank in [Rank::FanOut, Rank::Chain, Rank::FanOut] {
            assert!(gate.enter(rank).now_or_never().unwrap().is_ok());
        }
    }
}
