//! Whatever the connector may say is explained in `docs/360learning.md`, and nothing else is.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Texts of the sources that nobody reads as a message.
const NOT_SAID: &[&str] = &[
    // What libraries say, to be recognised.
    "error sending request",
    "recursion limit exceeded",
    "For more information",
    "error: ",
    // Ends and middles of sentences that are explained whole.
    "Add them to the API v2 credentials in 360Learning",
    "Give the state as the last sync printed it, or none to start over",
    "See source-360learning --help.",
    "ahead of",
    "an unknown place",
    "the top level",
    // Before the sentence of an error, for a person.
    "source-360learning: …",
    // The progress display of a terminal explains itself.
    "… … …/… requests, … a second · … · about … left",
    "… requests · … · in …",
    "… of … streams · … records",
    // A header, and invariants of the code.
    "Bearer …",
    "a page has 64 MiB at most",
    "the parents of one stream take less than 4 GiB",
    // What serde would say of a wrong type: a body is reported by its shape.
    "a JSON array",
    "a JSON object",
    "a member's name",
];

fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// The sources that say something. The table of streams does not: its texts are schemas and names of the API. What
/// `doctor` says is its report, which explains itself: `docs/doctor.md` shows it whole.
fn sources(folder: PathBuf) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap().path();
        if !entry.is_dir() {
            texts.push(std::fs::read_to_string(entry).unwrap());
        } else if !entry.ends_with("streams") && !entry.ends_with("doctor") {
            texts.extend(sources(entry));
        }
    }
    texts
}

#[derive(Debug, Default)]
struct Said {
    /// The sentences of the error types.
    errors: BTreeSet<String>,
    /// Everything else: what is put into these sentences, answers of `check`, warnings.
    others: BTreeSet<String>,
}

impl Said {
    fn of(sources: &[String]) -> Self {
        let mut said = Self::default();
        for source in sources {
            said.read(source.parse().unwrap());
        }
        for text in NOT_SAID {
            assert!(said.others.remove(*text), "{text} is not in the sources any more");
        }
        // An error that only passes on what it was given.
        said.errors.remove("…");
        said
    }

    /// Texts of attributes are none but for `error`, nor are those of tests.
    fn read(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut is_test = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    tokens.next_if(|next| matches!(next, TokenTree::Punct(_)));
                    if let Some(TokenTree::Group(attribute)) = tokens.next() {
                        let name: String = attribute.stream().to_string().split_whitespace().collect();
                        is_test |= name == "cfg(test)";
                        if name.starts_with("error(") {
                            self.errors.extend(literals(attribute.stream()).map(|text| plain(&text)));
                        }
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => is_test = false,
                TokenTree::Group(group) if is_test => is_test = group.delimiter() != Delimiter::Brace,
                TokenTree::Group(group) => self.read(group.stream()),
                token => {
                    let texts = literals(token.into()).map(|text| plain(&text));
                    self.others.extend(texts.filter(|text| is_prose(text)));
                }
            }
        }
    }
}

/// The texts among these tokens.
fn literals(tokens: TokenStream) -> impl Iterator<Item = String> {
    tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => literals(group.stream()).collect(),
        TokenTree::Literal(literal) => {
            let literal = literal.to_string();
            let raw = literal.trim_start_matches('r').trim_matches('#').trim_matches('"');
            // The marks that Rust and JSON share are all that a message needs.
            let text = serde_json::from_str(&literal).unwrap_or_else(|_| raw.to_owned());
            if literal.ends_with(['"', '#']) { vec![text] } else { Vec::new() }
        }
        _ => Vec::new(),
    })
}

/// Words, rather than a name, a path or a mark.
fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    text.contains(' ') && words.count() > 0
}

/// As a person sees it: without marks of code, and `…` for what differs.
fn plain(text: &str) -> String {
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain = plain + "…" + part.split_once('}').map_or(part, |(_, rest)| rest);
    }
    plain.replace('\u{1}', "{").replace('\u{2}', "}").replace('`', "")
}

/// What the first column of the tables between these comments quotes. Every row has advice beside it.
fn told(page: &str, name: &str) -> BTreeSet<String> {
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (tables, _) = rest.split_once(&format!("<!-- /{name} -->")).unwrap();
    let mut told = BTreeSet::new();
    for row in tables.lines().filter(|line| line.starts_with("| `")) {
        let (quote, advice) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        assert!(advice.len() > 8, "{row}");
        assert!(told.insert(quote.trim_matches('`').to_owned()), "twice: {quote}");
    }
    told
}

/// Texts that are explained and not said, and that are said and not explained.
fn differences(said: &BTreeSet<String>, told: &BTreeSet<String>) -> Vec<String> {
    said.symmetric_difference(told).cloned().collect()
}

fn page() -> String {
    std::fs::read_to_string(path("docs/360learning.md")).unwrap()
}

#[test]
fn the_page_tells_what_to_do_about_every_error() {
    let said = Said::of(&sources(path("src"))).errors;
    assert!(said.len() > 20);
    assert_eq!(differences(&said, &told(&page(), "errors")), [""; 0]);
}

#[test]
fn the_page_explains_every_other_text_that_is_said() {
    let said = Said::of(&sources(path("src"))).others;
    assert!(said.len() > 40);
    assert_eq!(differences(&said, &told(&page(), "texts")), [""; 0]);
}

#[test]
fn a_new_text_that_the_page_lacks_is_noticed() {
    let mut sources = sources(path("src"));
    sources.push(
        r#"
        #[derive(Debug, Error)]
        enum New { #[error("A new error of {what}.")] Error { what: String } }
        /// Not said to users.
        fn warn(path: &str) -> String { format!("{path}: a new \"warning\" in {:.1} s", 1.0) }
        #[cfg(test)]
        mod tests { const TEXT: &str = "not said either"; }
        "#
        .to_owned(),
    );
    let said = Said::of(&sources);
    assert_eq!(differences(&said.errors, &told(&page(), "errors")), ["A new error of …."]);
    assert_eq!(differences(&said.others, &told(&page(), "texts")), ["…: a new \"warning\" in … s"]);
}
