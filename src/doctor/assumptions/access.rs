//! Endpoints, scopes and refusals.

use std::borrow::Cow;

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Assumption, Difference, Effect, Judgement, REPORT, difference, harmless};
use crate::doctor::fields::is_code;
use crate::doctor::observations::{Observations, Purpose, Response, text};
use crate::doctor::probes::{CHILDREN, LISTS, MISSING_PARENTS, REGISTRATIONS};
use crate::doctor::text::{count, list};
use crate::streams::Stream;

pub(super) static ASSUMPTIONS: [Assumption; 6] = [
    Assumption {
        id: "endpoints",
        claim: "Every endpoint of the table exists.",
        consequence: "Every stream can be read if its scope is granted.",
        probe: &CHILDREN,
        judge: endpoints,
        difference: difference(
            Effect::Fails,
            "These streams and their children fail in a sync. The others are read.",
            "Deselect these streams in the connection, and report it.",
        ),
    },
    Assumption {
        id: "scopes",
        claim: "The credentials have the scope of every stream.",
        consequence: "Every stream can be selected.",
        probe: &LISTS,
        judge: scopes,
        difference: difference(Effect::Fails, "Streams would fail.", ADD_SCOPES),
    },
    Assumption {
        id: "scope_before_lookup",
        claim: "The API checks the scope before it looks up the object of the path.",
        consequence: "`check` can test a scope with an object that does not exist.",
        probe: &MISSING_PARENTS,
        judge: scope_before_lookup,
        difference: difference(
            Effect::Fails,
            "`check` tests with the first object that exists. If it finds none, it assumes that these scopes are granted, and the streams may fail in the sync.",
            REPORT,
        ),
    },
    Assumption {
        id: "forbidden_form",
        claim: "The body of a 403 is {\"error\": {\"code\": \"invalid_scope\"}}, as in the OpenAPI description.",
        consequence: "The error names the missing scope. The connector also accepts a bare string.",
        probe: &LISTS,
        judge: forbidden_form,
        difference: difference(Effect::Fails, "The error of a sync does not name the missing scope.", REPORT),
    },
    Assumption {
        id: "absent_codes",
        claim: "A request under an object that does not exist returns HTTP 404 or 410 with a code.",
        consequence: "A parent that is deleted during a sync is not a failure.",
        probe: &MISSING_PARENTS,
        judge: absent_codes,
        difference: difference(
            Effect::Fails,
            "A parent that is deleted during a sync counts as failed: the stream ends INCOMPLETE, and the next sync reads it again.",
            REPORT,
        ),
    },
    Assumption {
        id: "registrations_list",
        claim: "There is no company-wide list of registrations at a probable path.",
        consequence: "Registrations are read classroom by classroom.",
        probe: &REGISTRATIONS,
        judge: registrations_list,
        difference: difference(
            Effect::None,
            "None today: a sync reads registrations classroom by classroom. With a list whose rows have all of these fields it would send one request per 7,000 rows instead.",
            REPORT,
        ),
    },
];

const ADD_SCOPES: &str =
    "Add the scopes to the API v2 credentials in 360Learning, or deselect these streams in the connection.";

/// What each row of a company-wide list would need: the key, and what is added to rows under a
/// classroom.
const COMPANY_FIELDS: [&str; 3] = ["_id", "classroomId", "classroomSlotId"];

/// The responses that would fail a sync although the scope is granted.
pub(in crate::doctor) fn refusals(seen: &Observations) -> Vec<&Response> {
    let is_refused = |response: &&Response| {
        let stream = response.request.stream;
        // If other streams show that the scope is granted, a missing scope is not the reason.
        let lacks = response.lacks_scope() && seen.is_granted(stream.scope) == Some(true);
        // An expired `next` is another assumption.
        if matches!((response.request.purpose, response.raw.status), (Purpose::Page(_), 400 | 410)) {
            return false;
        }
        // One absent parent may be a coincidence; a child without any other response is not.
        let is_absent = response.is_absence()
            && seen.about(stream).filter(|one| one.is_of_a_sync()).all(Response::is_absence);
        response.is_refused() || lacks || is_absent
    };
    seen.responses.iter().filter(|response| response.is_of_a_sync()).filter(is_refused).collect()
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

fn endpoints(seen: &Observations) -> Judgement {
    let mut refused: Vec<String> = refusals(seen).into_iter().map(describe).collect();
    refused.dedup();
    if !refused.is_empty() {
        return Differs(format!("Refused, or of another shape: {}.", list(&refused)));
    }
    let all = seen.streams().count();
    let probed = seen.streams().filter(|stream| seen.about(stream).any(Response::is_of_a_sync)).count();
    let text = format!("{probed} of {} probed, none refused", count(all, "stream"));
    match probed {
        0 => Unknown("No response was received.".into()),
        _ if seen.stopped.is_some() => Unknown(format!("{text}.")),
        _ if probed < all => Holds(format!("{text}; the others have no parent in this account.")),
        _ => Holds(format!("{} probed, none refused.", count(all, "stream"))),
    }
}

fn scopes(seen: &Observations) -> Judgement {
    let mut scopes: Vec<&str> = seen.streams().map(|stream| stream.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let with = |granted| -> Vec<&str> {
        scopes.iter().copied().filter(|scope| seen.is_granted(scope) == granted).collect()
    };
    let (granted, missing, open) = (with(Some(true)), with(Some(false)), with(None));
    if !missing.is_empty() {
        let lacks = |stream: &Stream| missing.contains(&stream.scope);
        let fails = |stream: &&'static Stream| lacks(stream) || stream.ancestors().any(lacks);
        let failing: Vec<&str> = seen.streams().filter(fails).map(|stream| stream.name).collect();
        let (some, all) = (missing.len(), count(scopes.len(), "scope"));
        let meaning = format!("These streams would fail: {}. The others are read.", failing.join(", "));
        return DiffersBy(
            format!("{some} of {all} are missing: {}.", missing.join(", ")),
            Difference { effect: Effect::Fails, meaning: Cow::Owned(meaning), advice: ADD_SCOPES },
        );
    }
    if open.is_empty() {
        return Holds(format!("All {} are granted.", count(granted.len(), "scope")));
    }
    Unknown(format!("No probe needs {}.", list(&open)))
}

fn scope_before_lookup(seen: &Observations) -> Judgement {
    let responses: Vec<&Response> = seen
        .all(Purpose::MissingParent)
        .filter(|response| seen.lacks_scope(response.request.stream))
        .collect();
    let is_late = |response: &&&Response| response.raw.status != 403;
    let late: Vec<&str> =
        responses.iter().filter(is_late).map(|response| response.request.stream.scope).collect();
    if responses.is_empty() {
        Unknown("No scope of a child stream is missing.".into())
    } else if late.is_empty() {
        let scopes = count(responses.len(), "scope");
        Holds(format!("403 under an object that does not exist, for {scopes}."))
    } else {
        Differs(format!("Not 403 under an object that does not exist, for {}.", list(&late)))
    }
}

fn forbidden_form(seen: &Observations) -> Judgement {
    let is_refused = |response: &&Response| {
        response.raw.status == 403 && response.request.purpose != Purpose::CompanyRegistrations
    };
    let refused: Vec<&Response> = seen.responses.iter().filter(is_refused).collect();
    if refused.is_empty() {
        Unknown("No 403 was received.".into())
    } else if refused.iter().any(|response| response.raw.code != "invalid_scope") {
        Differs(format!("{} with another code than invalid_scope.", count(refused.len(), "403")))
    } else if refused.iter().any(|response| response.raw.is_bare) {
        DiffersBy(
            "The error is a bare string, as on one page of the documentation.".into(),
            harmless("None: the connector accepts both forms."),
        )
    } else {
        Holds(format!("{} of that form.", count(refused.len(), "response")))
    }
}

fn absent_codes(seen: &Observations) -> Judgement {
    let responses: Vec<&Response> =
        seen.all(Purpose::MissingParent).filter(|response| response.raw.status != 403).collect();
    let strange: Vec<String> = responses
        .iter()
        .filter(|response| response.is_refused())
        .map(|response| describe(response))
        .collect();
    let pages: Vec<&str> = responses
        .iter()
        .filter(|response| response.rows.is_some())
        .map(|response| response.request.stream.name)
        .collect();
    if responses.is_empty() {
        Unknown("No object that does not exist was requested.".into())
    } else if !strange.is_empty() {
        Differs(format!("Another response for {}.", list(&strange)))
    } else if !pages.is_empty() {
        DiffersBy(
            format!("A page instead of an error for {}.", list(&pages)),
            harmless("None: the children of a missing parent are empty either way."),
        )
    } else {
        Holds(format!("Such a response, for {}.", count(responses.len(), "stream")))
    }
}

fn registrations_list(seen: &Observations) -> Judgement {
    let responses: Vec<&Response> = seen.all(Purpose::CompanyRegistrations).collect();
    if responses.len() < 2 || responses.iter().any(|response| response.raw.status == 403) {
        return Unknown("The two paths could not both be probed.".into());
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
        return Holds(format!("{described}."));
    }
    let rows = || responses.iter().flat_map(|response| response.rows());
    let fit = rows().filter(|row| COMPANY_FIELDS.iter().all(|field| text(row, field).is_some())).count();
    let all = count(rows().count(), "row");
    Differs(format!("{described}. {fit} of {all} have all of {}.", list(&COMPANY_FIELDS)))
}
