//! The requests and minutes of a full refresh, estimated from what was read. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::assumptions::clock;
use super::observations::{Observations, Purpose, Response, text};
use super::probes::eligible;
use crate::streams::{HiddenStatus, List, Parent, Stream, request};

/// The precision of a cost, best first.
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

/// The cost of a full refresh.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Cost {
    /// Requests.
    pub requests: usize,
    /// Rows.
    pub rows: usize,
    /// The precision of both.
    pub precision: Precision,
}

/// The cost of a full refresh of every stream that can be read.
#[derive(Debug, Serialize)]
pub struct Forecast {
    /// Requests per second that a sync reaches here.
    pub per_second: f64,
    /// All streams together.
    pub total: Cost,
    /// Minutes at that pace.
    pub minutes: f64,
    /// The streams that take a tenth of all requests or more, most first.
    pub dominating: Vec<&'static str>,
    /// Stream by stream; without those that cannot be read or of which nothing is known.
    pub streams: BTreeMap<&'static str, Cost>,
}

/// The forecast for the streams that were probed and can be read.
pub(super) fn forecast(seen: &Observations, can_read: impl Fn(&'static Stream) -> bool) -> Forecast {
    let mut streams: BTreeMap<&'static str, Cost> = BTreeMap::new();
    let mut total = Cost { requests: 0, rows: 0, precision: Precision::Exact };
    for stream in seen.streams().filter(|stream| can_read(stream)) {
        let cost = match &stream.parent {
            _ if seen.is_off(stream) => Some(Cost { requests: 1, rows: 0, precision: Precision::Exact }),
            None => of_root(seen, stream),
            Some(parent) => {
                streams.get(parent.stream.name).map(|parents| of_child(seen, stream, parent, *parents))
            }
        };
        total.precision = total.precision.max(cost.map_or(Precision::AtLeast, |cost| cost.precision));
        total.requests += cost.map_or(0, |cost| cost.requests);
        total.rows += cost.map_or(0, |cost| cost.rows);
        streams.extend(cost.map(|cost| (stream.name, cost)));
    }
    let requests = |name: &str| streams.get(name).map_or(0, |cost| cost.requests);
    let names = seen.streams().map(|stream| stream.name).filter(|name| requests(name) * 10 >= total.requests);
    let mut dominating: Vec<&'static str> = names.filter(|name| streams.contains_key(name)).collect();
    dominating.sort_by_key(|name| std::cmp::Reverse(requests(name)));
    let per_second = clock::pace(seen);
    let minutes = (float(total.requests) / per_second.max(0.01) / 6.0).round() / 10.0;
    Forecast { per_second, total, minutes, dominating, streams }
}

/// The cost of a list that has no parent; `None` if a part of it was not requested.
fn of_root(seen: &Observations, stream: &'static Stream) -> Option<Cost> {
    let mut lists = vec![(seen.pages(stream, List::Plain), 1)];
    for hidden in stream.hidden {
        let pages = if hidden.in_rows {
            seen.all_about(stream, Purpose::Status(hidden.value)).collect()
        } else {
            seen.pages(stream, List::Hidden(hidden))
        };
        // A hidden list is read again after a plain list that did not show such a row.
        lists.push((pages, if is_shown(seen, stream, hidden) { 1 } else { 2 }));
    }
    let requests = |(pages, times): &(Vec<&Response>, usize)| {
        pages.last().map(|last| (pages.len() + usize::from(last.goes_on())) * times)
    };
    let pages = || lists.iter().flat_map(|(pages, _)| pages);
    let ids: BTreeSet<&str> = pages().flat_map(|page| page.ids()).collect();
    let goes_on = lists.iter().any(|(pages, _)| pages.last().is_some_and(|last| last.goes_on()));
    let precision = if goes_on { Precision::AtLeast } else { Precision::Exact };
    Some(Cost { requests: lists.iter().map(requests).sum::<Option<usize>>()?, rows: ids.len(), precision })
}

/// The cost of a stream under so many parents.
fn of_child(seen: &Observations, stream: &'static Stream, parent: &Parent, parents: Cost) -> Cost {
    let is_known = |response: &&Response| {
        response.request.purpose == Purpose::Child
            && (response.rows.is_some() || response.is_empty_by_code() || response.is_absence())
    };
    let (long, short): (Vec<&Response>, Vec<&Response>) =
        seen.about(stream).filter(is_known).partition(|response| response.goes_on());
    let not_shown = stream.hidden.iter().filter(|hidden| !is_shown(seen, stream, hidden)).count();
    let variants = request::variants(stream).len();
    let read = seen.rows(parent.stream).count().max(1);
    let requested = float(parents.rows) * float(eligible(seen, stream).len()) / float(read);
    // A few long lists, such as the group of all users, are counted once. Many are what is normal.
    let (pages, once, usual) = if long.len() > short.len() { (2, vec![], long) } else { (1, long, short) };
    let rows = |responses: &[&Response]| responses.iter().map(|response| response.len()).sum::<usize>();
    let per_list = float(rows(&usual)) / float(usual.len().max(1));
    let is_long = pages > 1 || !once.is_empty();
    let precision = if is_long { Precision::AtLeast } else { Precision::About };
    Cost {
        requests: rounded(requested) * variants * (1 + not_shown) * pages + once.len(),
        rows: rounded(requested * per_list * float(variants)) + rows(&once),
        precision: precision.max(parents.precision),
    }
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

#[expect(clippy::cast_precision_loss, reason = "far fewer rows than a double counts")]
fn float(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of rows, rounded")]
fn rounded(number: f64) -> usize {
    number.round() as usize
}
