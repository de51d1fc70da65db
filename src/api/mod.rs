//! One whole page of the API: token, pace, retries, `Link`. Knows no Airbyte.

mod auth;
mod client;
mod error;
mod gate;
mod link;
mod pace;
mod retry;
mod rows;
mod send;
pub mod untrusted;

use std::time::Duration;

pub use client::{Asker, Client, Issued, Page, Seen, Unanswered};
pub use error::ApiError;
pub use gate::Rank;
pub use retry::Timing;
pub use rows::{Rows, Shape, Unfit};
use serde_json::Value;

/// What happens on the way to a page.
#[derive(Debug, Clone)]
pub enum Event {
    /// An answer came.
    Answered {
        /// Path asked for.
        path: String,
        /// HTTP status.
        status: u16,
        /// Bytes of the body, unpacked.
        bytes: usize,
        /// From departure to the last byte.
        took: Duration,
    },
    /// An attempt failed and is made again.
    Retry {
        /// Path asked for.
        path: String,
        /// Why.
        reason: String,
        /// How long until then.
        wait: Duration,
    },
    /// The API's answers tell no time, so this machine's clock decides.
    NoClock,
    /// The API's clock and this machine's differ, so the earlier one decides.
    Clocks {
        /// How far the API's clock is ahead; negative where it is behind.
        minutes_ahead: i64,
    },
    /// The API said that it is asked too fast: nothing departs meanwhile.
    Paused {
        /// For how long.
        wait: Duration,
    },
}

/// The code in an error body, of either form: `{"error": "code"}` or `{"error": {"code": "code"}}`; `-` where there is
/// none. Only what looks like a code is passed on: a body may echo what it was sent.
fn error_code(body: &[u8]) -> String {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let code = parsed.as_ref().and_then(|body| {
        let error = body.get("error").unwrap_or(body);
        error.as_str().or_else(|| error.get("code")?.as_str())
    });
    let looks_like_one =
        |code: &&str| code.len() <= 48 && code.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    code.filter(looks_like_one).unwrap_or("-").to_owned()
}
