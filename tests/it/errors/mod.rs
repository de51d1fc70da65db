//! The table of errors: an input, and the sentence that a stranger reads. It names the host, variable, file or field that
//! is wrong and what to do, and holds no secret and no type of Rust.

mod data;
mod inputs;
mod network;
mod process;
mod proxies;

use serde_json::{Value, json};

use process::{environment, run_in_process};

use crate::support::{Files, Output, catalog, connector, given, output};

/// The secrets of every row.
const CLIENT_SECRET: &str = "s3cret-of-the-client";
const PROXY_PASSWORD: &str = "s3cret%40of-the-proxy";
const SECRETS: [&str; 3] = [CLIENT_SECRET, PROXY_PASSWORD, "s3cret@of-the-proxy"];

/// What no sentence holds: types, paths and manuals of libraries.
const INTERNALS: [&str; 12] = [
    "::",
    "Error(",
    "Some(",
    "None",
    "Custom",
    "Kind",
    "rustls",
    "reqwest",
    "hyper",
    "tunnel error",
    "docs.rs",
    "serde",
];

/// One row of the table.
struct Row {
    name: &'static str,
    output: Output,
    failure: &'static str,
    parts: &'static [&'static str],
}

fn row(name: &'static str, output: Output, failure: &'static str, parts: &'static [&'static str]) -> Row {
    Row { name, output, failure, parts }
}

/// A configuration for this server.
fn config(base_url: &str) -> Value {
    json!({"client_id": "id-of-the-client", "client_secret": CLIENT_SECRET, "base_url": base_url})
}

/// Runs `check` as users do, with the text of its config file.
fn check_text(text: &str) -> Output {
    let files = Files::new();
    let mut command = given(connector(), "check", &files, &json!(text), None, None);
    environment(&mut command, &[]);
    Output::new(&output(command))
}

/// Runs `check` with short delays.
fn check(config: &Value, variables: &[(&str, String)]) -> Output {
    let files = Files::new();
    let config = files.write("config.json", config);
    run_in_process(&["check", "--config", config.to_str().unwrap()], variables)
}

/// Reads these streams with short delays.
fn read(config: &Value, streams: &[&str]) -> Output {
    let files = Files::new();
    let config = files.write("config.json", config);
    let catalog = files.write("catalog.json", &catalog(streams, "full_refresh"));
    let (config, catalog) = (config.to_str().unwrap(), catalog.to_str().unwrap());
    run_in_process(&["read", "--config", config, "--catalog", catalog], &[])
}

impl Row {
    /// What is wrong with the row: empty if nothing is.
    fn faults(&self) -> Vec<String> {
        let (failure, message) =
            match (self.output.all("CONNECTION_STATUS").as_slice(), &*self.output.errors()) {
                ([status], []) if status["status"] == "FAILED" => ("config_error", &status["message"]),
                ([], [error, ..]) => (error["failure_type"].as_str().unwrap(), &error["message"]),
                (status, errors) => return vec![format!("{}: {status:?} and {errors:?}", self.name)],
            };
        let message = message.as_str().unwrap();
        let mut faults = Vec::new();
        let mut check = |is_right: bool, what: &str| {
            if !is_right {
                faults.push(format!("{}: {what}: {failure}: {message}", self.name));
            }
        };
        check(failure == self.failure, self.failure);
        for part in self.parts {
            check(message.contains(part), part);
        }
        let texts = || {
            self.output.all("LOG").into_iter().map(|log| log["message"].as_str().unwrap()).chain([message])
        };
        for internal in INTERNALS {
            check(!texts().any(|text| text.contains(internal)), internal);
        }
        let everything = self.output.messages.iter().map(Value::to_string).collect::<String>();
        for secret in SECRETS {
            check(!everything.contains(secret), secret);
        }
        for error in self.output.errors() {
            let (text, trace) = (error["message"].as_str().unwrap(), error["stack_trace"].as_str().unwrap());
            check(trace.starts_with(text), "stack_trace begins with the sentence");
        }
        faults
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_names_what_is_wrong_and_what_to_do() {
    let mut families = tokio::task::JoinSet::new();
    families.spawn(async { inputs::rows() });
    families.spawn(network::rows());
    families.spawn(proxies::rows());
    families.spawn(data::rows());
    let rows: Vec<Row> = families.join_all().await.into_iter().flatten().collect();
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "every row has a name of its own");
    assert!(rows.len() >= 75, "{} rows", rows.len());
    let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    assert!(faults.is_empty(), "{} of {} rows:\n{}", faults.len(), rows.len(), faults.join("\n"));
}
