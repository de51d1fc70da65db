//! The report as a page.

use std::fmt::Write as _;

use super::count::Count;
use super::endpoints::Endpoint;
use super::report::Report;
use super::verdict::{Effect, Finding, Verdict, count};

/// The page for people.
pub(super) fn page(report: &Report) -> String {
    // Writing to a string cannot fail, so the results are dropped.
    let mut page = String::new();
    head(&mut page, report);
    differences(&mut page, report);
    table(&mut page, "As assumed", report, Verdict::AsAssumed);
    table(&mut page, "Unknown", report, Verdict::Unknown);
    forecast(&mut page, report);
    endpoints(&mut page, &report.endpoints);
    fields(&mut page, &report.endpoints);
    page
}

fn head(page: &mut String, report: &Report) {
    let run = &report.run;
    let _ = writeln!(page, "# 360Learning account check\n");
    let _ = writeln!(
        page,
        "By `source-360learning doctor` {}, on {}: {} of at most {} in {} s, all read-only. This page has counts, timings, names of fields and codes, and no value of any record.\n",
        run.connector,
        run.begun,
        count(run.requests, "request"),
        run.most_requests,
        run.seconds
    );
    if let Some(stopped) = &run.stopped {
        let _ = writeln!(
            page,
            "**It stopped early**: {stopped} Assumptions that were not probed could not be checked.\n"
        );
    }
    let of = |verdict| report.with(verdict).len();
    let serious = report.serious();
    let _ =
        writeln!(page, "| as assumed | differs | of these, serious | unknown |\n| --- | --- | --- | --- |");
    let _ = writeln!(
        page,
        "| {} | {} | {serious} | {} |\n",
        of(Verdict::AsAssumed),
        of(Verdict::Differs),
        of(Verdict::Unknown)
    );
    let forecast = &report.forecast;
    let _ = writeln!(
        page,
        "A full refresh of all readable streams takes {} requests, {} minutes at {:.0} per second, and emits {} rows. A daily incremental sync takes {} requests, {} minutes.",
        forecast.full.requests,
        forecast.full.minutes,
        forecast.per_second,
        forecast.full.rows,
        forecast.incremental.requests,
        forecast.incremental.minutes
    );
}

fn harm(effect: Effect) -> &'static str {
    match effect {
        Effect::Fails => "streams fail",
        Effect::Rows => "rows may be missing",
        Effect::Cost => "it costs more",
        Effect::None => "no harm",
    }
}

fn differences(page: &mut String, report: &Report) {
    let _ = writeln!(page, "\n## Differences\n");
    let differences = report.with(Verdict::Differs);
    if differences.is_empty() {
        let _ = writeln!(page, "Nothing.");
    }
    for Finding { id, assumption, effect, seen, meaning, advice, .. } in differences {
        let harm = harm(*effect);
        let _ = writeln!(
            page,
            "* **`{id}`**, {harm}. Assumed: {assumption}\n  * Observed: {seen}\n  * Consequence: {meaning}"
        );
        let advice = if advice.is_empty() { "Nothing." } else { advice };
        let _ = writeln!(page, "  * To do: {advice}");
    }
}

fn table(page: &mut String, title: &str, report: &Report, verdict: Verdict) {
    let second = if verdict == Verdict::AsAssumed { "seen" } else { "why" };
    let _ = writeln!(
        page,
        "\n## {title}\n\n| | assumption | {second} | consequence |\n| --- | --- | --- | --- |"
    );
    for finding in report.with(verdict) {
        let Finding { id, assumption, seen, meaning, .. } = finding;
        let _ = writeln!(page, "| `{id}` | {} | {} | {} |", cell(assumption), cell(seen), cell(meaning));
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn forecast(page: &mut String, report: &Report) {
    let forecast = &report.forecast;
    let _ = writeln!(
        page,
        "\n## Forecast\n\nFor all {} streams in one connection, at {:.0} requests per second. *About* is estimated from a few parents of each kind; *at least* means that a list was not read to its end. Children are assumed to have as many pages as under these parents. Incremental means a daily sync.\n",
        forecast.lines.len(),
        forecast.per_second
    );
    let _ = writeln!(
        page,
        "| stream | rows | requests, full | minutes | requests, incremental | rows, incremental |\n| --- | --- | --- | --- | --- | --- |"
    );
    let rows = |rows: Option<Count>| rows.map_or("not known".to_owned(), |rows| rows.to_string());
    for line in &forecast.lines {
        let (Some(full), Some(incremental), Some(minutes)) = (line.full, line.incremental, line.minutes)
        else {
            let _ = writeln!(page, "| `{}` | not known | | | | |", line.stream);
            continue;
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            line.stream,
            rows(full.rows),
            full.requests,
            if minutes < 0.1 { "< 0.1".to_owned() } else { minutes.to_string() },
            incremental.requests,
            rows(incremental.rows)
        );
    }
    let (full, next) = (&forecast.full, &forecast.incremental);
    let _ = writeln!(
        page,
        "| **all** | {} | {} | {} | {} ({} minutes) | {} |\n",
        full.rows, full.requests, full.minutes, next.requests, next.minutes, next.rows
    );
    if !forecast.dominating.is_empty() {
        let names: Vec<String> = forecast.dominating.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "Each at least a tenth of all requests: {}.\n", names.join(", "));
    }
    let _ = writeln!(page, "{}", forecast.advice);
}

fn endpoints(page: &mut String, endpoints: &[Endpoint]) {
    let _ = writeln!(
        page,
        "\n## Endpoints\n\n| stream | responses | scope | rows seen | full page (documented) | next page | order of `_id`, `modifiedAt` | without a date | filter by date, status | median, p95 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    for one in endpoints {
        let responses: Vec<String> =
            one.responses.iter().map(|(name, times)| format!("{times} × {name}")).collect();
        let granted = one.granted.map_or("?", |granted| if granted { "granted" } else { "**missing**" });
        let rest = if one.read_in_full == Some(false) { ", more" } else { "" };
        let sizes: Vec<String> = one.full_pages.iter().map(ToString::to_string).collect();
        let documented = one.documented_page.map_or("unpaged".to_owned(), |size| size.to_string());
        let sizes = if sizes.is_empty() { "–".to_owned() } else { sizes.join(", ") };
        let either = |text: Option<&str>| text.unwrap_or("–").to_owned();
        let ms = |ms: Option<u128>| ms.map_or("–".to_owned(), |ms| format!("{ms} ms"));
        let _ = writeln!(
            page,
            "| `{}` | {} | {granted} | {}{rest} | {sizes} ({documented}) | {} | {}, {} | {} | {}, {} | {}, {} |",
            one.stream,
            responses.join(", "),
            one.rows,
            one.link.as_deref().unwrap_or("–"),
            either(one.order_of_ids),
            either(one.order_of_changes),
            one.undated,
            either(one.date_filter),
            either(one.status_filter),
            ms(one.median_ms),
            ms(one.p95_ms)
        );
    }
}

fn fields(page: &mut String, endpoints: &[Endpoint]) {
    let _ = writeln!(
        page,
        "\n## Fields\n\nA field that never came may be optional, or belong to an unused feature.\n\n| stream | new fields | new values | other types | never came |\n| --- | --- | --- | --- | --- |"
    );
    for one in endpoints {
        let named = |fields: &std::collections::BTreeMap<String, usize>| -> String {
            fields.iter().map(|(name, rows)| format!("`{name}` ({rows})")).collect::<Vec<_>>().join(", ")
        };
        let values: Vec<String> =
            one.new_values.iter().map(|(field, values)| format!("`{field}`: {}", named(values))).collect();
        let never: Vec<String> = one.never_came.iter().map(|name| format!("`{name}`")).collect();
        let (new, types) = (named(&one.new_fields), named(&one.other_types));
        if new.is_empty() && types.is_empty() && values.is_empty() && never.is_empty() {
            continue;
        }
        let _ = writeln!(
            page,
            "| `{}` | {new} | {} | {types} | {} |",
            one.stream,
            values.join("; "),
            never.join(", ")
        );
    }
}
