//! The sandbox as a client sees it.

#![allow(clippy::unwrap_used, reason = "helpers of a test stop it where it cannot go on")]

mod api;
mod client;
mod data;
mod deletions;
mod faithful;
mod faults;
mod feedback;
mod ordinary;
mod registrations;
mod streams;
mod variant_rows;
mod variants;

use client::Client;
use sandbox_360learning::{Options, Sandbox, Variant, primary_key};
use serde_json::Value;
use std::collections::BTreeMap;

/// A small account without a rate limit.
fn open() -> Options {
    Options { rate_limit: 0, ..Options::default() }
}

async fn start(options: Options) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(&sandbox);
    (sandbox, client)
}

async fn account(variant: Variant) -> (Sandbox, Client) {
    start(Options { variants: vec![variant], ..open() }).await
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap()
}

fn count(rows: &[Value], field: &str, value: &str) -> usize {
    rows.iter().filter(|row| row[field] == value).count()
}

/// The rows of a stream by their keys, as JSON.
fn by_key(sandbox: &Sandbox, stream: &str) -> BTreeMap<String, Value> {
    let key = |row: &Value| match primary_key(stream) {
        [field] => row[*field].to_string(),
        fields => fields.iter().map(|field| row[*field].clone()).collect::<Value>().to_string(),
    };
    sandbox.truth(stream).into_iter().map(|row| (key(&row), row)).collect()
}
