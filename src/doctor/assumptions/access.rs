//! Endpoints, scopes and refusals.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::{Difference, Effect, Judgment, fails, harmless, none_of};
use crate::doctor::fields::is_code;
use crate::doctor::observations::{Observations, Purpose, Response, text};
use crate::doctor::text::{count, list};
use crate::streams::Stream;

/// The responses that would fail a sync although the scope is granted.
pub(in crate::doctor) fn refusals(seen: &Observations) -> Vec<&Response> {
    let is_refused = |response: &&Response| {
        let stream = response.request.stream;
        // If other streams show that the scope is granted, a missing scope is not the reason.
        let lacks = response.lacks_scope() && seen.is_granted(stream.scope) == Some(true);
        // One absent parent may be a coincidence; a child without any other response is not.
        let is_absent = response.is_absence()
            && seen.about(stream).filter(|one| one.is_of_a_sync()).all(Response::is_absence);
        response.is_refused() || lacks || is_absent
    };
    // An expired `next` is another assumption.
    let has_expired = |response: &&Response| {
        matches!((response.request.purpose, response.raw.status), (Purpose::Page(_), 400 | 410))
    };
    let of_a_sync = seen.responses.iter().filter(|response| response.is_of_a_sync());
    of_a_sync.filter(|response| !has_expired(response)).filter(is_refused).collect()
}

/// `users (HTTP 404 notFound)`. A code is printed only if it looks like one: the server sent it.
fn describe(response: &Response) -> String {
    let (stream, status, code) = (response.request.stream.name, response.raw.status, &response.raw.code);
    let place = if matches!(response.request.purpose, Purpose::Page(_)) { ", next page" } else { "" };
    let what = match status {
        200..=299 => "not a page of this shape",
        _ if is_code(code) => code,
        _ => "without a code",
    };
    format!("{stream} (HTTP {status} {what}{place})")
}

pub(super) fn endpoints(seen: &Observations) -> Option<Judgment> {
    let mut refused: Vec<String> = refusals(seen).into_iter().map(describe).collect();
    refused.dedup();
    let probed = seen.streams().filter(|stream| seen.about(stream).any(Response::is_of_a_sync)).count();
    let all = count(seen.streams().count(), "stream");
    let evidence = if probed == seen.streams().count() {
        format!("{all} probed, none refused.")
    } else {
        format!("{probed} of {all} probed, none refused; the others have no parent that can be read.")
    };
    if refused.is_empty() && seen.stopped.is_some() {
        return Some(Unknown(evidence));
    }
    let differs = "Refused, or of another shape:";
    if !refused.is_empty() && !seen.responses.iter().any(Response::is_read) {
        let advice = "Check base_url and the API credentials. If both are right, report it.";
        let evidence = format!("{differs} {}.", list(&refused));
        return Some(DiffersBy(fails("No stream can be read.", advice), evidence));
    }
    none_of(&refused, differs, probed, evidence)
}

pub(super) fn scopes(seen: &Observations) -> Option<Judgment> {
    let scopes: BTreeSet<&str> = seen.streams().map(|stream| stream.scope).collect();
    let with = |granted| -> Vec<&str> {
        scopes.iter().copied().filter(|scope| seen.is_granted(scope) == granted).collect()
    };
    let missing = with(Some(false));
    let all = count(scopes.len(), "scope");
    if missing.is_empty() {
        return with(None).is_empty().then(|| Holds(format!("All {all} are granted.")));
    }
    let lacks = |stream: &Stream| missing.contains(&stream.scope);
    let fails = |stream: &&'static Stream| lacks(stream) || stream.ancestors().any(lacks);
    let failing: Vec<&str> = seen.streams().filter(fails).map(|stream| stream.name).collect();
    let are = if missing.len() == 1 { "is" } else { "are" };
    let meaning = if failing.len() == seen.streams().count() {
        Cow::Borrowed("All streams fail.")
    } else {
        let others = if seen.responses.iter().any(Response::is_read) { " The others are read." } else { "" };
        Cow::Owned(format!("These streams fail: {}.{others}", failing.join(", ")))
    };
    Some(DiffersBy(
        Difference { effect: Effect::Fails, meaning, advice: super::table::ADD_SCOPES },
        format!("{} of {all} {are} missing: {}.", missing.len(), missing.join(", ")),
    ))
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
    let is_refused = |response: &&Response| {
        // Another body is that of a firewall or a proxy.
        response.raw.status == 403
            && response.raw.is_json
            && response.request.purpose != Purpose::CompanyRegistrations
    };
    let refused: Vec<&Response> = seen.responses.iter().filter(is_refused).collect();
    let with_code = refused.iter().filter(|response| response.raw.code == "invalid_scope").count();
    let judgment = if with_code < refused.len() {
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
    let strange = responses.iter().filter(|response| response.is_refused());
    let strange: Vec<String> = strange.map(|response| describe(response)).collect();
    let pages = responses.iter().filter(|response| response.rows.is_some());
    let pages: Vec<&str> = pages.map(|response| response.request.stream.name).collect();
    if strange.is_empty() && !pages.is_empty() {
        let meaning = "None: the children of a missing parent are empty either way.";
        return Some(DiffersBy(
            harmless(meaning),
            format!("A page instead of an error for {}.", list(&pages)),
        ));
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
        let (path, status, code) = (&response.request.path, response.raw.status, &response.raw.code);
        match &response.rows {
            Some(rows) => format!("{path}: a list, with {} on its first page", count(rows.len(), "row")),
            None if status == 200 => format!("{path}: HTTP 200, and not a list"),
            None if is_code(code) => format!("{path}: HTTP {status} {code}"),
            None => format!("{path}: HTTP {status} without a code"),
        }
    };
    let described = responses.iter().map(described).collect::<Vec<_>>().join("; ");
    if responses.iter().all(|response| response.raw.status != 200) {
        return Some(Holds(format!("{described}.")));
    }
    let rows: Vec<_> = responses.iter().flat_map(|response| response.rows()).collect();
    let fit = rows.iter().filter(|row| FIELDS.iter().all(|field| text(row, field).is_some())).count();
    let all = count(rows.len(), "row");
    Some(Differs(format!("{described}. {fit} of {all} have all of {}.", list(&FIELDS))))
}
