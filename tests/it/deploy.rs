//! Airbyte's metadata, the Python packages, Terraform and the image describe the connector as it is.

use std::collections::BTreeSet;

use serde_json::Value;
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
        ("deploy/terraform/README.md", format!("tag = \"{version}\"")),
        ("deploy/terraform/examples/complete/terraform.tfvars.example", format!("= \"{version}\"")),
        ("deploy/github-actions/sync.yml", format!("source-360learning:{version}")),
        ("python/learning360/pyproject.toml", format!("\nversion = \"{version}\"")),
        ("python/learning360/pyproject.toml", format!("\"airbyte-source-360learning=={version}\"")),
        ("CHANGELOG.md", format!("\n## {version}, ")),
    ] {
        assert!(text(file).contains(&line), "{file} lacks {line}");
    }
}

#[test]
fn the_metadata_names_the_wheel() {
    let wheel = &metadata()["remoteRegistries"]["pypi"];
    assert_eq!(wheel["enabled"], true);
    let line = format!("\nname = {}\n", wheel["packageName"]);
    assert!(text("pyproject.toml").contains(&line), "pyproject.toml lacks{line}");
}

#[test]
fn learning360_reads_the_suggested_streams_unless_others_are_named() {
    let catalog = text("python/learning360/src/learning360/loading/catalog.py");
    let (_, rest) = catalog.split_once("SUGGESTED = \"\"\"").unwrap();
    let (names, _) = rest.split_once("\"\"\"").unwrap();
    assert_eq!(names.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>(), suggested());
}

#[test]
fn the_image_is_built_by_the_projects_compiler() {
    let toolchain = text("rust-toolchain.toml");
    let (_, rest) = toolchain.split_once("channel = \"").unwrap();
    let (version, _) = rest.split_once(".0\"").unwrap();
    assert!(text("Dockerfile").contains(&format!("FROM docker.io/library/rust:{version}-slim")), "{version}");
}

#[test]
fn the_suggested_streams_exist_and_are_not_all() {
    let known: BTreeSet<String> = STREAMS.iter().map(|stream| stream.name.to_owned()).collect();
    let suggested = suggested();
    assert!(suggested.is_subset(&known) && suggested.len() < known.len());
}

#[test]
fn terraform_reads_the_suggested_streams_unless_others_are_named() {
    let variables = text("deploy/terraform/variables.tf");
    let (_, streams) = variables.split_once("variable \"streams\"").unwrap();
    let (_, default) = streams.split_once("default = {\n").unwrap();
    let names =
        default.lines().map_while(|line| line.split_once("= {}")).map(|(name, _)| name.trim().to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), suggested());
}

#[test]
fn terraform_can_set_every_field_of_the_form() {
    let main = text("deploy/terraform/main.tf");
    for field in Config::json_schema()["properties"].as_object().unwrap().keys() {
        let set = main
            .lines()
            .any(|line| line.trim_start().starts_with(field) && line.contains(&format!("= var.{field}")));
        assert!(set, "{field}");
    }
}
