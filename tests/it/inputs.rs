//! Bad input: one clear sentence with what is wrong, where, and what to do. It never repeats a typed value.

use crate::support::api::{Api, page, token};
use crate::support::{Files, Output, catalog, connector, output, read_from_stdin, run};
use serde_json::{Value, json};
use source_360learning::config::Config;
use wiremock::ResponseTemplate;

const SECRET: &str = "s3cr3t-that-must-not-be-printed";

/// The message about a configuration, which is the same for every command.
fn verdict_on(config: &Value) -> String {
    let check = run("check", config, None, None);
    assert_eq!(check.code, 0, "a wrong configuration is an answer, not a failure of the check");
    let status = check.all("CONNECTION_STATUS");
    assert_eq!(status.len(), 1);
    assert_eq!(status[0]["status"], "FAILED");
    let message = status[0]["message"].as_str().unwrap().to_owned();
    assert!(check.errors().is_empty());

    for verb in ["read", "discover"] {
        let catalog = catalog(&["users"], "full_refresh");
        let output = run(verb, config, (verb == "read").then_some(&catalog), None);
        assert_eq!(output.code, 1);
        assert_eq!(output.only_error(), ("config_error", "", message.as_str()));
        assert!(
            output.all("RECORD").is_empty()
                && output.all("STATE").is_empty()
                && output.all("CATALOG").is_empty()
        );
    }
    assert!(!message.contains(SECRET), "{message}");
    message
}

fn with(field: &str, value: Value) -> Value {
    let mut config = json!({"client_id": "id", "client_secret": SECRET});
    config[field] = value;
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_that_is_not_a_json_object_is_reported_with_its_place() {
    assert_eq!(
        verdict_on(&json!(format!("{{\"client_secret\": \"{SECRET}\",\n oops}}"))),
        "The config is not valid JSON (line 2, column 2). Give a JSON object with client_id and client_secret."
    );
    let no_object = "The config must be a JSON object with client_id and client_secret.";
    assert_eq!(verdict_on(&json!(["a"])), no_object);
    assert_eq!(verdict_on(&json!("null")), no_object);
    assert!(verdict_on(&json!("")).contains("The config is empty"));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_credentials_are_named() {
    for (field, config) in [
        ("client_id", json!({"client_secret": SECRET})),
        ("client_id", with("client_id", json!(null))),
        ("client_id", with("client_id", json!("  "))),
        ("client_secret", json!({"client_id": "id"})),
        ("client_secret", json!({"client_id": "id", "client_secret": ""})),
    ] {
        let message = verdict_on(&config);
        assert!(message.contains(&format!("lacks `{field}`")), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nulls_empty_texts_and_unknown_keys_are_as_if_absent() {
    let api = Api::new().await;
    api.get("/users", page(&json!([]))).await;
    let mut config = api.config();
    for (field, value) in [
        ("start_date", json!("")),
        ("region", json!(null)),
        ("start_date", json!(" ")),
        ("whatever", json!({})),
    ] {
        config[field] = value;
    }
    run("read", &config, Some(&catalog(&["users"], "full_refresh")), None).is_complete(&["users"]);
}

#[test]
fn unknown_keys_are_collected_without_their_values_and_without_those_of_the_platform() {
    let config =
        r#"{"client_id": "a", "zone": "us", "client_secret": "b", "_comment": 1, "since": "x", "old": null}"#;
    let settings = Config::parse(config).unwrap().validate().unwrap();
    assert_eq!(settings.unknown_keys, ["zone", "since"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_named() {
    let files = Files::new();
    let mut command = connector();
    command.args(["read", "--config", "/nowhere/config.json", "--catalog"]).arg(files.write("c", &json!({})));
    let output = Output::new(&output(command));
    assert_eq!(output.code, 1);
    let (failure, _, message) = output.only_error();
    assert_eq!(failure, "config_error");
    assert!(
        message.starts_with("The config file /nowhere/config.json cannot be read: No such file"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_catalog_is_reported_with_its_place() {
    let config = json!({"client_id": "id", "client_secret": SECRET});
    for (catalog, expected) in [
        (json!("{"), "The catalog is not valid JSON (line 1, column 1)"),
        (json!({}), "neither a list of streams nor an object with a list `streams`"),
        (json!({"streams": "users"}), "neither a list of streams nor an object with a list `streams`"),
        (json!(7), "neither a list of streams nor an object with a list `streams`"),
        (json!({"streams": [{"sync_mode": "full_refresh"}]}), "names no stream in `streams[0]`"),
        (json!({"streams": ["users", {"stream": {"name": 7}}]}), "names no stream in `streams[1]`"),
        (json!(["users", null]), "names no stream in `[1]`"),
        (json!([]), "selects no stream"),
        (json!(""), "selects no stream"),
        (json!({"streams": []}), "selects no stream"),
        (json!({"streams": [{"stream": {"name": "users"}}, {"stream": {"name": "users"}}]}), "`users` twice"),
    ] {
        let output = run("read", &config, Some(&catalog), None);
        assert_eq!(output.code, 1);
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, "config_error");
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_stream_or_sync_mode_fails_alone_and_the_others_finish() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    let mut catalog = catalog(&["users", "__AIRBYTE__stream_that_does_not_exist", "groups"], "full_refresh");
    catalog["streams"][2]["sync_mode"] = json!("INVALID");
    let output = run("read", &api.config(), Some(&catalog), None);
    assert_eq!(output.code, 1);
    let errors: Vec<(&str, &str)> = output
        .errors()
        .iter()
        .map(|error| {
            (error["stream_descriptor"]["name"].as_str().unwrap(), error["failure_type"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        errors,
        [("__AIRBYTE__stream_that_does_not_exist", "config_error"), ("groups", "config_error")]
    );
    assert_eq!(output.statuses("users"), ["STARTED", "RUNNING", "COMPLETE"]);
    assert_eq!(output.statuses("groups"), ["INCOMPLETE"]);
    assert_eq!(output.records("users").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_state_is_reported_with_its_stream() {
    let config = json!({"client_id": "id", "client_secret": SECRET});
    let of_paths = |state: Value| json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "paths"}, "stream_state": state}}]);
    for (state, expected) in [
        (json!("[{"), "The state is not valid JSON"),
        (json!("7"), "neither a list of state messages nor empty"),
        (json!({"users": {"cursor": "x"}}), "holds no stream in entry 0"),
        (json!([{"type": "STREAM", "stream": {"stream_state": {}}}]), "names no stream in entry 0"),
        (
            of_paths(json!({"cursor": "yesterday"})),
            "`paths` is malformed: `cursor` must be a date-time such as 2024-09-01T00:00:00Z",
        ),
        (of_paths(json!({"cursor": 7})), "`cursor` must be a date-time"),
        (of_paths(json!({"previous": "9999-12-31T23:59:59-23:59"})), "`previous` must be a date-time"),
        (of_paths(json!({"readAt": "2026-02-30"})), "`readAt` must be a date-time"),
        (of_paths(json!({"resume": {"after": "a", "at": true}})), "`resume.at` must be a date-time"),
        (of_paths(json!({"resume": {"until": "2026-01-01T00:00:00Z"}})), "`resume.after` must be a string"),
        (of_paths(json!({"resume": {"after": 7}})), "`resume.after` must be a string"),
        (of_paths(json!({"resume": ["2026-01-01T00:00:00Z"]})), "`resume` must be a JSON object"),
        (of_paths(json!("x")), "it must be a JSON object"),
        (of_paths(json!([])), "it must be a JSON object"),
    ] {
        let output = run("read", &config, Some(&catalog(&["paths"], "incremental")), Some(&state));
        assert_eq!(output.code, 1);
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, "config_error");
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_before_the_inputs_is_accepted() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    let marked = |value: Value| json!(format!("\u{feff}{value}"));
    let catalog = marked(catalog(&["users"], "full_refresh"));
    for state in [json!([]), json!({})] {
        run("read", &marked(api.config()), Some(&catalog), Some(&marked(state))).is_complete(&["users"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_in_place_of_a_path_is_refused_and_never_repeated() {
    let config = with("region", json!("eu")).to_string();
    let (quoted, marked) = (format!("'{config}'"), format!("\u{feff}{config}"));
    let bare = format!("client_secret:{SECRET}");
    let words: Vec<&str> = config.split(',').collect();
    for arguments in [
        vec!["check", "--config", &config],
        vec!["read", "--streams", "users", "--config", &quoted],
        vec!["discover", "--config", &marked],
        vec!["doctor", "--config", &quoted],
        vec!["read", "--config", "c", "--catalog", "k", &config],
        vec!["check", &config],
        vec![&config],
        [&["check", "--config"], &words[..]].concat(),
        // What a shell makes of it without quotation marks.
        vec!["check", "--config", "client_id:id", &bare],
    ] {
        let mut command = connector();
        command.args(&arguments);
        let result = output(command);
        let text = [result.stdout, result.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(SECRET), "{arguments:?}: {text}");
        assert!(
            text.contains("not the JSON itself") || text.contains("JSON where only paths belong"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_state_that_clients_send_is_understood() {
    let api = Api::new().await;
    api.get("/paths", page(&json!([]))).await;
    let blob = json!({"cursor": "2020-01-01T00:00:00Z"});
    let stream = json!({"stream_descriptor": {"name": "paths", "namespace": null}, "stream_state": blob});
    // Not selected, so its form does not matter.
    let gone = json!({"stream_descriptor": {"name": "a_stream_of_another_version"}, "stream_state": [{"cursor": 7}]});
    let with_cursor = [
        json!([{"type": "STREAM", "stream": stream}]),
        // PyAirbyte
        json!([{"type": "STREAM", "stream": stream, "global_": null, "data": null,
                "sourceStats": {"recordCount": 3.0, "rejectedRecordCount": null}, "destinationStats": null}]),
        json!([{"type": "STREAM", "stream": gone}, {"type": "STREAM", "stream": stream, "global": null}]),
        json!([{"type": "GLOBAL", "global": {"shared_state": null, "stream_states": [stream, gone]}}]),
        json!({"type": "STATE", "state": {"type": "STREAM", "stream": stream}}),
    ];
    let without = [
        json!([]),
        json!({}),
        json!("null"),
        json!(""),
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "paths"}, "stream_state": null}}]),
    ];
    for (states, filtered) in [(&with_cursor[..], true), (&without[..], false)] {
        for state in states {
            api.0.reset().await;
            api.token(ResponseTemplate::new(200).set_body_json(token("t"))).await;
            api.get("/paths", page(&json!([]))).await;
            run("read", &api.config(), Some(&catalog(&["paths"], "incremental")), Some(state))
                .is_complete(&["paths"]);
            let gets = api.gets().await;
            let window = Some("modifiedAt[gte]=2019-12-31T23:50:00.000Z");
            assert_eq!(gets.iter().any(|get| get.url.query() == window), filtered, "{state}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_for_a_stream_without_a_cursor_reads_it_in_full() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    // What PyAirbyte hands back after a first read, which must not mean "nothing to do".
    let state = json!([{"type": "STREAM", "stream": {
        "stream_descriptor": {"name": "users"}, "stream_state": {"__ab_full_refresh_sync_complete": true}}}]);
    let output = run("read", &api.config(), Some(&catalog(&["users"], "incremental")), Some(&state));
    assert_eq!(output.is_complete(&["users"]).records("users").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_flag_becomes_an_error_message() {
    for (args, expected) in [
        (&["read", "--catalog", "c"][..], "--config <FILE>"),
        (&["read", "--config", "c", "--catalog", "k", "--streams", "users"][..], "cannot be used with"),
        (&["sync"][..], "unrecognized subcommand 'sync'. See"),
        (&["red"][..], "unrecognized subcommand 'red'; a similar subcommand exists: 'read'. See"),
        (&["spec", "--loud"][..], "unexpected argument '--loud'"),
    ] {
        let mut command = connector();
        command.args(args);
        let output = Output::new(&output(command));
        assert_eq!(output.code, 1);
        let (failure, _, message) = output.only_error();
        assert_eq!(failure, "config_error");
        assert!(message.contains(expected) && message.contains("--help"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_come_from_standard_input_and_a_flag_may_have_an_equals_sign() {
    let api = Api::new().await;
    api.get("/users", page(&json!([{"_id": "u1"}]))).await;
    read_from_stdin(&api.config(), &catalog(&["users"], "full_refresh")).is_complete(&["users"]);

    let files = Files::new();
    let path = files.write("c", &api.config());
    let catalog = files.write("k", &catalog(&["users"], "full_refresh"));
    let mut command = connector();
    command
        .arg("read")
        .arg(format!("--config={}", path.display()))
        .arg(format!("--catalog={}", catalog.display()));
    command.arg("--debug");
    let debug = Output::new(&output(command));
    debug.is_complete(&["users"]);
    assert!(debug.log().contains("GET /api/v2/users: HTTP 200"), "{}", debug.log());

    let mut command = connector();
    command.args(["read", "--config", "-", "--catalog", "-"]);
    assert!(Output::new(&output(command)).only_error().2.contains("Only one of"));
}
