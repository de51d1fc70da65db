//! What a tenant may do otherwise than the documentation says, as a client sees it.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop it where it cannot go on")]

mod client;

use std::io::Read as _;

use client::{Answer, Client};
use sandbox_360learning::{Options, Sandbox, Variant};
use serde_json::Value;

fn open() -> Options {
    Options { rate_limit: 0, ..Options::default() }
}

async fn start(options: Options) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(&sandbox);
    (sandbox, client)
}

async fn tenant(variant: Variant) -> (Sandbox, Client) {
    start(Options { variants: vec![variant], ..open() }).await
}

#[tokio::test]
async fn gzip_compresses_a_large_answer_for_whoever_accepts_it() {
    let (sandbox, client) = tenant(Variant::Gzip).await;
    let ask = |path: &str, accepted: &str| client.get_with(path, &[&format!("accept-encoding: {accepted}")]);
    let encoding = |answer: &Answer| answer.header("content-encoding").map(str::to_owned);
    let zipped = ask("/users", "gzip, br");
    assert_eq!(encoding(&zipped).as_deref(), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(zipped.bytes.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), sandbox.truth("users"));
    assert_eq!(ask("/users", "identity").rows(), sandbox.truth("users"));
    assert_eq!(client.get("/users").rows(), sandbox.truth("users"));
    let user = sandbox.truth("users").swap_remove(0);
    let small = ask(&format!("/users/{}", user["_id"].as_str().unwrap()), "gzip");
    assert_eq!((small.json(), encoding(&small)), (user, None));
    let (_default, client) = start(open()).await;
    assert_eq!(encoding(&client.get_with("/users", &["accept-encoding: gzip"])), None);
}
