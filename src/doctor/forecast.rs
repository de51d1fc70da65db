//! The requests and minutes of a full refresh, estimated from what was read. Pure.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::assumptions::clock;
use super::observations::{Observations, Purpose, Response, text};
use super::probes::eligible;
use super::text::grouped;
use crate::streams::{HiddenStatus, List, Parent, Stream, request};

/// The precision of a number, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Counted.
    Exact,
    /// Estimated from a few parents.
    About,
    /// There is more than was counted.
    AtLeast,
}

/// A number and its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number.
    pub number: usize,
    /// Its precision.
    pub precision: Precision,
}

/// The cost of one stream.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cost {
    /// The stream.
    pub stream: &'static str,
    /// Requests; `null` if the stream cannot be read, or too little is known.
    pub requests: Option<Count>,
    /// Rows; `null` if no parent could be sampled.
    pub rows: Option<Count>,
}

/// The cost of a full refresh of every readable stream.
#[derive(Debug, Serialize)]
pub struct Forecast {
    /// Requests per second that a sync reaches here.
    pub per_second: f64,
    /// Requests, all streams together.
    pub requests: Count,
    /// Minutes at that pace.
    pub minutes: f64,
    /// The streams that take a tenth of all requests or more, most first.
    pub dominating: Vec<&'static str>,
    /// Stream by stream, as in the table.
    pub streams: Vec<Cost>,
}

/// The forecast for the streams that were probed and can be read.
pub(super) fn forecast(seen: &Observations, is_readable: impl Fn(&'static Stream) -> bool) -> Forecast {
    let mut streams: Vec<Cost> = Vec::new();
    let mut total = exact(0);
    for stream in seen.streams() {
        let rows_of = |of: &Parent| streams.iter().find(|cost| cost.stream == of.stream.name)?.rows;
        let cost = match &stream.parent {
            _ if !is_readable(stream) => None,
            None => of_root(seen, stream),
            Some(parent) => rows_of(parent).map(|parents| of_child(seen, stream, parent, parents)),
        };
        if let Some((requests, _)) = cost {
            total.number += requests.number;
            total.precision = total.precision.max(requests.precision);
        } else if is_readable(stream) {
            total.precision = Precision::AtLeast;
        }
        let (requests, rows) = cost.map_or((None, None), |(requests, rows)| (Some(requests), rows));
        streams.push(Cost { stream: stream.name, requests, rows });
    }
    let number = |cost: &&Cost| cost.requests.map_or(0, |requests| requests.number);
    let mut dominating: Vec<&Cost> =
        streams.iter().filter(|cost| number(cost) * 10 >= total.number.max(1)).collect();
    dominating.sort_by_key(|cost| std::cmp::Reverse(number(cost)));
    let dominating = dominating.into_iter().map(|cost| cost.stream).collect();
    let per_second = clock::pace(seen);
    let minutes = (float(total.number) / per_second.max(0.01) / 6.0).round() / 10.0;
    Forecast { per_second, requests: total, minutes, dominating, streams }
}

/// Requests and rows of a list that has no parent; `None` if a part of it was not requested.
fn of_root(seen: &Observations, stream: &'static Stream) -> Option<(Count, Option<Count>)> {
    if is_off(seen, stream) {
        return Some((exact(1), Some(exact(0))));
    }
    let plain = seen.pages(stream, List::Plain);
    let (mut requests, mut precision) = (length(&plain)?, Precision::Exact);
    let mut ids = BTreeSet::new();
    for hidden in stream.hidden {
        let pages = match hidden.in_rows {
            true => seen.find(stream, Purpose::Status(hidden.value)).into_iter().collect(),
            false => seen.pages(stream, List::Hidden(hidden)),
        };
        // A hidden list is read again after a plain list that did not show such a row.
        requests += length(&pages)? * if is_shown(seen, stream, hidden) { 1 } else { 2 };
        precision = precision.max(precision_of(&pages));
        ids.extend(pages.iter().flat_map(|page| page.ids()));
    }
    precision = precision.max(precision_of(&plain));
    ids.extend(plain.iter().flat_map(|page| page.ids()));
    Some((Count { number: requests, precision }, Some(Count { number: ids.len(), precision })))
}

/// Requests and rows under so many parents. Rows are not known if no parent could be sampled.
fn of_child(
    seen: &Observations,
    stream: &'static Stream,
    parent: &Parent,
    parents: Count,
) -> (Count, Option<Count>) {
    if is_off(seen, stream) {
        return (exact(1), Some(exact(0)));
    }
    let share = float(eligible(seen, stream).len()) / float(seen.rows(parent.stream).count().max(1));
    let requested = times(parents, share);
    let is_known = |response: &&Response| {
        response.request.purpose == Purpose::Child
            && (response.rows.is_some() || response.is_empty_by_code() || response.is_absence())
    };
    let known: Vec<&Response> = seen.about(stream).filter(is_known).collect();
    let long = known.iter().filter(|response| response.goes_on()).count();
    let pages = if long * 2 > known.len() { 2 } else { 1 };
    let not_shown = stream.hidden.iter().filter(|hidden| !is_shown(seen, stream, hidden)).count();
    let variants = request::variants(stream).len();
    let least = if long > 0 { Precision::AtLeast } else { requested.precision };
    let requests = Count { number: requested.number * variants * (1 + not_shown) * pages, precision: least };
    let rows: usize = known.iter().map(|response| response.len()).sum();
    let per_parent = float(rows * variants) / float(known.len().max(1));
    let rows = match (requested.number, known.len()) {
        (0, _) => Some(exact(0)),
        (_, 0) => None,
        _ => Some(times(Count { precision: least.max(Precision::About), ..requested }, per_parent)),
    };
    (requests, rows)
}

/// True if the feature is off for the whole account: one request shows it.
fn is_off(seen: &Observations, stream: &'static Stream) -> bool {
    seen.about(stream).any(|response| stream.off_codes.contains(&response.raw.code.as_str()))
}

/// True if a plain list of the stream shows rows with this status.
fn is_shown(seen: &Observations, stream: &'static Stream, hidden: &'static HiddenStatus) -> bool {
    if hidden.in_rows {
        return seen.rows(stream).any(|row| text(row, "status") == Some(hidden.value));
    }
    let ids =
        |list| -> BTreeSet<&str> { seen.pages(stream, list).into_iter().flat_map(Response::ids).collect() };
    let hidden = ids(List::Hidden(hidden));
    !hidden.is_empty() && hidden.is_subset(&ids(List::Plain))
}

/// The pages of a list: those that were read, and one more if it goes on.
fn length(pages: &[&Response]) -> Option<usize> {
    pages.last().map(|last| pages.len() + usize::from(last.goes_on()))
}

fn precision_of(pages: &[&Response]) -> Precision {
    if pages.last().is_some_and(|last| last.goes_on()) { Precision::AtLeast } else { Precision::Exact }
}

fn exact(number: usize) -> Count {
    Count { number, precision: Precision::Exact }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of rows, rounded")]
fn times(count: Count, factor: f64) -> Count {
    if (factor - 1.0).abs() < f64::EPSILON {
        return count;
    }
    let number = (float(count.number) * factor).round() as usize;
    Count { number, precision: count.precision.max(Precision::About) }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer rows than a double counts")]
fn float(number: usize) -> f64 {
    number as f64
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = match self.precision {
            Precision::Exact => "",
            Precision::About => "about ",
            Precision::AtLeast => "at least ",
        };
        write!(f, "{precision}{}", grouped(self.number))
    }
}
