//! Scopes, refusals, and what may be read in a cheaper way.

use crate::doctor::fields::is_code;
use crate::doctor::questions::registration_places;
use crate::doctor::seen::{Answer, Purpose, Row, Seen, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, list};
use crate::streams::{CLASSROOM_REGISTRATIONS, STREAMS, Stream};

pub(super) fn all(seen: &Seen) -> Vec<Finding> {
    vec![
        endpoints(seen),
        scopes(seen),
        scope_first(seen),
        forbidden_form(seen),
        absent_codes(seen),
        registrations(seen),
    ]
}

fn endpoints(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "endpoints",
        that: "Every endpoint of the table exists.",
        so: "Every stream can be read, as far as its scope is granted.",
    };
    let asks_as_a_sync =
        |answer: &&Answer| matches!(answer.purpose, Purpose::List(_) | Purpose::Next(_) | Purpose::Child(..));
    let answers: Vec<&Answer> = seen.answers.iter().filter(asks_as_a_sync).collect();
    // A scope that other streams show to be granted is not what this one lacks.
    let is_refused = |answer: &&&Answer| {
        let lacks = answer.lacks_scope() && seen.is_granted(answer.stream.scope) == Some(true);
        // That a way to a next page is no longer good is another matter.
        if matches!((answer.purpose, answer.status), (Purpose::Next(_), 400 | 410)) {
            return false;
        }
        answer.is_refused() || lacks
    };
    let told = |answer: &&Answer| {
        let place = if matches!(answer.purpose, Purpose::Next(_)) { ", next page" } else { "" };
        let what = if answer.status < 300 { "no page of this shape" } else { plain(&answer.code) };
        format!("{} (HTTP {} {what}{place})", answer.stream.name, answer.status)
    };
    let mut refused: Vec<String> = answers.iter().filter(is_refused).map(told).collect();
    refused.dedup();
    if !refused.is_empty() {
        return assumption.differs(
            Effect::Fails,
            format!("Refused, or of another shape: {}.", list(&refused)),
            "These streams, and those that are read under them, fail in a sync. The others are read.",
            "Leave these streams out of the connection, and report it.",
        );
    }
    let answered =
        STREAMS.iter().filter(|stream| answers.iter().any(|answer| answer.stream.name == stream.name));
    match (answered.count(), STREAMS.len()) {
        (0, _) => assumption.unknown("Nothing was answered."),
        (some, all) if seen.stopped.is_some() => {
            assumption.unknown(format!("{some} of {} asked, none refused.", count(all, "stream")))
        }
        (some, all) if some < all => assumption.holds(format!(
            "{some} of {} asked, none refused; the others have no parent here.",
            count(all, "stream")
        )),
        (_, all) => assumption.holds(format!("{} asked, none refused.", count(all, "stream"))),
    }
}

fn scopes(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "scopes",
        that: "The credentials have the scope of every stream.",
        so: "Every stream can be selected.",
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
            "Add the scopes to the API v2 credentials in 360Learning, or leave these streams out of the connection.",
        );
    }
    if open.is_empty() {
        return assumption.holds(format!("All {} are granted.", count(granted.len(), "scope")));
    }
    assumption.unknown(format!("Nothing that was asked needs {}.", list(&open)))
}

fn scope_first(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "scope_before_lookup",
        that: "A missing scope is told before the object of the path is looked up.",
        so: "`check` can ask for the attendance sheets of a slot that does not exist.",
    };
    let lacks = |answer: &&Answer| {
        answer.purpose == Purpose::Nobody && seen.is_granted(answer.stream.scope) == Some(false)
    };
    let answers: Vec<&Answer> = seen.answers.iter().filter(lacks).collect();
    if answers.is_empty() {
        return assumption
            .unknown("No scope is missing, or nothing is read under others with a missing one.");
    }
    let late: Vec<&str> =
        answers.iter().filter(|answer| answer.status != 403).map(|answer| answer.stream.scope).collect();
    if late.is_empty() {
        return assumption.holds(format!(
            "403 under an object that does not exist, for {}.",
            count(answers.len(), "scope")
        ));
    }
    assumption.differs(
        Effect::Fails,
        format!("Another refusal than 403 under an object that does not exist, for {}.", list(&late)),
        "`check` asks under the first object that exists; where it finds none, it takes these scopes for granted, and the streams then fail in the sync.",
        REPORT,
    )
}

fn forbidden_form(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "forbidden_form",
        that: "A 403 says {\"error\": {\"code\": \"invalid_scope\"}}, as the OpenAPI description has it.",
        so: "A missing scope is told by name. The connector reads a bare text as well.",
    };
    let is_refused =
        |answer: &&Answer| answer.status == 403 && !matches!(answer.purpose, Purpose::Registrations(_));
    let refused: Vec<&Answer> = seen.answers.iter().filter(is_refused).collect();
    if refused.is_empty() {
        return assumption.unknown("No 403 came.");
    }
    if refused.iter().any(|answer| answer.code != "invalid_scope") {
        return assumption.differs(
            Effect::Fails,
            format!("{} with another code than invalid_scope.", count(refused.len(), "403")),
            "The sync says that 360Learning refused the request, without naming the scope.",
            REPORT,
        );
    }
    if refused.iter().any(|answer| answer.is_bare) {
        return assumption.differs(
            Effect::None,
            "The error is a bare text, as one page of the documentation has it.",
            "Nothing: the connector reads both forms.",
            "",
        );
    }
    assumption.holds(format!("{} of that form.", count(refused.len(), "answer")))
}

fn absent_codes(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "absent_codes",
        that: "What is read under an object that does not exist answers with the code that the table knows.",
        so: "A parent that is deleted while a sync runs is an empty answer, not a failure.",
    };
    let asked = |answer: &&Answer| answer.purpose == Purpose::Nobody && answer.status != 403;
    let answers: Vec<&Answer> = seen.answers.iter().filter(asked).collect();
    if answers.is_empty() {
        return assumption.unknown("No object that does not exist was asked for.");
    }
    let strange: Vec<String> = answers
        .iter()
        .filter(|answer| answer.is_refused())
        .map(|answer| format!("{} (HTTP {} {})", answer.stream.name, answer.status, plain(&answer.code)))
        .collect();
    let pages: Vec<&str> =
        answers.iter().filter(|answer| answer.rows.is_some()).map(|answer| answer.stream.name).collect();
    if strange.is_empty() && !pages.is_empty() {
        return assumption.differs(
            Effect::None,
            format!("A page in place of a refusal for {}.", list(&pages)),
            "Nothing: what is read under a parent that is gone is empty either way.",
            "",
        );
    }
    if strange.is_empty() {
        return assumption.holds(format!("The code that is known, in {}.", count(answers.len(), "place")));
    }
    assumption.differs(
        Effect::Fails,
        format!("Another answer for {}.", list(&strange)),
        "A parent that is deleted between its list and the read under it would end the stream; the next sync reads it again.",
        REPORT,
    )
}

fn registrations(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "registrations_list",
        that: "There is no company-wide list of registrations at a path that is known.",
        so: "Registrations are read classroom by classroom, after two requests that look for it.",
    };
    let answers: Vec<&Answer> = registration_places()
        .iter()
        .filter_map(|place| seen.find(&CLASSROOM_REGISTRATIONS, Purpose::Registrations(place)))
        .collect();
    if answers.len() < registration_places().len() || answers.iter().any(|answer| answer.status == 403) {
        return assumption.unknown("The two places could not both be asked.");
    }
    let told: Vec<String> = answers
        .iter()
        .map(|answer| {
            let Purpose::Registrations(place) = answer.purpose else { return String::new() };
            match &answer.rows {
                Some(rows) => format!("{place}: a list, with {} on its first page", count(rows.len(), "row")),
                None if answer.status == 200 => format!("{place}: HTTP 200, and no list"),
                None => format!("{place}: HTTP {} {}", answer.status, plain(&answer.code)),
            }
        })
        .collect();
    let told = told.join("; ");
    if answers.iter().all(|answer| answer.status != 200) {
        return assumption.holds(format!("{told}."));
    }
    let fields = company_fields();
    let rows = || answers.iter().flat_map(|answer| answer.rows());
    let Some(list_of_all) = company_list(seen) else {
        let fit = rows().filter(|row| is_fit(row)).count();
        return assumption.differs(
            Effect::None,
            format!("{told}. {fit} of {} have all of {}.", count(rows().count(), "row"), list(fields)),
            "Nothing: the sync looks at that list and does not use it. Registrations are read classroom by classroom.",
            REPORT,
        );
    };
    assumption.differs(
        Effect::None,
        format!("{told}. All {} have all of {}.", count(list_of_all.len(), "row"), list(fields)),
        "The sync reads that list, once the registrations of the first classrooms were found in it: one request per 7,000 rows in place of one per classroom. The forecast below reckons with it.",
        "",
    )
}

/// What each row of the company-wide list must have, so that a sync uses it.
fn company_fields() -> &'static [&'static str] {
    CLASSROOM_REGISTRATIONS.company_wide.as_ref().map_or(&[], |company| company.fields)
}

fn is_fit(row: &Row) -> bool {
    company_fields().iter().all(|field| text(row, field).is_some())
}

/// The first page of the company-wide list that a sync would use.
pub(crate) fn company_list(seen: &Seen) -> Option<&Answer> {
    let mut answers = registration_places()
        .iter()
        .filter_map(|place| seen.find(&CLASSROOM_REGISTRATIONS, Purpose::Registrations(place)));
    answers.find(|answer| answer.len() > 0 && answer.rows().all(is_fit))
}

/// A code that may be told; it was sent by the server.
fn plain(code: &str) -> &str {
    if is_code(code) { code } else { "without a code" }
}
