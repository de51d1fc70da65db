//! Whatever is handed in, by a user or by a server: a clear sentence, never a panic, never more memory than there is.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod support;

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;

use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};
use source_360learning::api::{Shape, untrusted};
use source_360learning::config::Config;
use source_360learning::protocol::{RecordLines, Resume, StreamState, parse_catalog, parse_states};
use support::api::{Api, token};
use support::{Files, Said, connector, given, output, peak_megabytes, start};
use url::Url;
use wiremock::ResponseTemplate;

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
            if let Err(error) = parse_states(&text) {
                prop_assert!(error.to_string().starts_with("The state "));
            }
        }
    }

    #[test]
    fn a_state_that_was_printed_is_read_as_it_was(
        cursor in any_date(), until in any_date(), after in "\\PC*", sync_id in any::<Option<i64>>(), resumes in any::<bool>()
    ) {
        let resume = resumes.then_some(Resume { after, until, sync_id });
        let state = StreamState { cursor, resume };
        let text = json!([{"stream": {"stream_descriptor": {"name": "users"}, "stream_state": state.to_value()}}]).to_string();
        prop_assert_eq!(&parse_states(&text).unwrap()["users"], &state);
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
        prop_assert_eq!(rows.iter().map(str::to_owned).collect::<Vec<_>>(), texts);
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
    fn any_object_becomes_one_line_that_holds_it(object in any_object(), pretty in any::<bool>(), id in "[a-z0-9]{1,8}") {
        let value = Value::Object(object.clone());
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let rows = untrusted::rows(text, Shape::Object).unwrap();
        let mut lines = RecordLines::new("users", 7, rows.len(), rows.bytes());
        rows.iter().for_each(|row| lines.push(&format!("\"parentId\":\"{id}\""), row));
        let line = String::from_utf8(lines.into_bytes()).unwrap();
        prop_assert_eq!(line.matches('\n').count(), 1);
        let message: Value = serde_json::from_str(&line).unwrap();
        let mut wanted = Map::from_iter([("parentId".to_owned(), json!(id))]);
        wanted.extend(object);
        prop_assert_eq!(&message["record"]["data"], &Value::Object(wanted));
    }

    #[test]
    fn any_retry_after_is_a_time_or_none(value in string_regex("\\PC*|[0-9]{1,25}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT").unwrap()) {
        let _ = untrusted::retry_after(&value, std::time::SystemTime::now());
    }
}

/// Runs `read` with these files and tells its one sentence.
fn sentence(config: &Value, catalog: &Value, state: &Value) -> String {
    let said = support::run("read", config, Some(catalog), Some(state));
    assert_eq!(said.code, 1);
    let (failure, _, message) = said.only_error();
    assert_eq!(failure, "config_error", "{message}");
    message.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_too_large_or_too_deep_are_refused_with_a_sentence() {
    let config = support::config("http://127.0.0.1:9");
    let catalog = support::catalog(&["users"], "full_refresh");
    let deep = json!(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let large = json!(" ".repeat(17 * 1024 * 1024));
    let lines = json!(format!("[{}{{}}]", "{},\n".repeat(1_000_000)));
    let entry =
        json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {}}});
    let many = json!(format!("[{}{entry}]", format!("{entry},\n").repeat(1_000_000)));
    let nothing = json!([]);

    assert_eq!(
        sentence(&deep, &catalog, &nothing),
        "The config is nested too deeply (line 1, column 128). Give a JSON object with client_id and client_secret."
    );
    assert_eq!(sentence(&config, &deep, &nothing), "The catalog is nested too deeply (line 1, column 128).");
    assert_eq!(sentence(&config, &catalog, &deep), "The state is nested too deeply (line 1, column 128).");
    for (name, message) in [
        ("config", sentence(&large, &catalog, &nothing)),
        ("catalog", sentence(&config, &large, &nothing)),
        ("state", sentence(&config, &catalog, &large)),
        ("state", sentence(&config, &catalog, &many)),
    ] {
        let end = format!("cannot be read: it is larger than 16 MiB, which no {name} is.");
        assert!(message.starts_with(&format!("The {name} file ")) && message.ends_with(&end), "{message}");
    }
    assert!(sentence(&config, &catalog, &lines).contains("holds no stream in entry 0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_end_is_refused_with_a_sentence() {
    let mut command = connector();
    command.args(["check", "--config", "/dev/zero"]);
    let said = Said::new(&output(command));
    let status = &said.all("CONNECTION_STATUS")[0];
    assert_eq!(
        status["message"],
        "The config file /dev/zero cannot be read: it is larger than 16 MiB, which no config is."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_typed_in_place_of_its_path_is_not_repeated() {
    let mut command = connector();
    command.args(["check", "--config", r#" {"client_secret": "hunter2hunter2"}"#]);
    let said = Said::new(&output(command));
    let message = said.all("CONNECTION_STATUS")[0]["message"].to_string();
    assert!(
        message.contains("--config takes the path of a file") && !message.contains("hunter2"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_at_the_ends_of_time_are_no_trouble() {
    let api = Api::new().await;
    api.get("/classrooms", support::api::page(&json!([]))).await;
    api.get("/skills", support::api::page(&json!([]))).await;
    let mut config = api.config();
    config["attendance_lookback_days"] = json!(3650);
    let streams = ["classrooms", "classroom_slots", "attendances", "skills"];
    let catalog = support::catalog(&streams, "incremental");
    for date in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59.999999999+14:00"] {
        let state = |name: &&str| json!({"stream": {"stream_descriptor": {"name": name}, "stream_state": {"cursor": date}}});
        let states: Vec<Value> = streams.iter().map(state).collect();
        let said = support::run("read", &config, Some(&catalog), Some(&json!(states)));
        said.is_complete(&streams);
        // What it leaves is read again.
        support::run("read", &config, Some(&catalog), Some(&said.last_states())).is_complete(&streams);
    }
    let state = json!([{"stream": {"stream_descriptor": {"name": "skills"}, "stream_state": {"cursor": "9999-12-31T23:59:59-23:59"}}}]);
    assert!(sentence(&config, &catalog, &state).contains("`cursor` is not a date-time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_nested_deeper_than_any_record_ends_its_stream_with_a_sentence() {
    let api = Api::new().await;
    let deep = format!(r#"[{{"_id":"t1","name":{}{}}}]"#, "[".repeat(100_000), "]".repeat(100_000));
    api.get("/tags", ResponseTemplate::new(200).set_body_string(deep)).await;
    let said = api.read(&["tags"], "full_refresh");
    let (failure, stream, message) = said.only_error();
    assert_eq!((said.code, failure, stream), (1, "system_error", "tags"));
    assert_eq!(
        message,
        "/api/v2/tags: the answer holds a value that is nested deeper than any record of the API. Is base_url right?"
    );
}

/// A server whose pages never end: with and without their length, and packed a thousandfold.
fn endless(head: &'static str, piece: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (mut connection, piece) = (connection.unwrap(), piece.clone());
            std::thread::spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(count @ 1..) = std::io::Read::read(&mut connection, &mut buffer) {
                    if buffer[..count].starts_with(b"POST") {
                        let body = token("token-1").to_string();
                        let answer =
                            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                        connection.write_all(answer.as_bytes()).unwrap();
                    } else {
                        let _ = connection.write_all(head.as_bytes());
                        while connection.write_all(&piece).is_ok() {}
                    }
                }
            });
        }
    });
    url
}

/// A gigabyte of spaces, packed.
fn bomb() -> Vec<u8> {
    let mut child = std::process::Command::new("gzip")
        .arg("-9")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || {
        let blank = vec![b' '; 1 << 20];
        for _ in 0..1024 {
            stdin.write_all(&blank).unwrap();
        }
    });
    let packed = child.wait_with_output().unwrap().stdout;
    writing.join().unwrap();
    packed
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_gigabyte_ends_its_stream_with_a_sentence_and_memory_stays_flat() {
    let spaces = vec![b' '; 1 << 16];
    for (head, piece) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n[", spaces.clone()),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[", spaces),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n", bomb()),
    ] {
        let files = Files::new();
        let config = support::config(&endless(head, piece));
        let catalog = support::catalog(&["tags"], "full_refresh");
        let (said, peak) = tokio::task::block_in_place(|| {
            let mut child = start("read", &files, &config, &catalog, None);
            let (mut stdout, path) = (child.stdout.take().unwrap(), format!("/proc/{}/status", child.id()));
            let (mut text, mut buffer, mut peak) = (Vec::new(), [0; 4096], 0.0);
            loop {
                let count = std::io::Read::read(&mut stdout, &mut buffer).unwrap();
                text.extend_from_slice(&buffer[..count]);
                // The mark only rises, and the process is there until its output ends.
                if let Some(now) =
                    std::fs::read_to_string(&path).ok().filter(|status| status.contains("VmHWM"))
                {
                    peak = f64::max(peak, peak_megabytes(&now));
                }
                if count == 0 {
                    break;
                }
            }
            let status = child.wait().unwrap();
            (Said::new(&std::process::Output { status, stdout: text, stderr: Vec::new() }), peak)
        });
        let (failure, stream, message) = said.only_error();
        assert_eq!((said.code, failure, stream), (1, "system_error", "tags"), "{message}");
        assert!(
            message
                .ends_with("the answer is larger than 64 MiB, as no page of the API is. Is base_url right?"),
            "{message}"
        );
        assert!(peak > 1.0 && peak < 200.0, "{peak} MB for {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_body_without_end_is_not_read() {
    let config = support::config(&endless(
        "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n{",
        vec![b' '; 1 << 16],
    ));
    let catalog = support::catalog(&["tags"], "full_refresh");
    let said = Said::new(&output(given(connector(), "read", &Files::new(), &config, Some(&catalog), None)));
    assert!(said.only_error().2.contains("HTTP 404 -"), "{:?}", said.errors());
}
