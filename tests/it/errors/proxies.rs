//! Proxies, by their variables.

use serde_json::json;

use super::{PROXY_PASSWORD, Row, check, config, row};
use crate::support::network::{Certificate, Proxy, Response, closed_port, raw};
use crate::support::{Files, Output};

const PASSES: &str = "transient_error";
const LASTS: &str = "config_error";

/// Runs `check` of a server that is not on this machine, with this proxy in this variable.
fn through(variable: &str, value: String) -> Output {
    check(&config("https://api.example.com"), &[(variable, value)])
}

pub(super) async fn rows() -> Vec<Row> {
    let http = |address: String| format!("http://{address}");
    let with_password = |address: String| format!("http://me:{PROXY_PASSWORD}@{address}");
    let requires_login = || Proxy::with_status("407 Proxy Authentication Required");
    let mut rows = vec![
        row(
            "a proxy that refuses the host",
            through("HTTPS_PROXY", http(Proxy::with_status("403 Forbidden").start().await)),
            PASSES,
            &[
                "the proxy 127.0.0.1:",
                "(HTTPS_PROXY) refused to connect to api.example.com:443",
                "allow api.example.com",
                "NO_PROXY",
            ],
        ),
        row(
            "a proxy that does not reach the host",
            through("https_proxy", with_password(Proxy::with_status("502 Bad Gateway").start().await)),
            PASSES,
            &["(https_proxy) refused to connect to api.example.com:443"],
        ),
        row(
            "a proxy that is down",
            through("HTTPS_PROXY", with_password(format!("127.0.0.1:{}", closed_port()))),
            PASSES,
            &["the proxy 127.0.0.1:", "(HTTPS_PROXY) refused the connection", "Check HTTPS_PROXY"],
        ),
        row(
            "a proxy for everything that is down",
            through("ALL_PROXY", http(format!("127.0.0.1:{}", closed_port()))),
            PASSES,
            &["(ALL_PROXY) refused the connection", "Check ALL_PROXY"],
        ),
        row(
            "a proxy whose host does not exist",
            through("HTTPS_PROXY", with_password("no-such-proxy.invalid:3128".to_owned())),
            PASSES,
            &["the host name no-such-proxy.invalid cannot be resolved", "Check the host in HTTPS_PROXY"],
        ),
        row(
            "a proxy that closes",
            through("HTTPS_PROXY", http(format!("127.0.0.1:{}", raw(b"").await))),
            PASSES,
            &["the proxy 127.0.0.1:", "(HTTPS_PROXY) closed the connection", "Check HTTPS_PROXY"],
        ),
        row(
            "a proxy that requires a login",
            through("HTTPS_PROXY", http(requires_login().start().await)),
            LASTS,
            &[
                "The proxy 127.0.0.1:",
                "requires a login (HTTP 407)",
                "HTTPS_PROXY, as http://user:password@host:port",
            ],
        ),
        row(
            "a proxy that refuses the login",
            through("HTTPS_PROXY", with_password(requires_login().start().await)),
            LASTS,
            &[
                "The proxy 127.0.0.1:",
                "rejected the user name and password",
                "HTTPS_PROXY",
                "percent-encoded",
            ],
        ),
        row(
            "a plain proxy that is named with https",
            through("HTTPS_PROXY", format!("https://127.0.0.1:{}", raw(b"HTTP/1.1 400 X\r\n\r\n").await)),
            LASTS,
            &["There is no TLS at the proxy 127.0.0.1:", "Begin the address in HTTPS_PROXY with http://"],
        ),
        row(
            "a proxy with a private certificate",
            through(
                "HTTPS_PROXY",
                format!("https://127.0.0.1:{}", Certificate::of("127.0.0.1").serve(Response::Pages).await),
            ),
            LASTS,
            &[
                "certificate of the proxy 127.0.0.1:",
                "(HTTPS_PROXY) is not trusted",
                "its issuer is unknown",
                "SSL_CERT_FILE",
            ],
        ),
        row(
            "a proxy that inspects TLS",
            through("HTTPS_PROXY", http(inspecting().await)),
            LASTS,
            &["certificate of api.example.com:443 is not trusted", "its issuer is unknown", "SSL_CERT_FILE"],
        ),
    ];
    rows.extend(variables(&with_password("p:1".to_owned())));
    rows
}

/// Values that name no proxy.
fn variables(url: &str) -> Vec<Row> {
    vec![
        row(
            "a proxy with a misspelt scheme",
            through("HTTPS_PROXY", url.replace("http", "htp")),
            LASTS,
            &["HTTPS_PROXY is not the address of a proxy", "http://host:port"],
        ),
        row(
            "a proxy with a port in letters",
            through("ALL_PROXY", url.replace("p:1", "p:31a8")),
            LASTS,
            &["ALL_PROXY has a port that is not a number"],
        ),
        row(
            "a proxy with a port too large",
            through("https_proxy", "http://p:99999".to_owned()),
            LASTS,
            &["https_proxy has a port"],
        ),
        row(
            "a proxy of another kind",
            through("ALL_PROXY", url.replace("http", "socks5")),
            LASTS,
            &["ALL_PROXY names a SOCKS proxy"],
        ),
        row(
            "a proxy with a blank in its password",
            through("HTTPS_PROXY", url.replace("me:", "me:a b")),
            LASTS,
            &["HTTPS_PROXY is not the address of a proxy", "percent-encoded"],
        ),
    ]
}

/// A proxy with a certificate of its own for every host.
async fn inspecting() -> String {
    Proxy::to(Certificate::of("api.example.com").serve(Response::Pages).await).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_with_a_login_that_inspects_tls_is_passed_with_its_password_and_its_certificate() {
    let certificate = Certificate::of("api.example.com");
    // "me" and the password, without percent-encoding.
    let login = Some("bWU6czNjcmV0QG9mLXRoZS1wcm94eQ==");
    let proxy = Proxy { login, ..Proxy::to(certificate.serve(Response::Pages).await) };
    let files = Files::new();
    let root = files.write("root.pem", &json!(certificate.pem)).to_str().unwrap().to_owned();
    let address = format!("http://me:{PROXY_PASSWORD}@{}", proxy.start().await);
    let output =
        check(&config("https://api.example.com"), &[("HTTPS_PROXY", address), ("SSL_CERT_FILE", root)]);
    assert_eq!(output.all("CONNECTION_STATUS")[0]["status"], "SUCCEEDED", "{:?}", output.messages);
    assert!(proxy.received.lock().unwrap().starts_with("CONNECT api.example.com:443 HTTP/1.1"));
}
