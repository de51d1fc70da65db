//! Archived and deleted rows: do plain lists have them?

use std::collections::BTreeSet;

use super::Judgement;
use super::Judgement::{Differs, Holds, Unknown};
use crate::doctor::observations::{Observations, Purpose, Response, text};
use crate::doctor::text::count;
use crate::streams::{CLASSROOM_REGISTRATIONS, List, PATH_ENROLLMENTS, PATH_STATS, Stream};

/// How many rows of the plain lists have a status, and how many there are.
fn with_status(seen: &Observations, stream: &'static Stream, status: &str) -> (usize, usize) {
    let is_such = |row: &&_| text(row, "status") == Some(status);
    (seen.rows(stream).filter(is_such).count(), seen.rows(stream).count())
}

pub(super) fn listed(seen: &Observations, stream: &'static Stream, status: &'static str) -> Judgement {
    let (in_list, rows) = with_status(seen, stream, status);
    if in_list > 0 {
        return Holds(format!("{in_list} of {} of the plain list are {status}.", count(rows, "row")));
    }
    let probed = seen.find(stream, Purpose::Status(status)).filter(|response| response.rows.is_some());
    let Some(probed) = probed else {
        return Unknown(format!("The list of {status} rows could not be probed."));
    };
    if probed.rows().any(|row| text(row, "status") != Some(status)) {
        return Unknown(format!("The filter status[eq]={status} is not honored, and no row is {status}."));
    }
    if probed.len() == 0 {
        return Unknown(format!("No row is {status}."));
    }
    let (found, rows) = (count(probed.len(), "row"), count(rows, "row"));
    let evidence = format!("{found} with status[eq]={status}, none among {rows} of the plain list");
    if seen.is_read_in_full(stream) {
        Differs(format!("{evidence}."))
    } else {
        Unknown(format!("{evidence}, which was not read to its end."))
    }
}

fn archived_stats(seen: &Observations) -> Option<&Response> {
    seen.find(&PATH_STATS, Purpose::List(List::Hidden(PATH_STATS.hidden.first()?)))
}

pub(super) fn statistics(seen: &Observations) -> Judgement {
    let archived = archived_stats(seen).filter(|archived| archived.rows.is_some());
    let plain = seen.any(Purpose::PlainOfPath).filter(|plain| plain.rows.is_some());
    let (archived, plain) = match (archived, plain) {
        (Some(archived), Some(plain)) => (archived, plain),
        (Some(archived), None) if archived.len() == 0 => return Unknown("No enrollment is archived.".into()),
        _ => return Unknown("It could not be probed.".into()),
    };
    if honors_status(seen) != Some(true) {
        return Unknown("The status filter is not honored, so archived rows cannot be recognized.".into());
    }
    // The plain list is that of the first archived row's path.
    let path = archived.rows().next().and_then(|row| text(row, "pathId"));
    let plain_ids: BTreeSet<&str> = plain.ids().into_iter().collect();
    let of_path = || archived.rows().filter(|row| text(row, "pathId") == path);
    let is_plain = |row: &&_| text(row, "_id").is_some_and(|id| plain_ids.contains(id));
    let (common, all) = (of_path().filter(is_plain).count(), count(of_path().count(), "archived row"));
    if common > 0 {
        Holds(format!("{common} of {all} of one path are in its plain list."))
    } else if plain.goes_on() {
        Unknown("The plain list of one path has more than one page.".into())
    } else {
        Differs(format!("None of {all} of one path is in its plain list."))
    }
}

/// True if the list of archived statistics differs from the plain list; `None` if one of them is
/// empty.
pub(super) fn honors_status(seen: &Observations) -> Option<bool> {
    let archived = archived_stats(seen).filter(|page| page.len() > 0)?;
    let archived: BTreeSet<&str> = archived.ids().into_iter().collect();
    let plain = seen.find(&PATH_STATS, Purpose::List(List::Plain)).filter(|page| page.len() > 0)?;
    Some(plain.ids().iter().any(|id| !archived.contains(id)))
}

pub(super) fn enrollments(seen: &Observations) -> Judgement {
    let stream = &PATH_ENROLLMENTS;
    let (archived, all) = with_status(seen, stream, "archived");
    if archived > 0 {
        return Holds(format!("{archived} of {} of plain lists are archived.", count(all, "row")));
    }
    let Some(probed) = seen.find(stream, Purpose::Status("archived")) else {
        return Unknown("No path with an archived enrollment could be probed.".into());
    };
    let is_of_path = |response: &&Response| response.request.path == probed.request.path;
    let Some(plain) = seen.reads(stream).find(is_of_path) else {
        return Unknown("The plain list of the same path could not be probed.".into());
    };
    let found = probed.rows().filter(|row| text(row, "status") == Some("archived")).count();
    if found == 0 || plain.goes_on() {
        return Unknown(
            "No archived enrollment was found by its status, or the list has more than one page.".into(),
        );
    }
    let found = count(found, "row");
    Differs(format!("{found} with status[eq]=archived, none in the plain list of the same path."))
}

pub(super) fn registrations(seen: &Observations) -> Judgement {
    let (archived, all) = with_status(seen, &CLASSROOM_REGISTRATIONS, "archived");
    let all = count(all, "row");
    if archived > 0 {
        Holds(format!("{archived} of {all} are archived."))
    } else {
        Unknown(format!("None of {all} is archived, and the list has no status filter."))
    }
}
