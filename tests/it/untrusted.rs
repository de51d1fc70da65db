//! Whatever is handed in, by a user or by a server: a clear sentence, never a panic, never more
//! memory than there is.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use crate::support::api::{Api, token};
use crate::support::{Files, Output, connector, output, peak_megabytes, quick, read_with, start};
use serde_json::{Value, json};
use source_360learning::api::Timing;
use wiremock::ResponseTemplate;

/// Runs `read` with these files and returns its one sentence.
fn sentence(config: &Value, catalog: &Value, state: &Value) -> String {
    let output = crate::support::run("read", config, Some(catalog), Some(state));
    assert_eq!(output.code, 1);
    let (failure, _, message) = output.only_error();
    assert_eq!(failure, "config_error", "{message}");
    message.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_too_large_or_too_deep_are_refused_with_a_sentence() {
    let config = crate::support::config("http://127.0.0.1:9");
    let catalog = crate::support::catalog(&["users"], "full_refresh");
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
    let output = Output::new(&output(command));
    let status = &output.all("CONNECTION_STATUS")[0];
    assert_eq!(
        status["message"],
        "The config file /dev/zero cannot be read: it is larger than 16 MiB, which no config is."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_typed_in_place_of_its_path_is_not_repeated() {
    let mut command = connector();
    command.args(["check", "--config", r#" {"client_secret": "hunter2hunter2"}"#]);
    let output = Output::new(&output(command));
    let message = output.all("CONNECTION_STATUS")[0]["message"].to_string();
    assert!(
        message.contains("--config takes the path of a file") && !message.contains("hunter2"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_at_the_ends_of_time_are_no_trouble() {
    let api = Api::new().await;
    api.get("/classrooms", crate::support::api::page(&json!([]))).await;
    api.get("/skills", crate::support::api::page(&json!([]))).await;
    let mut config = api.config();
    config["attendance_lookback_days"] = json!(3650);
    let streams = ["classrooms", "classroom_slots", "attendances", "skills"];
    let catalog = crate::support::catalog(&streams, "incremental");
    for date in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59.999999999+14:00"] {
        let state = |name: &&str| json!({"stream": {"stream_descriptor": {"name": name}, "stream_state": {"cursor": date}}});
        let states: Vec<Value> = streams.iter().map(state).collect();
        let output = crate::support::run("read", &config, Some(&catalog), Some(&json!(states)));
        output.is_complete(&streams);
        // What it leaves is read again.
        crate::support::run("read", &config, Some(&catalog), Some(&output.last_states()))
            .is_complete(&streams);
    }
    let state = json!([{"stream": {"stream_descriptor": {"name": "skills"}, "stream_state": {"cursor": "9999-12-31T23:59:59-23:59"}}}]);
    assert!(sentence(&config, &catalog, &state).contains("`cursor` must be a date-time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_nested_deeper_than_any_record_ends_its_stream_with_a_sentence() {
    let api = Api::new().await;
    let deep = format!(r#"[{{"_id":"t1","name":{}{}}}]"#, "[".repeat(100_000), "]".repeat(100_000));
    api.get("/tags", ResponseTemplate::new(200).set_body_string(deep)).await;
    let output = api.read(&["tags"], "full_refresh");
    let (failure, stream, message) = output.only_error();
    assert_eq!((output.code, failure, stream), (1, "system_error", "tags"));
    assert_eq!(
        message,
        "/api/v2/tags: the response holds a value nested more deeply than any record of this API. Check base_url."
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

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn a_page_of_a_gigabyte_ends_its_stream_with_a_sentence_and_memory_stays_flat() {
    let spaces = vec![b' '; 1 << 16];
    for (head, piece) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n[", spaces.clone()),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[", spaces),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n", bomb()),
    ] {
        let files = Files::new();
        let config = crate::support::config(&endless(head, piece));
        let catalog = crate::support::catalog(&["tags"], "full_refresh");
        let (output, peak) = tokio::task::block_in_place(|| {
            let child = start("read", &files, &config, &catalog, None);
            let path = format!("/proc/{}/status", child.id());
            // The mark only rises; a process that has ended has none.
            let marks = std::thread::spawn(move || {
                let mut peak = 0.0;
                while let Some(now) =
                    std::fs::read_to_string(&path).ok().filter(|status| status.contains("VmHWM"))
                {
                    peak = f64::max(peak, peak_megabytes(&now));
                    std::thread::sleep(Duration::from_millis(1));
                }
                peak
            });
            let output = Output::new(&child.wait_with_output().unwrap());
            (output, marks.join().unwrap())
        });
        let (failure, stream, message) = output.only_error();
        assert_eq!((output.code, failure, stream), (1, "system_error", "tags"), "{message}");
        assert!(
            message.ends_with("the response exceeds 64 MiB, more than any page of this API. Check base_url."),
            "{message}"
        );
        assert!(peak > 1.0, "{head}");
        assert!(peak < 150.0, "{peak} MB for {head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_body_without_end_is_not_read() {
    let url = endless("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n{", vec![b' '; 1 << 16]);
    let timing = Timing { firewall: Duration::from_millis(100), ..quick() };
    let output = read_with(timing, &crate::support::config(&url), &["tags"], "full_refresh").await;
    let (_, stream, message) = output.only_error();
    assert_eq!((output.code, stream), (1, "tags"));
    assert!(message.contains("HTTP 404 without an error code of the API"), "{message}");
}
