//! A catalog is at least one stream, or one sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use source_360learning::protocol::parse_catalog;

fuzz_target!(|text: &str| match parse_catalog(text) {
    Ok(streams) => assert!(!streams.is_empty()),
    Err(error) => assert!(error.to_string().starts_with("The catalog ")),
});
