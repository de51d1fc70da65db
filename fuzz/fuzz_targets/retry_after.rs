//! A `Retry-After` is a time, or nothing.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use source_360learning::api::untrusted;

fuzz_target!(|value: &str| {
    let _ = untrusted::retry_after(value, SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
});
