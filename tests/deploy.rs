//! What Airbyte, Terraform and the image say of the connector is what the connector is.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use source_360learning::config::Config;
use source_360learning::streams::STREAMS;

fn text(file: &str) -> String {
    std::fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn metadata() -> Value {
    serde_saphyr::from_str::<Value>(&text("metadata.yaml")).unwrap()["data"].take()
}

fn suggested() -> BTreeSet<String> {
    serde_json::from_value(metadata()["suggestedStreams"]["streams"].clone()).unwrap()
}

#[test]
fn every_file_names_the_version_of_the_crate() {
    let version = env!("CARGO_PKG_VERSION");
    let metadata = metadata();
    assert_eq!(metadata["dockerImageTag"], version);
    let repository = metadata["dockerRepository"].as_str().unwrap();
    for (file, line) in [
        ("Dockerfile", format!("io.airbyte.name=\"{repository}\"")),
        ("Dockerfile", format!("io.airbyte.version=\"{version}\"")),
        ("Dockerfile", format!("org.opencontainers.image.version=\"{version}\"")),
        ("acceptance-test-config.yml", format!("connector_image: {repository}:{version}")),
        ("deploy/terraform/variables.tf", format!("optional(string, \"{version}\")")),
        ("deploy/github-actions/sync.yml", format!("source-360learning:{version}")),
        ("CHANGELOG.md", format!("\n## {version}, ")),
    ] {
        assert!(text(file).contains(&line), "{file} does not say {line}");
    }
}

#[test]
fn the_suggested_streams_exist_and_are_not_all() {
    let known: BTreeSet<String> = STREAMS.iter().map(|stream| stream.name.to_owned()).collect();
    let suggested = suggested();
    assert!(suggested.is_subset(&known) && suggested.len() < known.len());
}

#[test]
fn terraform_knows_the_streams_and_how_each_is_synced() {
    let suggested = suggested();
    let streams: Map<String, Value> = STREAMS
        .iter()
        .map(|stream| {
            let incremental = stream.cursor.is_some();
            let mode = if incremental { "incremental_deduped_history" } else { "full_refresh_overwrite" };
            (stream.name.to_owned(), json!({"sync_mode": mode, "suggested": suggested.contains(stream.name)}))
        })
        .collect();
    let wanted = format!("{}\n", serde_json::to_string_pretty(&streams).unwrap());
    let file = "deploy/terraform/streams.json";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(format!("{}/{file}", env!("CARGO_MANIFEST_DIR")), &wanted).unwrap();
    }
    assert!(text(file) == wanted, "make schemas writes {file} again");
}

#[test]
fn terraform_can_set_every_field_of_the_form_but_the_number_of_connections() {
    let main = text("deploy/terraform/main.tf");
    for field in Config::json_schema()["properties"].as_object().unwrap().keys() {
        let set = main
            .lines()
            .any(|line| line.trim_start().starts_with(field) && line.contains(&format!("var.{field}")));
        assert_eq!(set, field != "max_concurrent_requests", "{field}");
    }
}
