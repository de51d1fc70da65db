//! `spec`: the configuration form.

use std::io::Write;

use serde_json::{Value, json};

use crate::config::Config;
use crate::protocol::Message;

/// What `spec` prints; `spec.json` is the same.
#[must_use]
pub fn spec() -> Value {
    json!({
        "documentationUrl": "https://docs.airbyte.com/integrations/sources/360learning",
        "connectionSpecification": Config::json_schema(),
        "supportsIncremental": true,
        "protocol_version": "0.2.0",
    })
}

/// Prints it. The exit code.
pub fn run(out: &mut impl Write) -> u8 {
    super::print(out, &Message::Spec(&spec()))
}
