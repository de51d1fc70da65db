//! The HTTP client, and what its errors mean.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use tokio::time::timeout;
use url::{Host, Url};

use super::network::{Meaning, Route};
use super::retry::{Fault, Passing};
use super::{ApiError, Timing, proxy, roots};
use crate::config::Settings;

/// Bytes of one HTTP/2 response that may wait unread while its page waits for memory. The window
/// of the connection has room for all of them: they never block the page that is read.
const STREAM_WINDOW: u32 = 256 * 1024;

/// The HTTP client, and the way that its requests take.
#[derive(Debug)]
pub(super) struct Transport {
    pub(super) client: reqwest::Client,
    pub(super) route: Route,
}

/// Why there is no complete response.
#[derive(Debug)]
pub(super) enum SendError {
    /// The connection failed.
    Connection(reqwest::Error),
    /// It did not arrive or end in time.
    Timeout(String),
    /// Its body cannot be unpacked.
    Broken(String),
    /// It is larger than any page.
    TooLarge,
}

/// A host name without an address.
#[derive(Debug, Error)]
#[error("the host name {host} cannot be resolved")]
pub(super) struct UnknownHost {
    pub(super) host: String,
    source: io::Error,
}

/// The system's resolver, whose error names the host. It ends before the connection times out, which would not say why.
#[derive(Debug)]
struct Resolver {
    longest: Duration,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let longest = self.longest;
        Box::pin(async move {
            let host = name.as_str();
            match timeout(longest, tokio::net::lookup_host((host, 0)))
                .await
                .unwrap_or_else(|late| Err(late.into()))
            {
                Ok(addresses) => Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs),
                Err(source) => Err(UnknownHost { host: host.to_owned(), source }.into()),
            }
        })
    }
}

impl Transport {
    /// A client for the API. It keeps the token: it follows no redirect.
    pub(super) fn new(settings: &Settings, timing: &Timing) -> Result<Self, ApiError> {
        proxy::hide(&settings.secrets);
        let route = Route::new(&settings.origin, timing)?;
        // Fails only if a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let pages = settings.max_concurrent_requests;
        let window = STREAM_WINDOW.saturating_mul(u32::try_from(pages).unwrap_or(u32::MAX).saturating_add(1));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("source-360learning/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(Resolver { longest: timing.connect * 3 / 4 }))
            .connect_timeout(timing.connect)
            .pool_max_idle_per_host(pages)
            .tcp_nodelay(true)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(window.min(i32::MAX.unsigned_abs()))
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&settings.origin) {
            // A proxy would receive the client secret in clear text.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| match innermost(&error) {
            text if text.contains("No CA certificates") => roots::none().into(),
            text => ApiError::Setup(text),
        })?;
        Ok(Self { client, route })
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        None => false,
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        // The path is logged elsewhere; a query may be long.
        Self::Connection(error.without_url())
    }
}

impl SendError {
    /// The fault of a request to this path on this way.
    pub(super) fn fault(self, path: &str, route: &Route) -> Fault {
        match self {
            Self::Connection(error) => match route.meaning(&error) {
                Meaning::Lasting(lasting) => {
                    Fault::Fatal(ApiError::Connection { error: lasting, cause: Some(Arc::new(error)) })
                }
                Meaning::Passing { reason, advice } => Fault::Passing(Passing {
                    advice: Some(advice),
                    cause: Some(Arc::new(error)),
                    ..Passing::new(reason)
                }),
            },
            Self::Timeout(reason) | Self::Broken(reason) => Fault::passing(reason),
            Self::TooLarge => Fault::too_large(path, "exceeds 64 MiB, more than any page of this API"),
        }
    }
}

/// The text of the innermost cause.
fn innermost(error: &reqwest::Error) -> String {
    let error: &(dyn std::error::Error + 'static) = error;
    std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_loopback_is_known() {
        for (url, expected) in [
            ("http://localhost:8080", true),
            ("http://api.localhost", true),
            ("http://127.0.0.1", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:80", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("https://app.360learning.com", false),
            ("https://localhost.example.com", false),
            ("https://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
