//! Pages, and the `Link` from one to the next.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Difference, Effect, Judgement, REPORT, difference, fails, harmless, none_of};
use crate::doctor::observations::{Observations, Purpose, Response, Row};
use crate::doctor::probes::{first_with_next, probed_lists};
use crate::doctor::text::count;

const NO_SECOND_PAGE: &str = "No list has a second page.";
const NO_FILTERED_PAGE: &str = "No filtered list has a second page that could be read.";
const GOOD_ONCE: &str = "A `next` can be used only once.";

pub(super) fn page_size(seen: &Observations) -> Judgement {
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
    none_of(
        &others,
        &format!("{}:", count(others.len(), "list")),
        (full, NO_SECOND_PAGE),
        format!("{}, all of the documented size.", count(full, "full page")),
    )
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
    let (effect, meaning) = match status {
        400 | 410 => (Effect::Cost, restarts),
        _ => (Effect::Fails, "The stream fails: only HTTP 400 and 410 mean an expired `next`."),
    };
    difference(
        effect,
        meaning,
        "Remove duplicates by key in the destination (Airbyte's deduped modes). Report it.",
    )
}

pub(super) fn next_again(seen: &Observations) -> Judgement {
    let Some((first, list)) = first_with_next(seen) else { return Unknown(NO_SECOND_PAGE.into()) };
    let (stream, name) = (first.request.stream, first.request.stream.name);
    let once = seen.find(stream, Purpose::Page(list));
    if let Some(once) = once.filter(|once| once.is_refused()) {
        return DiffersBy(
            fails("Lists of more than one page cannot be read: their streams fail.", REPORT),
            format!("Refused the first time, with HTTP {} for {name}.", once.raw.status),
        );
    }
    let (Some(once), Some(again)) = (once, seen.any(Purpose::NextAgain)) else {
        return Unknown("It was not requested twice.".into());
    };
    if again.rows.is_none() {
        let restarts = "A list with a page that was cut off is read again from the first page, three times at most: rows may be emitted twice, and a long list may fail on a bad network.";
        let status = again.raw.status;
        return DiffersBy(refused(status, restarts), format!("The second time, HTTP {status} for {name}."));
    }
    if same(once, again).0 {
        Holds(format!("The same rows twice, for {name}."))
    } else {
        Differs(format!("Other rows the second time, for {name}."))
    }
}

/// True if the second use of a `next` was refused.
fn is_good_once(seen: &Observations) -> bool {
    seen.any(Purpose::NextAgain).is_some_and(|again| again.rows.is_none())
}

pub(super) fn next_late(seen: &Observations) -> Judgement {
    let (Some(late), Some((first, _))) = (seen.any(Purpose::NextLate), first_with_next(seen)) else {
        return Unknown("No list has a second page, or it was not requested at the end.".into());
    };
    if is_good_once(seen) {
        return Unknown(GOOD_ONCE.into());
    }
    let (age, name) = ((late.here - first.here).num_seconds(), late.request.stream.name);
    if late.rows.is_some() {
        return Holds(format!("Valid after {age} s, for {name}."));
    }
    let status = late.raw.status;
    let text = format!("HTTP {status} after {age} s, for {name}.");
    if matches!(status, 400 | 410) { Differs(text) } else { DiffersBy(refused(status, ""), text) }
}

pub(super) fn same_order(seen: &Observations) -> Judgement {
    let again = [Purpose::NextAgain, Purpose::NextLate].into_iter().filter_map(|purpose| seen.any(purpose));
    let again = again.into_iter().find(|response| response.rows.is_some());
    let once =
        first_with_next(seen).and_then(|(first, list)| seen.find(first.request.stream, Purpose::Page(list)));
    let (Some(one), Some(other)) = (once, again) else { return Unknown("No page was read twice.".into()) };
    let (rows, name) = (count(one.len(), "row"), one.request.stream.name);
    match same(one, other) {
        (true, true) => Holds(format!("{rows} in the same order, for {name}.")),
        (true, false) => DiffersBy(
            harmless("None: no stream relies on an order within a page."),
            format!("The same {rows} in another order, for {name}."),
        ),
        (false, _) => Differs(format!("Other rows, for {name}.")),
    }
}

pub(super) fn next_keeps_filters(seen: &Observations) -> Judgement {
    let page = |purpose| seen.any(purpose).filter(|page| page.rows.is_some());
    let (Some(first), Some(next)) = (page(Purpose::Filtered), page(Purpose::FilteredNext)) else {
        return Unknown(NO_FILTERED_PAGE.into());
    };
    let is_admitted = |row: &&Row| first.request.filter.is_some_and(|filter| filter.admits(row));
    if !first.rows().all(|row| is_admitted(&row)) {
        return Unknown("The filter is not honored on the first page.".into());
    }
    let (rows, name) = (count(next.len(), "row"), first.request.stream.name);
    let astray = next.len() - next.rows().filter(is_admitted).count();
    if astray > 0 {
        return Differs(format!(
            "{astray} of {rows} of the second page are excluded by the filter, for {name}."
        ));
    }
    // If the excluded rows come first, a next page without the filter looks the same.
    if seen.rows(first.request.stream).map(|row| is_admitted(&row)).is_sorted() {
        return Unknown(format!("The rows that the filter excludes come first, for {name}."));
    }
    Holds(format!("{rows} of the second page, none that the filter excludes, for {name}."))
}

pub(super) fn next_beside_filters(seen: &Observations) -> Judgement {
    let next = seen.any(Purpose::FilteredNext).filter(|response| response.rows.is_some());
    let (Some(next), Some(beside)) = (next, seen.any(Purpose::FilterBesideNext)) else {
        return Unknown(NO_FILTERED_PAGE.into());
    };
    let name = next.request.stream.name;
    if is_good_once(seen) {
        Unknown(GOOD_ONCE.into())
    } else if beside.rows.is_none() {
        Differs(format!("HTTP {}, for {name}.", beside.raw.status))
    } else if same(next, beside).0 {
        Holds(format!("The same rows, for {name}."))
    } else {
        Differs(format!("Other rows, for {name}."))
    }
}

pub(super) fn rows_once(seen: &Observations) -> Judgement {
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
    none_of(&repeated, "Rows that came twice:", (pages, "No second page of a list was read."), holds)
}
