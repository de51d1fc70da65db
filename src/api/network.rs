//! The way to the server: its address, the proxy before it, the certificates that are trusted. What only the user can fix
//! on it is an error at once; what may pass has a reason and an advice.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError};
use url::Url;

use super::proxy::{self, Proxy};
use super::roots;
use super::transport::UnknownHost;
use super::{ConnectionError, Timing};

/// What an error of the HTTP client means.
#[derive(Debug)]
pub(super) enum Meaning {
    /// Only the user can fix it.
    Lasting(ConnectionError),
    /// It may pass.
    Passing { reason: String, advice: String },
}

/// The server, and the proxy before it.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// Host and port of the API.
    server: String,
    proxy: Option<Proxy>,
    /// Seconds.
    connect_timeout: u64,
}

impl Route {
    /// The way to this origin, as the environment has it.
    pub(super) fn new(origin: &Url, timing: &Timing) -> Result<Self, ConnectionError> {
        if origin.scheme() == "https" {
            roots::check()?;
        }
        let host = origin.host_str().unwrap_or_default();
        let port = origin.port_or_known_default().unwrap_or_default();
        Ok(Self {
            server: format!("{host}:{port}"),
            proxy: proxy::of(origin)?,
            connect_timeout: timing.connect.as_secs(),
        })
    }

    /// Host and port of the API.
    pub(super) fn server(&self) -> &str {
        &self.server
    }

    /// A response with status 407: it did not come from the proxy, which answers before there is a tunnel.
    pub(super) fn login(&self) -> ConnectionError {
        ConnectionError::ServerIsProxy { server: self.server.clone() }
    }

    /// What an error of the HTTP client means.
    pub(super) fn meaning(&self, error: &reqwest::Error) -> Meaning {
        let tunnel = causes(error).map(ToString::to_string).find_map(|text| {
            // Its type has no name outside of its crate.
            text.strip_prefix("tunnel error: ").map(str::to_owned)
        });
        let proxy = self.proxy.as_ref().filter(|_| tunnel.is_some());
        let peer = Peer { address: proxy.map_or(&self.server, |proxy| &proxy.address), proxy };
        match (tunnel.as_deref(), proxy) {
            (Some("proxy authorization required"), Some(proxy)) => return Meaning::Lasting(proxy.login()),
            (Some("unsuccessful"), Some(proxy)) => return self.no_tunnel(proxy),
            (Some("unexpected end of file"), Some(_)) => return peer.closed(true),
            _ => {}
        }
        if let Some(unknown) = find::<UnknownHost>(error) {
            return peer.unknown(&unknown.host);
        }
        let is_connect = error.is_connect();
        match find::<rustls::Error>(error) {
            Some(rustls::Error::InvalidCertificate(why)) => return peer.untrusted(why),
            Some(rustls::Error::InvalidMessage(_)) if is_connect => return peer.no_tls(),
            Some(error) if is_connect => return peer.passing(&refused_tls(error), peer.check()),
            _ => {}
        }
        if error.is_timeout() && is_connect {
            return self.late();
        }
        if let Some(error) = find::<io::Error>(error)
            && let Some(meaning) = peer.io(error.kind(), is_connect)
        {
            return meaning;
        }
        match find::<hyper::Error>(error) {
            Some(error) if error.is_parse() => peer.no_http(),
            _ if is_connect => peer.passing("could not be reached", peer.check_network()),
            _ => peer.closed(false),
        }
    }

    /// No connection in time: behind a proxy nothing says who is late, and the proxy is what can be checked.
    fn late(&self) -> Meaning {
        let (proxy, seconds) = (self.proxy.as_ref(), self.connect_timeout);
        let peer = Peer { address: proxy.map_or(&self.server, |proxy| &proxy.address), proxy };
        let to = if proxy.is_some() { format!(" to {}", self.server) } else { String::new() };
        peer.passing(&format!("did not open a connection{to} in {seconds} s"), peer.check_network())
    }

    fn no_tunnel(&self, proxy: &Proxy) -> Meaning {
        let Proxy { address, variable, .. } = proxy;
        let reason = format!("the proxy {address} ({variable}) refused to connect to {}", self.server);
        let host = self.server.rsplit_once(':').map_or(self.server.as_str(), |(host, _)| host);
        let advice = format!(
            "Check {variable}, and ask your network team to allow {host} on the proxy; if {host} can be reached without it, add {host} to NO_PROXY."
        );
        Meaning::Passing { reason, advice }
    }
}

/// The other side of a connection: the server, or the proxy.
struct Peer<'a> {
    address: &'a str,
    proxy: Option<&'a Proxy>,
}

impl Peer<'_> {
    fn name(&self) -> String {
        match self.proxy {
            Some(Proxy { address, variable, .. }) => format!("the proxy {address} ({variable})"),
            None => self.address.to_owned(),
        }
    }

    fn passing(&self, what: &str, advice: String) -> Meaning {
        Meaning::Passing { reason: format!("{} {what}", self.name()), advice }
    }

    /// Where the address was given.
    fn check(&self) -> String {
        match self.proxy {
            Some(proxy) => format!("Check {}, and whether the proxy runs.", proxy.variable),
            None => "Check base_url if it is set, and 360Learning's status.".to_owned(),
        }
    }

    fn check_network(&self) -> String {
        match self.proxy {
            Some(_) => self.check(),
            None => "Check the network, and base_url if it is set; if your network requires a proxy, name it in the environment variable HTTPS_PROXY.".to_owned(),
        }
    }

    fn unknown(&self, host: &str) -> Meaning {
        let advice = match self.proxy {
            Some(proxy) => format!("Check the host in {}, and this machine's DNS.", proxy.variable),
            None => "Check base_url if it is set, this machine's DNS and its network.".to_owned(),
        };
        Meaning::Passing { reason: format!("the host name {host} cannot be resolved"), advice }
    }

    fn io(&self, kind: io::ErrorKind, is_connect: bool) -> Option<Meaning> {
        use io::ErrorKind as Kind;
        Some(match kind {
            Kind::ConnectionRefused => self.passing("refused the connection", self.check_network()),
            Kind::TimedOut
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::AddrNotAvailable => {
                self.passing("cannot be reached from this machine", self.check_network())
            }
            Kind::PermissionDenied => {
                let advice = "Ask the administrator of this machine to allow the connection.".to_owned();
                self.passing("may not be connected to from this machine", advice)
            }
            Kind::UnexpectedEof | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => {
                self.closed(is_connect)
            }
            _ => return None,
        })
    }

    fn closed(&self, is_connect: bool) -> Meaning {
        if is_connect {
            return self.passing("closed the connection before it was open", self.check_network());
        }
        let advice = "If it persists, check 360Learning's status, and any proxy or firewall on the way.";
        self.passing("closed the connection before the response was complete", advice.to_owned())
    }

    fn no_http(&self) -> Meaning {
        let advice =
            "Check the port in base_url; if the server speaks TLS there, begin base_url with https://.";
        self.passing("did not answer in HTTP", advice.to_owned())
    }

    fn no_tls(&self) -> Meaning {
        let advice = match self.proxy {
            Some(proxy) => {
                format!("Begin the address in {} with http:// in place of https://", proxy.variable)
            }
            None => "Check the host and the port in base_url, and any proxy on the way".to_owned(),
        };
        Meaning::Lasting(ConnectionError::NoTls { server: self.name(), advice })
    }

    fn untrusted(&self, why: &CertificateError) -> Meaning {
        let clock = "Renew the certificate, or correct this machine's clock";
        let (reason, advice) = match why {
            // A bad signature: another certificate of the same name is trusted, such as an older one.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                ("its issuer is unknown", roots::advice())
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ("it has expired", clock.to_owned())
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ("it is not valid yet by this machine's clock", "Correct this machine's clock".to_owned())
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ("it is for another host name", self.correct_name())
            }
            CertificateError::Revoked => ("it is revoked", "Replace the certificate".to_owned()),
            // Most often what `openssl req -x509` makes: an authority's certificate.
            _ => (
                "it is not a valid certificate of a server",
                "Give it one that is for servers, and not for signing others (basicConstraints CA:FALSE)"
                    .to_owned(),
            ),
        };
        Meaning::Lasting(ConnectionError::Certificate { server: self.name(), reason, advice })
    }

    fn correct_name(&self) -> String {
        let place = self.proxy.map_or("base_url", |proxy| proxy.variable);
        format!("Correct the host in {place}, or give the server a certificate for this host")
    }
}

/// Why there is no TLS, as far as the other side says.
fn refused_tls(error: &rustls::Error) -> String {
    let why = match error {
        rustls::Error::PeerIncompatible(_) => {
            "it supports neither TLS 1.2 nor TLS 1.3 as this connector does"
        }
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity => {
                "it supports neither TLS 1.2 nor TLS 1.3 as this connector does"
            }
            AlertDescription::UnrecognisedName => "it does not serve this host name",
            AlertDescription::CertificateRequired | AlertDescription::AccessDenied => {
                "it requires a certificate of the client, which this connector does not have"
            }
            _ => "it gave no reason",
        },
        _ => "its TLS cannot be understood",
    };
    format!("refused the TLS connection: {why}")
}

/// The error and its causes, also those that an I/O error contains and does not count among its causes.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => error.source(),
        };
        Some(error)
    })
}

/// The innermost cause of this type.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).filter_map(|cause| cause.downcast_ref()).last()
}
