//! `deploy/terraform/catalog.tf`, aligned as `terraform fmt` does.

use source_360learning::streams::STREAMS;

const HEAD: &str = "# Written by `make generate`: the key of each stream, and the cursor of those that can be read incrementally.
locals {
  catalog = {
";

pub(super) fn catalog() -> String {
    let widest = STREAMS.iter().map(|stream| stream.name.len()).max().unwrap_or_default();
    let lines = STREAMS.iter().map(|stream| {
        let cursor =
            stream.cursor.as_ref().map_or("null".to_owned(), |cursor| format!("\"{}\"", cursor.field()));
        let key = stream.key.iter().map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(", ");
        format!("    {:widest$} = {{ key = [{key}], cursor = {cursor} }}\n", stream.name)
    });
    format!("{HEAD}{}  }}\n}}\n", lines.collect::<String>())
}
