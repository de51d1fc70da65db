//! A `Link` never leads to another origin.
#![no_main]

use libfuzzer_sys::fuzz_target;
use source_360learning::api::untrusted;
use url::Url;

fuzz_target!(|header: &str| {
    let page = Url::parse("https://app.360learning.com/api/v2/users?status[eq]=active").unwrap();
    for header in [header, &format!("<{header}>; rel=\"next\"")] {
        if let Some(next) = untrusted::next(header, &page) {
            assert_eq!(next.origin(), page.origin());
        }
    }
});
