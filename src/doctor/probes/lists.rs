//! Lists, and streams under their parents.

use std::collections::BTreeSet;

use crate::doctor::observations::{Observations, Purpose, Request, Row, field_text, text};
use crate::streams::{
    CLASSROOM_REGISTRATIONS, HiddenStatus, List, Parent, STREAMS, Stream, WEBHOOK_EVENTS,
    WEBHOOK_SUBSCRIPTIONS, request,
};

/// Parents under which a child is sampled, at most.
const SAMPLES: usize = 3;

/// The same if it has children itself: its error would be in theirs too.
const MOST_SAMPLES: usize = 8;

/// Types of webhook events that are sampled.
const MOST_TYPES: usize = 12;

/// An id that no object has.
const MISSING_ID: &str = "000000000000000000000000";

/// Possible paths of the company-wide list of registrations, which the official reference does not
/// name.
const COMPANY_PATHS: [&str; 2] = ["/classrooms/registrations", "/classroom-slots/registrations"];

/// The first page of every list.
pub(super) fn first_pages(seen: &Observations) -> Vec<Request> {
    let page = |stream: &'static Stream, list: List| {
        Request::new(stream, Purpose::List(list), stream.path, list.filter())
    };
    seen.roots()
        .flat_map(|stream| probed_lists(stream).into_iter().map(move |list| page(stream, list)))
        .collect()
}

/// Every child under a few parents, spread from the first to the last one. Those without a row come
/// first, then those that have children, and each is requested once before any is requested twice.
pub(super) fn children(seen: &Observations) -> Vec<Request> {
    let wanted = |stream| if is_parent(stream) { MOST_SAMPLES } else { SAMPLES };
    let requested = |stream| seen.all_about(stream, Purpose::Child).count() / request::variants(stream).len();
    let mut streams: Vec<_> = with_parents(seen)
        .filter(|stream| !seen.lacks_scope(stream) && requested(stream) < wanted(stream))
        .collect();
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

/// The events of one subscription of each type, of an active one if there is one.
pub(super) fn events(seen: &Observations) -> Vec<Request> {
    if !seen.covers(&WEBHOOK_EVENTS) || seen.lacks_scope(&WEBHOOK_EVENTS) {
        return Vec::new();
    }
    let mut subscriptions: Vec<&Row> = seen.rows(&WEBHOOK_SUBSCRIPTIONS).collect();
    subscriptions.sort_by_key(|row| text(row, "status") != Some("active"));
    let mut types = BTreeSet::new();
    subscriptions.retain(|row| text(row, "eventType").is_some_and(|name| types.insert(name)));
    subscriptions.into_iter().take(MOST_TYPES).flat_map(|row| under(&WEBHOOK_EVENTS, row)).collect()
}

/// The paths at which a company-wide list of registrations may be.
pub(super) fn company_registrations(seen: &Observations) -> Vec<Request> {
    let stream = &CLASSROOM_REGISTRATIONS;
    if !seen.covers(stream) || seen.lacks_scope(stream) {
        return Vec::new();
    }
    let request = |path| Request::new(stream, Purpose::CompanyRegistrations, path, "");
    COMPANY_PATHS.into_iter().map(request).collect()
}

/// A request under a parent that does not exist: one child for each kind of parent, and one for
/// each scope that is missing or that nothing shows yet.
pub(super) fn missing_parents(seen: &Observations) -> Vec<Request> {
    let (mut parents, mut scopes) = (BTreeSet::new(), BTreeSet::new());
    let is_new = |stream: &&'static Stream| {
        let parent = stream.parent.as_ref().map(|parent| parent.stream.name);
        let is_kind = !seen.lacks_scope(stream) && parents.insert(parent);
        let is_open = seen.is_granted(stream.scope) != Some(true) && scopes.insert(stream.scope);
        is_kind || is_open
    };
    let request = |stream: &'static Stream| {
        let variant = request::variants(stream)[0];
        let path = request::path(stream, variant, |_| Some(MISSING_ID.to_owned()))?;
        Some(Request::new(stream, Purpose::MissingParent, path, ""))
    };
    with_parents(seen).filter(is_new).filter_map(request).collect()
}

/// The requests under one parent, one for each variant; none if its id is not an id.
pub(super) fn under(stream: &'static Stream, parent: &Row) -> Vec<Request> {
    let fields = stream.parent.iter().flat_map(|parent| parent.fields);
    let given: Row = fields.filter_map(|(from, to)| Some((*to, parent.get(from)?.clone()))).collect();
    let request = |variant| {
        let path = request::path(stream, variant, |name| text(&given, name).map(str::to_owned))?;
        Some(Request { given: given.clone(), ..Request::new(stream, Purpose::Child, path, "") })
    };
    request::variants(stream).into_iter().filter_map(request).collect()
}

/// The parents that a sync would request, among those that were read.
pub(in crate::doctor) fn eligible<'a>(seen: &'a Observations, stream: &'static Stream) -> Vec<&'a Row> {
    let Some(Parent { stream: parent, which, .. }) = &stream.parent else { return Vec::new() };
    let include_deleted = seen.settings.include_deleted_users;
    let is_eligible = |row: &&Row| request::includes(*which, include_deleted, |field| field_text(row, field));
    seen.rows(parent).filter(is_eligible).collect()
}

/// True if the stream has children.
pub(in crate::doctor) fn is_parent(stream: &'static Stream) -> bool {
    STREAMS.iter().filter_map(|child| child.parent.as_ref()).any(|parent| std::ptr::eq(parent.stream, stream))
}

fn with_parents(seen: &Observations) -> impl Iterator<Item = &'static Stream> {
    seen.streams().filter(|stream| stream.parent.is_some())
}

/// The lists of a root stream that are probed as a sync reads them. The other hidden statuses are
/// compared with the plain list.
pub(in crate::doctor) fn probed_lists(stream: &'static Stream) -> Vec<List> {
    let is_probed = |list: &List| !matches!(list, List::Hidden(status) if status.in_rows);
    request::lists(stream).into_iter().filter(is_probed).collect()
}

/// The hidden statuses that the plain list of a root stream can show.
pub(in crate::doctor) fn shown_statuses(
    stream: &'static Stream,
) -> impl Iterator<Item = &'static HiddenStatus> {
    stream.hidden.iter().filter(|hidden| stream.parent.is_none() && hidden.in_rows)
}
