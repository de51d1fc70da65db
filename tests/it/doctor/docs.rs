//! `docs/doctor` has the reports that the doctor writes.

use std::path::Path;

use sandbox_360learning::{Options, Variant};
use source_360learning::streams::STREAMS;

use super::{examine_at_default_pace, open};
use crate::support::Account;

/// Numbers before these depend on the machine.
const TIMES: [&str; 3] = [" ms", " s,", " s."];

/// A page without the times that differ from run to run.
fn timeless(page: &str) -> String {
    let mut page = page.to_owned();
    for unit in TIMES {
        let mut parts = page.split(unit);
        let mut text = parts.next().unwrap().to_owned();
        for part in parts {
            let kept = text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
            if kept < text.len() {
                text.truncate(kept);
                text.push('…');
            }
            text = text + unit + part;
        }
        page = text;
    }
    page
}

async fn report(variants: Vec<Variant>) -> String {
    let account = Account::open(Options { variants, ..open() }).await;
    timeless(&examine_at_default_pace(&account, STREAMS).await.markdown())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reports_in_the_docs_are_those_of_the_sandbox() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor");
    for variant in [
        None,
        Some(Variant::HiddenArchived),
        Some(Variant::FiltersIgnored),
        Some(Variant::RegistrationsUnderClassrooms),
    ] {
        let name = variant.map_or("sandbox".to_owned(), |variant| variant.to_string());
        let (path, wanted) = (folder.join(format!("{name}.md")), report(variant.into_iter().collect()).await);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &wanted).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == wanted, "run make generate to rewrite docs/doctor/{name}.md");
    }
}

#[test]
fn times_are_left_out_and_numbers_are_not() {
    assert_eq!(
        timeless("120 requests in 24.3 s, 12 ms; 3 rows, after 23 s."),
        "120 requests in … s, … ms; 3 rows, after … s."
    );
}
