//! The command line without a platform: streams by name, and the output of one command as the input of the next.

use std::process::Stdio;

use serde_json::{Value, json};
use source_360learning::streams::STREAMS;

use crate::support::api::{Api, page};
use crate::support::{Account, Files, Output, catalog, connector, every_stream, output, run};

/// Runs the connector with a configuration and these arguments.
fn connect(files: &Files, config: &Value, arguments: &[&str]) -> std::process::Output {
    let mut command = connector();
    command.args(arguments).arg("--config").arg(files.write("config.json", config));
    output(command)
}

fn read(config: &Value, arguments: &[&str]) -> Output {
    Output::new(&connect(&Files::new(), config, &[&["read"], arguments].concat()))
}

/// What `discover` prints with these arguments.
fn discover(arguments: &[&str]) -> String {
    let config = json!({"client_id": "a", "client_secret": "b"});
    let ended = connect(&Files::new(), &config, &[&["discover"], arguments].concat());
    assert_eq!(ended.status.code(), Some(0));
    String::from_utf8(ended.stdout).unwrap()
}

/// The request of an incremental read that continues from a state with this cursor.
const WINDOW: &str = "modifiedAt[gte]=2019-12-31T23:50:00.000Z";

/// Paths and users, and a state line of `paths`.
async fn api() -> (Api, String) {
    let api = Api::new().await;
    api.get("/paths", page(&json!([]))).await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    (api, state_line("2020-01-01T00:00:00Z"))
}

fn state_line(cursor: &str) -> String {
    json!({"type": "STATE", "state": {"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "paths"}, "stream_state": {"cursor": cursor}}}})
    .to_string()
}

async fn continues_from(api: &Api, state: &str) -> bool {
    api.0.reset().await;
    api.token(wiremock::ResponseTemplate::new(200).set_body_json(crate::support::api::token("t"))).await;
    api.get("/paths", page(&json!([]))).await;
    let catalog = json!(["paths"]);
    run("read", &api.config(), Some(&catalog), Some(&json!(state))).is_complete(&["paths"]);
    api.gets().await.iter().any(|get| get.url.query() == Some(WINDOW))
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_named_are_read_incrementally_where_they_have_a_cursor() {
    let account = Account::small().await;
    let output = read(&account.config, &["--streams", "users,attendances"]);
    account.was_read_in_full(output.is_complete(&["users", "attendances"]), &["users", "attendances"]);
    let cursor = |output: &Output, stream| output.states(stream).last().unwrap().get("cursor").cloned();
    assert!(cursor(&output, "attendances").is_some() && cursor(&output, "users").is_none());

    let output = read(&account.config, &["--streams", "users", "--streams", "attendances", "--full-refresh"]);
    assert!(cursor(output.is_complete(&["users", "attendances"]), "attendances").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_every_stream() {
    let account = Account::small().await;
    read(&account.config, &["--streams", "all"]).is_complete(&every_stream());
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_do_not_exist_or_are_not_named_are_one_sentence() {
    let config = json!({"client_id": "a", "client_secret": "b"});
    for (arguments, sentence) in [
        (
            &["--streams", "users,atendances"][..],
            "--streams: there is no stream `atendances`. Did you mean `attendances`?",
        ),
        (
            &["--streams", "users,,tags"],
            "--streams: a name is empty. Give names with one comma between them, such as users,tags.",
        ),
        (
            &[],
            "Nothing says what to read. Give --streams with names and commas between them, --streams all, or --catalog with a file.",
        ),
    ] {
        let output = read(&config, arguments);
        assert_eq!((output.code, output.only_error()), (1, ("config_error", "", sentence)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_catalog_is_understood() {
    let account = Account::small().await;
    let streams = ["tags", "skills"];
    let printed = discover(&["--streams", "tags,skills"]);
    let offered: Value = serde_json::from_str::<Value>(&printed).unwrap()["catalog"].take();
    let mut without_mode = catalog(&streams, "incremental");
    without_mode["streams"][0].as_object_mut().unwrap().remove("sync_mode");
    without_mode["streams"][1]["sync_mode"] = Value::Null;
    let log = json!({"type": "LOG", "log": {"level": "INFO", "message": "a line"}});
    for form in [
        json!(streams),
        json!({"streams": streams}),
        json!({"streams": [{"stream": "tags"}, {"name": "skills"}]}),
        json!("\"tags\"\n\"skills\"\n"),
        offered,
        json!(format!("{log}\n{printed}{log}\n")),
        json!(discover(&["--configured", "--streams", "tags,skills"])),
        without_mode,
    ] {
        let output = run("read", &account.config, Some(&form), None);
        account.was_read_in_full(output.is_complete(&streams), &streams);
        let cursors = streams.map(|stream| output.states(stream).last().unwrap().get("cursor").is_some());
        assert_eq!(cursors, [false, true], "by default incremental, where there is a cursor: {form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_of_airbytes_api_keeps_its_modes_and_leaves_out_what_is_deselected() {
    let account = Account::small().await;
    for (full, part) in [
        (
            json!({"name": "skills", "sync_mode": null, "syncMode": "full_refresh_overwrite"}),
            json!({"name": "tags", "selected": false}),
        ),
        (
            json!({"stream": {"name": "skills"}, "config": {"syncMode": "full_refresh", "selected": true}}),
            json!({"stream": {"name": "tags"}, "config": {"syncMode": "full_refresh", "selected": false}}),
        ),
    ] {
        let catalog = json!({"streams": [full, part, {"name": "paths", "syncMode": "incremental_append"}]});
        let output = run("read", &account.config, Some(&catalog), None);
        assert!(output.is_complete(&["skills", "paths"]).statuses("tags").is_empty());
        let cursors =
            ["skills", "paths"].map(|stream| output.states(stream).last().unwrap().get("cursor").is_some());
        assert_eq!(cursors, [false, true]);
    }
}

#[test]
fn a_configured_catalog_has_a_line_for_each_stream_and_is_one_of_the_protocol() {
    let definitions: Value = serde_json::from_str(include_str!("../fixtures/protocol.json")).unwrap();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/ConfiguredAirbyteCatalog",
        "definitions": definitions,
    });
    let printed = discover(&["--configured"]);
    let catalog: Value = serde_json::from_str(&printed).unwrap();
    let errors: Vec<String> = jsonschema::draft7::new(&schema)
        .unwrap()
        .iter_errors(&catalog)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(printed.lines().count(), STREAMS.len() + 2);
    for (stream, entry) in STREAMS.iter().zip(catalog["streams"].as_array().unwrap()) {
        assert_eq!(entry["stream"]["name"], stream.name);
        let modes = match stream.cursor {
            Some(_) => ("incremental", "append_dedup"),
            None => ("full_refresh", "overwrite"),
        };
        assert_eq!(
            (&entry["sync_mode"], &entry["destination_sync_mode"]),
            (&json!(modes.0), &json!(modes.1))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_output_of_a_read_is_the_state_of_the_next_one() {
    let account = Account::small().await;
    let files = Files::new();
    let arguments = ["read", "--streams", "attendances,users"];
    let first = connect(&files, &account.config, &arguments);
    let state = files.write("first.jsonl", &json!(String::from_utf8(first.stdout.clone()).unwrap()));
    let next =
        connect(&files, &account.config, &[&arguments[..], &["--state", state.to_str().unwrap()]].concat());
    let (first, next) = (Output::new(&first), Output::new(&next));
    let count = |output: &Output| output.records("attendances").len();
    assert!(count(next.is_complete(&["attendances", "users"])) < count(first.is_complete(&["attendances"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_printed_state_the_last_line_of_a_stream_counts_and_a_cut_one_is_dropped() {
    let (api, line) = api().await;
    let older = state_line("2018-01-01T00:00:00Z");
    let record = json!({"type": "RECORD", "record": {"stream": "paths", "data": {"_id": "p1"}}}).to_string();
    let spaced = record.replace(r#"{"type":"#, r#"{ "type" : "#);
    for state in [
        format!("{older}\n{line}\n"),
        // As PowerShell writes it.
        format!("\u{feff}{record}\r\n{older}\r\n{line}\r\n"),
        format!("\u{feff}{line}\n"),
        format!("{record}\n{older}\n{spaced}\n{line}\r\n{record}\n"),
        format!("{older}\n{line}\n{}", &older[..older.len() / 2]),
        format!("{line}\n{}", &record[..record.len() / 2]),
        // A killed read, and another one appended to it.
        format!("{older}\n{}{line}\n{line}\n", &record[..record.len() / 2]),
        // The messages without their envelope, one on each line.
        format!("{}\n", serde_json::from_str::<Value>(&line).unwrap()["state"]),
    ] {
        assert!(continues_from(&api, &state).await, "{state}");
    }
    assert!(!continues_from(&api, &format!("{record}\n")).await, "an output without a state begins again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_may_be_among_more_records_than_a_file_may_hold() {
    let (api, line) = api().await;
    let record = json!({"type": "RECORD", "record": {"data": {"text": "x".repeat(1_000_000)}}}).to_string();
    let state = format!("{}{line}\n", format!("{record}\n").repeat(20));
    assert!(continues_from(&api, &state).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_line_among_records_is_named_by_its_number() {
    let config = json!({"client_id": "a", "client_secret": "b"});
    let record = r#"{"type":"RECORD","record":{}}"#;
    let state = json!(format!("{record}\n{record}\noops\n"));
    let output = run("read", &config, Some(&json!(["paths"])), Some(&state));
    assert_eq!(output.only_error().2, "The state is not valid JSON (line 3, column 1).");
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_for_a_stream_without_a_cursor_is_a_line_of_the_log() {
    let (api, _) = api().await;
    for (mode, lines) in [("incremental", 1), ("full_refresh", 0)] {
        let output = run("read", &api.config(), Some(&catalog(&["users"], mode)), None);
        let found = output.logged("INFO").iter().filter(|line| line.contains("always read in full")).count();
        assert_eq!((found, output.logged("WARN").len()), (lines, 0), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_logs_every_request_of_every_command_wherever_it_stands() {
    let account = Account::small().await;
    let files = Files::new();
    for (command, request) in [
        (&["read", "--streams", "tags"][..], "GET /api/v2/tags: HTTP 200"),
        (&["check"], "GET /api/v2/tags: HTTP 200"),
        (&["doctor", "--streams", "tags"], "GET /api/v2/tags: HTTP 200"),
        // These request nothing.
        (&["discover"], ""),
    ] {
        for arguments in [[&["--debug"], command].concat(), [command, &["--debug"]].concat()] {
            let ended = connect(&files, &account.config, &arguments);
            assert_eq!(ended.status.code(), Some(0));
            let log = [ended.stdout, ended.stderr].concat();
            assert!(String::from_utf8(log).unwrap().contains(request), "{arguments:?}");
        }
    }
    let check = Output::new(&connect(&files, &account.config, &["check", "--debug"]));
    assert_eq!(check.messages.last().unwrap()["type"], "CONNECTION_STATUS");
}

#[test]
fn without_arguments_the_help_is_printed_in_a_pipe_too() {
    let ended = connector().output().unwrap();
    let help = String::from_utf8(ended.stdout).unwrap();
    assert_eq!((ended.status.code(), ended.stderr.len()), (Some(1), 0));
    assert!(help.contains("Usage: source-360learning") && help.contains("Examples:"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(target_os = "linux"), ignore = "writes to /dev/full")]
async fn a_full_disk_is_one_sentence_and_exit_code_1_in_every_command() {
    let account = Account::small().await;
    let files = Files::new();
    let config = files.write("config.json", &account.config);
    let config = config.to_str().unwrap();
    for arguments in [
        &["spec"][..],
        &["discover", "--config", config],
        &["discover", "--config", config, "--configured"],
        &["check", "--config", config],
        &["check", "--config", "/nowhere"],
        &["read", "--config", config, "--streams", "users"],
        &["read", "--config", "/nowhere", "--streams", "users"],
        &["doctor", "--config", config, "--streams", "tags"],
        &["--help"],
        &["read", "--help"],
        &["--version"],
        &["sync"],
        &[],
    ] {
        let mut command = connector();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        command.args(arguments).stdout(full).stderr(Stdio::piped());
        let ended = tokio::task::block_in_place(|| command.spawn().unwrap().wait_with_output().unwrap());
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}");
        let stderr = String::from_utf8(ended.stderr).unwrap();
        let printed: Vec<&str> =
            stderr.lines().filter(|line| !line.starts_with("source-360learning doctor: ")).collect();
        let sentence = "source-360learning: standard output cannot be written: No space left on device (os error 28). Make room on the disk, or redirect it elsewhere.";
        assert_eq!(printed, [sentence], "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_page_run_one_after_the_other() {
    let account = Account::small().await;
    let files = Files::new();
    files.write("config.json", &account.config);
    let page = include_str!("../../docs/command-line.md");
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 5, "the page has examples");
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_source-360learning")).parent().unwrap();
    let mut command = std::process::Command::new("sh");
    command.args(["-euc", &blocks.concat()]).current_dir(files.path("")).env_remove("LOG_LEVEL");
    command.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    let ended = output(command);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));

    let rows = std::fs::read_to_string(files.path("rows.jsonl")).unwrap();
    let records = rows.lines().filter(|line| line.starts_with(r#"{"type":"RECORD"#)).count();
    assert_eq!(records, account.truth("users").len() + account.truth("attendances").len());
    let fewer = std::fs::read_to_string(files.path("new-rows.jsonl")).unwrap();
    assert!(fewer.lines().count() < rows.lines().count(), "the second read continued");
    for file in ["report.md", "state.jsonl", "catalog.json"] {
        assert!(std::fs::metadata(files.path(file)).unwrap().len() > 0, "{file}");
    }
}
