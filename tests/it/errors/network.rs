//! The way to the server, and its certificate.

use rcgen::date_time_ymd;
use serde_json::json;

use super::process::SILENCE;
use super::{Row, check, config, row};
use crate::support::Files;
use crate::support::network::{Certificate, Response, closed_port, full_port, listen, raw};

pub(super) async fn rows() -> Vec<Row> {
    let mut rows = connections().await;
    rows.extend(certificates().await);
    rows.extend(root_files());
    rows
}

const PASSES: &str = "transient_error";
const LASTS: &str = "config_error";

async fn connections() -> Vec<Row> {
    let http = |port: u16| config(&format!("http://127.0.0.1:{port}"));
    let https = |port: u16| config(&format!("https://localhost:{port}"));
    let page = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let trusted = Certificate::of("localhost");
    let files = Files::new();
    let root = files.write("root.pem", &json!(trusted.pem)).to_str().unwrap().to_owned();
    let root = [("SSL_CERT_FILE", root)];
    let silence = [(SILENCE, "1000".to_owned())];
    let silent = listen(|connection| async move {
        std::future::pending::<()>().await;
        drop(connection);
    });
    vec![
        row(
            "a host that does not exist",
            check(&config("https://no-such-host.invalid"), &[]),
            PASSES,
            &[
                "gave up after",
                "the host name no-such-host.invalid cannot be resolved. Check base_url",
                "DNS",
            ],
        ),
        row(
            "a port that is closed",
            check(&http(closed_port()), &[]),
            PASSES,
            &["127.0.0.1:", "refused the connection", "base_url", "HTTPS_PROXY"],
        ),
        row(
            "a port that accepts nothing",
            check(&http(full_port().await), &silence),
            PASSES,
            &["127.0.0.1:", "did not open a connection in 1 s", "HTTPS_PROXY"],
        ),
        row(
            "a connection that ends before TLS begins",
            check(&https(raw(b"").await), &root),
            PASSES,
            &["localhost:", "closed the connection before it was open", "network"],
        ),
        row(
            "TLS requested from a plain server",
            check(&https(raw(page).await), &root),
            LASTS,
            &["There is no TLS at localhost:", "the port in base_url"],
        ),
        row(
            "plain http requested from a TLS server",
            check(&http(trusted.serve(Response::Pages).await), &[]),
            PASSES,
            &["127.0.0.1:", "did not answer in HTTP", "begin base_url with https://"],
        ),
        row(
            "a server that is none of HTTP",
            check(&http(raw(b"SSH-2.0-OpenSSH_9.2\r\n").await), &[]),
            PASSES,
            &["127.0.0.1:", "did not answer in HTTP", "the port in base_url"],
        ),
        row(
            "a server that closes",
            check(&http(raw(b"").await), &[]),
            PASSES,
            &["127.0.0.1:", "closed the connection before the response was complete", "proxy or firewall"],
        ),
        row(
            "a server that is silent",
            check(&http(silent.await), &silence),
            PASSES,
            &["no complete response in", "base_url"],
        ),
        row(
            "a TLS server that closes without a mark",
            check(&https(trusted.serve(Response::Cut).await), &root),
            PASSES,
            &["localhost:", "closed the connection before the response was complete"],
        ),
        row(
            "a TLS server that wants a certificate",
            check(&https(trusted.serve(Response::OnlyWithCertificate).await), &root),
            PASSES,
            &["localhost:", "refused the TLS connection", "certificate of the client"],
        ),
        row(
            "a server that is a proxy",
            check(&http(raw(b"HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n").await), &[]),
            LASTS,
            &["127.0.0.1:", "HTTP 407", "Check base_url", "HTTPS_PROXY"],
        ),
    ]
}

async fn certificates() -> Vec<Row> {
    let files = Files::new();
    let mut rows = Vec::new();
    let past = Certificate::new("localhost", |made| made.not_after = date_time_ymd(2001, 1, 1));
    let future = Certificate::new("localhost", |made| made.not_before = date_time_ymd(2901, 1, 1));
    for (name, certificate, parts) in [
        (
            "an expired certificate",
            past,
            &["certificate of localhost:", "it has expired", "this machine's clock"][..],
        ),
        (
            "a certificate of the future",
            future,
            &["localhost:", "not valid yet", "Correct this machine's clock"],
        ),
        (
            "a certificate for another name",
            Certificate::of("elsewhere.example.com"),
            &["localhost:", "it is for another host name", "Correct the host in base_url"],
        ),
        (
            "an authority's certificate",
            Certificate::of_authority("localhost"),
            &["localhost:", "not a valid certificate of a server", "CA:FALSE"],
        ),
    ] {
        let root = files.write("root.pem", &json!(certificate.pem)).to_str().unwrap().to_owned();
        let url = format!("https://localhost:{}", certificate.serve(Response::Pages).await);
        rows.push(row(name, check(&config(&url), &[("SSL_CERT_FILE", root)]), LASTS, parts));
    }
    let url = format!("https://localhost:{}", Certificate::of("localhost").serve(Response::Pages).await);
    let other =
        files.write("other.pem", &json!(Certificate::of("localhost").pem)).to_str().unwrap().to_owned();
    rows.push(row(
        "a certificate of an unknown issuer",
        check(&config(&url), &[("SSL_CERT_DIR", files.path("").to_str().unwrap().to_owned())]),
        LASTS,
        &["certificate of localhost:", "its issuer is unknown", "set the environment variable SSL_CERT_FILE"],
    ));
    rows.push(row(
        "a certificate of an issuer that SSL_CERT_FILE lacks",
        check(&config(&url), &[("SSL_CERT_FILE", other)]),
        LASTS,
        &[
            "its issuer is unknown",
            "Set the environment variable SSL_CERT_FILE",
            "other.pem, which it names now, lacks it",
        ],
    ));
    rows
}

fn root_files() -> Vec<Row> {
    let files = Files::new();
    let text = |name: &str, text: &str| files.write(name, &json!(text)).to_str().unwrap().to_owned();
    std::fs::create_dir(files.path("empty")).unwrap();
    let folder = files.path("empty").to_str().unwrap().to_owned();
    let config = config("https://localhost:9");
    let check = |variable: &str, value: String| check(&config, &[(variable, value)]);
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let none: &[&str] = &["SSL_CERT_FILE names /", "holds no certificate in PEM form", "or unset it"];
    vec![
        row(
            "SSL_CERT_FILE does not exist",
            check("SSL_CERT_FILE", "/nowhere/root.pem".to_owned()),
            LASTS,
            &["SSL_CERT_FILE names /nowhere/root.pem", "No such file", "Correct it"],
        ),
        row(
            "SSL_CERT_FILE is empty",
            check("SSL_CERT_FILE", String::new()),
            LASTS,
            &["SSL_CERT_FILE names \"\"", "unset it"],
        ),
        row(
            "SSL_CERT_FILE is a folder",
            check("SSL_CERT_FILE", folder.clone()),
            LASTS,
            &["SSL_CERT_FILE names /", "directory"],
        ),
        row("SSL_CERT_FILE is not PEM", check("SSL_CERT_FILE", text("der", "0\u{1}")), LASTS, none),
        row(
            "SSL_CERT_FILE is a key",
            check(
                "SSL_CERT_FILE",
                text("key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            ),
            LASTS,
            none,
        ),
        row(
            "SSL_CERT_FILE holds a broken certificate",
            check("SSL_CERT_FILE", text("garbage", garbage)),
            LASTS,
            &["SSL_CERT_FILE names /", "holds no valid certificate"],
        ),
        row(
            "SSL_CERT_DIR does not exist",
            check("SSL_CERT_DIR", "/nowhere:/neither".to_owned()),
            LASTS,
            &["SSL_CERT_DIR names /nowhere:/neither", "No such file"],
        ),
        row(
            "SSL_CERT_DIR is empty",
            check("SSL_CERT_DIR", folder),
            LASTS,
            &["SSL_CERT_DIR names /", "holds no file with a certificate"],
        ),
    ]
}
