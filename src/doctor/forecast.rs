//! The requests and minutes of a full refresh, estimated from what was read. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::assumptions::clock;
use super::exchange::{Purpose, Response, text};
use super::observations::Observations;
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

const NOTHING: Cost = Cost { requests: 0, rows: 0, precision: Precision::Exact };

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

/// The forecast for the streams that were probed and whose scopes are granted.
pub(super) fn forecast(seen: &Observations) -> Forecast {
    let mut streams: BTreeMap<&'static str, Cost> = BTreeMap::new();
    let mut total = NOTHING;
    for stream in seen.streams().filter(|stream| !seen.is_forbidden(stream)) {
        let cost = match &stream.parent {
            _ if seen.is_off(stream) => Some(Cost { requests: 1, ..NOTHING }),
            None => of_root(seen, stream),
            Some(parent) => {
                streams.get(parent.stream.name).map(|parents| of_child(seen, stream, parent, *parents))
            }
        };
        let Some(cost) = cost else {
            total.precision = Precision::AtLeast;
            continue;
        };
        total.requests += cost.requests;
        total.rows += cost.rows;
        total.precision = total.precision.max(cost.precision);
        streams.insert(stream.name, cost);
    }
    let dominates = |name: &&str| streams.get(name).is_some_and(|cost| cost.requests * 10 >= total.requests);
    let mut dominating: Vec<_> = seen.streams().map(|stream| stream.name).filter(dominates).collect();
    dominating.sort_by_key(|name| Reverse(streams[name].requests));
    let per_second = clock::pace(seen);
    let minutes = (float(total.requests) / per_second.max(0.01) / 6.0).round() / 10.0;
    Forecast { per_second, total, minutes, dominating, streams }
}

/// The cost of a list that has no parent; `None` if a part of it was not requested.
fn of_root(seen: &Observations, stream: &'static Stream) -> Option<Cost> {
    let (mut cost, mut ids) = (NOTHING, BTreeSet::new());
    let probed = |status| seen.find(stream, Purpose::Status(status)).into_iter().collect();
    for list in request::lists(stream) {
        let pages: Vec<&Response> = match list {
            List::Hidden(hidden) if hidden.in_rows => probed(hidden.value),
            _ => seen.pages(stream, list),
        };
        // A hidden list is read again after a plain list that did not show such a row.
        let is_read_again = matches!(list, List::Hidden(hidden) if !is_shown(seen, stream, hidden));
        let goes_on = pages.last()?.goes_on();
        cost.requests += (pages.len() + usize::from(goes_on)) * (1 + usize::from(is_read_again));
        if goes_on {
            cost.precision = Precision::AtLeast;
        }
        ids.extend(pages.into_iter().flat_map(Response::ids));
    }
    Some(Cost { rows: ids.len(), ..cost })
}

/// The cost of a stream under so many parents.
fn of_child(seen: &Observations, stream: &'static Stream, parent: &Parent, parents: Cost) -> Cost {
    let (long, short): (Vec<&Response>, Vec<&Response>) =
        seen.about(stream).filter(|response| response.is_answer()).partition(|response| response.goes_on());
    // A few long lists, such as the group of all users, are counted once. Many are what is normal.
    let (pages, once, usual) = if long.len() > short.len() { (2, vec![], long) } else { (1, long, short) };
    let precision = if pages > 1 || !once.is_empty() { Precision::AtLeast } else { Precision::About };
    let rows = |responses: &[&Response]| responses.iter().map(|one| one.rows.len()).sum::<usize>();
    let per_list = float(rows(&usual)) / float(usual.len().max(1));
    let read = seen.rows(parent.stream).count().max(1);
    let requested = float(parents.rows) * float(seen.eligible(stream).len()) / float(read);
    let not_shown = stream.hidden.iter().filter(|hidden| !is_shown(seen, stream, hidden)).count();
    let variants = request::variants(stream).len();
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
