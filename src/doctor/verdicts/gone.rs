//! Archived and deleted rows: do plain lists hold them?

use std::collections::BTreeSet;

use crate::doctor::questions::GONE;
use crate::doctor::seen::{Answer, Purpose, Row, Seen, text};
use crate::doctor::verdict::{Assumption, Effect, Finding, count};
use crate::streams::{CLASSROOM_REGISTRATIONS, PATH_ENROLLMENTS, PATH_STATS, Stream};

pub(super) fn all(seen: &Seen) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        GONE.into_iter().map(|(stream, status)| listed(seen, stream, status)).collect();
    findings.extend([statistics(seen), enrollments(seen), registrations(seen)]);
    findings
}

const fn assumption(id: &'static str, that: &'static str, so: &'static str) -> Assumption {
    Assumption { id, that, so }
}

/// What is assumed of a list in [`GONE`].
fn of(stream: &Stream, status: &str) -> Assumption {
    match (stream.name, status) {
        ("paths", _) => assumption(
            "archived_paths",
            "The plain list of paths holds archived ones.",
            "Archived paths are in the table, and so is everything that is read under them.",
        ),
        ("courses", "archived") => assumption(
            "archived_courses",
            "The plain list of courses holds archived ones.",
            "Archived courses are in the table, and so are their tags and custom-field values.",
        ),
        ("courses", _) => assumption(
            "deleted_courses",
            "The plain list of courses holds deleted ones.",
            "Deleted courses stay in the table with their status.",
        ),
        ("users", _) => assumption(
            "deleted_users",
            "The plain list of users holds deleted ones.",
            "Deleted users stay in the table with their status.",
        ),
        _ => assumption(
            "archived_skills",
            "The plain list of skills holds archived ones.",
            "Archived skills are in the table.",
        ),
    }
}

/// What follows where a list leaves rows out.
const ASKED_FOR: &str =
    "Nothing is missing: where a plain list shows no such row, the sync asks for them by their status.";

fn listed(seen: &Seen, stream: &'static Stream, status: &'static str) -> Finding {
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
    let Some(asked) = seen.find(stream, Purpose::Status(status)).filter(|answer| answer.rows.is_some())
    else {
        return assumption.unknown(format!("Rows that are {status} could not be asked for."));
    };
    let found: Vec<&Row> = asked.rows().collect();
    if found.iter().any(|row| text(row, "status") != Some(status)) {
        return assumption.unknown(format!(
            "The filter status[eq]={status} is not honoured, and no row seen is {status}."
        ));
    }
    if found.is_empty() {
        return assumption.unknown(format!("No row is {status}."));
    }
    let seen_text = format!(
        "{} with status[eq]={status}, none among {} of the plain list",
        count(found.len(), "row"),
        count(rows, "row")
    );
    if seen.is_whole(stream) {
        assumption.differs(
            Effect::Cost,
            format!("{seen_text}."),
            format!("{ASKED_FOR} That is a request more."),
            "",
        )
    } else {
        assumption.unknown(format!("{seen_text}, which was not read to its end."))
    }
}

fn statistics(seen: &Seen) -> Finding {
    let assumption = assumption(
        "archived_stats",
        "The plain list of path statistics holds archived enrollments.",
        "Nothing rests on it: archived ones are asked for first, then all, and none is told twice.",
    );
    let archived = PATH_STATS.queries.iter().position(|query| query.ends_with("=archived"));
    let asked = archived.and_then(|query| seen.find(&PATH_STATS, Purpose::List(query)));
    let Some(plain) = seen.find(&PATH_STATS, Purpose::Plain).filter(|plain| plain.rows.is_some()) else {
        return assumption.unknown(match asked {
            Some(answer) if answer.len() == 0 && answer.rows.is_some() => "No enrollment is archived.",
            _ => "It could not be asked.",
        });
    };
    let Some(asked) = asked else { return assumption.unknown("It could not be asked.") };
    if honours_status(seen) != Some(true) {
        return assumption
            .unknown("The filter by status is not honoured, so archived rows cannot be told from others.");
    }
    // The plain list is that of the first archived row's path.
    let archived = || asked.rows();
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
        return assumption.unknown("The plain list of one path has more than a page.");
    }
    assumption.differs(
        Effect::None,
        format!("None of {} of one path is in its plain list.", count(of, "archived row")),
        "Nothing is missing: archived ones are asked for first, and once more at the end.",
        "",
    )
}

/// Whether the list of archived statistics is another one than the plain list; not told where one of them is missing.
pub(super) fn honours_status(seen: &Seen) -> Option<bool> {
    let list = |query| seen.find(&PATH_STATS, Purpose::List(query)).filter(|list| list.len() > 0);
    let archived: BTreeSet<&str> = list(0)?.ids().into_iter().collect();
    Some(list(1)?.ids().iter().any(|id| !archived.contains(id)))
}

fn enrollments(seen: &Seen) -> Finding {
    let assumption = assumption(
        "archived_enrollments",
        "The plain list of a path's enrollments holds archived ones.",
        "A learner who was taken out stays in the table with the date of it.",
    );
    let status = Some("archived");
    let beside = seen.find(&PATH_ENROLLMENTS, Purpose::OfArchived);
    let in_lists = seen.rows(&PATH_ENROLLMENTS).chain(beside.into_iter().flat_map(Answer::rows));
    let (all, archived) = in_lists.fold((0, 0), |(all, archived), row| {
        (all + 1, archived + usize::from(text(row, "status") == status))
    });
    if archived > 0 {
        return assumption.holds(format!("{archived} of {} of plain lists are archived.", count(all, "row")));
    }
    let asked = seen.find(&PATH_ENROLLMENTS, Purpose::Status("archived"));
    // The same list without the filter, for whatever reason it was asked.
    let is_plain = |answer: &&Answer| {
        asked.is_some_and(|asked| asked.url.path() == answer.url.path()) && answer.url.query().is_none()
    };
    let plain = seen.about(&PATH_ENROLLMENTS).find(is_plain).filter(|plain| plain.rows.is_some());
    let (Some(asked), Some(plain)) = (asked, plain) else {
        return assumption.unknown("No path with an archived enrollment could be asked for.");
    };
    let found = asked.rows().filter(|row| text(row, "status") == status).count();
    if found == 0 || plain.goes_on() {
        return assumption
            .unknown("No archived enrollment was found by its status, or the list has more than a page.");
    }
    assumption.differs(
        Effect::Cost,
        format!("{} with status[eq]=archived, none in the plain list of the same path.", count(found, "row")),
        format!("{ASKED_FOR} That is a request more for each path."),
        "",
    )
}

fn registrations(seen: &Seen) -> Finding {
    let assumption = assumption(
        "archived_registrations",
        "The list of a classroom's registrations holds archived ones.",
        "A registration that was taken back stays in the table with the date of it.",
    );
    let rows = || seen.rows(&CLASSROOM_REGISTRATIONS);
    let archived = rows().filter(|row| text(row, "status") == Some("archived")).count();
    if archived > 0 {
        return assumption.holds(format!("{archived} of {} are archived.", count(rows().count(), "row")));
    }
    assumption.unknown(format!(
        "None of {} is archived, and the list has no filter that would tell.",
        count(rows().count(), "row")
    ))
}
