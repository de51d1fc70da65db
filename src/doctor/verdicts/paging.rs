//! Pages, and the way from one to the next.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::doctor::questions::turned;
use crate::doctor::seen::{Answer, Link, Purpose, Row, Seen};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::STREAMS;

pub(super) fn all(seen: &Seen) -> Vec<Finding> {
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

fn page_size(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "page_size",
        that: "A page that another one follows holds as many rows as documented, and no page holds more.",
        so: "Forecasts of requests are right. The end of a list is the absence of a `Link`, never a short page.",
    };
    let (mut full, mut other) = (0, BTreeSet::new());
    for page in seen.answers.iter().filter(|answer| answer.is_read()) {
        full += usize::from(page.goes_on());
        let (name, rows) = (page.stream.name, page.len());
        match page.stream.page_size.map(|size| size as usize) {
            None if page.goes_on() => {
                _ = other.insert(format!("{name} ({rows}, and more to come, in place of all)"));
            }
            Some(size) if rows > size || page.goes_on() && rows < size => {
                _ = other.insert(format!("{name} ({rows} in place of {size})"));
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
        "Nothing is lost, since pages are followed to the last one. More or fewer requests are needed than the documentation tells; the forecast below reckons with what was seen.",
        REPORT,
    )
}

fn link_form(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "link_form",
        that: "The next page is told as a whole address on the same server, with rel=\"next\" in quotes.",
        so: "Lists are read to their end. The connector follows relative addresses and reads rel=next too.",
    };
    let links: Vec<Link> = seen.answers.iter().filter_map(|answer| answer.link).collect();
    let astray: Vec<&str> =
        seen.answers.iter().filter(|answer| answer.is_astray).map(|answer| answer.stream.name).collect();
    if !astray.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("A header that cannot be read, or leads to another server, for {}.", list(&astray)),
            "Streams whose next page is on another server fail: following it would send the token there.",
            "Where a proxy rewrites addresses, set `base_url` to the address that its answers name. Otherwise report it.",
        );
    }
    if links.is_empty() {
        return assumption.unknown("No list has a second page.");
    }
    let how_many = |fact: fn(&&Link) -> bool| links.iter().filter(fact).count();
    let seen_text = format!(
        "{}: {} whole and {} relative addresses, {} with quotes, {} with raw and {} with encoded brackets.",
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
    assumption.differs(
        Effect::None,
        seen_text,
        "Nothing: the connector follows each of these forms as it stands.",
        "",
    )
}

/// Whether two answers have the same rows, by their keys, and whether in the same order. What a row says may change while
/// people learn.
fn same(one: &Answer, other: &Answer) -> (bool, bool) {
    let rows = |answer: &Answer| -> Vec<String> {
        let value = |row: &Row, field: &&str| row.get(field).map(Value::to_string).unwrap_or_default();
        let key = |row: &Row| answer.stream.key.iter().map(|field| value(row, field)).collect::<Vec<_>>();
        answer.rows().map(|row| key(row).join("\n")).collect()
    };
    let (mut one, mut other) = (rows(one), rows(other));
    let in_order = one == other;
    one.sort_unstable();
    other.sort_unstable();
    (one == other, in_order)
}

/// How bad it is that a way to a next page is refused, and what it means.
fn refused(status: u16, restarts: &'static str) -> (Effect, &'static str) {
    if matches!(status, 400 | 410) {
        (Effect::Cost, restarts)
    } else {
        (Effect::Fails, "The stream fails: only HTTP 400 and 410 are taken for a way that is no longer good.")
    }
}

const AGAIN: Assumption = Assumption {
    id: "next_again",
    that: "The way to a next page can be used more than once.",
    so: "A page whose answer broke off is asked for again.",
};

fn next_again(seen: &Seen) -> Finding {
    let Some((stream, query)) = turned(seen) else { return AGAIN.unknown("No list has a second page.") };
    let once = seen.find(stream, Purpose::Next(query));
    if let Some(once) = once.filter(|once| once.is_refused()) {
        return AGAIN.differs(
            Effect::Fails,
            format!("Refused at once, with HTTP {} for {}.", once.status, stream.name),
            "A list of more than one page cannot be read: its stream fails.",
            REPORT,
        );
    }
    let (Some(once), Some(again)) = (once, seen.find(stream, Purpose::Again)) else {
        return AGAIN.unknown("It was not asked for twice.");
    };
    if again.rows.is_none() {
        let (effect, meaning) = refused(
            again.status,
            "A list whose page broke off is read again from its beginning, three times at most: rows may come twice, and a long list may fail on a bad network.",
        );
        return AGAIN.differs(
            effect,
            format!("The second time, HTTP {} for {}.", again.status, stream.name),
            meaning,
            "Remove repeats by key in the destination (Airbyte's deduped modes). Report it.",
        );
    }
    let (same, _) = same(once, again);
    if same {
        AGAIN.holds(format!("The same rows twice, for {}.", stream.name))
    } else {
        AGAIN.differs(
            Effect::Rows,
            format!("Other rows the second time, for {}.", stream.name),
            "A page that is asked for again after a broken answer may lose the rows of the first answer.",
            REPORT,
        )
    }
}

/// Whether the second use of a way to a next page was refused.
fn is_good_once(seen: &Seen) -> bool {
    seen.any(Purpose::Again).is_some_and(|again| again.rows.is_none())
}

fn next_late(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "next_late",
        that: "The way to a next page is still good when the run ends.",
        so: "A destination that is slow to write costs nothing.",
    };
    let late = seen.any(Purpose::Late);
    let Some(late) = late else {
        return assumption.unknown("No list has a second page, or it was not asked for at the end.");
    };
    if is_good_once(seen) {
        return assumption.unknown("It is good once only.");
    }
    let given = turned(seen).and_then(|(stream, query)| seen.find(stream, Purpose::List(query)));
    let age = given.map_or(0, |given| (late.here - given.here).num_seconds());
    if late.rows.is_some() {
        return assumption.holds(format!("Still good after {age} s, for {}.", late.stream.name));
    }
    let (effect, meaning) = refused(
        late.status,
        "Where the destination is slow, lists are read again from their beginning, three times at most: rows may come twice.",
    );
    assumption.differs(
        effect,
        format!("HTTP {} after {age} s, for {}.", late.status, late.stream.name),
        meaning,
        "Select fewer streams per connection, and remove repeats by key in the destination. Report it.",
    )
}

fn same_order(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "same_order",
        that: "The same page, asked for twice, has the same rows in the same order.",
        so: "Pages are parts of one list: no row is on two of them, or on none.",
    };
    let pair = turned(seen).and_then(|(stream, query)| {
        let mut again =
            [Purpose::Again, Purpose::Late].into_iter().filter_map(|purpose| seen.find(stream, purpose));
        let again = again.find(|answer| answer.rows.is_some())?;
        Some((seen.find(stream, Purpose::Next(query))?, again))
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
            "Nothing: no stream relies on an order within a page.",
            "",
        ),
        (false, _) => assumption.differs(
            Effect::Rows,
            format!("Other rows, for {}.", one.stream.name),
            "Rows may come twice or not at all while a list is read.",
            "Refresh fully now and then, and report it.",
        ),
    }
}

const KEEPS: Assumption = Assumption {
    id: "next_keeps_filters",
    that: "The way to the next page of a filtered list carries the filter along.",
    so: "Filters are sent once, with the first page.",
};

fn keeps_filters(seen: &Seen) -> Finding {
    let first = seen.any(Purpose::Filtered).filter(|answer| answer.rows.is_some());
    let next = seen.any(Purpose::FilteredNext).filter(|answer| answer.rows.is_some());
    let (Some(first), Some(next)) = (first, next) else {
        return KEEPS.unknown("No filtered list has a second page that could be read.");
    };
    let Some(filter) = seen.filter else { return KEEPS.unknown("It was not asked for.") };
    let is_astray = |row: &&Row| !filter.admits(row);
    if first.rows().any(|row| is_astray(&row)) {
        return KEEPS.unknown("The filter is not honoured on the first page.");
    }
    let name = first.stream.name;
    let rows = count(next.len(), "row");
    let astray = next.rows().filter(is_astray).count();
    if astray > 0 {
        return KEEPS.differs(
            Effect::Cost,
            format!("{astray} of {rows} of the second page are excluded by the filter, for {name}."),
            "Later pages of a filtered list hold rows that the filter excludes. They are dropped here, so only requests are lost.",
            REPORT,
        );
    }
    // Where all that the filter excludes comes first, a next page without the filter looks the same.
    if seen.rows(first.stream).map(|row| filter.admits(row)).is_sorted() {
        return KEEPS.unknown(format!("The rows that the filter excludes come first, for {name}."));
    }
    KEEPS.holds(format!("{rows} of the second page, none that the filter excludes, for {name}."))
}

fn beside_filters(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "next_beside_filters",
        that: "A filter repeated beside `next` changes nothing.",
        so: "Nothing rests on it: the connector follows the address of the next page as it stands.",
    };
    let next = seen.any(Purpose::FilteredNext).filter(|answer| answer.rows.is_some());
    let (Some(next), Some(beside)) = (next, seen.any(Purpose::Beside)) else {
        return assumption.unknown("No filtered list has a second page that could be read.");
    };
    if is_good_once(seen) {
        return assumption.unknown("The way to a next page is good once only.");
    }
    if beside.rows.is_some() && same(next, beside).0 {
        return assumption.holds(format!("The same rows, for {}.", next.stream.name));
    }
    let seen = match beside.rows {
        Some(_) => format!("Other rows, for {}.", next.stream.name),
        None => format!("HTTP {}, for {}.", beside.status, next.stream.name),
    };
    assumption.differs(Effect::None, seen, "Nothing: the connector does not do it.", "")
}

fn rows_once(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "rows_once",
        that: "A row is on one page of its list only.",
        so: "Rows come once; where they do not, keys remove repeats.",
    };
    let (mut pages, mut repeated) = (0, Vec::new());
    for stream in STREAMS.iter().copied().filter(|stream| stream.parent.is_none()) {
        for query in 0..stream.queries.len() {
            let read = seen.pages(stream, query);
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
            "A list that shows a row twice may leave another one out. Keys remove the repeats; what is left out shows with the next sync or not at all.",
            "Remove repeats by key in the destination, refresh fully now and then, and report it.",
        );
    }
    if pages == 0 {
        return assumption.unknown("No second page of a list was read.");
    }
    assumption.holds(format!("No id twice on {}.", count(pages, "page")))
}
