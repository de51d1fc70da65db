//! An error's code is a word, or `-`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use source_360learning::api::untrusted;

fuzz_target!(|body: &[u8]| {
    let code = untrusted::error_code(body);
    let word = code.len() <= 48 && code.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    assert!(word || code == "-");
});
