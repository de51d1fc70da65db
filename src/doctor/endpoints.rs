//! The observed facts of each endpoint. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fields::{self, Fields};
use super::observations::{Observations, Probe, Response, instant};
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
    /// True if the scope is granted; `null` if no response shows it.
    pub granted: Option<bool>,
    /// GETs sent to it.
    pub requests: usize,
    /// How often each response came: `200`, or an error with its code.
    pub responses: BTreeMap<String, usize>,
    /// Rows, as a sync reads them.
    pub rows: usize,
    /// True if a root list was read to its end; `null` for children.
    pub read_in_full: Option<bool>,
    /// Documented rows of a full page.
    pub documented_page: Option<u32>,
    /// Rows of the pages that have a next page.
    pub full_pages: Vec<usize>,
    /// The form of the `Link` to the next page.
    pub link: Option<String>,
    /// The order of `_id` on its pages: `ascending`, `descending`, `none`; `null` if there are too
    /// few rows.
    pub order_of_ids: Option<&'static str>,
    /// The same of `modifiedAt`.
    pub order_of_changes: Option<&'static str>,
    /// Rows without any date of the stream's cursor.
    pub undated: usize,
    /// `honored`, `ignored` or `refused`; `null` if it was not tried or nothing shows it.
    pub date_filter: Option<&'static str>,
    /// The same of a filter by status.
    pub status_filter: Option<&'static str>,
    /// Dates with milliseconds, without, with an offset from UTC, and unreadable ones.
    pub dates: [usize; 4],
    /// The median response time.
    pub median_ms: Option<u128>,
    /// The 95th percentile of the response times.
    pub p95_ms: Option<u128>,
    /// Answers that came packed.
    pub packed: usize,
    /// Fields that the schema does not have, and their number of rows.
    pub new_fields: BTreeMap<String, usize>,
    /// Fields with a value of another type than in the schema.
    pub other_types: BTreeMap<String, usize>,
    /// Undocumented values, by field.
    pub new_values: BTreeMap<String, BTreeMap<String, usize>>,
    /// Fields of the schema that came on no row.
    pub never_came: Vec<String>,
}

/// Every endpoint, as in the table.
pub(super) fn all(seen: &Observations) -> Vec<Endpoint> {
    STREAMS.iter().map(|stream| endpoint(seen, stream)).collect()
}

fn endpoint(seen: &Observations, stream: &'static Stream) -> Endpoint {
    let responses: Vec<&Response> = seen.about(stream).collect();
    let Fields { came, unknown, mistyped, new_values, dates } = seen.fields(stream);
    let ms = |percent| latency(responses.iter().copied(), percent).map(|took| took.as_millis());
    let rows = seen.rows(stream).count();
    let mut full_pages: Vec<usize> =
        seen.reads(stream).filter(|page| page.goes_on()).map(Response::len).collect();
    full_pages.sort_unstable();
    full_pages.dedup();
    Endpoint {
        stream: stream.name,
        path: stream.path,
        scope: stream.scope,
        granted: seen.is_granted(stream.scope),
        requests: responses.len(),
        responses: counted(&responses),
        rows,
        read_in_full: stream.parent.is_none().then(|| seen.is_read_in_full(stream)),
        documented_page: stream.page_size,
        full_pages,
        link: link(&responses),
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
        packed: responses.iter().filter(|response| response.packed).count(),
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

fn counted(responses: &[&Response]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for response in responses
        .iter()
        .filter(|response| !matches!(response.probe, Probe::MissingParent | Probe::CompanyRegistrations(_)))
    {
        let code = response.code.as_str();
        let is_known = response.is_absence()
            || response.is_empty_by_code()
            || matches!(code, "invalid_scope" | "tooManyRequests" | "invalid_token" | "invalidFilter");
        let name = match response.status {
            200..=299 => response.status.to_string(),
            status if is_known => format!("{status} {code}"),
            status => status.to_string(),
        };
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn link(responses: &[&Response]) -> Option<String> {
    if responses.iter().any(|response| response.is_link_unreadable) {
        return Some("**cannot be followed**".to_owned());
    }
    let link = responses.iter().find_map(|response| response.link)?;
    let address = if link.absolute { "absolute" } else { "relative" };
    let quotes = if link.quoted { "quoted" } else { "unquoted" };
    let brackets = match link.encoded {
        Some(true) => ", encoded brackets",
        Some(false) => ", raw brackets",
        None => "",
    };
    Some(format!("{address}, {quotes}{brackets}"))
}

/// The order of the keys on a stream's pages, if all agree.
fn order(
    seen: &Observations,
    stream: &'static Stream,
    keys: impl Fn(&Response) -> Vec<String>,
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
