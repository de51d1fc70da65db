//! `docs/360learning.md` explains every text that a user may read.
//!
//! Read strictly, both ways: every variant of every error, every line of the log (the compiler names a variant without an
//! example here), and every refusal of a config, catalog or state file. The sections in [`PARTS`] hold texts that are no
//! variants, mostly reasons inside a message: each must be in the sources, but a new one there goes unnoticed.

mod refusals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use source_360learning::api::{ApiError, ConnectionError, Event};
use source_360learning::config::ConfigError;
use source_360learning::error::{Error, FailedParent};
use source_360learning::notice::{Notice, WholeReason};
use source_360learning::protocol::parse_catalog;

/// The section of the page that explains the log.
const LOG: &str = "In the log";
/// The section of the page that explains what a file must hold.
const FILES: &str = "In the form and the files";
/// The sections that are only looked up in the sources.
const PARTS: [&str; 4] = [
    "On the command line",
    "In the result of the connection test",
    "Why a request failed",
    "Internal errors",
];

/// What differs from case to case, as the page writes it.
const ANY: &str = "…";
/// Numbers and dates that no text has: the page writes `…` for them.
const NUMBER: u32 = 987_654_321;
const STATUS: u16 = 59_999;
const DATE: &str = "2001-02-03 04:05:06 UTC";

/// Values of an enum, at least one for each variant.
macro_rules! every_variant {
    ($of:ty { $($variant:pat => [$($value:expr),+ $(,)?]),+ $(,)? }) => {{
        // Without a wildcard: the compiler names a variant that is missing below.
        #[allow(clippy::match_same_arms, dead_code)]
        fn is_exhaustive(value: &$of) { match value { $($variant => {}),+ } }
        let mut values: Vec<$of> = Vec::new();
        $($(
            let value = $value;
            assert!(matches!(&value, $variant), "{value:?} is an example of another variant");
            values.push(value);
        )+)+
        values
    }};
}

mod visits;

fn any() -> String {
    ANY.to_owned()
}

fn date() -> DateTime<Utc> {
    DATE.parse().unwrap()
}

fn errors() -> Vec<Error> {
    let (what, stream, parent, scope) = (ANY, ANY, ANY, ANY);
    let (count, number) = (u64::from(NUMBER), NUMBER as usize);
    let cause = || Arc::new(Error::Usage(any()));
    let parents = |has_ended_early| Error::Parents {
        stream,
        parent,
        failed: number,
        requested: number,
        has_ended_early,
        named: vec![FailedParent { id: any(), error: cause() }],
    };
    every_variant!(Error {
        Error::Config(_) => [Error::Config(ConfigError::NotAnObject)],
        Error::Input(_) => [Error::Input(parse_catalog("").unwrap_err())],
        Error::Api(_) => [Error::Api(ApiError::Setup(any()))],
        Error::Usage(_) => [Error::Usage(any())],
        Error::File { .. } => [Error::File { what, path: any(), reason: any() }],
        Error::Unwritable { .. } => [Error::Unwritable { path: any(), reason: any() }],
        Error::Scope { .. } => [Error::Scope { stream, scope }],
        Error::Parent { .. } => [Error::Parent { stream, parent, cause: cause() }],
        Error::Parents { .. } => [parents(false), parents(true)],
        Error::ParentsGone { .. } => [Error::ParentsGone { stream, parent, gone: number, requested: number }],
        Error::ParentWithoutId { .. } => [Error::ParentWithoutId { stream }],
        Error::FeatureOffLater { .. } => [Error::FeatureOffLater { stream }],
        Error::RowsWithoutKey { .. } => [Error::RowsWithoutKey { stream, key: any(), count }],
        Error::PagesInACircle { .. } => [Error::PagesInACircle { path: any() }],
        Error::NextPageExpired { .. } => [
            Error::NextPageExpired { path: any(), status: STATUS, code: any(), attempts: NUMBER },
        ],
        Error::ListWithoutEnd { .. } => [Error::ListWithoutEnd { path: any(), pages: number }],
        Error::UnknownStream(_) => [Error::UnknownStream(any())],
        Error::SyncMode { .. } => [Error::SyncMode { stream: any(), given: any() }],
        Error::CheckTimeout { .. } => [Error::CheckTimeout { minutes: count, reason: any() }],
        Error::Internal(_) => [Error::Internal(any())],
        Error::Stdout => [Error::Stdout],
        Error::Interrupted => [Error::Interrupted],
    })
}

fn api_errors() -> Vec<ApiError> {
    let (path, seconds) = (any(), u64::from(NUMBER));
    every_variant!(ApiError {
        ApiError::Credentials { .. } => [ApiError::Credentials { answer: any() }],
        ApiError::Forbidden { .. } => [ApiError::Forbidden { path: path.clone() }],
        ApiError::Rejected { .. } => [ApiError::Rejected { path: path.clone(), status: STATUS, code: any() }],
        ApiError::Blocked { .. } => [ApiError::Blocked { path: any(), reason: any(), attempts: NUMBER, seconds }],
        ApiError::Exhausted { .. } => [ApiError::Exhausted {
            path: path.clone(), attempts: NUMBER, seconds, reason: any(), advice: any(), cause: None,
        }],
        ApiError::TooLarge { .. } => [ApiError::TooLarge { path: path.clone(), what: ANY }],
        ApiError::Connection { .. } => [ConnectionError::NoRoots.into()],
        ApiError::Setup(_) => [ApiError::Setup(any())],
    })
}

fn connection_errors() -> Vec<ConnectionError> {
    use ConnectionError as Error;
    let (advice, reason, variable, problem) = (any(), ANY, ANY, ANY);
    every_variant!(Error {
        Error::Certificate { .. } => [Error::Certificate { server: any(), reason, advice: any() }],
        Error::Roots { .. } => [Error::Roots { variable, path: any(), problem: any() }],
        Error::NoRoots => [Error::NoRoots],
        Error::NoTls { .. } => [Error::NoTls { server: any(), advice }],
        Error::ProxyVariable { .. } => [Error::ProxyVariable { variable, problem }],
        Error::ProxyLogin { .. } => [Error::ProxyLogin { proxy: any(), variable }],
        Error::ProxyPassword { .. } => [Error::ProxyPassword { proxy: any(), variable }],
        Error::ServerIsProxy { .. } => [Error::ServerIsProxy { server: any() }],
    })
}

fn config_errors() -> Vec<ConfigError> {
    let (line, column) = (NUMBER as usize, NUMBER as usize);
    every_variant!(ConfigError {
        ConfigError::Empty => [ConfigError::Empty],
        ConfigError::Quotes { .. } => [ConfigError::Quotes { line, column }],
        ConfigError::Nested { .. } => [ConfigError::Nested { field: ANY, inside: any() }],
        ConfigError::Misspelt { .. } => [ConfigError::Misspelt { key: any(), meant: any() }],
        ConfigError::NotJson { .. } => [ConfigError::NotJson { line, column }],
        ConfigError::TooDeep { .. } => [ConfigError::TooDeep { line, column }],
        ConfigError::NotAnObject => [ConfigError::NotAnObject],
        ConfigError::Missing(_) => [ConfigError::Missing(ANY)],
        ConfigError::Invalid { .. } => [ConfigError::Invalid { field: any(), rule: any() }],
    })
}

fn notices() -> Vec<Notice> {
    let (stream, parent, count, cursor) = (ANY, ANY, u64::from(NUMBER), date());
    let number = NUMBER as usize;
    let mut notices = every_variant!(Notice {
        Notice::Api(_) => [Notice::Api(Event::NoClock)],
        Notice::UnknownConfigFields { .. } => [Notice::UnknownConfigFields { fields: any() }],
        Notice::Records { .. } => [Notice::Records { stream, count }],
        Notice::ReadInFull { .. } => [Notice::ReadInFull { stream }],
        Notice::FeatureOff { .. } => [Notice::FeatureOff { stream, codes: any() }],
        Notice::ParentsGone { .. } => [Notice::ParentsGone { stream, parent, gone: number, requested: number }],
        Notice::ListRestarted { .. } => [Notice::ListRestarted { stream, path: any(), code: any() }],
        Notice::TextReplaced { .. } => [Notice::TextReplaced { stream, field: any(), count }],
        Notice::DateNulled { .. } => [Notice::DateNulled { stream, field: any(), count }],
        Notice::WithoutKey { .. } => [Notice::WithoutKey { stream, key: any(), count }],
        Notice::WithoutStatus { .. } => [Notice::WithoutStatus { stream, count }],
        Notice::EmptyObjects { .. } => [Notice::EmptyObjects { stream, count }],
        Notice::StateAhead { .. } => [Notice::StateAhead { stream, cursor }],
        Notice::StateFarAhead { .. } => [Notice::StateFarAhead { stream, cursor }],
        Notice::StartDateAhead { .. } => [Notice::StartDateAhead { stream, start_date: cursor }],
        Notice::ResumeDropped { .. } => [Notice::ResumeDropped { stream }],
        Notice::AllVisited { .. } => [
            Notice::AllVisited { stream, parent, count: number, reason: WholeReason::First },
        ],
        Notice::ChangedVisited { .. } => [
            Notice::ChangedVisited { stream, parent, visited: number, count: number, named: number, events: number },
            Notice::ChangedVisited { stream, parent, visited: 0, count: number, named: 0, events: 0 },
        ],
        Notice::DefinitionsUnknown { .. } => [
            Notice::DefinitionsUnknown { stream, definitions: ANY, reason: any() },
        ],
    });
    let visited = |reason| Notice::AllVisited { stream, parent, count: number, reason };
    notices.extend(visits::whole_reasons().into_iter().map(visited));
    notices.extend(events().into_iter().map(Notice::Api));
    notices
}

fn events() -> Vec<Event> {
    let (bytes, minutes_ahead) = (NUMBER as usize, i64::from(NUMBER));
    let (took, wait) = (Duration::from_millis(NUMBER.into()), Duration::from_secs(NUMBER.into()));
    every_variant!(Event {
        Event::Answered { .. } => [Event::Answered { path: any(), status: STATUS, bytes, took }],
        Event::Retry { .. } => [Event::Retry { path: any(), reason: any(), wait }],
        Event::NoClock => [Event::NoClock],
        Event::Clocks { .. } => [
            Event::Clocks { minutes_ahead },
            Event::Clocks { minutes_ahead: -minutes_ahead },
        ],
        Event::Paused { .. } => [Event::Paused { wait }],
    })
}

/// As the page writes it: without marks of code, and `…` for what differs.
fn plain(text: &str) -> String {
    let (number, status) = (NUMBER.to_string(), STATUS.to_string());
    let differs = [&format!("{number}.0"), &number, &status, DATE];
    differs.iter().fold(text.replace('`', ""), |text, differs| text.replace(differs, ANY))
}

/// The texts in the first column of the tables between two comments, each with its section. Every row has advice.
fn rows(page: &str, name: &str) -> Vec<(String, String)> {
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (tables, _) = rest.split_once(&format!("<!-- /{name} -->")).unwrap();
    let (mut section, mut rows) = (String::new(), Vec::new());
    for line in tables.lines() {
        if let Some(title) = line.strip_prefix("#### ") {
            title.clone_into(&mut section);
        }
        let Some(row) = line.strip_prefix("| `") else { continue };
        let (quote, advice) = row.split_once("` | ").unwrap();
        assert!(advice.trim_matches(['|', ' ']).len() > 8, "without advice: {row}");
        assert!(!rows.iter().any(|(_, other)| other == quote), "twice: {quote}");
        rows.push((section.clone(), quote.to_owned()));
    }
    rows
}

fn of_section(rows: &[(String, String)], section: &str) -> BTreeSet<String> {
    let of_section = rows.iter().filter(|(of, _)| of == section);
    of_section.map(|(_, quote)| quote.clone()).collect()
}

/// Texts without a row, and rows without a text.
fn differences<'a>(texts: &'a BTreeSet<String>, rows: &'a BTreeSet<String>) -> Vec<&'a str> {
    texts.symmetric_difference(rows).map(String::as_str).collect()
}

/// True if the parts of a row, between its `…`, follow one another in a text.
fn is_row_of(row: &str, text: &str) -> bool {
    let mut rest = text;
    row.split(ANY).all(|part| {
        let found = rest.split_once(part);
        found.map(|(_, after)| rest = after).is_some()
    })
}

fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

fn page() -> String {
    std::fs::read_to_string(path("docs/360learning.md")).unwrap()
}

/// All source files, without marks of code.
fn sources(folder: PathBuf) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text =
        |path: PathBuf| if path.is_dir() { sources(path) } else { std::fs::read_to_string(path).unwrap() };
    entries.map(text).collect::<String>().replace('`', "").replace("\\\"", "\"")
}

#[test]
fn the_page_says_what_to_do_about_every_error() {
    let passes_on =
        |error: &Error| matches!(error, Error::Config(_) | Error::Input(_) | Error::Api(_) | Error::Usage(_));
    let own = errors().into_iter().filter(|error| !passes_on(error)).map(|error| error.to_string());
    let below = api_errors().into_iter().chain(connection_errors().into_iter().map(ApiError::from));
    let below = below.map(|error| error.to_string());
    let config = config_errors().into_iter().map(|error| error.to_string());
    let files = ["catalog", "state"].map(|file| format!("The {file} {ANY}."));
    let texts: BTreeSet<String> =
        own.chain(below).chain(config).chain(files).map(|text| plain(&text)).collect();
    assert_eq!(differences(&texts, &of_section(&rows(&page(), "errors"), "")), [""; 0]);
}

#[test]
fn the_page_explains_every_line_of_the_log() {
    let texts: BTreeSet<String> = notices().iter().map(|notice| plain(&notice.text())).collect();
    assert_eq!(differences(&texts, &of_section(&rows(&page(), "texts"), LOG)), [""; 0]);
}

#[test]
fn the_page_explains_every_refusal_of_a_file() {
    let rows = of_section(&rows(&page(), "texts"), FILES);
    let texts: Vec<String> = refusals::all().iter().map(|text| plain(text)).collect();
    for text in &texts {
        assert!(rows.iter().any(|row| is_row_of(row, text)), "the page lacks: {text}");
    }
    for row in &rows {
        assert!(texts.iter().any(|text| is_row_of(row, text)), "is never printed: {row}");
    }
}

#[test]
fn every_other_text_of_the_page_is_in_the_sources() {
    let sources = sources(path("src"));
    for (section, row) in rows(&page(), "texts") {
        assert!([LOG, FILES].contains(&&*section) || PARTS.contains(&&*section), "a new section: {section}");
        for part in row.split(ANY).filter(|part| PARTS.contains(&&*section) && part.len() > 3) {
            assert!(sources.contains(part), "{section}: {part:?} is not in the sources");
        }
    }
}

#[test]
fn a_text_without_a_row_and_a_row_without_a_text_are_noticed() {
    let page =
        "<!-- x -->\n#### A\n| `a … b` | Do this or that. |\n| `old` | Do this or that. |\n<!-- /x -->";
    let rows = of_section(&rows(page, "x"), "A");
    let texts = ["a … b", "new"].map(str::to_owned).into();
    assert_eq!(differences(&texts, &rows), ["new", "old"]);
    assert!(is_row_of("a … b", "so a 1 b.") && !is_row_of("a … b", "b 1 a"));
    assert_eq!(plain(&format!("`x` of {NUMBER} in {NUMBER}.0 s, HTTP {STATUS}")), "x of … in … s, HTTP …");
}
