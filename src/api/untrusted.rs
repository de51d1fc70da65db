//! The readers of what a server sends, one by one: for tests that send anything at all. A sync uses
//! them through [`Client`](super::Client).

use std::time::{Duration, SystemTime};

use url::Url;

use super::rows::{Rows, Shape, Unfit};

/// The code of an error body, `-` if it has none: at most 48 letters and underscores.
#[must_use]
pub fn error_code(body: &[u8]) -> String {
    super::response::code(body).unwrap_or_else(|| "-".to_owned())
}

/// The next page by a `Link` header; `None` if there is none, or the header cannot be read.
#[must_use]
pub fn next(header: &str, page: &Url) -> Option<Url> {
    super::link::next(header, page).ok().flatten()
}

/// The rows of a body, or what is wrong with it.
pub fn rows(body: impl Into<Vec<u8>>, shape: Shape) -> Result<Rows, Unfit> {
    Rows::cut(body.into(), shape)
}

/// How long a `Retry-After` requests to wait, in a response of this date.
#[must_use]
pub fn retry_after(value: &str, date: SystemTime) -> Option<Duration> {
    super::retry::retry_after(value, date)
}
