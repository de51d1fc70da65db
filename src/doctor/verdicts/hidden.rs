//! Archived and deleted rows: do plain lists have them?

use std::collections::BTreeSet;

use crate::doctor::observations::{Observations, Probe, Response, Row, shown_statuses, text};
use crate::doctor::undocumented::archived_stats;
use crate::doctor::verdict::{Assumption, Effect, Finding, count};
use crate::streams::{CLASSROOM_REGISTRATIONS, List, PATH_ENROLLMENTS, PATH_STATS, Stream};

pub(super) fn all(seen: &Observations) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        shown_statuses().map(|(stream, hidden)| listed(seen, stream, hidden.value)).collect();
    findings.extend([statistics(seen), enrollments(seen), registrations(seen)]);
    findings
}

const fn assumption(id: &'static str, claim: &'static str, consequence: &'static str) -> Assumption {
    Assumption { id, claim, consequence }
}

/// The assumption about a list and one of its statuses.
fn of(stream: &Stream, status: &str) -> Assumption {
    match (stream.name, status) {
        ("paths", _) => assumption(
            "archived_paths",
            "The plain list of paths has archived ones.",
            "Archived paths and their children are in the tables.",
        ),
        ("courses", "archived") => assumption(
            "archived_courses",
            "The plain list of courses has archived ones.",
            "Archived courses, their tags and custom-field values are in the tables.",
        ),
        ("courses", _) => assumption(
            "deleted_courses",
            "The plain list of courses has deleted ones.",
            "Deleted courses stay in the table with their status.",
        ),
        ("users", _) => assumption(
            "deleted_users",
            "The plain list of users has deleted ones.",
            "Deleted users stay in the table with their status.",
        ),
        _ => assumption(
            "archived_skills",
            "The plain list of skills has archived ones.",
            "Archived skills are in the table.",
        ),
    }
}

/// The consequence if a plain list hides rows.
const HAS_OWN_LIST: &str = "No row is missing: a sync also reads the list with that status.";

fn listed(seen: &Observations, stream: &'static Stream, status: &'static str) -> Finding {
    let assumption = of(stream, status);
    let in_list: Vec<&Row> = seen.rows(stream).filter(|row| text(row, "status") == Some(status)).collect();
    let rows = seen.rows(stream).count();
    if !in_list.is_empty() {
        return assumption.holds(format!(
            "{} of {} of the plain list are {status}.",
            in_list.len(),
            count(rows, "row")
        ));
    }
    let Some(probed) = seen.find(stream, Probe::Status(status)).filter(|response| response.rows.is_some())
    else {
        return assumption.unknown(format!("The list of {status} rows could not be probed."));
    };
    let found: Vec<&Row> = probed.rows().collect();
    if found.iter().any(|row| text(row, "status") != Some(status)) {
        return assumption
            .unknown(format!("The filter status[eq]={status} is not honored, and no row is {status}."));
    }
    if found.is_empty() {
        return assumption.unknown(format!("No row is {status}."));
    }
    let seen_text = format!(
        "{} with status[eq]={status}, none among {} of the plain list",
        count(found.len(), "row"),
        count(rows, "row")
    );
    if seen.is_read_in_full(stream) {
        assumption.differs(
            Effect::Cost,
            format!("{seen_text}."),
            format!("{HAS_OWN_LIST} It reads that list twice."),
            "",
        )
    } else {
        assumption.unknown(format!("{seen_text}, which was not read to its end."))
    }
}

fn statistics(seen: &Observations) -> Finding {
    let assumption = assumption(
        "archived_stats",
        "The plain list of path statistics has archived enrollments.",
        "None: a sync reads the archived ones first, then all, and emits each row once.",
    );
    let probed = archived_stats().and_then(|list| seen.find(&PATH_STATS, Probe::List(list)));
    let Some(plain) = seen.find(&PATH_STATS, Probe::PlainOfPath).filter(|plain| plain.rows.is_some()) else {
        return assumption.unknown(match probed {
            Some(response) if response.len() == 0 && response.rows.is_some() => "No enrollment is archived.",
            _ => "It could not be probed.",
        });
    };
    let Some(probed) = probed else { return assumption.unknown("It could not be probed.") };
    if honors_status(seen) != Some(true) {
        return assumption
            .unknown("The status filter is not honored, so archived rows cannot be recognized.");
    }
    // The plain list is that of the first archived row's path.
    let archived = || probed.rows();
    let path = archived().next().and_then(|row| text(row, "pathId"));
    let held: BTreeSet<&str> = plain.ids().into_iter().collect();
    let (common, of) =
        archived().filter(|row| text(row, "pathId") == path).fold((0, 0), |(common, of), row| {
            (common + usize::from(text(row, "_id").is_some_and(|id| held.contains(id))), of + 1)
        });
    if common > 0 {
        return assumption
            .holds(format!("{common} of {} of one path are in its plain list.", count(of, "archived row")));
    }
    if plain.goes_on() {
        return assumption.unknown("The plain list of one path has more than one page.");
    }
    assumption.differs(
        Effect::None,
        format!("None of {} of one path is in its plain list.", count(of, "archived row")),
        "No row is missing: a sync reads the archived ones first, and again at the end.",
        "",
    )
}

/// True if the list of archived statistics differs from the plain list; `None` if one of them is
/// empty.
pub(super) fn honors_status(seen: &Observations) -> Option<bool> {
    let page = |list| seen.find(&PATH_STATS, Probe::List(list)).filter(|page| page.len() > 0);
    let archived: BTreeSet<&str> = page(archived_stats()?)?.ids().into_iter().collect();
    Some(page(List::Plain)?.ids().iter().any(|id| !archived.contains(id)))
}

fn enrollments(seen: &Observations) -> Finding {
    let assumption = assumption(
        "archived_enrollments",
        "The plain list of a path's enrollments has archived ones.",
        "An enrollment that was archived stays in the table with its `archivedAt`.",
    );
    let status = Some("archived");
    let beside = seen.find(&PATH_ENROLLMENTS, Probe::EnrollmentsOfPath);
    let in_lists = seen.rows(&PATH_ENROLLMENTS).chain(beside.into_iter().flat_map(Response::rows));
    let (all, archived) = in_lists.fold((0, 0), |(all, archived), row| {
        (all + 1, archived + usize::from(text(row, "status") == status))
    });
    if archived > 0 {
        return assumption.holds(format!("{archived} of {} of plain lists are archived.", count(all, "row")));
    }
    let probed = seen.find(&PATH_ENROLLMENTS, Probe::Status("archived"));
    // The same list without the filter, from any probe.
    let is_plain = |response: &&Response| {
        probed.is_some_and(|probed| probed.url.path() == response.url.path())
            && response.url.query().is_none()
    };
    let plain = seen.about(&PATH_ENROLLMENTS).find(is_plain).filter(|plain| plain.rows.is_some());
    let (Some(probed), Some(plain)) = (probed, plain) else {
        return assumption.unknown("No path with an archived enrollment could be probed.");
    };
    let found = probed.rows().filter(|row| text(row, "status") == status).count();
    if found == 0 || plain.goes_on() {
        return assumption
            .unknown("No archived enrollment was found by its status, or the list has more than one page.");
    }
    assumption.differs(
        Effect::Cost,
        format!("{} with status[eq]=archived, none in the plain list of the same path.", count(found, "row")),
        format!("{HAS_OWN_LIST} That is one more request per path."),
        "",
    )
}

fn registrations(seen: &Observations) -> Finding {
    let assumption = assumption(
        "archived_registrations",
        "The list of a classroom's registrations has archived ones.",
        "A registration that was archived stays in the table with its `archivedAt`.",
    );
    let rows = || seen.rows(&CLASSROOM_REGISTRATIONS);
    let archived = rows().filter(|row| text(row, "status") == Some("archived")).count();
    if archived > 0 {
        return assumption.holds(format!("{archived} of {} are archived.", count(rows().count(), "row")));
    }
    assumption.unknown(format!(
        "None of {} is archived, and the list has no status filter.",
        count(rows().count(), "row")
    ))
}
