//! The readers of what a server sends, one by one: for tests that send anything at all. A sync uses them through
//! [`Client`](super::Client).

use std::time::{Duration, SystemTime};

use url::Url;

use super::rows::{Rows, Shape, Unfit};

/// The code of an error body, `-` where there is none: at most 48 letters and underscores.
#[must_use]
pub fn error_code(body: &[u8]) -> String {
    super::error_code(body)
}

/// Where a `Link` header leads after this page; `None` where it leads nowhere, or elsewhere, or cannot be read.
#[must_use]
pub fn next(header: &str, page: &Url) -> Option<Url> {
    super::link::next(header, page).ok().flatten()
}

/// The rows of a body, or what is wrong with it.
pub fn rows(body: impl Into<Vec<u8>>, shape: Shape) -> Result<Rows, Unfit> {
    Rows::cut(body.into(), shape)
}

/// How long a `Retry-After` asks to wait, for an answer of this date.
#[must_use]
pub fn retry_after(value: &str, date: SystemTime) -> Option<Duration> {
    super::retry::retry_after(value, date)
}
