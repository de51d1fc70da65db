//! The proxy that the environment names, by the rules of the HTTP client.

use std::env;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use url::Url;

use super::ConnectionError;
use super::transport::is_loopback;
use crate::secrets::Secrets;

/// Where it is, and which variable says so.
#[derive(Debug, Clone)]
pub(super) struct Proxy {
    /// Host and port.
    pub(super) address: String,
    pub(super) variable: &'static str,
    has_login: bool,
}

/// Variables for requests to https, the first one that is set first: so the HTTP client reads them.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

impl Proxy {
    /// The proxy requires a login that it did not get.
    pub(super) fn login(&self) -> ConnectionError {
        let (proxy, variable) = (self.address.clone(), self.variable);
        if self.has_login {
            ConnectionError::ProxyPassword { proxy, variable }
        } else {
            ConnectionError::ProxyLogin { proxy, variable }
        }
    }
}

/// The proxy before this origin; none before this machine, which would show it the client secret in plain text.
pub(super) fn of(origin: &Url) -> Result<Option<Proxy>, ConnectionError> {
    let Ok(target) = origin.as_str().parse::<Uri>() else { return Ok(None) };
    if is_loopback(origin) || is_excluded(&target) {
        return Ok(None);
    }
    let system = Matcher::from_system().intercept(&target);
    let Some((variable, value)) = VARIABLES.iter().find_map(set) else {
        return Ok(system.map(|proxy| Proxy {
            address: address(proxy.uri()),
            variable: "the system's proxy settings",
            has_login: proxy.basic_auth().is_some(),
        }));
    };
    let wrong = |problem| ConnectionError::ProxyVariable { variable, problem };
    if value.trim_start().starts_with("socks") {
        return Err(wrong("names a SOCKS proxy, which this connector does not support"));
    }
    let named = Matcher::builder().all(value).build().intercept(&target);
    let (Some(named), Some(_)) = (named, system) else { return Err(wrong("is not the address of a proxy")) };
    let authority = named.uri().authority().map_or("", |authority| authority.as_str());
    let has_port = authority.len() > named.uri().host().map_or(0, str::len);
    if has_port && named.uri().port_u16().is_none() {
        return Err(wrong("has a port that is not a number up to 65535"));
    }
    let (address, has_login) = (address(named.uri()), named.basic_auth().is_some());
    Ok(Some(Proxy { address, variable, has_login }))
}

/// Hides the user name and the password of every proxy.
pub(super) fn hide(secrets: &Secrets) {
    for (_, value) in VARIABLES.iter().filter_map(set) {
        let Some((login, _)) = value.rsplit_once('@') else { continue };
        let login = login.split_once("://").map_or(login, |(_, login)| login);
        for part in login.splitn(2, ':') {
            secrets.add(part);
            secrets.add(&percent_decode_str(part).decode_utf8_lossy());
        }
    }
}

/// The first of these variables that is set, unless it is empty.
fn set(names: &[&'static str; 2]) -> Option<(&'static str, String)> {
    let set = names.iter().find_map(|name| Some((*name, env::var(name).ok()?)));
    set.filter(|(_, value)| !value.is_empty())
}

/// True if `NO_PROXY` excludes the target.
fn is_excluded(target: &Uri) -> bool {
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| env::var(name).ok()).unwrap_or_default();
    Matcher::builder().all("http://proxy").no(no_proxy).build().intercept(target).is_none()
}

/// Host and port, without a login.
fn address(uri: &Uri) -> String {
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    format!("{}:{port}", uri.host().unwrap_or_default())
}
