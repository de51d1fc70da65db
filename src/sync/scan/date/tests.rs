//! What is a date, and which instant it is.

use proptest::prelude::*;
use serde_json::json;

use super::{instant, is_date};

#[test]
fn an_instant_is_read_from_any_offset_and_from_nothing_else() {
    let at = instant("\"2026-01-02T03:04:05.678+02:00\"").unwrap();
    assert_eq!(at.to_rfc3339(), "2026-01-02T01:04:05.678+00:00");
    for raw in ["null", "\"soon\"", "7", "\"2026-01-02\"", "\"0000-01-02T03:04:05Z\""] {
        assert_eq!(instant(raw), None, "{raw}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_chrono_reads_in_these_years_is_a_date_with_the_same_instant(seconds in -62_135_596_800_i64..253_402_300_800, nanos in 0_u32..1_000_000_000, minutes in -720_i32..840) {
        let utc = chrono::DateTime::from_timestamp(seconds, nanos).unwrap();
        let text = json!(utc.with_timezone(&chrono::FixedOffset::east_opt(minutes * 60).unwrap()).to_rfc3339()).to_string();
        // An offset may lead the local date out of four digits.
        prop_assume!(text.as_bytes()[5] == b'-' && !text.starts_with("\"0000"));
        prop_assert!(is_date(&text), "{text}");
        prop_assert_eq!(instant(&text), Some(utc));
    }
}
