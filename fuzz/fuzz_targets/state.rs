//! A state that was read and printed is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use source_360learning::protocol::parse_states;

fuzz_target!(|text: &str| {
    // The printed form has whole seconds, so the first one settles them.
    let print = |text: &str| {
        let states = parse_states(text, &["users", "paths", "attendances"]).ok()?;
        let entry = |(name, state): (&String, &source_360learning::protocol::StreamState)| json!({"stream": {"stream_descriptor": {"name": name}, "stream_state": state.to_value()}});
        Some(json!(states.iter().map(entry).collect::<Vec<_>>()).to_string())
    };
    if let Some(printed) = print(text) {
        assert_eq!(print(&printed).as_deref(), Some(printed.as_str()));
    }
});
