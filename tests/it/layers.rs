//! The arrows between the modules: data flows one way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each module may use of ours. A new arrow changes the design first.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("api", &["config", "secrets"]),
    ("cli", &["error"]),
    (
        "commands",
        &[
            "api", "cli", "config", "doctor", "error", "notice", "protocol", "secrets", "streams", "sync",
            "terminal",
        ],
    ),
    ("config", &["secrets"]),
    ("doctor", &["api", "config", "error", "streams", "terminal"]),
    ("error", &["api", "config", "protocol"]),
    ("lib", &["api", "cli", "commands", "config", "doctor", "error", "notice", "protocol", "sync"]),
    ("notice", &["api", "protocol", "streams"]),
    ("protocol", &[]),
    ("secrets", &[]),
    ("stdout", &[]),
    ("streams", &[]),
    ("sync", &["api", "config", "error", "notice", "protocol", "secrets", "streams", "terminal"]),
    ("terminal", &[]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn modules_use_only_what_is_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    for path in sources(&root) {
        let inside = path.strip_prefix(&root).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if module == "main" {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let allowed = used == module || may_use[module].contains(&used.as_str());
            assert!(allowed, "{} uses {used}", inside.display());
        }
    }
}

#[test]
fn no_file_grows_past_350_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src", "tests", "crates/sandbox/src", "crates/sandbox/tests"] {
        for path in sources(&root.join(folder)) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 350, "{} has {lines} lines", path.display());
        }
    }
}

/// The files in which a type has `impl` blocks of its own (not of a trait).
#[test]
fn no_type_has_its_methods_in_two_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: BTreeMap<(String, String), Vec<PathBuf>> = BTreeMap::new();
    for path in sources(&root) {
        let text = std::fs::read_to_string(&path).unwrap();
        let module = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap().to_owned();
        let mut types: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("impl"))
            .filter(|line| !line.contains(" for "))
            .filter_map(|line| {
                line.split([' ', '<', '{']).map(str::trim).rfind(|word| word.starts_with(char::is_uppercase))
            })
            .collect();
        types.sort_unstable();
        types.dedup();
        for name in types {
            files.entry((module.clone(), name.to_owned())).or_default().push(path.clone());
        }
    }
    for ((_, name), files) in files {
        assert!(files.len() == 1, "{name} has methods in {files:?}");
    }
}
