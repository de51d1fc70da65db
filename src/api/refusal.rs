//! What a 401 says of a token: it ended, or one path refuses it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// What all holders of a token know of it.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<Facts>);

#[derive(Debug, Default)]
struct Facts {
    /// When the latest request departed that the token authorized.
    last_success: Option<Instant>,
    is_replaced: bool,
    /// It replaced a token that never worked: if it does not work either, a third one will not.
    is_second: bool,
}

impl Usage {
    /// For the token that follows this one.
    pub(super) fn next(&self) -> Self {
        let facts = self.facts();
        let is_second = facts.is_replaced && facts.last_success.is_none();
        Self(Mutex::new(Facts { is_second, ..Facts::default() }))
    }

    /// A request that departed then was authorized.
    pub(super) fn authorized(&self, departed: Instant) {
        let mut facts = self.facts();
        facts.last_success = facts.last_success.max(Some(departed));
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

/// How often one page was refused with HTTP 401. A token that works elsewhere is not replaced for it.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    count: u32,
    replaced: u32,
    /// The token that refused it last, and when.
    last: Option<(Arc<Usage>, Instant)>,
}

impl Refusals {
    /// A page may outlive a few tokens that end early.
    const MOST: u32 = 12;

    /// Tokens that one page may replace.
    const MOST_REPLACED: u32 = 2;

    /// A token refused the page. `is_over`: the token is replaced or has expired.
    pub(super) fn add(&mut self, token: &Arc<Usage>, is_over: bool) -> Refusal {
        self.count += 1;
        if self.count > Self::MOST {
            return Refusal::Final;
        }
        if is_over {
            return Refusal::Again;
        }
        let last = self.last.replace((Arc::clone(token), Instant::now()));
        let refused_before = last.filter(|(usage, _)| Arc::ptr_eq(usage, token));
        let mut facts = token.facts();
        let has_ended = match (facts.last_success, refused_before) {
            // Nothing shows that it ever worked: another one may.
            (None, _) if self.count == 1 && !facts.is_second => true,
            (_, None) => return Refusal::Later,
            // Only what departed after the first refusal shows that it still works.
            (Some(departed), Some((_, refused))) => departed <= refused,
            (None, Some(_)) => false,
        };
        if !has_ended || self.replaced == Self::MOST_REPLACED {
            return Refusal::Final;
        }
        self.replaced += 1;
        facts.is_replaced = true;
        Refusal::Again
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn second() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_works_elsewhere_is_not_replaced_for_one_path() {
        let (token, mut page) = (Arc::<Usage>::default(), Refusals::default());
        token.authorized(Instant::now());
        assert_eq!(page.add(&token, false), Refusal::Later);
        second().await;
        token.authorized(Instant::now());
        assert_eq!(page.add(&token, false), Refusal::Final);
        assert!(!token.is_replaced());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_ended_early_is_replaced_at_the_second_refusal() {
        let (token, mut page) = (Arc::<Usage>::default(), Refusals::default());
        token.authorized(Instant::now());
        second().await;
        assert_eq!(page.add(&token, false), Refusal::Later);
        second().await;
        assert_eq!(page.add(&token, false), Refusal::Again);
        assert!(token.is_replaced());
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_refuses_new_tokens_costs_one() {
        let (first, new) = (Arc::<Usage>::default(), Arc::<Usage>::default());
        let mut page = Refusals::default();
        assert_eq!(page.add(&first, false), Refusal::Again);
        assert!(first.is_replaced());
        assert_eq!(page.add(&new, false), Refusal::Later);
        second().await;
        assert_eq!(page.add(&new, false), Refusal::Final);
        assert!(!new.is_replaced());
    }

    #[test]
    fn a_page_outlives_tokens_that_expired_or_that_others_replaced() {
        let mut page = Refusals::default();
        for _ in 0..Refusals::MOST {
            assert_eq!(page.add(&Arc::default(), true), Refusal::Again);
        }
        assert_eq!(page.add(&Arc::default(), true), Refusal::Final);
    }

    #[tokio::test(start_paused = true)]
    async fn no_page_replaces_token_after_token() {
        let (mut page, mut replaced) = (Refusals::default(), 0);
        loop {
            let token = Arc::<Usage>::default();
            token.authorized(Instant::now());
            second().await;
            page.add(&token, false);
            if page.add(&token, false) == Refusal::Final {
                break;
            }
            replaced += 1;
        }
        assert_eq!(replaced, Refusals::MOST_REPLACED);
    }
}
