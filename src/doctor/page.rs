//! The report as a page, from a template.

use minijinja::value::Serde;
use minijinja::{Environment, context};

use super::assumptions::{Effect, Finding, Verdict};
use super::report::Report;
use super::text::grouped;

const TEMPLATE: &str = include_str!("page.md.jinja");

/// The page for people.
pub(super) fn render(report: &Report) -> String {
    let with = |verdict| report.verdicts.iter().filter(move |finding| finding.verdict == verdict);
    let is_to_do = |finding: &&Finding| finding.effect != Effect::None && !finding.advice.is_empty();
    let (mut to_do, harmless): (Vec<_>, Vec<_>) = with(Verdict::Differs).partition(is_to_do);
    to_do.sort_by_key(|finding| finding.effect);
    let page = context! {
        report => Serde(report),
        // False if the first sentence says that nothing was checked, and why.
        is_checked => report.is_checked,
        // Worst first.
        to_do => Serde(to_do),
        harmless => Serde(harmless),
        holds => Serde(with(Verdict::AsAssumed).collect::<Vec<_>>()),
        unknown => Serde(with(Verdict::Unknown).collect::<Vec<_>>()),
    };
    let mut environment = Environment::new();
    environment.add_filter("grouped", grouped);
    environment.add_filter("cell", |text: String| text.replace('|', "\\|"));
    environment.add_filter("names", |names: Vec<String>| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    });
    environment
        .render_str(TEMPLATE, page)
        .expect("the template fits the report: a test renders every part of it")
}
