//! Lists, and streams under their parents: what a sync reads.

use serde_json::Value;

use super::exchange::{Purpose, Request, Row, text};
use super::observations::Observations;
use crate::streams::{List, Parent, STREAMS, Stream, request};

/// Parents under which a child is sampled, at most.
const SAMPLES: usize = 3;

/// The same if it has children itself: its error would be in theirs too.
const MOST_SAMPLES: usize = 8;

/// The first page of every list.
pub(super) fn first_pages(seen: &Observations) -> Vec<Request> {
    let page = |(stream, list): (_, List)| Request::new(stream, Purpose::List(list), list.filter());
    seen.lists().map(page).collect()
}

/// Every child under a few parents, spread from the first to the last one. Those without a row come
/// first, then those that have children, and each is requested once before any is requested twice.
pub(super) fn children(seen: &Observations) -> Vec<Request> {
    let wanted = |stream| if is_parent(stream) { MOST_SAMPLES } else { SAMPLES };
    let requested = |stream| seen.of_a_sync(stream).count() / request::variants(stream).len();
    let is_wanted = |stream: &&'static Stream| {
        stream.parent.is_some() && !seen.lacks_scope(stream) && requested(stream) < wanted(stream)
    };
    let mut streams: Vec<_> = seen.streams().filter(is_wanted).collect();
    streams.sort_by_key(|stream| {
        let is_empty = seen.rows(stream).next().is_none();
        (requested(stream) > 0, !is_empty, !is_parent(stream), requested(stream))
    });
    let samples = |stream: &'static Stream| {
        let parents = eligible(seen, stream);
        let (last, most) = (parents.len().saturating_sub(1), wanted(stream).min(parents.len()));
        let places = (0..most).map(move |sample| (sample * last).checked_div(most - 1).unwrap_or(0));
        places.flat_map(move |place| under(stream, parents[place])).collect::<Vec<_>>()
    };
    streams.into_iter().flat_map(samples).collect()
}

/// The requests under one parent, one for each variant; none if its id is not an id.
pub(super) fn under(stream: &'static Stream, parent: &Row) -> Vec<Request> {
    let fields = stream.parent.iter().flat_map(|parent| parent.fields);
    let given: Row = fields.filter_map(|(from, to)| Some((*to, parent.get(from)?.clone()))).collect();
    let request = |variant| {
        let path = request::path(stream, variant, |name| text(&given, name).map(str::to_owned))?;
        Some(Request { path, given: given.clone(), ..Request::new(stream, Purpose::Child, "") })
    };
    request::variants(stream).into_iter().filter_map(request).collect()
}

/// The parents that a sync would request, among those that were read.
pub(super) fn eligible<'a>(seen: &'a Observations, stream: &'static Stream) -> Vec<&'a Row> {
    let Some(Parent { stream: parent, which, .. }) = &stream.parent else { return Vec::new() };
    let include_deleted = seen.settings.include_deleted_users;
    let is_eligible = |row: &&Row| request::includes(*which, include_deleted, |field| field_text(row, field));
    seen.rows(parent).filter(is_eligible).collect()
}

/// A string or a boolean of a row, as text.
fn field_text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    match row.get(field)? {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        value => value.as_str(),
    }
}

/// True if the stream has children.
pub(super) fn is_parent(stream: &'static Stream) -> bool {
    STREAMS.iter().filter_map(|child| child.parent.as_ref()).any(|parent| std::ptr::eq(parent.stream, stream))
}
