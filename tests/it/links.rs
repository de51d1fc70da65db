//! Links of the pages lead somewhere: to files of the repository, and to headings of its pages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Markdown page of the project, by its path.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            // A package holds the pages of dbt/ a second time, by a link.
            if entry.file_type().unwrap().is_symlink() {
                continue;
            }
            let path = entry.path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let foreign = name.starts_with('.') || ["target", "node_modules", "dbt_packages"].contains(&name);
            if path.is_dir() && !foreign {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The anchors of a page: those that GitHub makes of its headings, and those written as `id="…"`.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            anchors.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
        let written = line.split("id=\"").skip(1).filter_map(|rest| rest.split_once('"'));
        anchors.extend(written.map(|(id, _)| id.to_owned()));
    }
    anchors
}

/// The targets of a page's links that stay in the repository.
fn targets(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        let links = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        targets.extend(links.map(|(target, _)| target).filter(|target| !target.contains("://")));
    }
    targets
}

#[test]
fn every_link_of_every_page_leads_to_a_file_and_a_heading() {
    let mut broken = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            count += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let known = there.exists()
                && (anchor.is_empty()
                    || anchors(&std::fs::read_to_string(&there).unwrap_or_default()).contains(anchor));
            if !known {
                broken.push(format!("{}: {target}", page.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(count > 100, "{count} links");
}
