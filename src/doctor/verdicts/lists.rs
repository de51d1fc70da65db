//! Scopes, refusals, and the company-wide list of registrations.

use crate::doctor::fields::is_code;
use crate::doctor::observations::{Observations, Probe, Response, Row, text};
use crate::doctor::undocumented::{COMPANY_FIELDS, COMPANY_PATHS};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::{CLASSROOM_REGISTRATIONS, STREAMS, Stream};

pub(super) fn all(seen: &Observations) -> Vec<Finding> {
    vec![
        endpoints(seen),
        scopes(seen),
        scope_first(seen),
        forbidden_form(seen),
        absent_codes(seen),
        registrations(seen),
    ]
}

fn endpoints(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "endpoints",
        claim: "Every endpoint of the table exists.",
        consequence: "Every stream can be read if its scope is granted.",
    };
    let is_of_a_sync =
        |response: &&Response| matches!(response.probe, Probe::List(_) | Probe::Next(_) | Probe::Child(..));
    let responses: Vec<&Response> = seen.responses.iter().filter(is_of_a_sync).collect();
    // If other streams show that the scope is granted, a missing scope is not the reason.
    let is_refused = |response: &&&Response| {
        let lacks = response.lacks_scope() && seen.is_granted(response.stream.scope) == Some(true);
        // An expired `next` is another assumption.
        if matches!((response.probe, response.status), (Probe::Next(_), 400 | 410)) {
            return false;
        }
        // One absent parent may be a coincidence; a child without any other response is not.
        let is_absent = response.is_absence()
            && seen.about(response.stream).filter(is_of_a_sync).all(Response::is_absence);
        response.is_refused() || lacks || is_absent
    };
    let described = |response: &&Response| {
        let place = if matches!(response.probe, Probe::Next(_)) { ", next page" } else { "" };
        let what = if response.status < 300 { "not a page of this shape" } else { plain(&response.code) };
        format!("{} (HTTP {} {what}{place})", response.stream.name, response.status)
    };
    let mut refused: Vec<String> = responses.iter().filter(is_refused).map(described).collect();
    refused.dedup();
    if !refused.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Refused, or of another shape: {}.", list(&refused)),
            "These streams and their children fail in a sync. The others are read.",
            "Deselect these streams in the connection, and report it.",
        );
    }
    let answered =
        STREAMS.iter().filter(|stream| responses.iter().any(|response| response.stream.name == stream.name));
    match (answered.count(), STREAMS.len()) {
        (0, _) => assumption.unknown("No response was received."),
        (some, all) if seen.stopped.is_some() => {
            assumption.unknown(format!("{some} of {} probed, none refused.", count(all, "stream")))
        }
        (some, all) if some < all => assumption.holds(format!(
            "{some} of {} probed, none refused; the others have no parent in this account.",
            count(all, "stream")
        )),
        (_, all) => assumption.holds(format!("{} probed, none refused.", count(all, "stream"))),
    }
}

fn scopes(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "scopes",
        claim: "The credentials have the scope of every stream.",
        consequence: "Every stream can be selected.",
    };
    let mut scopes: Vec<&str> = STREAMS.iter().map(|stream| stream.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let with = |granted| -> Vec<&str> {
        scopes.iter().copied().filter(|scope| seen.is_granted(scope) == granted).collect()
    };
    let (granted, missing, open) = (with(Some(true)), with(Some(false)), with(None));
    if !missing.is_empty() {
        let lacks = |stream: &Stream| missing.contains(&stream.scope);
        let failing: Vec<&str> = STREAMS
            .iter()
            .filter(|stream| lacks(stream) || stream.ancestors().any(lacks))
            .map(|stream| stream.name)
            .collect();
        return assumption.differs(
            Effect::Fails,
            format!("{} of {} are missing: {}.", missing.len(), count(scopes.len(), "scope"), missing.join(", ")),
            format!("These streams would fail: {}. The others are read.", failing.join(", ")),
            "Add the scopes to the API v2 credentials in 360Learning, or deselect these streams in the connection.",
        );
    }
    if open.is_empty() {
        return assumption.holds(format!("All {} are granted.", count(granted.len(), "scope")));
    }
    assumption.unknown(format!("No probe needs {}.", list(&open)))
}

fn scope_first(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "scope_before_lookup",
        claim: "The API checks the scope before it looks up the object of the path.",
        consequence: "`check` can test a scope with an object that does not exist.",
    };
    let lacks = |response: &&Response| {
        response.probe == Probe::MissingParent && seen.is_granted(response.stream.scope) == Some(false)
    };
    let responses: Vec<&Response> = seen.responses.iter().filter(lacks).collect();
    if responses.is_empty() {
        return assumption.unknown("No scope of a child stream is missing.");
    }
    let late: Vec<&str> = responses
        .iter()
        .filter(|response| response.status != 403)
        .map(|response| response.stream.scope)
        .collect();
    if late.is_empty() {
        return assumption.holds(format!(
            "403 under an object that does not exist, for {}.",
            count(responses.len(), "scope")
        ));
    }
    assumption.differs(
        Effect::Fails,
        format!("Not 403 under an object that does not exist, for {}.", list(&late)),
        "`check` tests with the first object that exists. If it finds none, it assumes that these scopes are granted, and the streams may fail in the sync.",
        REPORT,
    )
}

fn forbidden_form(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "forbidden_form",
        claim: "The body of a 403 is {\"error\": {\"code\": \"invalid_scope\"}}, as in the OpenAPI description.",
        consequence: "The error names the missing scope. The connector also accepts a bare string.",
    };
    let is_refused = |response: &&Response| {
        response.status == 403 && !matches!(response.probe, Probe::CompanyRegistrations(_))
    };
    let refused: Vec<&Response> = seen.responses.iter().filter(is_refused).collect();
    if refused.is_empty() {
        return assumption.unknown("No 403 was received.");
    }
    if refused.iter().any(|response| response.code != "invalid_scope") {
        return assumption.differs(
            Effect::Fails,
            format!("{} with another code than invalid_scope.", count(refused.len(), "403")),
            "The error of a sync does not name the missing scope.",
            REPORT,
        );
    }
    if refused.iter().any(|response| response.is_bare) {
        return assumption.differs(
            Effect::None,
            "The error is a bare string, as on one page of the documentation.",
            "None: the connector accepts both forms.",
            "",
        );
    }
    assumption.holds(format!("{} of that form.", count(refused.len(), "response")))
}

fn absent_codes(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "absent_codes",
        claim: "A request under an object that does not exist returns HTTP 404 or 410 with a code.",
        consequence: "A parent that is deleted during a sync is not a failure.",
    };
    let is_probe = |response: &&Response| response.probe == Probe::MissingParent && response.status != 403;
    let responses: Vec<&Response> = seen.responses.iter().filter(is_probe).collect();
    if responses.is_empty() {
        return assumption.unknown("No object that does not exist was requested.");
    }
    let strange: Vec<String> = responses
        .iter()
        .filter(|response| response.is_refused())
        .map(|response| {
            format!("{} (HTTP {} {})", response.stream.name, response.status, plain(&response.code))
        })
        .collect();
    let pages: Vec<&str> = responses
        .iter()
        .filter(|response| response.rows.is_some())
        .map(|response| response.stream.name)
        .collect();
    if strange.is_empty() && !pages.is_empty() {
        return assumption.differs(
            Effect::None,
            format!("A page instead of an error for {}.", list(&pages)),
            "None: the children of a missing parent are empty either way.",
            "",
        );
    }
    if strange.is_empty() {
        return assumption.holds(format!("Such a response, for {}.", count(responses.len(), "stream")));
    }
    assumption.differs(
        Effect::Fails,
        format!("Another response for {}.", list(&strange)),
        "A parent that is deleted during a sync counts as failed: the stream ends INCOMPLETE, and the next sync reads it again.",
        REPORT,
    )
}

fn registrations(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "registrations_list",
        claim: "There is no company-wide list of registrations at a probable path.",
        consequence: "Registrations are read classroom by classroom.",
    };
    let responses: Vec<&Response> = COMPANY_PATHS
        .iter()
        .filter_map(|path| seen.find(&CLASSROOM_REGISTRATIONS, Probe::CompanyRegistrations(path)))
        .collect();
    if responses.len() < COMPANY_PATHS.len() || responses.iter().any(|response| response.status == 403) {
        return assumption.unknown("The two paths could not both be probed.");
    }
    let described: Vec<String> = responses
        .iter()
        .map(|response| {
            let Probe::CompanyRegistrations(path) = response.probe else { return String::new() };
            match &response.rows {
                Some(rows) => format!("{path}: a list, with {} on its first page", count(rows.len(), "row")),
                None if response.status == 200 => format!("{path}: HTTP 200, and not a list"),
                None => format!("{path}: HTTP {} {}", response.status, plain(&response.code)),
            }
        })
        .collect();
    let described = described.join("; ");
    if responses.iter().all(|response| response.status != 200) {
        return assumption.holds(format!("{described}."));
    }
    let rows = || responses.iter().flat_map(|response| response.rows());
    let has_all = |row: &&Row| COMPANY_FIELDS.iter().all(|field| text(row, field).is_some());
    let (fit, all) = (rows().filter(has_all).count(), rows().count());
    let use_of_it = if fit > 0 && fit == all {
        "None today: a sync reads registrations classroom by classroom. With this list it would send one request per 7,000 rows instead."
    } else {
        "None: a sync reads registrations classroom by classroom."
    };
    assumption.differs(
        Effect::None,
        format!("{described}. {fit} of {} have all of {}.", count(all, "row"), list(&COMPANY_FIELDS)),
        use_of_it,
        REPORT,
    )
}

/// A code that may be printed: the server sent it.
fn plain(code: &str) -> &str {
    if is_code(code) { code } else { "without a code" }
}
