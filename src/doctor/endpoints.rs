//! What was seen of each stream's endpoint. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fields::{self, Fields};
use super::seen::{Answer, Purpose, Seen, instant};
use super::verdicts::clock::latency;
use super::verdicts::dates::{cursor_fields, without_dates};
use super::verdicts::filters::{self, Filtering};
use crate::streams::{STREAMS, Stream};

/// The facts of one endpoint.
#[derive(Debug, Serialize)]
pub struct Endpoint {
    /// The stream.
    pub stream: &'static str,
    /// Its path under `/api/v2`.
    pub path: &'static str,
    /// The scope that it needs.
    pub scope: &'static str,
    /// Whether the scope is granted; `null` where nothing tells.
    pub granted: Option<bool>,
    /// GETs that were made to it.
    pub requests: usize,
    /// How often each answer came: `200`, or a refusal with its code.
    pub answers: BTreeMap<String, usize>,
    /// Rows that were seen, as a sync reads them.
    pub rows: usize,
    /// Whether a list of its own was read to its end; `null` for what is read under others.
    pub whole: Option<bool>,
    /// Documented rows of a full page.
    pub documented_page: Option<u32>,
    /// Rows of the pages that another one follows.
    pub full_pages: Vec<usize>,
    /// How the next page is told.
    pub link: Option<String>,
    /// The order of `_id` on its pages: `ascending`, `descending`, `none`; `null` where there are too few rows.
    pub order_of_ids: Option<&'static str>,
    /// The same of `modifiedAt`.
    pub order_of_changes: Option<&'static str>,
    /// Rows without any date of the stream's cursor.
    pub undated: usize,
    /// `honoured`, `ignored` or `refused`; `null` where it was not asked.
    pub date_filter: Option<&'static str>,
    /// The same of a filter by status.
    pub status_filter: Option<&'static str>,
    /// Dates with milliseconds, without, with an offset from UTC, and those that cannot be read.
    pub dates: [usize; 4],
    /// Half of the answers came within.
    pub median_ms: Option<u128>,
    /// 95 of 100 answers came within.
    pub p95_ms: Option<u128>,
    /// Answers that came packed.
    pub packed: usize,
    /// Fields that the schema does not know, and on how many rows.
    pub new_fields: BTreeMap<String, usize>,
    /// Fields with a value of another type than the schema's.
    pub other_types: BTreeMap<String, usize>,
    /// Values that are not documented, by field.
    pub new_values: BTreeMap<String, BTreeMap<String, usize>>,
    /// Fields of the schema that came on no row.
    pub never_came: Vec<String>,
}

/// Every endpoint, as in the table.
pub(super) fn all(seen: &Seen) -> Vec<Endpoint> {
    STREAMS.iter().map(|stream| endpoint(seen, stream)).collect()
}

fn endpoint(seen: &Seen, stream: &'static Stream) -> Endpoint {
    let answers: Vec<&Answer> = seen.about(stream).collect();
    let Fields { came, unknown, mistyped, new_values, dates } = seen.fields(stream);
    let ms = |percent| latency(answers.iter().copied(), percent).map(|took| took.as_millis());
    let rows = seen.rows(stream).count();
    let mut full_pages: Vec<usize> =
        seen.reads(stream).filter(|page| page.goes_on()).map(Answer::len).collect();
    full_pages.sort_unstable();
    full_pages.dedup();
    Endpoint {
        stream: stream.name,
        path: stream.path,
        scope: stream.scope,
        granted: seen.is_granted(stream.scope),
        requests: answers.len(),
        answers: counted(&answers),
        rows,
        whole: stream.parent.is_none().then(|| seen.is_whole(stream)),
        documented_page: stream.page_size,
        full_pages,
        link: link(&answers),
        order_of_ids: order(seen, stream, |page| page.ids().into_iter().map(str::to_owned).collect()),
        order_of_changes: order(seen, stream, |page| {
            let dates = page.rows().filter_map(|row| instant(row, "modifiedAt"));
            dates.map(|date| format!("{:020}", date.timestamp_millis())).collect()
        }),
        undated: without_dates(seen, stream).0 * usize::from(!cursor_fields(stream).is_empty()),
        date_filter: filters::by_date(seen, stream).map(Filtering::name),
        status_filter: filters::by_status(seen, stream).map(Filtering::name),
        dates: [dates.with_milliseconds, dates.without, dates.with_offset, dates.unreadable],
        median_ms: ms(50),
        p95_ms: ms(95),
        packed: answers.iter().filter(|answer| answer.packed).count(),
        new_fields: unknown,
        other_types: mistyped,
        new_values,
        never_came: if rows == 0 {
            Vec::new()
        } else {
            fields::missing(stream, &stream.json_schema(), &came)
        },
    }
}

fn counted(answers: &[&Answer]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for answer in
        answers.iter().filter(|answer| !matches!(answer.purpose, Purpose::Nobody | Purpose::Registrations(_)))
    {
        let code = answer.code.as_str();
        let is_known = answer.stream.absent.contains(&code)
            || answer.stream.off.contains(&code)
            || matches!(code, "invalid_scope" | "tooManyRequests" | "invalid_token" | "invalidFilter");
        let name = match answer.status {
            200..=299 => answer.status.to_string(),
            status if is_known => format!("{status} {code}"),
            status => status.to_string(),
        };
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn link(answers: &[&Answer]) -> Option<String> {
    if answers.iter().any(|answer| answer.is_astray) {
        return Some("**cannot be followed**".to_owned());
    }
    let link = answers.iter().find_map(|answer| answer.link)?;
    let address = if link.absolute { "absolute" } else { "relative" };
    let quotes = if link.quoted { "quoted" } else { "unquoted" };
    let brackets = match link.encoded {
        Some(true) => ", encoded brackets",
        Some(false) => ", raw brackets",
        None => "",
    };
    Some(format!("{address}, {quotes}{brackets}"))
}

/// How the keys of a stream's pages are ordered, if they all agree.
fn order(
    seen: &Seen,
    stream: &'static Stream,
    keys: impl Fn(&Answer) -> Vec<String>,
) -> Option<&'static str> {
    let pages: Vec<Vec<String>> = seen.reads(stream).map(keys).filter(|keys| keys.len() > 2).collect();
    if pages.is_empty() {
        None
    } else if pages.iter().all(|keys| keys.is_sorted()) {
        Some("ascending")
    } else if pages.iter().all(|keys| keys.is_sorted_by(|one, other| one >= other)) {
        Some("descending")
    } else {
        Some("none")
    }
}
