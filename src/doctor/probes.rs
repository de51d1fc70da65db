//! Probes of the table of streams: every list, every child under a few of its parents, and as many
//! further pages as the budget allows.

use super::observations::{Observations, Probe, Response, Row, field_text, probed_lists, text};
use super::probe_log::{ProbeLog, ProbeRequest};
use crate::config::Settings;
use crate::streams::{List, Parent, STREAMS, Stream, request};

/// Sampled parents of a child, at most.
const SAMPLES: usize = 3;

/// Sampled parents of a child that has children itself: its error would be in theirs too.
pub(super) const MOST_SAMPLES: usize = 8;

/// Second and third parents that may be tried because the first one had no rows.
const MORE_TRIES: usize = 12;

/// The first page of every list.
pub(super) async fn lists(log: &mut ProbeLog<'_>) {
    for stream in Observations::streams(|stream| stream.parent.is_none()) {
        for list in probed_lists(stream) {
            log.get(stream, Probe::List(list), stream.path, &list.filter()).await;
        }
    }
}

/// Every child, under the first sampled parent that has rows.
pub(super) async fn children(log: &mut ProbeLog<'_>, settings: &Settings) {
    let mut more = MORE_TRIES;
    for stream in Observations::streams(|stream| stream.parent.is_some()) {
        for sample in 0..SAMPLES {
            if sample > 0 {
                if more == 0
                    || has_rows(&log.seen, stream)
                    || log.seen.is_granted(stream.scope) == Some(false)
                {
                    break;
                }
                more -= 1;
            }
            child(log, stream, sample, settings).await;
        }
    }
}

/// More parents for each child, until only `reserve` requests are left, so that a forecast rests on
/// several. Children that have children come first.
pub(super) async fn samples(log: &mut ProbeLog<'_>, settings: &Settings, reserve: usize) {
    for of_parents in [true, false] {
        for sample in 1..MOST_SAMPLES {
            let is_due = |stream: &'static Stream| {
                stream.parent.is_some() && is_parent(stream) == of_parents && sample < wanted(stream)
            };
            for stream in Observations::streams(is_due) {
                let is_new = log.seen.find(stream, Probe::Child(sample, 0)).is_none();
                let is_refused = log.seen.is_granted(stream.scope) == Some(false);
                if is_new && !is_refused && log.left() >= reserve + request::variants(stream).len() {
                    child(log, stream, sample, settings).await;
                }
            }
        }
    }
}

/// Further pages of the root lists, or of those that have children, until only `reserve` requests
/// are left.
pub(super) async fn pages(log: &mut ProbeLog<'_>, parents_only: bool, reserve: usize) {
    loop {
        let mut found = false;
        let is_due =
            |stream: &'static Stream| stream.parent.is_none() && (!parents_only || is_parent(stream));
        for stream in Observations::streams(is_due) {
            for list in probed_lists(stream) {
                if log.left() > reserve {
                    found |= next(log, stream, list).await;
                }
            }
        }
        if !found {
            return;
        }
    }
}

/// The next page of a list. False if there is none, or if it was read before.
pub(super) async fn next(log: &mut ProbeLog<'_>, stream: &'static Stream, list: List) -> bool {
    let is_refused = |response: &Response| response.probe == Probe::Next(list) && response.rows.is_none();
    if log.seen.about(stream).any(is_refused) {
        return false;
    }
    let pages = log.seen.pages(stream, list);
    let next = pages.last().and_then(|page| page.next.clone());
    let Some(url) = next.filter(|next| {
        let is_loop = pages.iter().rev().skip(1).any(|page| page.next.as_ref() == Some(next));
        !is_loop
    }) else {
        return false;
    };
    log.send(ProbeRequest { stream, probe: Probe::Next(list), url, given: None }).await.is_some()
}

/// True if the stream has children.
pub(super) fn is_parent(stream: &'static Stream) -> bool {
    STREAMS.iter().filter_map(|child| child.parent.as_ref()).any(|parent| std::ptr::eq(parent.stream, stream))
}

/// Parents under which it is sampled.
fn wanted(stream: &'static Stream) -> usize {
    if is_parent(stream) { MOST_SAMPLES } else { SAMPLES }
}

/// A stream under one of its parents, once for each variant.
async fn child(log: &mut ProbeLog<'_>, stream: &'static Stream, sample: usize, settings: &Settings) {
    let Some(parent) = &stream.parent else { return };
    let parents = eligible(&log.seen, parent, settings.include_deleted_users);
    // Spread from the first to the last.
    let (last, steps) =
        (parents.len().saturating_sub(1), wanted(stream).min(parents.len()).saturating_sub(1));
    let place = (sample * last).checked_div(steps).unwrap_or(0);
    if sample > steps {
        return;
    }
    let Some(given) = parents.get(place).map(|row| given(parent, row)) else { return };
    for (number, variant) in request::variants(stream).into_iter().enumerate() {
        let Some(path) = path(stream, variant, &given) else { return };
        let url = log.url(&path, "");
        if log.seen.about(stream).any(|response| response.url == url) {
            continue;
        }
        let probe = Probe::Child(sample, number);
        log.send(ProbeRequest { stream, probe, url, given: Some(&given) }).await;
    }
}

/// The parents that a sync would request, among those that were read.
pub(super) fn eligible<'a>(
    seen: &'a Observations,
    parent: &Parent,
    include_deleted_users: bool,
) -> Vec<&'a Row> {
    seen.rows(parent.stream).filter(|row| is_eligible(row, parent, include_deleted_users)).collect()
}

/// True if a sync would request this parent.
pub(super) fn is_eligible(row: &Row, parent: &Parent, include_deleted_users: bool) -> bool {
    request::includes(parent.which, include_deleted_users, |field| field_text(row, field))
}

/// What a parent's row gives to a child, by the child's names.
pub(super) fn given(parent: &Parent, row: &Row) -> Row {
    parent.fields.iter().filter_map(|(from, to)| Some((*to, row.get(from)?.clone()))).collect()
}

/// The path of a child; `None` if a value is missing or is not an id.
pub(super) fn path(stream: &'static Stream, variant: Option<&str>, given: &Row) -> Option<String> {
    request::path(stream, variant, |name| text(given, name).map(str::to_owned))
}

fn has_rows(seen: &Observations, stream: &'static Stream) -> bool {
    seen.rows(stream).next().is_some()
}
