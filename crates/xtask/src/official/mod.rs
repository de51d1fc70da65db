//! The official descriptions, reduced to what the tests compare: names, types and formats, no sentences.

mod changes;
mod openapi;
mod protocol;

use std::path::Path;

use source_360learning::streams::STREAMS;

use crate::{read, write};

const OPENAPI: &str = "tests/fixtures/openapi.json";
const PROTOCOL: &str = "tests/fixtures/protocol.json";

/// Prints what an official `OpenAPI` description has that the fixture lacks, and the reverse.
pub(crate) fn openapi(root: &Path, file: &Path, keep: bool) -> Result<(), String> {
    let description =
        serde_json::from_str(&read(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let newer = openapi::endpoints(&description);
    if newer.is_empty() {
        return Err(format!("{} describes no GET endpoint of /api/v2.", file.display()));
    }
    let fixture = root.join(OPENAPI);
    let older = serde_json::from_str(&read(&fixture)?).map_err(|error| format!("{OPENAPI}: {error}"))?;
    if !changes::is_same_api(&older, &newer) {
        return Err(format!("{} has no endpoint of {OPENAPI}: it describes another API.", file.display()));
    }
    let stream = |path: &str| STREAMS.iter().find(|stream| format!("/api/v2{}", stream.path) == path);
    let lines = changes::between(&older, &newer, |path| stream(path).map(|stream| stream.name));
    println!(
        "{} endpoints, {} of them read by a stream.",
        newer.len(),
        newer.keys().filter(|path| stream(path).is_some()).count()
    );
    if lines.is_empty() {
        println!("Nothing is new, nothing is gone.");
    }
    for line in lines {
        println!("{line}");
    }
    if keep { write(&fixture, &pretty(&newer)?) } else { Ok(()) }
}

/// Prints which definitions of Airbyte's protocol are new, changed or gone.
pub(crate) fn protocol(root: &Path, file: &Path, keep: bool) -> Result<(), String> {
    let newer =
        protocol::definitions(&read(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let fixture = root.join(PROTOCOL);
    let older = serde_json::from_str(&read(&fixture)?).map_err(|error| format!("{PROTOCOL}: {error}"))?;
    let lines = protocol::changes(&older, &newer);
    if lines.is_empty() {
        println!("Nothing is new, nothing is gone.");
    }
    for line in lines {
        println!("{line}");
    }
    if keep { write(&fixture, &pretty(&newer)?) } else { Ok(()) }
}

fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| error.to_string())
}
