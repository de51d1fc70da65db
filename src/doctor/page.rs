//! The report as a page, from a template.

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

use super::assumptions::{Effect, Finding, Verdict};
use super::report::Report;
use super::text::grouped;

const TEMPLATE: &str = include_str!("page.md.jinja");

/// What the template shows.
#[derive(Serialize)]
struct Page<'a> {
    report: &'a Report,
    /// False if the first sentence says that nothing was checked, and why.
    is_checked: bool,
    /// Differences with something to do, worst first.
    to_do: Vec<&'a Finding>,
    /// The others.
    harmless: Vec<&'a Finding>,
    holds: Vec<&'a Finding>,
    unknown: Vec<&'a Finding>,
}

/// The page for people.
pub(super) fn render(report: &Report) -> String {
    let with = |verdict| report.verdicts.iter().filter(move |finding| finding.verdict == verdict);
    let is_to_do = |finding: &&Finding| match finding.effect {
        Effect::Fails | Effect::Rows => true,
        Effect::Cost => !finding.advice.is_empty(),
        Effect::None => false,
    };
    let (mut to_do, harmless): (Vec<_>, Vec<_>) = with(Verdict::Differs).partition(is_to_do);
    to_do.sort_by_key(|finding| finding.effect);
    let (holds, unknown) = (with(Verdict::AsAssumed).collect(), with(Verdict::Unknown).collect());
    let page = Page { report, is_checked: report.is_checked, to_do, harmless, holds, unknown };
    let mut environment = Environment::new();
    environment.add_filter("grouped", grouped);
    environment.add_filter("cell", |text: String| text.replace('|', "\\|"));
    environment.add_filter("names", |names: Vec<String>| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    });
    environment
        .render_str(TEMPLATE, Value::from(Serde(page)))
        .expect("the template fits the report: a test renders every part of it")
}
