//! Random inputs: every reader of foreign bytes returns what they hold, or one sentence.

use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};
use source_360learning::api::{Shape, untrusted};
use source_360learning::config::Config;
use source_360learning::protocol::{
    Change, FeedState, RecordLines, Resume, StreamState, Visited, parse_catalog, parse_states,
};
use url::Url;

/// Any JSON, nested a little.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        // Dates, as they should be and not quite.
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Names that the connector looks for.
const NAMES: &[&str] = &[
    "client_id",
    "client_secret",
    "base_url",
    "region",
    "start_date",
    "requests_per_second",
    "streams",
    "stream",
    "name",
    "sync_mode",
    "sync_id",
    "state",
    "type",
    "stream_descriptor",
    "stream_state",
    "global",
    "cursor",
    "previous",
    "readAt",
    "at",
    "resume",
    "after",
    "until",
    "error",
    "code",
    "_id",
];

/// Names that the connector looks for, and others.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((key(), any_json()), 0..8).prop_map(|pairs| pairs.into_iter().collect())
}

fn any_date() -> impl Strategy<Value = Option<chrono::DateTime<chrono::Utc>>> {
    // The years 0 to 9999, in whole seconds.
    prop::option::of(
        (-62_167_219_200_i64..253_402_300_800)
            .prop_map(|at| chrono::DateTime::from_timestamp(at, 0).unwrap()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_config_is_settings_or_one_sentence_without_its_values(object in any_object(), noise in "\\PC*") {
        let text = Value::Object(object.clone()).to_string();
        for text in [text.as_str(), noise.as_str(), &text[..text.len() - 1]] {
            if let Err(error) = Config::parse(text).and_then(Config::validate) {
                let sentence = error.to_string();
                prop_assert!(sentence.ends_with('.') && !sentence.contains('\n'), "{}", sentence);
                let secret = object.get("client_secret").map(Value::to_string).filter(|secret| secret.len() > 6);
                prop_assert!(secret.is_none_or(|secret| !sentence.contains(&secret)), "{}", sentence);
            }
        }
    }

    #[test]
    fn any_catalog_is_streams_or_one_sentence(object in any_object(), json in any_json(), noise in "\\PC*") {
        for text in [Value::Object(object).to_string(), json!({"streams": [json]}).to_string(), noise] {
            match parse_catalog(&text) {
                Ok(streams) => prop_assert!(!streams.is_empty()),
                Err(error) => prop_assert!(error.to_string().starts_with("The catalog ")),
            }
        }
    }

    #[test]
    fn any_state_is_states_or_one_sentence(json in any_json(), blob in any_object(), noise in "\\PC*") {
        let stream = json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": blob}}]);
        for text in [json.to_string(), stream.to_string(), noise] {
            if let Err(error) = parse_states(&text, &["users"]) {
                prop_assert!(error.to_string().starts_with("The state "));
            }
        }
    }

    #[test]
    fn a_state_that_was_printed_is_read_as_it_was(
        [cursor, previous, read_at, until, at] in [any_date(), any_date(), any_date(), any_date(), any_date()],
        after in "\\PC*", sync_id in any::<Option<i64>>(), [resumes, follows] in any::<[bool; 2]>(), parents in "\\PC*"
    ) {
        let subscription = follows.then(|| after.clone());
        let feed = Some(FeedState { subscription, whole_at: until, parents, definitions: None }).filter(|_| follows);
        let visited = follows.then_some(if resumes { Visited::All } else { Visited::Changed });
        let resume = resumes.then_some(Resume { until, sync_id, after, is_doubtful: sync_id.is_some(), at, visited, feed: feed.clone() });
        let state = StreamState { cursor, previous, read_at, feed, resume };
        let text = json!([{"stream": {"stream_descriptor": {"name": "users"}, "stream_state": state.to_value()}}]).to_string();
        prop_assert_eq!(&parse_states(&text, &["users"]).unwrap()["users"], &state);
        prop_assert!(parse_states(&text, &["groups"]).unwrap().is_empty());
    }

    #[test]
    fn a_link_never_leads_to_another_origin(
        target in "(https?:)?(//)?[a-z0-9.:@\\\\/?#\\[\\]%-]{0,30}", rest in "(; ?rel=\"?(next|prev)\"?,? ?){0,3}", noise in "\\PC*"
    ) {
        let page = Url::parse("https://app.360learning.com/api/v2/users").unwrap();
        for header in [format!("<{target}>{rest}"), format!("<{target}>; rel=next"), noise] {
            if let Some(next) = untrusted::next(&header, &page) {
                prop_assert_eq!(next.origin(), page.origin());
            }
        }
    }

    #[test]
    fn an_error_code_is_a_word_and_nothing_else(body in any::<Vec<u8>>(), object in any_object(), code in "\\PC*") {
        let nested = json!({"error": {"code": code}}).to_string();
        let flat = json!({"error": code}).to_string();
        for body in [body, Value::Object(object).to_string().into_bytes(), nested.into_bytes(), flat.into_bytes()] {
            let code = untrusted::error_code(&body);
            let word = code.len() <= 48 && code.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
            prop_assert!(word || code == "-", "{}", code);
        }
    }

    #[test]
    fn a_page_is_its_rows_in_order_and_untouched(objects in prop::collection::vec(any_object(), 0..12), blank in "[ \n\r\t]{0,3}") {
        let texts: Vec<String> = objects.iter().map(|object| Value::Object(object.clone()).to_string()).collect();
        let page = format!("{blank}[{blank}{}{blank}]{blank}", texts.join(&format!("{blank},{blank}")));
        let rows = untrusted::rows(page.clone(), Shape::Objects).unwrap();
        // Untouched but for the characters at which some readers end a line.
        let escaped = |text: &String| {
            let text = text.replace('\u{85}', "\\u0085");
            text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
        };
        let expected: Vec<String> = texts.iter().map(escaped).collect();
        prop_assert_eq!(rows.iter().map(str::to_owned).collect::<Vec<_>>(), expected);
        // A page that is cut anywhere is none.
        for end in page.char_indices().map(|(end, _)| end).filter(|end| *end < page.trim_end().len()) {
            prop_assert!(untrusted::rows(&page.as_bytes()[..end], Shape::Objects).is_err());
        }
    }

    #[test]
    fn any_bytes_are_rows_or_none(body in any::<Vec<u8>>(), json in any_json()) {
        for shape in [Shape::Objects, Shape::Values, Shape::Object] {
            for body in [body.clone(), json.to_string().into_bytes()] {
                if let Ok(rows) = untrusted::rows(body, shape) {
                    prop_assert_eq!(rows.iter().count(), rows.len());
                }
            }
        }
    }

    #[test]
    fn any_object_becomes_one_line_that_holds_it(
        object in any_object(), pretty in any::<bool>(), id in "[a-z0-9]{1,8}", nulled in prop::collection::vec("\\PC{0,8}", 0..3)
    ) {
        let value = Value::Object(object.clone());
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let rows = untrusted::rows(text, Shape::Object).unwrap();
        let mut lines = RecordLines::new("users", 7, rows.len(), rows.bytes());
        let changes: Vec<Change> = nulled.iter().map(|field| Change { field: field.clone() }).collect();
        rows.iter().for_each(|row| lines.push(&format!("\"parentId\":\"{id}\""), row, &changes));
        let line = String::from_utf8(lines.take().0).unwrap();
        prop_assert_eq!(line.matches('\n').count(), 1);
        let message: Value = serde_json::from_str(&line).unwrap();
        let mut wanted = Map::from_iter([("parentId".to_owned(), json!(id))]);
        wanted.extend(object);
        prop_assert_eq!(&message["record"]["data"], &Value::Object(wanted));
        let fields: Vec<&str> = message["record"]["meta"]["changes"].as_array().into_iter().flatten().filter_map(|change| change["field"].as_str()).collect();
        prop_assert_eq!(fields, nulled);
    }

    #[test]
    fn any_retry_after_is_a_time_or_none(value in string_regex("\\PC*|[0-9]{1,25}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT").unwrap()) {
        let _ = untrusted::retry_after(&value, std::time::SystemTime::now());
    }
}
