//! What is committed is what `make generate` writes.

use std::path::Path;

use super::{File, dbt, doctor_pages, schemas, stale_schemas, streams_page, tables, terraform};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn committed(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn assert_current(files: &[File]) {
    for file in files {
        assert!(committed(&file.path) == file.content, "{} differs: run make generate", file.path);
    }
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    assert_current(&schemas::files());
    assert_eq!(stale_schemas(root()), Ok(Vec::new()));
}

#[test]
fn the_page_of_streams_is_the_table() {
    assert_current(&[File::new("docs/streams.md", streams_page::page())]);
}

#[test]
fn each_scope_has_what_it_is_needed_for() {
    let page = committed(tables::SCOPES_PAGE);
    assert!(
        tables::with_scopes(&page).as_deref() == Ok(&page),
        "{} differs: run make generate",
        tables::SCOPES_PAGE
    );
}

#[test]
fn terraform_knows_the_streams_their_keys_and_cursors() {
    assert_current(&[File::new("deploy/terraform/catalog.tf", terraform::catalog())]);
}

#[test]
fn the_dbt_package_describes_the_columns_of_every_stream() {
    assert_current(&dbt::files(root()).unwrap());
}

#[test]
fn the_reports_in_the_docs_are_those_of_the_sandbox() {
    assert_current(&doctor_pages::files().unwrap());
}
