//! `deploy/pyairbyte/registry.json`, by which PyAirbyte installs the connector without Airbyte's own registry.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::read;

/// What PyAirbyte reads of an entry, under the names that metadata.yaml and a registry share.
const SHARED: [&str; 10] = [
    "name",
    "dockerRepository",
    "dockerImageTag",
    "documentationUrl",
    "githubIssueLabel",
    "releaseStage",
    "releaseDate",
    "supportLevel",
    "suggestedStreams",
    "remoteRegistries",
];

pub(super) fn registry(root: &Path) -> Result<String, String> {
    let metadata: Value = serde_saphyr::from_str(&read(&root.join("metadata.yaml"))?)
        .map_err(|error| format!("metadata.yaml: {error}"))?;
    let data = &metadata["data"];
    let mut entry = Map::new();
    entry.insert("sourceDefinitionId".to_owned(), data["definitionId"].clone());
    entry.insert("sourceType".to_owned(), data["connectorSubtype"].clone());
    // How it is installed, not how it is written: of any other language PyAirbyte takes the image.
    entry.insert("language".to_owned(), json!("python"));
    for name in SHARED {
        entry.insert(name.to_owned(), data[name].clone());
    }
    let registry = json!({ "sources": [entry], "destinations": [] });
    serde_json::to_string_pretty(&registry).map(|text| text + "\n").map_err(|error| error.to_string())
}
