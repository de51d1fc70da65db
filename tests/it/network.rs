//! What is between this machine and the API: proxies, and certificates that are not trusted.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::support::api::{Api, page, token};
use crate::support::{Files, Output, connector, given, output};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// Reads `tags` with these environment variables, and no other that concerns proxies or
/// certificates.
fn read(config: &Value, environment: &[(&str, &str)]) -> Output {
    let mut command = connector();
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.envs(environment.iter().copied());
    let catalog = crate::support::catalog(&["tags"], "full_refresh");
    Output::new(&output(given(command, "read", &Files::new(), config, Some(&catalog), None)))
}

/// A proxy that answers every request with this status, and what it received.
fn proxy(status: u16) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = Arc::<Mutex<Vec<u8>>>::default();
    let log = Arc::clone(&received);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (mut connection, mut buffer) = (connection.unwrap(), [0; 4096]);
            let count = connection.read(&mut buffer).unwrap();
            log.lock().unwrap().extend_from_slice(&buffer[..count]);
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            connection.write_all(head.as_bytes()).unwrap();
        }
    });
    (url, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_this_machine_is_never_requested_through_a_proxy() {
    let api = Api::new().await;
    api.get("/tags", page(&json!([{"_id": "a"}]))).await;
    let (proxy, received) = proxy(502);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        for host in ["127.0.0.1", "localhost"] {
            let mut config = api.config();
            config["base_url"] = json!(api.url().replace("127.0.0.1", host));
            read(&config, &[(name, &proxy)]).is_complete(&["tags"]);
        }
    }
    assert!(received.lock().unwrap().is_empty(), "the client secret was sent to the proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_requires_a_login_is_the_users_to_configure() {
    let (proxy, received) = proxy(407);
    let config = crate::support::config("https://api.example.com");
    let output = read(&config, &[("HTTPS_PROXY", &proxy)]);
    let (failure, _, message) = output.only_error();
    assert_eq!((output.code, failure), (1, "config_error"));
    assert!(message.contains("The proxy requires a login (HTTP 407)"), "{message}");
    assert!(message.contains("HTTPS_PROXY=http://user:password@host:port"), "{message}");
    let received = String::from_utf8(received.lock().unwrap().clone()).unwrap();
    assert_eq!(received.matches("CONNECT api.example.com:443").count(), 1, "{received}");
}

/// An API with a certificate of its own, and that certificate as PEM.
async fn tls() -> (String, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(cert.der().to_vec())], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            // A client that does not trust the certificate breaks off here.
            let Ok(mut connection) = acceptor.accept(connection).await else { continue };
            tokio::spawn(async move {
                let mut received = Vec::new();
                while let Ok(1..) = connection.read_buf(&mut received).await {
                    let Some(head) = received.windows(4).position(|part| part == b"\r\n\r\n") else {
                        continue;
                    };
                    let is_token = received.starts_with(b"POST");
                    if is_token && !received.ends_with(b"}") {
                        continue;
                    }
                    assert!(is_token || head + 4 == received.len());
                    received.clear();
                    let body = if is_token { token("t").to_string() } else { r#"[{"_id":"a"}]"#.to_owned() };
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    connection.write_all(head.as_bytes()).await.unwrap();
                    connection.flush().await.unwrap();
                }
            });
        }
    });
    (url, cert.pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_trusted_is_the_users_to_fix_and_ssl_cert_file_does() {
    let (url, certificate) = tls().await;
    let (config, files) = (crate::support::config(&url), Files::new());
    let output = read(&config, &[]);
    let (failure, _, message) = output.only_error();
    assert_eq!((output.code, failure), (1, "config_error"));
    assert!(message.contains("not trusted: its issuer is unknown"), "{message}");
    assert!(message.contains("set the environment variable SSL_CERT_FILE"), "{message}");

    let path = files.write("root.pem", &json!(certificate));
    read(&config, &[("SSL_CERT_FILE", path.to_str().unwrap())]).is_complete(&["tags"]);

    let missing = read(&config, &[("SSL_CERT_FILE", "/nowhere/root.pem")]);
    let (failure, _, message) = missing.only_error();
    assert_eq!(failure, "config_error");
    assert!(message.contains("no root certificates were found"), "{message}");
}
