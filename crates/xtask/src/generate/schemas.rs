//! `schemas/` and `spec.json`.

use serde_json::Value;
use source_360learning::commands::spec::spec;
use source_360learning::streams::STREAMS;

use super::File;

pub(super) fn files() -> Vec<File> {
    let schema = |path: String, value: &Value| File { path, content: pretty(value) };
    let streams =
        STREAMS.iter().map(|stream| schema(format!("schemas/{}.json", stream.name), &stream.json_schema()));
    streams.chain([schema("spec.json".to_owned(), &spec())]).collect()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}
