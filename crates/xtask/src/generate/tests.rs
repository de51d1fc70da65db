//! What is committed is what `make generate` writes.

use std::path::Path;

use super::{File, schemas, stale_schemas, streams_page, tables, terraform};

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
fn the_list_of_streams_is_the_table_and_each_scope_has_what_it_is_needed_for() {
    for page in tables::PAGES {
        let filled = tables::fill(page, committed(page));
        assert!(filled.as_deref() == Ok(&committed(page)), "{page} differs: run make generate");
    }
}

#[test]
fn terraform_knows_the_streams_their_keys_and_cursors() {
    assert_current(&[File::new("deploy/terraform/catalog.tf", terraform::catalog())]);
}
