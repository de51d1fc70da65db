//! What a scan finds, and what stays as it is.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::streams::request::RowDate;

fn schema() -> Value {
    let date = json!({"type": ["null", "string"], "format": "date-time"});
    json!({"properties": {
        "at": date,
        "deletedAt": {"type": ["null", "array"], "items": date},
        "options": {"properties": {"x": date, "deep": {"items": {"properties": {"y": date}}}}},
        "name": {"type": ["null", "string"]},
        "_id": {"type": "string"},
    }})
}

fn bad_paths(row: &str) -> Vec<String> {
    Scanner::new(&[], &schema()).scan(row).bad_dates.into_iter().map(|bad| bad.path).collect()
}

fn without_bad_dates<'a>(row: &'a str, bad: &[BadDate]) -> Cow<'a, str> {
    replaced(row, bad.iter().map(|date| (date.range.clone(), "null")).collect())
}

#[test]
fn members_are_found_raw_in_any_order() {
    let row = r#"{"x":{"_id":1,"s":"}\"{"}, "endDate" : null ,"_id":"a\u0062","n":1.10 , "l":[[],"]"]}"#;
    let scan = Scanner::new(&["_id", "n", "endDate", "gone", "l", "x"], &json!({})).scan(row);
    let found = [Some(r#""a\u0062""#), Some("1.10"), Some("null"), None, Some(r#"[[],"]"]"#)];
    assert_eq!(scan.found[..5], found);
    assert_eq!(scan.found[5], Some(r#"{"_id":1,"s":"}\"{"}"#));
    assert_eq!(text(scan.found[0]), Some("ab".to_owned()));
    assert_eq!((text(Some("7")), text(None)), (None, None));
}

#[test]
fn of_members_with_one_name_the_last_wins_also_where_a_name_is_escaped() {
    let scanner = Scanner::new(&["id", "at", "id"], &schema());
    let scan = scanner.scan(r#"{"id":1,"at":"no","\u0069d":2,"at":"2026-01-01"}"#);
    assert_eq!(scan.found[..], [Some("2"), Some(r#""2026-01-01""#), Some("2")]);
    assert_eq!(scan.bad_dates.len(), 1);
}

#[test]
fn a_row_without_the_members_or_that_is_not_an_object_has_nothing() {
    let scanner = Scanner::new(&["at"], &schema());
    for row in [
        "{}",
        "{ }",
        r#""at""#,
        "7",
        "[]",
        "",
        "{",
        r#"{"at"#,
        r#"{"at":"#,
        r#"{"at":"x\"#,
        "{1}",
        r#"{é":1}"#,
    ] {
        let scan = scanner.scan(row);
        assert!(scan.found[..] == [None] && scan.bad_dates.is_empty(), "{row}");
    }
    assert!(Scanner::new(&[], &json!({"properties": {"a": {"type": "string"}}})).is_idle());
    assert!(!scanner.is_idle() && !Scanner::new(&["a"], &json!({})).is_idle());
}

#[test]
fn a_bad_date_is_found_at_any_depth_and_becomes_null() {
    let row = r#"{"at":"","name":"24/12/2026","deletedAt":["2026-03-31T10:00:00.000Z","x"],"options":{"x":"soon","deep":[{},{"y":"0000-01-01"}]},"_id":"u"}"#;
    let scan = Scanner::new(&["_id"], &schema()).scan(row);
    let paths: Vec<&str> = scan.bad_dates.iter().map(|bad| bad.path.as_str()).collect();
    assert_eq!(paths, ["at", "deletedAt.1", "options.x", "options.deep.1.y"]);
    assert_eq!(scan.found[0], Some(r#""u""#));
    assert_eq!(
        without_bad_dates(row, &scan.bad_dates),
        r#"{"at":null,"name":"24/12/2026","deletedAt":["2026-03-31T10:00:00.000Z",null],"options":{"x":null,"deep":[{},{"y":null}]},"_id":"u"}"#
    );
    assert!(matches!(replaced(row, Vec::new()), Cow::Borrowed(same) if same == row));
}

#[test]
fn what_is_not_a_string_is_left_alone_in_the_place_of_a_date() {
    let row = r#"{"at":1764547200000,"deletedAt":null,"options":[{"x":"no"}]}"#;
    assert_eq!(bad_paths(row), [""; 0]);
    assert_eq!(bad_paths(r#"{"at":{"at":"no"},"deletedAt":{"0":"no"},"options":"no"}"#), [""; 0]);
}

#[test]
fn a_date_is_one_that_every_reader_knows() {
    for good in [
        "2026-03-31T10:00:00.000Z",
        "2026-03-31T10:00:00Z",
        "2026-03-31t10:00:00z",
        "2026-03-31T10:00:00.123456789+05:30",
        "2026-03-31 10:00:00+02",
        "2026-03-31T10:00+0200",
        "2026-03-31T10:00:00",
        "2026-03-31",
        "2024-02-29",
        "2000-02-29T23:59:59-12:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59+01:00",
        "2026\\u002d03-31",
    ] {
        assert_eq!(bad_paths(&format!(r#"{{"at":"{good}"}}"#)), [""; 0], "{good}");
    }
    for bad in [
        "",
        " ",
        "24/12/2026",
        "+020226-03-31T10:00:00.000Z",
        "20226-03-31T10:00:00.000Z",
        "0000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-02-29",
        "1900-02-29",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-01T25:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.0000000000Z",
        "2026-01-01T00:00:00,5Z",
        "2026-01-01T10Z",
        "2026-01-01T",
        "2026-01-01Z",
        "2026-01-01T00:00:00+16:00",
        "2026-01-01T00:00:00+02:60",
        "2026-01-01T00:00:00*02:00",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00Z ",
        "2026-01-01 00:00:00 UTC",
        "0001-01-01T00:30:00+01:00",
        "9999-12-31T23:30:00-01:00",
        "٢026-01-01",
        "2026-01-01\\u0000",
        "1764547200000",
        "Invalid date",
        "\\ud83d",
    ] {
        assert_eq!(bad_paths(&format!(r#"{{"at":"{bad}"}}"#)), ["at"], "{bad}");
    }
}

#[test]
fn a_date_of_a_row_is_missing_unreadable_or_an_instant() {
    let at = |text: &str| RowDate::At(text.parse().unwrap());
    assert_eq!(date_of(None), RowDate::Missing);
    assert_eq!(date_of(Some("null")), RowDate::Missing);
    assert_eq!(date_of(Some("1764547200000")), RowDate::Unreadable);
    assert_eq!(date_of(Some("\"2026-10-05\"")), RowDate::Unreadable);
    assert_eq!(date_of(Some("\"2026-01-01T00:00:00Z\"")), at("2026-01-01T00:00:00Z"));
    assert_eq!(date_of_text(Some("2026-01-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
    assert_eq!(date_of_text(None), RowDate::Missing);
}

#[test]
fn a_lone_surrogate_becomes_the_replacement_character_and_its_field_is_named() {
    let fix = |row: &str| {
        let mut fields = Vec::new();
        let fixed = without_lone_surrogates(row, |field| fields.push(field.to_owned())).into_owned();
        (fixed, fields)
    };
    let (fixed, fields) =
        fix(r#"{"a":"\ud83d\uDE00","b":[{"x\uDEAD":"caf\ud83d"}],"\udfff":"\\ud83d","c":1}"#);
    assert_eq!(fixed, r#"{"a":"\ud83d\uDE00","b":[{"x\ufffd":"caf\ufffd"}],"\ufffd":"\\ud83d","c":1}"#);
    assert_eq!(fields, ["b", "b", "\u{fffd}"]);
    for (row, expected) in [
        (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffd\ud83d\ude00"}"#),
        (r#"{"a":"\ude00\ud83d"}"#, r#"{"a":"\ufffd\ufffd"}"#),
        (r#"{"a":"\ud83d\n\ude00"}"#, r#"{"a":"\ufffd\n\ufffd"}"#),
        (r#"{"a":"\\\ud83d"}"#, r#"{"a":"\\\ufffd"}"#),
        (r#"{"a":"\ud83dx"}"#, r#"{"a":"\ufffdx"}"#),
    ] {
        assert_eq!(fix(row).0, expected);
    }
    assert_eq!(fix(r#""\ud83d""#), (r#""\ufffd""#.to_owned(), vec![String::new()]));
}

/// JSON strings made of what a lone surrogate may be next to.
fn raw_string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\\\u[dD][89abAB][0-9a-f]{2}",
        "\\\\u[dD][c-fC-F][0-9A-F]{2}",
        "\\\\u0[0-9a-f]{3}",
        "\\\\[\\\\\"nt]",
        "[a-zA-Z0-9{}\\[\\]:, é]{0,4}",
        Just("2026-03-31T10:00:00Z".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn raw_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![raw_string(), Just("null".to_owned()), Just("-1.5e3".to_owned())];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[ {}]", items.join(" ,"))),
            raw_object(inner),
        ]
    })
}

fn raw_object(values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let name = prop_oneof![
        prop::sample::select(&["at", "deletedAt", "options", "x", "_id"][..])
            .prop_map(|name| format!("\"{name}\"")),
        raw_string()
    ];
    let member = (name, values).prop_map(|(name, value)| format!("{name}: {value}"));
    prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(", ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_row_without_lone_surrogates_is_json_and_the_same_where_nothing_was_wrong(row in raw_object(raw_json())) {
        let mut lone = 0;
        let fixed = without_lone_surrogates(&row, |_| lone += 1);
        let parsed: Result<Value, _> = serde_json::from_str(&fixed);
        prop_assert!(parsed.is_ok(), "{fixed}");
        match serde_json::from_str::<Value>(&row) {
            Ok(value) => {
                prop_assert!(lone == 0 && matches!(fixed, Cow::Borrowed(_)), "{row}");
                prop_assert_eq!(value, parsed.unwrap());
            }
            Err(_) => prop_assert!(lone > 0 && fixed.len() == row.len(), "{row}"),
        }
    }

    #[test]
    fn any_row_is_scanned_as_a_tree_is_read(row in raw_object(raw_json())) {
        let row = without_lone_surrogates(&row, |_| ());
        let tree: Value = serde_json::from_str(&row).unwrap();
        let names = ["_id", "options", "at", "x"];
        let scan = Scanner::new(&names, &schema()).scan(&row);
        for (name, found) in names.iter().zip(&scan.found) {
            let found = found.map(|raw| serde_json::from_str::<Value>(raw).unwrap());
            prop_assert_eq!(found.as_ref(), tree.get(name), "{}", name);
        }
        let nulled = without_bad_dates(&row, &scan.bad_dates);
        let nulled_tree: Value = serde_json::from_str(&nulled).unwrap();
        prop_assert!(Scanner::new(&[], &schema()).scan(&nulled).bad_dates.is_empty());
        prop_assert_eq!(scan.bad_dates.is_empty(), *nulled == *row);
        prop_assert_eq!(nulled_tree.as_object().unwrap().len(), tree.as_object().unwrap().len());
    }

    #[test]
    fn any_text_is_scanned_without_a_panic(text in "\\PC*|[{}\\[\\]\":,\\\\a-cé ]{0,20}") {
        let _ = Scanner::new(&["a"], &schema()).scan(&text);
        let _ = without_lone_surrogates(&text, |_| ());
    }
}
