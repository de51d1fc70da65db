//! The machine's clock, which tests replace, and the server's beside it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// The machine's clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The real one.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Utc::now)
    }

    /// A clock that shows what a function returns.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}

/// Both clocks at one moment: when the token was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// The server's `Date`; `None` if it sends none.
    pub server: Option<DateTime<Utc>>,
    /// The machine's clock.
    pub machine: DateTime<Utc>,
}

impl Clocks {
    /// The earlier of the two: a window that begins there repeats rows, but loses none.
    #[must_use]
    pub fn earlier(&self) -> DateTime<Utc> {
        self.server.map_or(self.machine, |server| server.min(self.machine))
    }

    /// The later of the two.
    #[must_use]
    pub fn later(&self) -> DateTime<Utc> {
        self.server.map_or(self.machine, |server| server.max(self.machine))
    }
}
