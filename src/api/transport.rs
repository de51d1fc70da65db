//! The HTTP client, and what its errors mean.

use std::error::Error as StdError;

use rustls::CertificateError;
use url::{Host, Url};

use super::retry::Fault;
use super::{ApiError, Timing};
use crate::config::Settings;

/// Bytes of one HTTP/2 response that may wait unread while its page waits for memory. The window
/// of the connection has room for all of them: they never block the page that is read.
const STREAM_WINDOW: u32 = 256 * 1024;

/// Why there is no complete response.
#[derive(Debug)]
pub(super) enum SendError {
    /// No connection.
    Connect(String),
    /// It did not arrive or end in time.
    Timeout(String),
    /// It ended early, or its body cannot be unpacked.
    Broken(String),
    /// It is larger than any page.
    TooLarge,
    /// The server's certificate is not trusted.
    Certificate(&'static str),
    /// The proxy requires a login.
    ProxyAuthentication,
}

/// A client for the API. It keeps the token: it follows no redirect.
pub(super) fn client(settings: &Settings, timing: &Timing) -> Result<reqwest::Client, ApiError> {
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pages = settings.max_concurrent_requests;
    let window = STREAM_WINDOW.saturating_mul(u32::try_from(pages).unwrap_or(u32::MAX).saturating_add(1));
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("source-360learning/", env!("CARGO_PKG_VERSION")))
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
    builder.build().map_err(|error| match chain(&error) {
        text if text.contains("No CA certificates") => {
            ApiError::Certificate { reason: "no root certificates were found on this machine" }
        }
        text => ApiError::Setup(text),
    })
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
        let error = error.without_url();
        if let Some(reason) = causes(&error).find_map(untrusted) {
            return Self::Certificate(reason);
        }
        let text = chain(&error);
        if text.contains("proxy authorization required") {
            Self::ProxyAuthentication
        } else if error.is_timeout() {
            Self::Timeout(text)
        } else if error.is_connect() {
            Self::Connect(text)
        } else {
            Self::Broken(text)
        }
    }
}

impl SendError {
    /// The fault of a request to this path.
    pub(super) fn fault(self, path: &str) -> Fault {
        match self {
            Self::Connect(reason) | Self::Timeout(reason) | Self::Broken(reason) => Fault::passing(reason),
            Self::TooLarge => Fault::too_large(path, "exceeds 64 MiB, more than any page of this API"),
            Self::Certificate(reason) => Fault::Fatal(ApiError::Certificate { reason }),
            Self::ProxyAuthentication => Fault::Fatal(ApiError::ProxyAuthentication),
        }
    }
}

/// Why a certificate is not trusted, if this is such an error.
fn untrusted(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    // An I/O error does not count the error that it contains among its causes.
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return untrusted(error.get_ref()?);
    }
    let error = error.downcast_ref::<rustls::Error>()?;
    let rustls::Error::InvalidCertificate(why) = error else { return None };
    Some(match why {
        CertificateError::UnknownIssuer => "its issuer is unknown",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet by this machine's clock"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::Revoked => "it is revoked",
        _ => "it is not valid",
    })
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The error with its causes, which say what happened.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let parts = causes(error).map(ToString::to_string);
    // reqwest's own layer only says that there is a cause.
    let parts: Vec<_> = parts.filter(|text| text != "error sending request").collect();
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
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
