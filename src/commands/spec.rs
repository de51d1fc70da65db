//! `spec`: the configuration form.

use std::io::Write;

use serde_json::{Value, json};

use super::{Console, DONE};
use crate::config::Config;
use crate::protocol::Message;

/// What `spec` prints; `spec.json` is the same.
#[must_use]
pub fn spec() -> Value {
    json!({
        "documentationUrl": "https://360learning.readme.io/docs/step-1-get-your-api-credentials",
        "connectionSpecification": Config::json_schema(),
        "supportsIncremental": true,
        "protocol_version": "0.2.0",
    })
}

/// Prints it. The exit code.
pub fn run(mut console: Console<impl Write>) -> u8 {
    console.print(&[Message::Spec(&spec())], DONE)
}
