//! What a 401 says of a token: it ended, or one path refuses it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// What all holders of a token know of it.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<Facts>);

#[derive(Debug, Default)]
struct Facts {
    /// The token authorized a request.
    has_worked: bool,
    /// When it was refused, if it authorized no request that departed since.
    refused: Option<Instant>,
    is_replaced: bool,
    /// It replaced a token that never worked: if it does not work either, a third one will not.
    is_second: bool,
}

impl Usage {
    /// For the token that follows this one.
    pub(super) fn next(&self) -> Self {
        let facts = self.facts();
        let is_second = facts.is_replaced && !facts.has_worked;
        Self(Mutex::new(Facts { is_second, ..Facts::default() }))
    }

    /// A request that departed then was authorized.
    pub(super) fn authorized(&self, departed: Instant) {
        let mut facts = self.facts();
        facts.has_worked = true;
        facts.refused = facts.refused.filter(|refused| departed <= *refused);
    }

    pub(super) fn is_replaced(&self) -> bool {
        self.facts().is_replaced
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        // The values inside are valid at every moment, also after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to do about a page whose token was refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Request it again, with the token that is current then.
    Again,
    /// The same, but later: requests that depart meanwhile show whether the token still works.
    Later,
    /// Neither another token nor another attempt helps.
    Final,
}

/// The refusals of one page with HTTP 401.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    count: u32,
    replaced: u32,
    /// The token that refused it last.
    last: Option<Arc<Usage>>,
}

impl Refusals {
    /// A page may outlive a few tokens that end early.
    const MOST: u32 = 12;

    /// Tokens that one page may replace.
    const MOST_REPLACED: u32 = 2;

    /// A token refused the page, whose request departed then. `is_over`: the token is replaced or has
    /// expired.
    pub(super) fn add(&mut self, token: &Arc<Usage>, is_over: bool, departed: Instant) -> Refusal {
        self.count += 1;
        if self.count > Self::MOST {
            return Refusal::Final;
        }
        if is_over {
            return Refusal::Again;
        }
        let last = self.last.replace(Arc::clone(token));
        let is_repeated = last.is_some_and(|last| Arc::ptr_eq(&last, token));
        let mut facts = token.facts();
        let has_ended = if facts.has_worked {
            // Two refusals one after the other, and between them no request that was authorized.
            facts.refused.is_some_and(|refused| departed > refused)
        } else {
            self.count == 1 && !facts.is_second
        };
        if has_ended && self.replaced < Self::MOST_REPLACED {
            self.replaced += 1;
            facts.is_replaced = true;
            return Refusal::Again;
        }
        facts.refused.get_or_insert_with(Instant::now);
        if has_ended || is_repeated { Refusal::Final } else { Refusal::Later }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A second later.
    async fn later() -> Instant {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Instant::now()
    }

    /// A token that worked.
    async fn token() -> Arc<Usage> {
        let token = Arc::<Usage>::default();
        token.authorized(later().await);
        token
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_works_elsewhere_is_not_replaced_for_one_path() {
        let (token, mut page) = (token().await, Refusals::default());
        assert_eq!(page.add(&token, false, Instant::now()), Refusal::Later);
        token.authorized(later().await);
        assert_eq!(page.add(&token, false, later().await), Refusal::Final);
        assert!(!token.is_replaced());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_ended_early_is_replaced_at_the_next_refusal() {
        let (token, departed) = (token().await, Instant::now());
        assert_eq!(Refusals::default().add(&token, false, departed), Refusal::Later);
        // Both departed before the first refusal: it may be one of two bad paths.
        token.authorized(departed);
        assert_eq!(Refusals::default().add(&token, false, departed), Refusal::Later);
        assert!(!token.is_replaced());
        assert_eq!(Refusals::default().add(&token, false, later().await), Refusal::Again);
        assert!(token.is_replaced());
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_refuses_every_token_costs_one() {
        let (first, mut page) = (Arc::<Usage>::default(), Refusals::default());
        assert_eq!(page.add(&first, false, Instant::now()), Refusal::Again);
        assert!(first.is_replaced());
        let new = Arc::new(first.next());
        assert_eq!(page.add(&new, false, later().await), Refusal::Later);
        assert_eq!(page.add(&new, false, later().await), Refusal::Final);
        // Nor does another page try a third one.
        let mut other = Refusals::default();
        assert_eq!(other.add(&new, false, later().await), Refusal::Later);
        assert_eq!(other.add(&new, false, later().await), Refusal::Final);
        assert!(!new.is_replaced());
    }

    #[test]
    fn a_page_outlives_tokens_that_expired_or_that_others_replaced() {
        let (mut page, now) = (Refusals::default(), Instant::now());
        for _ in 0..Refusals::MOST {
            assert_eq!(page.add(&Arc::default(), true, now), Refusal::Again);
        }
        assert_eq!(page.add(&Arc::default(), true, now), Refusal::Final);
    }

    #[tokio::test(start_paused = true)]
    async fn no_page_replaces_token_after_token() {
        let (mut page, mut replaced) = (Refusals::default(), 0);
        loop {
            let token = token().await;
            assert_eq!(page.add(&token, false, Instant::now()), Refusal::Later);
            if page.add(&token, false, later().await) == Refusal::Final {
                break;
            }
            replaced += 1;
        }
        assert_eq!(replaced, Refusals::MOST_REPLACED);
    }
}
