//! Pages, and the `Link` from one to the next.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::doctor::observations::{Link, Observations, Probe, Response, Row, probed_lists};
use crate::doctor::undocumented::list_with_next;
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::STREAMS;

pub(super) fn all(seen: &Observations) -> Vec<Finding> {
    vec![
        page_size(seen),
        link_form(seen),
        next_again(seen),
        next_late(seen),
        same_order(seen),
        keeps_filters(seen),
        beside_filters(seen),
        rows_once(seen),
    ]
}

fn page_size(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "page_size",
        claim: "A page with a next page has the documented number of rows, and no page has more.",
        consequence: "The forecast of requests is right. A list ends where no `Link` follows, never at a short page.",
    };
    let (mut full, mut other) = (0, BTreeSet::new());
    for page in seen.responses.iter().filter(|response| response.is_read()) {
        full += usize::from(page.goes_on());
        let (name, rows) = (page.stream.name, page.len());
        match page.stream.page_size.map(|size| size as usize) {
            None if page.goes_on() => {
                _ = other.insert(format!("{name} ({rows} with a next page, instead of all)"));
            }
            Some(size) if rows > size || page.goes_on() && rows < size => {
                _ = other.insert(format!("{name} ({rows} instead of {size})"));
            }
            _ => {}
        }
    }
    if other.is_empty() && full == 0 {
        return assumption.unknown("No list has a second page.");
    }
    if other.is_empty() {
        return assumption.holds(format!("{}, all of the documented size.", count(full, "full page")));
    }
    let other: Vec<String> = other.into_iter().collect();
    assumption.differs(
        Effect::Cost,
        format!("{}: {}.", count(other.len(), "list"), list(&other)),
        "No row is lost: a sync reads up to the last page. It sends more or fewer requests than documented; the forecast below includes that.",
        REPORT,
    )
}

fn link_form(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "link_form",
        claim: "The `Link` to the next page is an absolute URL, with rel=\"next\" in quotes.",
        consequence: "Lists are read to their end. The connector also accepts relative URLs and rel=next.",
    };
    let links: Vec<Link> = seen.responses.iter().filter_map(|response| response.link).collect();
    let astray: Vec<&str> = seen
        .responses
        .iter()
        .filter(|response| response.is_link_unreadable)
        .map(|response| response.stream.name)
        .collect();
    if !astray.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("A `Link` that cannot be followed, for {}.", list(&astray)),
            "These streams fail: the rest of their lists cannot be read.",
            "If a proxy rewrites the header, configure it to pass the header unchanged. Otherwise report it.",
        );
    }
    if links.is_empty() {
        return assumption.unknown("No list has a second page.");
    }
    let how_many = |fact: fn(&&Link) -> bool| links.iter().filter(fact).count();
    let seen_text = format!(
        "{}: {} absolute and {} relative, {} with quotes, {} with raw and {} with encoded brackets.",
        count(links.len(), "Link header"),
        how_many(|link| link.absolute),
        how_many(|link| !link.absolute),
        how_many(|link| link.quoted),
        how_many(|link| link.encoded == Some(false)),
        how_many(|link| link.encoded == Some(true)),
    );
    if links.iter().all(|link| link.absolute && link.quoted && link.encoded != Some(true)) {
        return assumption.holds(seen_text);
    }
    assumption.differs(Effect::None, seen_text, "None: the connector accepts each of these forms.", "")
}

/// Whether two responses have the same rows, by their keys, and whether in the same order. Other
/// fields may change between the two.
fn same(one: &Response, other: &Response) -> (bool, bool) {
    let rows = |response: &Response| -> Vec<String> {
        let value = |row: &Row, field: &&str| row.get(field).map(Value::to_string).unwrap_or_default();
        let key = |row: &Row| response.stream.key.iter().map(|field| value(row, field)).collect::<Vec<_>>();
        response.rows().map(|row| key(row).join("\n")).collect()
    };
    let (mut one, mut other) = (rows(one), rows(other));
    let in_order = one == other;
    one.sort_unstable();
    other.sort_unstable();
    (one == other, in_order)
}

/// The effect and the consequence of a refused `next`.
fn refused(status: u16, restarts: &'static str) -> (Effect, &'static str) {
    if matches!(status, 400 | 410) {
        (Effect::Cost, restarts)
    } else {
        (Effect::Fails, "The stream fails: only HTTP 400 and 410 mean an expired `next`.")
    }
}

const AGAIN: Assumption = Assumption {
    id: "next_again",
    claim: "A `next` can be used more than once.",
    consequence: "A page whose response was cut off is requested again.",
};

fn next_again(seen: &Observations) -> Finding {
    let Some((stream, list)) = list_with_next(seen) else {
        return AGAIN.unknown("No list has a second page.");
    };
    let once = seen.find(stream, Probe::Next(list));
    if let Some(once) = once.filter(|once| once.is_refused()) {
        return AGAIN.differs(
            Effect::Fails,
            format!("Refused the first time, with HTTP {} for {}.", once.status, stream.name),
            "Lists of more than one page cannot be read: their streams fail.",
            REPORT,
        );
    }
    let (Some(once), Some(again)) = (once, seen.find(stream, Probe::NextAgain)) else {
        return AGAIN.unknown("It was not requested twice.");
    };
    if again.rows.is_none() {
        let (effect, meaning) = refused(
            again.status,
            "A list with a page that was cut off is read again from the first page, three times at most: rows may be emitted twice, and a long list may fail on a bad network.",
        );
        return AGAIN.differs(
            effect,
            format!("The second time, HTTP {} for {}.", again.status, stream.name),
            meaning,
            "Remove duplicates by key in the destination (Airbyte's deduped modes). Report it.",
        );
    }
    let (same, _) = same(once, again);
    if same {
        AGAIN.holds(format!("The same rows twice, for {}.", stream.name))
    } else {
        AGAIN.differs(
            Effect::Rows,
            format!("Other rows the second time, for {}.", stream.name),
            "A page that is requested again after a cut response may lack rows of the first response.",
            REPORT,
        )
    }
}

/// True if the second use of a `next` was refused.
fn is_good_once(seen: &Observations) -> bool {
    seen.any(Probe::NextAgain).is_some_and(|again| again.rows.is_none())
}

fn next_late(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "next_late",
        claim: "A `next` is still valid when the run ends.",
        consequence: "A slow destination costs no requests.",
    };
    let late = seen.any(Probe::NextLate);
    let Some(late) = late else {
        return assumption.unknown("No list has a second page, or it was not requested at the end.");
    };
    if is_good_once(seen) {
        return assumption.unknown("A `next` can be used only once.");
    }
    let given = list_with_next(seen).and_then(|(stream, list)| seen.find(stream, Probe::List(list)));
    let age = given.map_or(0, |given| (late.here - given.here).num_seconds());
    if late.rows.is_some() {
        return assumption.holds(format!("Valid after {age} s, for {}.", late.stream.name));
    }
    let (effect, meaning) = refused(
        late.status,
        "With a slow destination, lists are read again from the first page, three times at most: rows may be emitted twice.",
    );
    assumption.differs(
        effect,
        format!("HTTP {} after {age} s, for {}.", late.status, late.stream.name),
        meaning,
        "Select fewer streams per connection, and remove duplicates by key in the destination. Report it.",
    )
}

fn same_order(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "same_order",
        claim: "The same page, requested twice, has the same rows in the same order.",
        consequence: "Pages are parts of one list: each row is on exactly one.",
    };
    let pair = list_with_next(seen).and_then(|(stream, list)| {
        let mut again =
            [Probe::NextAgain, Probe::NextLate].into_iter().filter_map(|probe| seen.find(stream, probe));
        let again = again.find(|response| response.rows.is_some())?;
        Some((seen.find(stream, Probe::Next(list))?, again))
    });
    let Some((one, other)) = pair else { return assumption.unknown("No page was read twice.") };
    match same(one, other) {
        (true, true) => assumption.holds(format!(
            "{} in the same order, for {}.",
            count(one.len(), "row"),
            one.stream.name
        )),
        (true, false) => assumption.differs(
            Effect::None,
            format!("The same {} in another order, for {}.", count(one.len(), "row"), one.stream.name),
            "None: no stream relies on an order within a page.",
            "",
        ),
        (false, _) => assumption.differs(
            Effect::Rows,
            format!("Other rows, for {}.", one.stream.name),
            "Rows may be returned twice or never while a list is read.",
            "Run a full refresh regularly, and report it.",
        ),
    }
}

const KEEPS: Assumption = Assumption {
    id: "next_keeps_filters",
    claim: "The `Link` to the next page of a filtered list keeps the filter.",
    consequence: "Filters are sent once, with the first page.",
};

fn keeps_filters(seen: &Observations) -> Finding {
    let first = seen.any(Probe::Filtered).filter(|response| response.rows.is_some());
    let next = seen.any(Probe::FilteredNext).filter(|response| response.rows.is_some());
    let (Some(first), Some(next)) = (first, next) else {
        return KEEPS.unknown("No filtered list has a second page that could be read.");
    };
    let Some(filter) = seen.filter else { return KEEPS.unknown("It was not requested.") };
    let is_astray = |row: &&Row| !filter.admits(row);
    if first.rows().any(|row| is_astray(&row)) {
        return KEEPS.unknown("The filter is not honored on the first page.");
    }
    let name = first.stream.name;
    let rows = count(next.len(), "row");
    let astray = next.rows().filter(is_astray).count();
    if astray > 0 {
        return KEEPS.differs(
            Effect::Cost,
            format!("{astray} of {rows} of the second page are excluded by the filter, for {name}."),
            "Later pages of a filtered list have rows that the filter excludes. The connector drops them, so only requests are lost.",
            REPORT,
        );
    }
    // If the excluded rows come first, a next page without the filter looks the same.
    if seen.rows(first.stream).map(|row| filter.admits(row)).is_sorted() {
        return KEEPS.unknown(format!("The rows that the filter excludes come first, for {name}."));
    }
    KEEPS.holds(format!("{rows} of the second page, none that the filter excludes, for {name}."))
}

fn beside_filters(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "next_beside_filters",
        claim: "A filter repeated beside `next` changes nothing.",
        consequence: "None: the connector does not repeat filters.",
    };
    let next = seen.any(Probe::FilteredNext).filter(|response| response.rows.is_some());
    let (Some(next), Some(beside)) = (next, seen.any(Probe::FilterBesideNext)) else {
        return assumption.unknown("No filtered list has a second page that could be read.");
    };
    if is_good_once(seen) {
        return assumption.unknown("A `next` can be used only once.");
    }
    if beside.rows.is_some() && same(next, beside).0 {
        return assumption.holds(format!("The same rows, for {}.", next.stream.name));
    }
    let seen = match beside.rows {
        Some(_) => format!("Other rows, for {}.", next.stream.name),
        None => format!("HTTP {}, for {}.", beside.status, next.stream.name),
    };
    assumption.differs(Effect::None, seen, "None: the connector does not do it.", "")
}

fn rows_once(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "rows_once",
        claim: "A row is on only one page of its list.",
        consequence: "Each row is emitted once. Otherwise keys remove duplicates.",
    };
    let (mut pages, mut repeated) = (0, Vec::new());
    for stream in STREAMS.iter().copied().filter(|stream| stream.parent.is_none()) {
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
        return assumption.differs(
            Effect::Rows,
            format!("Rows that came twice: {}.", list(&repeated)),
            "A list that returns a row twice may omit another one. Keys remove the duplicates; the next sync may return the omitted row, or none does.",
            "Remove duplicates by key in the destination, run a full refresh regularly, and report it.",
        );
    }
    if pages == 0 {
        return assumption.unknown("No second page of a list was read.");
    }
    assumption.holds(format!("No id twice on {}.", count(pages, "page")))
}
