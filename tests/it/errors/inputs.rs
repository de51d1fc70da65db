//! Config, files, catalog and state.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;

use serde_json::{Value, json};

use super::{CLIENT_SECRET, Row, check_text, config, row};
use crate::support::{Files, Output, catalog, connector, output, run, state};

/// The text of a config file, and parts of the sentence.
const CONFIGS: [(&str, &str, &[&str]); 12] = [
    ("an empty file", "", &["The config is empty", "client_id and client_secret"]),
    ("a file of blanks", "\u{feff} \n\u{200b}", &["The config is empty"]),
    (
        "a config in single quotes",
        r#"'{"client_id": "id"}'"#,
        &["line 1, column 1", "quotation mark", "no mark around the whole"],
    ),
    ("a config of Python", "{'client_id': 'id'}", &["line 1, column 2", "Put \" around names"]),
    ("typographic quotes", "{\n “client_id”: 1}", &["line 2, column", "quotation mark"]),
    ("a comma too many", r#"{"client_id": "id",}"#, &["not valid JSON (line 1, column 20)"]),
    ("a config in YAML", "client_id: id", &["not valid JSON (line 1, column 1)", "Give a JSON object"]),
    ("a list", "[1]", &["must be a JSON object with client_id and client_secret"]),
    (
        "a config inside another object",
        r#"{"connectionConfiguration": {"client_id": "id", "client_secret": "s3cret-of-the-client"}}"#,
        &["`client_id` inside `connectionConfiguration`", "at the top level"],
    ),
    ("no client secret", r#"{"client_id": "id"}"#, &["lacks `client_secret`", "Settings, API v2"]),
    ("a client id in camel case", r#"{"clientId": "id"}"#, &["`clientId`", "Rename it to `client_id`"]),
    (
        "an invisible client id",
        r#"{"client_id": "\u200b\ufeff ", "client_secret": "s3cret-of-the-client"}"#,
        &["lacks `client_id`"],
    ),
];

/// A field of an otherwise good config.
fn fields() -> Vec<(&'static str, &'static str, Value, &'static [&'static str])> {
    let value: &[&str] = &["that 360Learning shows, not a placeholder"];
    vec![
        ("a field in upper case", "Region", json!("us"), &["`Region`", "Rename it to `region`"]),
        ("a field with a typing error", "start_dat", json!("2024-09-01"), &["`start_dat`", "`start_date`"]),
        ("a field in the singular", "request_per_second", json!(4), &["`requests_per_second`"]),
        ("a field with dashes", "max-concurrent-requests", json!(4), &["`max_concurrent_requests`"]),
        (
            "a number in words",
            "requests_per_second",
            json!("forty"),
            &["`requests_per_second` must be a whole number from 1 to 1000"],
        ),
        ("a fraction", "requests_per_second", json!(2.5), &["a whole number from 1 to 1000"]),
        ("a number too small", "requests_per_second", json!(0), &["`requests_per_second`", "from 1 to 1000"]),
        ("a text with a number too large", "max_concurrent_requests", json!("101"), &["from 1 to 100"]),
        ("a number that is none", "attendance_lookback_days", json!("NaN"), &["from 0 to 3650"]),
        (
            "a boolean in words",
            "include_deleted_users",
            json!("yes"),
            &["`include_deleted_users` must be true or false"],
        ),
        ("another region", "region", json!("Europe"), &["`region` must be \"eu\" or \"us\""]),
        ("a region that is a number", "region", json!(1), &["`region` must be"]),
        ("a date of another form", "start_date", json!("01/09/2024"), &["`start_date`", "as 2024-09-01"]),
        ("a date that does not exist", "start_date", json!("2024-13-01"), &["`start_date`"]),
        (
            "a base URL without a scheme",
            "base_url",
            json!("app.360learning.com"),
            &["`base_url`", "such as https://app.360learning.com"],
        ),
        (
            "a base URL in plain http",
            "base_url",
            json!("http://app.360learning.com"),
            &["`base_url` must begin with https://"],
        ),
        (
            "a base URL with a path",
            "base_url",
            json!("https://app.360learning.com/api/v2"),
            &["`base_url`", "without a path"],
        ),
        (
            "a base URL with a query",
            "base_url",
            json!("https://app.360learning.com?a=b"),
            &["`base_url`", "remove what follows"],
        ),
        (
            "a base URL with a password",
            "base_url",
            json!("https://me:s3cret-of-the-client@a.com"),
            &["`base_url`", "without a user name"],
        ),
        ("a base URL of another kind", "base_url", json!("ftp://localhost"), &["`base_url`"]),
        ("a secret that is an ellipsis", "client_secret", json!("…"), value),
        ("an id in angle brackets", "client_id", json!("<client_id>"), value),
        ("a secret that is a variable", "client_secret", json!("${CLIENT_SECRET}"), value),
        ("a secret in stars", "client_secret", json!("**********"), value),
        ("an id of an example", "client_id", json!("YOUR-CLIENT-ID"), value),
        ("an id with Bearer", "client_id", json!("Bearer abcdef"), &["`client_id`", "without Bearer"]),
        (
            "a secret in quotes of its own",
            "client_secret",
            json!("\"s3cret-of-the-client\""),
            &["quotation marks"],
        ),
        ("an id that is a number", "client_id", json!(7), &["`client_id` must be a string"]),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = CONFIGS
        .into_iter()
        .map(|(name, text, parts)| row(name, check_text(text), "config_error", parts))
        .collect();
    for (name, field, value, parts) in fields() {
        let mut config = json!({"client_id": "id-of-the-client", "client_secret": CLIENT_SECRET});
        config[field] = value;
        rows.push(row(name, check_text(&config.to_string()), "config_error", parts));
    }
    rows.extend(files());
    rows.extend(catalogs_and_states());
    rows
}

fn check_file(path: &str) -> Output {
    let mut command = connector();
    command.args(["check", "--config", path]);
    Output::new(&output(command))
}

fn files() -> Vec<Row> {
    let files = Files::new();
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(files.path("utf16"), [vec![0xff, 0xfe], utf16].concat()).unwrap();
    let path = |name: &str| files.path(name).to_str().unwrap().to_owned();
    vec![
        row(
            "a file that does not exist",
            check_file("/nowhere/c.json"),
            "config_error",
            &["/nowhere/c.json", "No such file"],
        ),
        row(
            "a folder",
            check_file("/"),
            "config_error",
            &["The config file /", "it is a folder", "Docker", "mount"],
        ),
        row("a file in UTF-16", check_file(&path("utf16")), "config_error", &["it is not UTF-8 text"]),
        row(
            "a config in place of its path",
            check_file(r#"{"client_secret": "s3cret-of-the-client"}"#),
            "config_error",
            &["--config takes the path of a file"],
        ),
        row(
            "a file of another user",
            of_another_user(),
            "config_error",
            &["permission denied", "--user \"$(id -u)\""],
        ),
    ]
}

/// The image's user reads a file of mode 0600; where this process may, it becomes that user.
fn of_another_user() -> Output {
    let files = Files::new();
    let path = files.write("config.json", &config("http://localhost"));
    let is_root = std::fs::metadata(&path).unwrap().uid() == 0;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(if is_root { 0o600 } else { 0 }))
        .unwrap();
    let copy = files.path("connector");
    // By another process: a copy that this one has open for writing cannot be executed by it.
    let mut copying = std::process::Command::new("cp");
    assert!(copying.arg(env!("CARGO_BIN_EXE_source-360learning")).arg(&copy).status().unwrap().success());
    std::fs::set_permissions(files.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new(copy);
    command.args(["check", "--config"]).arg(path);
    if is_root {
        command.uid(1000).gid(1000);
    }
    Output::new(&output(command))
}

fn catalogs_and_states() -> Vec<Row> {
    let config = config("http://127.0.0.1:9");
    let of = |text: Value, state: Option<&Value>| run("read", &config, Some(&text), state);
    let twice = json!({"streams": [{"stream": {"name": "users"}}, {"stream": {"name": "users"}}]});
    let paths = catalog(&["paths"], "incremental");
    let with = |blob: Value| of(paths.clone(), Some(&state("paths", blob)));
    vec![
        row(
            "a catalog that is not JSON",
            of(json!("{"), None),
            "config_error",
            &["The catalog", "line 1, column 1"],
        ),
        row(
            "a catalog without streams",
            of(json!({"streams": []}), None),
            "config_error",
            &["selects no stream", "discover"],
        ),
        row("a stream twice", of(twice, None), "config_error", &["`users` twice"]),
        row(
            "a state with a wrong date",
            with(json!({"cursor": "yesterday"})),
            "config_error",
            &["The state of stream `paths`", "`cursor`", "such as 2024-09-01T00:00:00Z"],
        ),
        row(
            "a state that is a list",
            with(json!([])),
            "config_error",
            &["`paths`", "must be a JSON object", "or none to start over"],
        ),
        row(
            "a state with a wrong resume",
            with(json!({"resume": {"after": 7}})),
            "config_error",
            &["`resume.after` must be a string"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_are_written_otherwise_are_taken() {
    use source_360learning::config::Config;
    let text = "\u{feff}{\"client_id\": \"\\u200b an-id\\u00a0\", \"client_secret\": \"\\ufeffa secret\\r\\n\",
        \"requests_per_second\": 40.0, \"max_concurrent_requests\": \"7\", \"attendance_lookback_days\": \" 30.0 \",
        \"include_deleted_users\": \"False\", \"region\": \" US\", \"base_url\": \"\", \"start_date\": \"\\u200b\",
        \"__injected_declarative_manifest\": {\"client_id\": \"of another\"}, \"something_else\": 1}";
    let settings = Config::parse(text).unwrap().validate().unwrap();
    assert_eq!(settings.client_id, "an-id");
    assert_eq!(secrecy(&settings.client_secret), "a secret");
    assert_eq!((settings.requests_per_second, settings.max_concurrent_requests), (40, 7));
    assert_eq!(settings.attendance_lookback.num_days(), 30);
    assert_eq!(settings.origin.as_str(), "https://app.us.360learning.com/");
    assert!(!settings.include_deleted_users && settings.start_date.is_none());
    assert_eq!(settings.unknown_keys, ["something_else"]);
}

fn secrecy(secret: &secrecy::SecretString) -> &str {
    secrecy::ExposeSecret::expose_secret(secret)
}
