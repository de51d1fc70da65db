//! Pages, and the `Link` from one to the next.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::{Difference, Judgment, REPORT, costs, fails, harmless, none_of};
use crate::doctor::observations::{Observations, Purpose, Response, Row};
use crate::doctor::probes::{first_with_next, probed_lists};
use crate::doctor::text::count;

pub(super) fn page_size(seen: &Observations) -> Option<Judgment> {
    let other = |page: &Response| {
        let (name, rows, goes_on) = (page.request.stream.name, page.len(), page.goes_on());
        match page.request.stream.page_size.map(|size| size as usize) {
            None if goes_on => Some(format!("{name} ({rows} with a next page, instead of all)")),
            Some(size) if rows > size || goes_on && rows < size => {
                Some(format!("{name} ({rows} instead of {size})"))
            }
            _ => None,
        }
    };
    let read = || seen.responses.iter().filter(|response| response.is_read());
    let others: Vec<String> = read().filter_map(other).collect::<BTreeSet<_>>().into_iter().collect();
    let full = read().filter(|page| page.goes_on()).count();
    let holds = format!("{}, all of the documented size.", count(full, "full page"));
    none_of(&others, &format!("{}:", count(others.len(), "list")), full, holds)
}

/// Whether two responses have the same rows, by their keys, and whether in the same order. Other
/// fields may change between the two.
fn same(one: &Response, other: &Response) -> (bool, bool) {
    let keys = |response: &Response| -> Vec<String> {
        let value = |row: &Row, field: &&str| row.get(*field).map(Value::to_string).unwrap_or_default();
        let fields = response.request.stream.key.iter();
        let key = |row| fields.clone().map(|field| value(row, field)).collect::<Vec<_>>().join("\n");
        response.rows().map(key).collect()
    };
    let (mut one, mut other) = (keys(one), keys(other));
    let in_order = one == other;
    one.sort_unstable();
    other.sort_unstable();
    (one == other, in_order)
}

/// What it means that a `next` is refused: a sync then reads the list again from its first page, if
/// the status means that the `next` has expired.
fn refused(status: u16, restarts: &'static str) -> Difference {
    let advice = "Remove duplicates by key in the destination (Airbyte's deduped modes). Report it.";
    match status {
        400 | 410 => costs(restarts, advice),
        _ => fails("The stream fails: only HTTP 400 and 410 mean an expired `next`.", advice),
    }
}

/// The second page of the list that is requested several times.
fn second_page(seen: &Observations) -> Option<&Response> {
    let (first, list) = first_with_next(seen)?;
    seen.find(first.request.stream, Purpose::Page(list))
}

/// True if the second use of a `next` was refused.
fn is_good_once(seen: &Observations) -> bool {
    seen.any(Purpose::NextAgain).is_some_and(|again| again.rows.is_none())
}

pub(super) fn next_again(seen: &Observations) -> Option<Judgment> {
    let once = second_page(seen)?;
    let name = once.request.stream.name;
    if once.is_refused() {
        return Some(DiffersBy(
            fails("Lists of more than one page cannot be read: their streams fail.", REPORT),
            format!("Refused the first time, with HTTP {} for {name}.", once.raw.status),
        ));
    }
    let again = seen.any(Purpose::NextAgain)?;
    let status = again.raw.status;
    Some(if again.rows.is_none() {
        let restarts = "A list with a page that was cut off is read again from the first page, three times at most: rows may be emitted twice, and a long list may fail on a bad network.";
        DiffersBy(refused(status, restarts), format!("The second time, HTTP {status} for {name}."))
    } else if same(once, again).0 {
        Holds(format!("The same rows twice, for {name}."))
    } else {
        Differs(format!("Other rows the second time, for {name}."))
    })
}

pub(super) fn next_late(seen: &Observations) -> Option<Judgment> {
    let (late, (first, _)) = seen.any(Purpose::NextLate).zip(first_with_next(seen))?;
    let (age, name, status) =
        ((late.here - first.here).num_seconds(), late.request.stream.name, late.raw.status);
    let evidence = format!("HTTP {status} after {age} s, for {name}.");
    Some(if is_good_once(seen) {
        Unknown("A `next` can be used only once.".into())
    } else if late.rows.is_some() {
        Holds(format!("Valid after {age} s, for {name}."))
    } else if matches!(status, 400 | 410) {
        Differs(evidence)
    } else {
        DiffersBy(refused(status, ""), evidence)
    })
}

pub(super) fn same_order(seen: &Observations) -> Option<Judgment> {
    let mut again =
        [Purpose::NextAgain, Purpose::NextLate].into_iter().filter_map(|purpose| seen.any(purpose));
    let (first, second) = second_page(seen).zip(again.find(|again| again.rows.is_some()))?;
    let (rows, name) = (count(first.len(), "row"), first.request.stream.name);
    Some(match same(first, second) {
        (true, true) => Holds(format!("{rows} in the same order, for {name}.")),
        (true, false) => DiffersBy(
            harmless("None: no stream relies on an order within a page."),
            format!("The same {rows} in another order, for {name}."),
        ),
        (false, _) => Differs(format!("Other rows, for {name}.")),
    })
}

pub(super) fn next_keeps_filters(seen: &Observations) -> Option<Judgment> {
    let page = |purpose| seen.any(purpose).filter(|page| page.rows.is_some());
    let (first, next) = page(Purpose::Filtered).zip(page(Purpose::FilteredNext))?;
    let is_admitted = |row: &&Row| first.request.filter.is_some_and(|filter| filter.admits(row));
    let astray = next.len() - next.rows().filter(is_admitted).count();
    let (rows, name) = (count(next.len(), "row"), first.request.stream.name);
    Some(if !first.rows().all(|row| is_admitted(&row)) {
        Unknown("The filter is not honored on the first page.".into())
    } else if astray > 0 {
        Differs(format!("{astray} of {rows} of the second page are excluded by the filter, for {name}."))
    } else if seen.rows(first.request.stream).map(|row| is_admitted(&row)).is_sorted() {
        // A next page without the filter looks the same.
        Unknown(format!("The rows that the filter excludes come first, for {name}."))
    } else {
        Holds(format!("{rows} of the second page, none that the filter excludes, for {name}."))
    })
}

pub(super) fn next_beside_filters(seen: &Observations) -> Option<Judgment> {
    let (next, beside) = seen.any(Purpose::FilteredNext).zip(seen.any(Purpose::FilterBesideNext))?;
    let name = next.request.stream.name;
    Some(if is_good_once(seen) {
        Unknown("A `next` can be used only once.".into())
    } else if beside.rows.is_none() {
        Differs(format!("HTTP {}, for {name}.", beside.raw.status))
    } else if same(next, beside).0 {
        Holds(format!("The same rows, for {name}."))
    } else {
        Differs(format!("Other rows, for {name}."))
    })
}

pub(super) fn rows_once(seen: &Observations) -> Option<Judgment> {
    let (mut pages, mut repeated) = (0, Vec::new());
    for stream in seen.roots() {
        for list in probed_lists(stream) {
            let read = seen.pages(stream, list);
            let ids: Vec<&str> = read.iter().flat_map(|page| page.ids()).collect();
            let different = ids.iter().collect::<BTreeSet<_>>().len();
            pages += if read.len() > 1 { read.len() } else { 0 };
            if different < ids.len() {
                repeated.push(format!("{} ({} of {})", stream.name, ids.len() - different, ids.len()));
            }
        }
    }
    let holds = format!("No id twice on {}.", count(pages, "page"));
    none_of(&repeated, "Rows that came twice:", pages, holds)
}
