//! Files that are written from the connector's types, and from what the doctor reports about the sandbox.

mod dbt;
mod doctor_pages;
mod pyairbyte;
mod schemas;
mod streams_page;
mod tables;
mod terraform;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use source_360learning::streams::STREAMS;

use crate::{read, write};

/// A file with its whole content, by its path in the project.
struct File {
    path: String,
    content: String,
}

impl File {
    fn new(path: &str, content: String) -> Self {
        Self { path: path.to_owned(), content }
    }
}

/// Writes every generated file that differs, or names them all if `check` is set.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let files = files(root)?;
    let differ =
        |file: &&File| std::fs::read_to_string(root.join(&file.path)).ok().as_ref() != Some(&file.content);
    let differing: Vec<&File> = files.iter().filter(differ).collect();
    let stale = stale_schemas(root)?;
    if check {
        let names: Vec<&str> =
            differing.iter().map(|file| file.path.as_str()).chain(stale.iter().map(String::as_str)).collect();
        return match names.as_slice() {
            [] => Ok(()),
            names => Err(format!("`make generate` would change {}.", names.join(", "))),
        };
    }
    for file in differing {
        write(&root.join(&file.path), &file.content)?;
        println!("{} is written", file.path);
    }
    for path in stale {
        std::fs::remove_file(root.join(&path))
            .map_err(|error| format!("{path} cannot be removed: {error}"))?;
        println!("{path} is removed");
    }
    Ok(())
}

/// Every generated file.
fn files(root: &Path) -> Result<Vec<File>, String> {
    let mut files = schemas::files();
    files.push(File::new("docs/streams.md", streams_page::page()));
    files.push(File::new("deploy/terraform/catalog.tf", terraform::catalog()));
    let page = read(&root.join(tables::SCOPES_PAGE))?;
    files.push(File::new(tables::SCOPES_PAGE, tables::with_scopes(&page)?));
    files.push(File::new("deploy/pyairbyte/registry.json", pyairbyte::registry(root)?));
    files.extend(dbt::files(root)?);
    files.extend(doctor_pages::files()?);
    Ok(files)
}

/// Files in schemas/ that belong to no stream.
fn stale_schemas(root: &Path) -> Result<Vec<String>, String> {
    let known: BTreeSet<String> = STREAMS.iter().map(|stream| format!("{}.json", stream.name)).collect();
    let entries = std::fs::read_dir(root.join("schemas")).map_err(|error| format!("schemas: {error}"))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names.filter(|name| !known.contains(name)).map(|name| format!("schemas/{name}")).collect())
}

/// Names as code, with commas between them.
fn code(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
