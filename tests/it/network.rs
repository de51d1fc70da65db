//! What is between this machine and the API: proxies, and certificates that are not trusted.

use crate::support::api::{Api, page};
use crate::support::network::{Certificate, Proxy, Response};
use crate::support::{Files, Output, connector, given, output};
use sandbox_360learning::{Options, Sandbox};
use serde_json::{Value, json};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_this_machine_is_never_requested_through_a_proxy() {
    let api = Api::new().await;
    api.get("/tags", page(&json!([{"_id": "a"}]))).await;
    let proxy = Proxy::with_status("502 Bad Gateway");
    let address = format!("http://{}", proxy.start().await);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        for host in ["127.0.0.1", "localhost"] {
            let mut config = api.config();
            config["base_url"] = json!(api.url().replace("127.0.0.1", host));
            read(&config, &[(name, &address)]).is_complete(&["tags"]);
        }
    }
    assert!(proxy.received.lock().unwrap().is_empty(), "the client secret was sent to the proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_requires_a_login_is_requested_once() {
    let proxy = Proxy::with_status("407 Proxy Authentication Required");
    let address = format!("http://{}", proxy.start().await);
    let output = read(&crate::support::config("https://api.example.com"), &[("HTTPS_PROXY", &address)]);
    assert_eq!((output.code, output.only_error().0), (1, "config_error"));
    let received = proxy.received.lock().unwrap();
    assert_eq!(received.matches("CONNECT api.example.com:443").count(), 1, "{received}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_is_read_over_tls_with_the_certificate_that_it_writes_and_not_without() {
    let files = Files::new();
    let options = Options { tls: Some(files.path("tls")), rate_limit: 0, ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let authority = sandbox.tls().unwrap().authority.to_str().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost"] {
        let config = crate::support::config(&sandbox.url().replace("127.0.0.1", host));
        let output = read(&config, &[("SSL_CERT_FILE", &authority)]);
        output.is_complete(&["tags"]);
        assert_eq!(output.records("tags").len(), sandbox.count("tags"));

        let stranger = read(&config, &[]);
        let (failure, _, message) = stranger.only_error();
        assert_eq!((stranger.code, failure), (1, "config_error"));
        assert!(message.contains("SSL_CERT_FILE"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_trusted_is_the_users_to_fix_and_ssl_cert_file_does() {
    let certificate = Certificate::of("localhost");
    let url = format!("https://localhost:{}", certificate.serve(Response::Pages).await);
    let (config, files) = (crate::support::config(&url), Files::new());
    let output = read(&config, &[]);
    let (failure, _, message) = output.only_error();
    assert_eq!((output.code, failure), (1, "config_error"));
    assert!(message.contains("not trusted: its issuer is unknown"), "{message}");
    assert!(message.contains("set the environment variable SSL_CERT_FILE"), "{message}");

    let path = files.write("root.pem", &json!(certificate.pem));
    read(&config, &[("SSL_CERT_FILE", path.to_str().unwrap())]).is_complete(&["tags"]);
}
