//! The round through the table: every list, every child under a few of its parents, and as many further pages as are left.

use super::ask::{Desk, Question};
use super::seen::{Answer, Purpose, Row, Seen, text};
use crate::config::Settings;
use crate::streams::{Parent, STREAMS, Stream};

/// Parents under which a child is asked for, at most, and under which one that has children itself is: what is wrong
/// about it is wrong about those too.
const SAMPLES: usize = 3;
pub(super) const MOST_SAMPLES: usize = 8;

/// Second and third parents that may be tried because the first one had no rows.
const MORE_TRIES: usize = 12;

/// The first page of every list.
pub(super) async fn lists(desk: &mut Desk<'_>) {
    for stream in Seen::streams(|stream| stream.parent.is_none()) {
        for (place, query) in stream.queries.iter().enumerate() {
            desk.get(stream, Purpose::List(place), stream.path, query).await;
        }
    }
}

/// Every child, under the first sampled parent that has rows.
pub(super) async fn children(desk: &mut Desk<'_>, settings: &Settings) {
    let mut more = MORE_TRIES;
    for stream in Seen::streams(|stream| stream.parent.is_some()) {
        for sample in 0..SAMPLES {
            if sample > 0 {
                if more == 0
                    || has_rows(&desk.seen, stream)
                    || desk.seen.is_granted(stream.scope) == Some(false)
                {
                    break;
                }
                more -= 1;
            }
            child(desk, stream, sample, settings).await;
        }
    }
}

/// More parents for each child, so that a forecast rests on more than one, until only `reserve` requests are left. Those
/// that have children come first.
pub(super) async fn samples(desk: &mut Desk<'_>, settings: &Settings, reserve: usize) {
    for of_parents in [true, false] {
        for sample in 1..MOST_SAMPLES {
            let is_due = |stream: &'static Stream| {
                stream.parent.is_some() && is_parent(stream) == of_parents && sample < wanted(stream)
            };
            for stream in Seen::streams(is_due) {
                let variants = stream.parent.as_ref().map_or(1, variants);
                let is_new = desk.seen.find(stream, Purpose::Child(sample, 0)).is_none();
                let is_refused = desk.seen.is_granted(stream.scope) == Some(false);
                if is_new && !is_refused && desk.left() >= reserve + variants {
                    child(desk, stream, sample, settings).await;
                }
            }
        }
    }
}

/// Further pages of the lists that others are read under, then of all, until only `reserve` requests are left.
pub(super) async fn pages(desk: &mut Desk<'_>, parents_only: bool, reserve: usize) {
    loop {
        let mut found = false;
        for stream in Seen::streams(|stream| stream.parent.is_none() && (!parents_only || is_parent(stream)))
        {
            for query in 0..stream.queries.len() {
                if desk.left() > reserve {
                    found |= next(desk, stream, query).await;
                }
            }
        }
        if !found {
            return;
        }
    }
}

/// The next page of a list, if there is one. False where there is none, and where it was seen before.
pub(super) async fn next(desk: &mut Desk<'_>, stream: &'static Stream, query: usize) -> bool {
    let is_refused = |answer: &Answer| answer.purpose == Purpose::Next(query) && answer.rows.is_none();
    if desk.seen.about(stream).any(is_refused) {
        return false;
    }
    let pages = desk.seen.pages(stream, query);
    let next = pages.last().and_then(|page| page.next.clone());
    let Some(url) = next.filter(|next| {
        let goes_round = pages.iter().rev().skip(1).any(|page| page.next.as_ref() == Some(next));
        !goes_round
    }) else {
        return false;
    };
    let purpose = Purpose::Next(query);
    desk.ask(Question { stream, purpose, url, given: None }).await.is_some()
}

/// Whether others are read under this stream.
pub(super) fn is_parent(stream: &'static Stream) -> bool {
    STREAMS.iter().filter_map(|child| child.parent.as_ref()).any(|parent| std::ptr::eq(parent.stream, stream))
}

/// Parents under which it is asked for.
fn wanted(stream: &'static Stream) -> usize {
    if is_parent(stream) { MOST_SAMPLES } else { SAMPLES }
}

/// A stream under one of its parents, once for each variant.
async fn child(desk: &mut Desk<'_>, stream: &'static Stream, sample: usize, settings: &Settings) {
    let Some(parent) = &stream.parent else { return };
    let parents = eligible(&desk.seen, parent, settings.include_deleted_users);
    // Spread from the first to the last.
    let (last, steps) =
        (parents.len().saturating_sub(1), wanted(stream).min(parents.len()).saturating_sub(1));
    let place = (sample * last).checked_div(steps).unwrap_or(0);
    if sample > steps {
        return;
    }
    let Some(given) = parents.get(place).map(|row| given(parent, row)) else { return };
    for variant in 0..variants(parent) {
        let Some(path) = path(stream, parent, &given, variant) else { return };
        let url = desk.url(&path, stream.queries[0]);
        if desk.seen.about(stream).any(|answer| answer.url == url) {
            continue;
        }
        let purpose = Purpose::Child(sample, variant);
        desk.ask(Question { stream, purpose, url, given: Some(&given) }).await;
    }
}

/// The parents that a sync would ask for, as far as they were seen.
pub(super) fn eligible<'a>(seen: &'a Seen, parent: &Parent, include_deleted_users: bool) -> Vec<&'a Row> {
    seen.rows(parent.stream).filter(|row| is_eligible(row, parent, include_deleted_users)).collect()
}

/// Whether a sync would ask for this parent.
pub(super) fn is_eligible(row: &Row, parent: &Parent, include_deleted_users: bool) -> bool {
    parent.only.field().is_none_or(|field| {
        let raw = row.get(field).map_or_else(|| "null".to_owned(), ToString::to_string);
        parent.only.includes(&raw, include_deleted_users)
    })
}

pub(super) fn variants(parent: &Parent) -> usize {
    parent.variants.as_ref().map_or(1, |variants| variants.values.len())
}

/// What a parent's row gives to a child, by the child's names.
pub(super) fn given(parent: &Parent, row: &Row) -> Row {
    parent.fields.iter().filter_map(|(from, to)| Some((*to, row.get(from)?.clone()))).collect()
}

/// The path of a child under what its parent gave; `None` where an id cannot be part of one.
pub(super) fn path(stream: &'static Stream, parent: &Parent, given: &Row, variant: usize) -> Option<String> {
    let mut path = stream.path.to_owned();
    for (_, name) in parent.fields {
        let placeholder = format!("{{{name}}}");
        if path.contains(&placeholder) {
            path = path.replace(&placeholder, text(given, name).filter(|id| is_id(id))?);
        }
    }
    if let Some(variants) = &parent.variants {
        path = path.replace(&format!("{{{}}}", variants.name), variants.values[variant]);
    }
    Some(path)
}

/// What a sync accepts as an id.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn has_rows(seen: &Seen, stream: &'static Stream) -> bool {
    seen.rows(stream).next().is_some()
}
