//! One whole page of the API: token, pace, concurrency limit, retry, `Link`. Knows no Airbyte and
//! no records.

mod auth;
mod body;
mod budget;
mod client;
mod clock;
mod error;
mod limit;
mod link;
mod network;
mod pace;
mod probe;
mod proxy;
mod refusal;
mod response;
mod retry;
mod roots;
mod rows;
#[cfg(test)]
mod tests;
mod transport;
pub mod untrusted;

use std::time::Duration;

pub use auth::TokenFormat;
pub use client::{Client, Page};
pub use clock::{Clock, Clocks};
pub use error::{ApiError, Cause, ConnectionError};
pub use limit::Priority;
pub use probe::{ProbeClient, ProbeError, RawResponse};
pub use retry::Timing;
pub use rows::{Rows, Shape, Unfit};
pub(crate) use transport::is_loopback;

/// What happens on the way to a page.
#[derive(Debug, Clone)]
pub enum Event {
    /// A response arrived.
    Answered {
        /// Path of the request.
        path: String,
        /// HTTP status.
        status: u16,
        /// Bytes of the body, unpacked.
        bytes: usize,
        /// From departure to the last byte.
        took: Duration,
    },
    /// An attempt failed and is repeated.
    Retry {
        /// Path of the request.
        path: String,
        /// Why.
        reason: String,
        /// How long until then.
        wait: Duration,
    },
    /// The token response has no `Date`, so only the machine's clock is known.
    NoClock,
    /// The server's clock and the machine's differ by a minute or more.
    Clocks {
        /// How far the server's clock is ahead; negative if it is behind.
        minutes_ahead: i64,
    },
    /// The API limits the rate: no request departs meanwhile.
    Paused {
        /// For how long.
        wait: Duration,
    },
}
