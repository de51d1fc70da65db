//! A configuration is settings, or one sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use source_360learning::config::Config;

fuzz_target!(|text: &str| {
    if let Err(error) = Config::parse(text).and_then(Config::validate) {
        assert!(error.to_string().ends_with('.'));
    }
});
