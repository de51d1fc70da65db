//! Archived and deleted rows: do plain lists have them?
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::collections::BTreeSet;

use super::Judgment;
use super::Judgment::{Differs, Holds, Unknown};
use crate::doctor::observations::{Observations, Purpose, Response, text};
use crate::doctor::text::count;
use crate::streams::{CLASSROOM_REGISTRATIONS, List, PATH_ENROLLMENTS, PATH_STATS, Stream};

/// How many rows of the plain lists have a status, and how many there are.
fn with_status(seen: &Observations, stream: &'static Stream, status: &str) -> (usize, usize) {
    let is_such = |row: &&_| text(row, "status") == Some(status);
    (seen.rows(stream).filter(is_such).count(), seen.rows(stream).count())
}

pub(super) fn listed(seen: &Observations, stream: &'static Stream, status: &'static str) -> Option<Judgment> {
    let (in_list, rows) = with_status(seen, stream, status);
    let rows = count(rows, "row");
    if in_list > 0 {
        return Some(Holds(format!("{in_list} of {rows} of the plain list are {status}.")));
    }
    let probed = seen.find(stream, Purpose::Status(status)).filter(|response| response.rows.is_some())?;
    let evidence = format!(
        "{} with status[eq]={status}, none among {rows} of the plain list",
        count(probed.len(), "row")
    );
    Some(if probed.rows().any(|row| text(row, "status") != Some(status)) {
        Unknown(format!("The filter status[eq]={status} is not honored, and no row is {status}."))
    } else if probed.len() == 0 {
        Unknown(format!("No row is {status}."))
    } else if seen.is_read_in_full(stream) {
        Differs(format!("{evidence}."))
    } else {
        Unknown(format!("{evidence}, which was not read to its end."))
    })
}

fn archived_stats(seen: &Observations) -> Option<&Response> {
    seen.find(&PATH_STATS, Purpose::List(List::Hidden(PATH_STATS.hidden.first()?)))
}

pub(super) fn statistics(seen: &Observations) -> Option<Judgment> {
    let archived = archived_stats(seen).filter(|archived| archived.rows.is_some())?;
    if archived.len() == 0 {
        return Some(Unknown("No enrollment is archived.".into()));
    }
    let plain = seen.any(Purpose::PlainOfPath).filter(|plain| plain.rows.is_some())?;
    if honors_status(seen) != Some(true) {
        let reason = "The status filter is not honored, so archived rows cannot be recognized.";
        return Some(Unknown(reason.into()));
    }
    // The plain list is that of the first archived row's path.
    let path = archived.rows().next().and_then(|row| text(row, "pathId"));
    let plain_ids: BTreeSet<&str> = plain.ids().into_iter().collect();
    let of_path = || archived.rows().filter(|row| text(row, "pathId") == path);
    let is_plain = |row: &&_| text(row, "_id").is_some_and(|id| plain_ids.contains(id));
    let (common, all) = (of_path().filter(is_plain).count(), count(of_path().count(), "archived row"));
    Some(if common > 0 {
        Holds(format!("{common} of {all} of one path are in its plain list."))
    } else if plain.goes_on() {
        Unknown("The plain list of one path has more than one page.".into())
    } else {
        Differs(format!("None of {all} of one path is in its plain list."))
    })
}

/// True if the list of archived statistics differs from the plain list; `None` if one of them is
/// empty.
pub(super) fn honors_status(seen: &Observations) -> Option<bool> {
    let archived = archived_stats(seen).filter(|page| page.len() > 0)?;
    let archived: BTreeSet<&str> = archived.ids().into_iter().collect();
    let plain = seen.find(&PATH_STATS, Purpose::List(List::Plain)).filter(|page| page.len() > 0)?;
    Some(plain.ids().iter().any(|id| !archived.contains(id)))
}

pub(super) fn enrollments(seen: &Observations) -> Option<Judgment> {
    let (archived, all) = with_status(seen, &PATH_ENROLLMENTS, "archived");
    if archived > 0 {
        return Some(Holds(format!("{archived} of {} of plain lists are archived.", count(all, "row"))));
    }
    let probed = seen.find(&PATH_ENROLLMENTS, Purpose::Status("archived"))?;
    let plain = seen.reads(&PATH_ENROLLMENTS).find(|plain| plain.request.path == probed.request.path)?;
    let found = probed.rows().filter(|row| text(row, "status") == Some("archived")).count();
    Some(if found == 0 || plain.goes_on() {
        Unknown("No archived enrollment has that status, or the list has more than one page.".into())
    } else {
        let found = count(found, "row");
        Differs(format!("{found} with status[eq]=archived, none in the plain list of the same path."))
    })
}

pub(super) fn registrations(seen: &Observations) -> Option<Judgment> {
    let (archived, all) = with_status(seen, &CLASSROOM_REGISTRATIONS, "archived");
    (archived > 0).then(|| Holds(format!("{archived} of {} are archived.", count(all, "row"))))
}
