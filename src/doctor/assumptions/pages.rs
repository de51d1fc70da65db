//! Pages, and the `Link` from one to the next.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Assumption, Difference, Effect, Judgement, REPORT, difference, harmless};
use crate::doctor::observations::{Observations, Purpose, Response, Row, probed_lists};
use crate::doctor::probes::{FILTERED_PAGES, LISTS, OLD_PAGE, PAGES, SECOND_PAGE, first_with_next};
use crate::doctor::text::{count, list};

pub(super) static ASSUMPTIONS: [Assumption; 7] = [
    Assumption {
        id: "page_size",
        claim: "A page with a next page has the documented number of rows, and no page has more.",
        consequence: "The forecast of requests is right. A list ends where no `Link` follows, never at a short page.",
        probe: &LISTS,
        judge: page_size,
        difference: difference(
            Effect::Cost,
            "No row is lost: a sync reads up to the last page. It sends more or fewer requests than documented; the forecast below includes that.",
            REPORT,
        ),
    },
    Assumption {
        id: "next_again",
        claim: "A `next` can be used more than once.",
        consequence: "A page whose response was cut off is requested again.",
        probe: &SECOND_PAGE,
        judge: next_again,
        difference: difference(
            Effect::Rows,
            "A page that is requested again after a cut response may lack rows of the first response.",
            REPORT,
        ),
    },
    Assumption {
        id: "next_late",
        claim: "A `next` is still valid when the run ends.",
        consequence: "A slow destination costs no requests.",
        probe: &OLD_PAGE,
        judge: next_late,
        difference: difference(
            Effect::Cost,
            "With a slow destination, lists are read again from the first page, three times at most: rows may be emitted twice.",
            "Select fewer streams per connection, and remove duplicates by key in the destination. Report it.",
        ),
    },
    Assumption {
        id: "same_order",
        claim: "The same page, requested twice, has the same rows in the same order.",
        consequence: "Pages are parts of one list: each row is on exactly one.",
        probe: &SECOND_PAGE,
        judge: same_order,
        difference: difference(
            Effect::Rows,
            "Rows may be returned twice or never while a list is read.",
            "Run a full refresh regularly, and report it.",
        ),
    },
    Assumption {
        id: "next_keeps_filters",
        claim: "The `Link` to the next page of a filtered list keeps the filter.",
        consequence: "Filters are sent once, with the first page.",
        probe: &FILTERED_PAGES,
        judge: next_keeps_filters,
        difference: difference(
            Effect::Cost,
            "Later pages of a filtered list have rows that the filter excludes. The connector drops them, so only requests are lost.",
            REPORT,
        ),
    },
    Assumption {
        id: "next_beside_filters",
        claim: "A filter repeated beside `next` changes nothing.",
        consequence: "None: the connector does not repeat filters.",
        probe: &FILTERED_PAGES,
        judge: next_beside_filters,
        difference: harmless("None: the connector does not do it."),
    },
    Assumption {
        id: "rows_once",
        claim: "A row is on only one page of its list.",
        consequence: "Each row is emitted once. Otherwise keys remove duplicates.",
        probe: &PAGES,
        judge: rows_once,
        difference: difference(
            Effect::Rows,
            "A list that returns a row twice may omit another one. Keys remove the duplicates; the next sync may return the omitted row, or none does.",
            "Remove duplicates by key in the destination, run a full refresh regularly, and report it.",
        ),
    },
];

const NO_SECOND_PAGE: &str = "No list has a second page.";
const NO_FILTERED_PAGE: &str = "No filtered list has a second page that could be read.";
const GOOD_ONCE: &str = "A `next` can be used only once.";

fn page_size(seen: &Observations) -> Judgement {
    let (mut full, mut other) = (0, BTreeSet::new());
    for page in seen.responses.iter().filter(|response| response.is_read()) {
        full += usize::from(page.goes_on());
        let (stream, rows) = (page.request.stream, page.len());
        match stream.page_size.map(|size| size as usize) {
            None if page.goes_on() => {
                other.insert(format!("{} ({rows} with a next page, instead of all)", stream.name));
            }
            Some(size) if rows > size || page.goes_on() && rows < size => {
                other.insert(format!("{} ({rows} instead of {size})", stream.name));
            }
            _ => {}
        }
    }
    let other: Vec<String> = other.into_iter().collect();
    if !other.is_empty() {
        Differs(format!("{}: {}.", count(other.len(), "list"), list(&other)))
    } else if full == 0 {
        Unknown(NO_SECOND_PAGE.into())
    } else {
        Holds(format!("{}, all of the documented size.", count(full, "full page")))
    }
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

fn next_again(seen: &Observations) -> Judgement {
    let Some((first, list)) = first_with_next(seen) else { return Unknown(NO_SECOND_PAGE.into()) };
    let (stream, name) = (first.request.stream, first.request.stream.name);
    let once = seen.find(stream, Purpose::Page(list));
    if let Some(once) = once.filter(|once| once.is_refused()) {
        return DiffersBy(
            format!("Refused the first time, with HTTP {} for {name}.", once.raw.status),
            difference(
                Effect::Fails,
                "Lists of more than one page cannot be read: their streams fail.",
                REPORT,
            ),
        );
    }
    let (Some(once), Some(again)) = (once, seen.any(Purpose::NextAgain)) else {
        return Unknown("It was not requested twice.".into());
    };
    if again.rows.is_none() {
        let restarts = "A list with a page that was cut off is read again from the first page, three times at most: rows may be emitted twice, and a long list may fail on a bad network.";
        let status = again.raw.status;
        return DiffersBy(format!("The second time, HTTP {status} for {name}."), refused(status, restarts));
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

fn next_late(seen: &Observations) -> Judgement {
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
    if matches!(status, 400 | 410) { Differs(text) } else { DiffersBy(text, refused(status, "")) }
}

fn same_order(seen: &Observations) -> Judgement {
    let again = [Purpose::NextAgain, Purpose::NextLate].into_iter().filter_map(|purpose| seen.any(purpose));
    let again = again.into_iter().find(|response| response.rows.is_some());
    let once =
        first_with_next(seen).and_then(|(first, list)| seen.find(first.request.stream, Purpose::Page(list)));
    let (Some(one), Some(other)) = (once, again) else { return Unknown("No page was read twice.".into()) };
    let (rows, name) = (count(one.len(), "row"), one.request.stream.name);
    match same(one, other) {
        (true, true) => Holds(format!("{rows} in the same order, for {name}.")),
        (true, false) => DiffersBy(
            format!("The same {rows} in another order, for {name}."),
            harmless("None: no stream relies on an order within a page."),
        ),
        (false, _) => Differs(format!("Other rows, for {name}.")),
    }
}

fn next_keeps_filters(seen: &Observations) -> Judgement {
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

fn next_beside_filters(seen: &Observations) -> Judgement {
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

fn rows_once(seen: &Observations) -> Judgement {
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
    if !repeated.is_empty() {
        Differs(format!("Rows that came twice: {}.", list(&repeated)))
    } else if pages == 0 {
        Unknown("No second page of a list was read.".into())
    } else {
        Holds(format!("No id twice on {}.", count(pages, "page")))
    }
}
