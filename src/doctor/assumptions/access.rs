//! Endpoints, scopes and refusals.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Effect::Fails;
use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::{Difference, Judgment, Observations, difference, harmless, none_of};
use crate::doctor::exchange::{Outcome, Purpose, Request, Response, text};
use crate::doctor::observations::is_parent;
use crate::doctor::text::{count, list};
use crate::streams::{CLASSROOM_REGISTRATIONS, List, Stream, request};

/// Parents under which a child is sampled, at most.
const SAMPLES: usize = 3;

/// The same if it has children itself: its error would be in theirs too.
const MOST_SAMPLES: usize = 8;

/// The first page of every list.
pub(in crate::doctor) fn first_pages(seen: &Observations) -> Vec<Request> {
    let page = |(stream, list): (_, List)| Request::new(stream, Purpose::List(list), list.filter());
    seen.lists().map(page).collect()
}

/// Every child under a few parents, spread from the first to the last one. Those without a row come
/// first, then those that have children, and each is requested once before any is requested twice.
pub(in crate::doctor) fn children(seen: &Observations) -> Vec<Request> {
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
        let parents = seen.eligible(stream);
        let (last, most) = (parents.len().saturating_sub(1), wanted(stream).min(parents.len()));
        let places = (0..most).map(move |sample| (sample * last).checked_div(most - 1).unwrap_or(0));
        places.flat_map(move |place| Request::under(stream, parents[place])).collect::<Vec<_>>()
    };
    streams.into_iter().flat_map(samples).collect()
}

/// An id that no object has.
const MISSING_ID: &str = "000000000000000000000000";

/// Possible paths of the company-wide list of registrations, which the official reference does not
/// name.
const COMPANY_PATHS: [&str; 2] = ["/classrooms/registrations", "/classroom-slots/registrations"];

/// The paths at which a company-wide list of registrations may be.
pub(in crate::doctor) fn company_registrations(seen: &Observations) -> Vec<Request> {
    let stream = &CLASSROOM_REGISTRATIONS;
    let paths = COMPANY_PATHS.into_iter().filter(|_| !seen.lacks_scope(stream));
    let request = |path: &str| Request {
        path: path.to_owned(),
        ..Request::new(stream, Purpose::CompanyRegistrations, "")
    };
    paths.map(request).collect()
}

/// A request under a parent that does not exist: one child for each kind of parent, and one for
/// each scope that is missing or that nothing shows yet.
pub(in crate::doctor) fn missing_parents(seen: &Observations) -> Vec<Request> {
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
        Some(Request { path, ..Request::new(stream, Purpose::MissingParent, "") })
    };
    seen.streams().filter(|stream| stream.parent.is_some()).filter(is_new).filter_map(request).collect()
}

/// True if the response would fail a sync although the scope is granted.
pub(in crate::doctor) fn is_refusal(seen: &Observations, response: &Response) -> bool {
    let (stream, purpose) = (response.request.stream, response.request.purpose);
    match response.outcome {
        _ if !purpose.is_of_a_sync() => false,
        // An expired `next` is another assumption.
        _ if matches!(purpose, Purpose::Page(_)) && response.has_expired() => false,
        // If other streams show that the scope is granted, a missing scope is not the reason.
        Outcome::MissingScope => seen.is_granted(stream.scope) == Some(true),
        // One absent parent may be a coincidence; a child without any other response is not.
        Outcome::Absent => seen.of_a_sync(stream).all(|one| one.outcome == Outcome::Absent),
        outcome => outcome == Outcome::Refused,
    }
}

/// `users (HTTP 404 notFound)`.
fn describe(response: &Response) -> String {
    let status = match response.raw.status {
        status @ 200..=299 => format!("HTTP {status} not a page of this shape"),
        _ => response.status(),
    };
    let place = if matches!(response.request.purpose, Purpose::Page(_)) { ", next page" } else { "" };
    format!("{} ({status}{place})", response.name())
}

pub(super) fn endpoints(seen: &Observations) -> Option<Judgment> {
    let refused = seen.responses.iter().filter(|response| is_refusal(seen, response));
    let mut refused: Vec<String> = refused.map(describe).collect();
    refused.dedup();
    let probed = seen.streams().filter(|stream| seen.of_a_sync(stream).next().is_some()).count();
    let all = count(seen.streams().count(), "stream");
    let evidence = if probed == seen.streams().count() {
        format!("{all} probed, none refused.")
    } else {
        format!("{probed} of {all} probed, none refused; the others have no parent that can be read.")
    };
    let differs = "Refused, or of another shape:";
    if refused.is_empty() && seen.stopped.is_some() {
        Some(Unknown(evidence))
    } else if refused.is_empty() || seen.all_reads().next().is_some() {
        none_of(&refused, differs, probed, evidence)
    } else {
        let advice = "Check base_url and the API credentials. If both are right, report it.";
        let difference = difference(Fails, "No stream can be read.", advice);
        Some(DiffersBy(difference, format!("{differs} {}.", list(&refused))))
    }
}

pub(super) fn scopes(seen: &Observations) -> Option<Judgment> {
    let scopes: BTreeSet<&str> = seen.streams().map(|stream| stream.scope).collect();
    let with = |granted| -> Vec<&str> {
        scopes.iter().copied().filter(|scope| seen.is_granted(scope) == granted).collect()
    };
    let (missing, all) = (with(Some(false)), count(scopes.len(), "scope"));
    if missing.is_empty() {
        return with(None).is_empty().then(|| Holds(format!("All {all} are granted.")));
    }
    let failing = seen.streams().filter(|stream| seen.is_forbidden(stream));
    let failing: Vec<&str> = failing.map(|stream| stream.name).collect();
    let others = if seen.all_reads().next().is_some() { " The others are read." } else { "" };
    let meaning = if failing.len() == seen.streams().count() {
        "All streams fail.".to_owned()
    } else {
        format!("These streams fail: {}.{others}", failing.join(", "))
    };
    let are = if missing.len() == 1 { "is" } else { "are" };
    let evidence = format!("{} of {all} {are} missing: {}.", missing.len(), missing.join(", "));
    let advice = super::table::ADD_SCOPES;
    Some(DiffersBy(Difference { effect: Fails, meaning: Cow::Owned(meaning), advice }, evidence))
}

pub(super) fn scope_before_lookup(seen: &Observations) -> Option<Judgment> {
    let lacks = |response: &&Response| seen.lacks_scope(response.request.stream);
    let responses: Vec<&Response> = seen.all(Purpose::MissingParent).filter(lacks).collect();
    let late = responses.iter().filter(|response| response.raw.status != 403);
    let late: Vec<&str> = late.map(|response| response.request.stream.scope).collect();
    let holds = format!("403 under an object that does not exist, for {}.", count(responses.len(), "scope"));
    none_of(&late, "Not 403 under an object that does not exist, for", responses.len(), holds)
}

pub(super) fn forbidden_form(seen: &Observations) -> Option<Judgment> {
    // Another body is that of a firewall or a proxy.
    let is_of_the_api = |response: &&Response| {
        let is_list = response.request.purpose == Purpose::CompanyRegistrations;
        response.raw.status == 403 && response.raw.is_json && !is_list
    };
    let refused: Vec<&Response> = seen.responses.iter().filter(is_of_the_api).collect();
    let judgment = if refused.iter().any(|response| response.outcome != Outcome::MissingScope) {
        Differs(format!("{} with another code than invalid_scope.", count(refused.len(), "403")))
    } else if refused.iter().any(|response| response.raw.is_bare) {
        let evidence = "The error is a bare string, as on one page of the documentation.";
        DiffersBy(harmless("None: the connector accepts both forms."), evidence.into())
    } else {
        Holds(format!("{} of that form.", count(refused.len(), "response")))
    };
    (!refused.is_empty()).then_some(judgment)
}

pub(super) fn absent_codes(seen: &Observations) -> Option<Judgment> {
    let is_allowed = |response: &&Response| response.raw.status != 403;
    let responses: Vec<&Response> = seen.all(Purpose::MissingParent).filter(is_allowed).collect();
    let with = |outcome| responses.iter().copied().filter(move |response| response.outcome == outcome);
    let strange: Vec<String> = with(Outcome::Refused).map(describe).collect();
    let pages: Vec<&str> = with(Outcome::Page).map(Response::name).collect();
    if strange.is_empty() && !pages.is_empty() {
        let meaning = "None: the children of a missing parent are empty either way.";
        let evidence = format!("A page instead of an error for {}.", list(&pages));
        return Some(DiffersBy(harmless(meaning), evidence));
    }
    let holds = format!("Such a response, for {}.", count(responses.len(), "stream"));
    none_of(&strange, "Another response for", responses.len(), holds)
}

pub(super) fn registrations_list(seen: &Observations) -> Option<Judgment> {
    /// What each row would need: the key, and what is added to rows under a classroom.
    const FIELDS: [&str; 3] = ["_id", "classroomId", "classroomSlotId"];
    let responses: Vec<&Response> = seen.all(Purpose::CompanyRegistrations).collect();
    if responses.len() < 2 || responses.iter().any(|response| response.raw.status == 403) {
        return None;
    }
    let described = |response: &&Response| {
        let what = match response.raw.status {
            _ if response.is_page() => {
                format!("a list, with {} on its first page", count(response.rows.len(), "row"))
            }
            200 => "HTTP 200, and not a list".to_owned(),
            _ => response.status(),
        };
        format!("{}: {what}", response.request.path)
    };
    let described = responses.iter().map(described).collect::<Vec<_>>().join("; ");
    if responses.iter().all(|response| response.raw.status != 200) {
        return Some(Holds(format!("{described}.")));
    }
    let rows: Vec<_> = responses.iter().flat_map(|response| &response.rows).collect();
    let fit = rows.iter().filter(|row| FIELDS.iter().all(|field| text(row, field).is_some())).count();
    let all = count(rows.len(), "row");
    Some(Differs(format!("{described}. {fit} of {all} have all of {}.", list(&FIELDS))))
}
