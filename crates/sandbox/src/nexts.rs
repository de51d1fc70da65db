//! How long a `next` is good, for tenants on which it ends.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use crate::tenant::Tenant;
use crate::variant::Variant;

/// The admitted GETs after the one that gave a `next` for which a short one is good.
const LIFE: u64 = 60;

/// The GETs so far, and the `next` tokens that were used. A GET gives one at most, so its number names it.
#[derive(Default)]
pub(crate) struct Nexts {
    admitted: AtomicU64,
    used: Mutex<HashSet<u64>>,
}

impl Nexts {
    /// The number of an admitted GET.
    pub(crate) fn number(&self) -> u64 {
        self.admitted.fetch_add(1, Relaxed)
    }

    /// Whether GET number `now` may use the `next` that number `given` gave.
    pub(crate) fn admit(&self, tenant: Tenant, given: u64, now: u64) -> bool {
        let alive = !tenant.is(Variant::ShortNext) || now.saturating_sub(given) <= LIFE;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        alive && (!tenant.is(Variant::NextOnce) || used.insert(given))
    }
}
