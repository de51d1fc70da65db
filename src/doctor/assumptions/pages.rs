//! Pages, and the `Link` from one to the next.

use std::collections::BTreeSet;

use chrono::SubsecRound as _;
use serde_json::Value;

use super::Effect::{Cost, Fails};
use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::filters::written;
use super::{Difference, Judgment, Observations, REPORT, difference, harmless, none_of};
use crate::doctor::exchange::{Outcome, Purpose, Request, Response, Row};
use crate::doctor::observations::is_parent;
use crate::doctor::text::count;
use crate::streams::{BULK_OPERATIONS, COURSE_STATS, COURSES, List, PATH_SESSIONS, PATHS, Stream};

/// Lists whose second page is requested with a filter, and the field of that filter.
const FILTERED: [(&Stream, &str); 5] = [
    (&COURSE_STATS, "completedAt"),
    (&PATH_SESSIONS, "createdAt"),
    (&COURSES, "createdAt"),
    (&PATHS, "createdAt"),
    (&BULK_OPERATIONS, "createdAt"),
];

fn has_next(response: &Response) -> bool {
    response.is_page() && response.raw.next.is_some()
}

/// The first page that has a next page, and its list. That next page is requested three times.
fn first_with_next(seen: &Observations) -> Option<(&Response, List)> {
    seen.responses.iter().find_map(|response| match response.request.purpose {
        Purpose::List(list) if has_next(response) => Some((response, list)),
        _ => None,
    })
}

fn second_page(seen: &Observations) -> Option<&Response> {
    let (first, list) = first_with_next(seen)?;
    seen.find(first.request.stream, Purpose::Page(list))
}

fn again(seen: &Observations, purpose: Purpose) -> Option<Request> {
    let (first, _) = first_with_next(seen)?;
    first.follow(purpose).filter(|_| second_page(seen).is_some_and(Response::is_page))
}

/// The second page of one list, twice.
pub(in crate::doctor) fn second(seen: &Observations) -> Vec<Request> {
    let once = first_with_next(seen).and_then(|(first, list)| first.follow(Purpose::Page(list)));
    once.into_iter().chain(again(seen, Purpose::NextAgain)).collect()
}

/// The same page at the end of the run.
pub(in crate::doctor) fn late(seen: &Observations) -> Vec<Request> {
    again(seen, Purpose::NextLate).into_iter().collect()
}

/// The second page of a filtered list, by its `Link` alone and with the filter repeated beside it.
pub(in crate::doctor) fn filtered(seen: &Observations) -> Vec<Request> {
    let is_long = |stream| seen.find(stream, Purpose::List(List::Plain)).is_some_and(has_next);
    let long = FILTERED.into_iter().find(|(stream, _)| is_long(stream));
    // Most rows pass, so that there is a second page; not all, so that an ignored filter shows.
    let first = long.and_then(|(stream, field)| {
        let dates = seen.dates(stream, field);
        let from = dates.get(dates.len() / 10)?.trunc_subsecs(0);
        Some(Request::new(stream, Purpose::Filtered, format!("{field}[gte]={}", written(from))))
    });
    let next = seen.page(Purpose::Filtered).and_then(|first| first.follow(Purpose::FilteredNext));
    let beside = seen.page(Purpose::FilteredNext).zip(first.as_ref()).map(|(next, first)| {
        let query = format!("{}&{}", next.request.query, first.query);
        Request { purpose: Purpose::FilterBesideNext, query, ..next.request.clone() }
    });
    first.clone().into_iter().chain(next).chain(beside).collect()
}

/// The next page of each list: first of those that have children, and of those with the fewest pages.
pub(in crate::doctor) fn further(seen: &Observations) -> Vec<Request> {
    let next = |(stream, list)| {
        let pages = seen.pages(stream, list);
        let next = pages.last()?.follow(Purpose::Page(list))?;
        Some(((!is_parent(stream), pages.len()), next))
    };
    let mut requests: Vec<_> = seen.lists().filter_map(next).collect();
    requests.sort_by_key(|(order, _)| *order);
    requests.into_iter().map(|(_, request)| request).collect()
}

pub(super) fn page_size(seen: &Observations) -> Option<Judgment> {
    let other = |page: &Response| {
        let (name, rows) = (page.name(), page.rows.len());
        match page.request.stream.page_size.map(|size| size as usize) {
            None if page.goes_on() => Some(format!("{name} ({rows} with a next page, instead of all)")),
            Some(size) if rows > size || page.goes_on() && rows < size => {
                Some(format!("{name} ({rows} instead of {size})"))
            }
            _ => None,
        }
    };
    let others: Vec<String> =
        seen.all_reads().filter_map(other).collect::<BTreeSet<_>>().into_iter().collect();
    let full = seen.all_reads().filter(|page| page.goes_on()).count();
    let holds = format!("{}, all of the documented size.", count(full, "full page"));
    none_of(&others, &format!("{}:", count(others.len(), "list")), full, holds)
}

/// Whether two responses have the same rows in the same order; `None` if they have other rows. Rows are
/// compared by their keys: other fields may change between the two.
fn is_in_order(one: &Response, other: &Response) -> Option<bool> {
    let values = |row: &Row, key: &[&str]| -> Vec<Option<String>> {
        key.iter().map(|field| row.get(field).map(Value::to_string)).collect()
    };
    let keys = |response: &Response| -> Vec<_> {
        response.rows.iter().map(|row| values(row, response.request.stream.key)).collect()
    };
    let (mut one, mut other) = (keys(one), keys(other));
    let is_in_order = one == other;
    one.sort_unstable();
    other.sort_unstable();
    (one == other).then_some(is_in_order)
}

const USED_ONCE: &str = "A `next` can be used only once.";

/// True if the second use of a `next` was refused.
fn is_good_once(seen: &Observations) -> bool {
    seen.any(Purpose::NextAgain).is_some_and(|again| !again.is_page())
}

const REMOVE_DUPLICATES: &str =
    "Remove duplicates by key in the destination (Airbyte's deduped modes). Report it.";

/// A sync reads a list again from its first page only if its `next` has expired.
const NOT_EXPIRED: Difference =
    difference(Fails, "The stream fails: only HTTP 400 and 410 mean an expired `next`.", REMOVE_DUPLICATES);

pub(super) fn next_again(seen: &Observations) -> Option<Judgment> {
    let once = second_page(seen)?;
    let name = once.name();
    if once.outcome == Outcome::Refused {
        let meaning = "Lists of more than one page cannot be read: their streams fail.";
        let evidence = format!("Refused the first time, with HTTP {} for {name}.", once.raw.status);
        return Some(DiffersBy(difference(Fails, meaning, REPORT), evidence));
    }
    let again = seen.any(Purpose::NextAgain)?;
    let refused = format!("The second time, HTTP {} for {name}.", again.raw.status);
    let restarts = "A list with a page that was cut off is read again from the first page, three times at most: rows may be emitted twice, and a long list may fail on a bad network.";
    Some(match (again.is_page(), is_in_order(once, again)) {
        (true, Some(_)) => Holds(format!("The same rows twice, for {name}.")),
        (true, None) => Differs(format!("Other rows the second time, for {name}.")),
        _ if again.has_expired() => DiffersBy(difference(Cost, restarts, REMOVE_DUPLICATES), refused),
        _ => DiffersBy(NOT_EXPIRED, refused),
    })
}

pub(super) fn next_late(seen: &Observations) -> Option<Judgment> {
    let (late, (first, _)) = seen.any(Purpose::NextLate).zip(first_with_next(seen))?;
    let (age, name) = ((late.at - first.at).num_seconds(), late.name());
    let refused = format!("HTTP {} after {age} s, for {name}.", late.raw.status);
    Some(match late.raw.status {
        _ if is_good_once(seen) => Unknown(USED_ONCE.into()),
        _ if late.is_page() => Holds(format!("Valid after {age} s, for {name}.")),
        _ if late.has_expired() => Differs(refused),
        _ => DiffersBy(NOT_EXPIRED, refused),
    })
}

pub(super) fn same_order(seen: &Observations) -> Option<Judgment> {
    let second = seen.page(Purpose::NextAgain).or_else(|| seen.page(Purpose::NextLate));
    let (first, second) = second_page(seen).zip(second)?;
    let (rows, name) = (count(first.rows.len(), "row"), first.name());
    Some(match is_in_order(first, second) {
        Some(true) => Holds(format!("{rows} in the same order, for {name}.")),
        Some(false) => DiffersBy(
            harmless("None: no stream relies on an order within a page."),
            format!("The same {rows} in another order, for {name}."),
        ),
        None => Differs(format!("Other rows, for {name}.")),
    })
}

pub(super) fn next_keeps_filters(seen: &Observations) -> Option<Judgment> {
    let (first, next) = seen.page(Purpose::Filtered).zip(seen.page(Purpose::FilteredNext))?;
    let is_admitted = |row: &Row| first.request.admits(row);
    let (rows, name) = (count(next.rows.len(), "row"), first.name());
    Some(match next.rows.iter().filter(|row| !is_admitted(row)).count() {
        _ if !first.rows.iter().all(is_admitted) => {
            Unknown("The filter is not honored on the first page.".into())
        }
        // A next page without the filter looks the same.
        0 if seen.rows(first.request.stream).map(is_admitted).is_sorted() => {
            Unknown(format!("The rows that the filter excludes come first, for {name}."))
        }
        0 => Holds(format!("{rows} of the second page, none that the filter excludes, for {name}.")),
        astray => {
            Differs(format!("{astray} of {rows} of the second page are excluded by the filter, for {name}."))
        }
    })
}

pub(super) fn next_beside_filters(seen: &Observations) -> Option<Judgment> {
    let (next, beside) = seen.any(Purpose::FilteredNext).zip(seen.any(Purpose::FilterBesideNext))?;
    let name = next.name();
    Some(match (beside.is_page(), is_in_order(next, beside)) {
        _ if is_good_once(seen) => Unknown(USED_ONCE.into()),
        (true, Some(_)) => Holds(format!("The same rows, for {name}.")),
        (true, None) => Differs(format!("Other rows, for {name}.")),
        _ => Differs(format!("HTTP {}, for {name}.", beside.raw.status)),
    })
}

pub(super) fn rows_once(seen: &Observations) -> Option<Judgment> {
    let (mut pages, mut repeated) = (0, Vec::new());
    for (stream, list) in seen.lists() {
        let read = seen.pages(stream, list);
        let ids: Vec<&str> = read.iter().flat_map(|page| page.ids()).collect();
        let different = ids.iter().collect::<BTreeSet<_>>().len();
        pages += if read.len() > 1 { read.len() } else { 0 };
        if different < ids.len() {
            repeated.push(format!("{} ({} of {})", stream.name, ids.len() - different, ids.len()));
        }
    }
    let holds = format!("No id twice on {}.", count(pages, "page"));
    none_of(&repeated, "Rows that came twice:", pages, holds)
}
