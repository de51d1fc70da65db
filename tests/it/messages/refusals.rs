//! Files that are refused.

use source_360learning::cli;
use source_360learning::config::Config;
use source_360learning::error::Error;
use source_360learning::protocol::{parse_catalog, parse_states};

use super::ANY;

/// The sentence for each kind of wrong config, catalog, state or file.
pub(super) fn all() -> Vec<String> {
    let deep = "[".repeat(300);
    let credentials = r#""client_id": "identity", "client_secret": "certainly""#;
    let config = |field: &str| {
        let parsed = Config::parse(&format!("{{{credentials}, {field}}}"));
        parsed.and_then(Config::validate).unwrap_err().to_string()
    };
    let catalog = |text: &str| parse_catalog(text).unwrap_err().to_string();
    let state = |text: &str| parse_states(text, &["users"]).unwrap_err().to_string();
    let blob = |blob: &str| {
        state(&format!(
            r#"[{{"stream": {{"stream_descriptor": {{"name": "users"}}, "stream_state": {blob}}}}}]"#
        ))
    };
    let twice = r#"{"streams": [{"stream": {"name": "users"}}, {"stream": {"name": "users"}}]}"#;
    let file = |bytes: &[u8], length: u64| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file.as_file().set_len(length).unwrap();
        cli::file("config", file.path().to_str().unwrap()).unwrap_err().to_string()
    };
    vec![
        config(r#""region": 1"#),
        config(r#""region": "moon""#),
        config(r#""client_id": []"#),
        config(r#""include_deleted_users": "yes""#),
        config(r#""requests_per_second": 0"#),
        config(r#""base_url": "example.com""#),
        config(r#""base_url": "http://example.com""#),
        config(r#""base_url": "https://user@example.com""#),
        config(r#""base_url": "https://example.com/api""#),
        config(r#""client_id": "Bearer 1""#),
        config(r#""client_id": "<client_id>""#),
        config(r#""client_id": "'1'""#),
        config(r#""start_date": "yesterday""#),
        catalog(""),
        catalog(&deep),
        catalog("{}"),
        catalog("[1]"),
        catalog(r#"{"streams": []}"#),
        catalog(twice),
        state("{"),
        state(&deep),
        state("1"),
        state("[{}]"),
        state(r#"[{"stream": {}}]"#),
        blob("[]"),
        blob(r#"{"resume": []}"#),
        blob(r#"{"resume": {"after": 1}}"#),
        blob(r#"{"cursor": "yesterday"}"#),
        file(b"", 16 * 1024 * 1024 + 1),
        file(b"\xff", 1),
        cli::file("config", "{}").unwrap_err().to_string(),
        cli::file("config", "/").unwrap_err().to_string(),
        Error::unreadable("config", ANY, &std::io::ErrorKind::PermissionDenied.into()).to_string(),
    ]
}
