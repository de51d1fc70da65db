//! A report has no value of a record and no secret.

use std::collections::BTreeSet;

use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Options, STREAMS, Variant};
use serde_json::{Value, json};
use source_360learning::streams::{self, VALUES};
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use super::{examine, open};
use crate::support::api::{Api, token};
use crate::support::{Account, Files, connector, output as support_output};

/// Every text of a value, at any depth.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        _ => {}
    }
}

/// True if a text has this value as whole words: `defaultCompletion` does not have `Complet`.
fn has_words(text: &str, value: &str) -> bool {
    text.match_indices(value).any(|(at, _)| {
        let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + value.len()..].chars().next())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_has_no_value_of_a_record_and_no_secret() {
    let documented: BTreeSet<&str> = VALUES.iter().flat_map(|field| field.values).copied().collect();
    // Parts of paths, which the connector adds to records.
    let of_paths: BTreeSet<&str> = streams::STREAMS
        .iter()
        .filter_map(|stream| stream.parent.as_ref()?.variants.as_ref())
        .flat_map(|variants| variants.values)
        .copied()
        .collect();
    for variants in [
        vec![],
        vec![Variant::HiddenArchived],
        vec![Variant::NewFields],
        vec![Variant::RegistrationsUnderSlots],
    ] {
        let account = Account::open(Options { variants, ..open() }).await;
        let report = examine(&account.config).await;
        let output = format!("{}\n{}\n{:#}", report.markdown(), report.json(), report.json());
        let mut values = BTreeSet::new();
        for stream in STREAMS.iter() {
            account.sandbox.truth(stream).iter().for_each(|row| texts(row, &mut values));
        }
        // Types of webhook events are codes of the API.
        let types: BTreeSet<String> = account
            .sandbox
            .truth("webhook_subscriptions")
            .iter()
            .filter_map(|row| Some(row["eventType"].as_str()?.to_owned()))
            .collect();
        let mut looked_for = 0;
        for value in &values {
            let is_a_code = documented.contains(value.as_str())
                || of_paths.contains(value.as_str())
                || types.contains(value);
            // `someday` of `new-fields` looks like a code of the API, which a report may have.
            if value.len() >= 4 && !is_a_code && value != "someday" {
                assert!(!has_words(&output, value), "{value}");
                looked_for += 1;
            }
        }
        assert!(looked_for > 8_000, "{looked_for}");
        let (host, port) = (account.sandbox.url(), account.sandbox.url());
        let (host, port) = (host.trim_start_matches("http://"), port.rsplit(':').next().unwrap());
        for secret in [CLIENT_ID, CLIENT_SECRET, host, "127.0.0.1", "localhost", &format!(":{port}")] {
            assert!(!output.contains(secret), "{secret}");
        }
        assert!(account.sandbox.tokens().iter().all(|token| !output.contains(token)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_a_server_echoes_as_codes_are_hidden_in_reports_and_sentences() {
    // Made of small letters, so that each looks like a code of the API.
    let secrets = ["clientofthistest", "secretofthistest", "tokenofthistest"];
    for (granted, status) in [(true, 404), (true, 500), (false, 401)] {
        let api = Api::without_token().await;
        let answer = if granted {
            ResponseTemplate::new(200).set_body_json(token(secrets[2]))
        } else {
            ResponseTemplate::new(status).set_body_json(json!({"error": secrets[1]}))
        };
        api.token(answer).await;
        let echo = json!({"error": {"code": secrets[2], "message": secrets[1]}, "more": secrets[0]});
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(status).set_body_json(echo))
            .mount(&api.0)
            .await;
        let (files, mut config) = (Files::new(), api.config());
        (config["client_id"], config["client_secret"]) = (json!(secrets[0]), json!(secrets[1]));
        let data = files.path("report.json");
        let mut command = connector();
        command
            .args(["doctor", "--config"])
            .arg(files.write("config.json", &config))
            .arg("--json")
            .arg(&data);
        let output = support_output(command);
        assert_eq!(output.status.code(), Some(i32::from(!granted)));
        let data = std::fs::read_to_string(data).unwrap_or_default();
        let output =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr) + &*data;
        for secret in secrets {
            assert!(!output.contains(secret), "{status}: {secret}");
        }
    }
}
