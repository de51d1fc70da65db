//! Archived and deleted rows: do plain lists have them?

use std::collections::BTreeSet;

use serde_json::json;

use super::Judgment::{Differs, Holds, Unknown};
use super::{Judgment, Observations};
use crate::doctor::exchange::{Purpose, Request, Response, Row, text};
use crate::doctor::text::count;
use crate::streams::{CLASSROOM_REGISTRATIONS, List, PATH_ENROLLMENTS, PATH_STATS, Stream, is_id};

/// Archived and deleted rows, by their status.
pub(in crate::doctor) fn requests(seen: &Observations) -> Vec<Request> {
    let by_status = |stream: &'static Stream, path: &str| -> Vec<Request> {
        let statuses = stream.hidden.iter().filter(|hidden| hidden.in_rows).map(|hidden| hidden.value);
        let request = |status| Request::new(stream, Purpose::Status(status), format!("status[eq]={status}"));
        statuses.map(|status| Request { path: path.to_owned(), ..request(status) }).collect()
    };
    let roots = seen.roots().filter(|stream| !seen.lacks_scope(stream));
    let mut requests: Vec<Request> = roots.flat_map(|stream| by_status(stream, stream.path)).collect();
    // Rows of statistics carry no status: those of one path are compared by id. The enrollments of
    // the path are the same rows.
    let Some(id) = first_archived_path(seen).filter(|id| is_id(id)) else { return requests };
    requests.push(Request::new(&PATH_STATS, Purpose::PlainOfPath, format!("pathId[eq]={id}")));
    for plain in Request::under(&PATH_ENROLLMENTS, &Row::from([("_id", json!(id))])) {
        let archived = by_status(&PATH_ENROLLMENTS, &plain.path);
        requests.extend([plain].into_iter().chain(archived));
    }
    requests
}

/// How many rows of the plain lists have a status, and how many there are.
fn with_status(seen: &Observations, stream: &'static Stream, status: &str) -> (usize, String) {
    let such = seen.rows(stream).filter(|row| text(row, "status") == Some(status)).count();
    (such, count(seen.rows(stream).count(), "row"))
}

pub(super) fn listed(seen: &Observations, stream: &'static Stream, status: &'static str) -> Option<Judgment> {
    let (in_list, rows) = with_status(seen, stream, status);
    if in_list > 0 {
        return Some(Holds(format!("{in_list} of {rows} of the plain list are {status}.")));
    }
    let probed = seen.find(stream, Purpose::Status(status)).filter(|probed| probed.is_page())?;
    let is_honored = probed.rows.iter().all(|row| text(row, "status") == Some(status));
    let found = count(probed.rows.len(), "row");
    let evidence = format!("{found} with status[eq]={status}, none among {rows} of the plain list");
    Some(match probed.rows.len() {
        _ if !is_honored => {
            Unknown(format!("The filter status[eq]={status} is not honored, and no row is {status}."))
        }
        0 => Unknown(format!("No row is {status}.")),
        _ if seen.is_read_in_full(stream) => Differs(format!("{evidence}.")),
        _ => Unknown(format!("{evidence}, which was not read to its end.")),
    })
}

fn archived_stats(seen: &Observations) -> Option<&Response> {
    seen.find(&PATH_STATS, Purpose::List(List::Hidden(PATH_STATS.hidden.first()?)))
}

/// The path of which the plain list of statistics is read.
fn first_archived_path(seen: &Observations) -> Option<&str> {
    text(archived_stats(seen)?.rows.first()?, "pathId")
}

pub(super) fn statistics(seen: &Observations) -> Option<Judgment> {
    let archived = archived_stats(seen).filter(|archived| archived.is_page())?;
    if archived.rows.is_empty() {
        return Some(Unknown("No enrollment is archived.".into()));
    }
    let plain = seen.any(Purpose::PlainOfPath).filter(|plain| plain.is_page())?;
    let plain_ids: BTreeSet<&str> = plain.ids().into_iter().collect();
    let of_path = || archived.rows.iter().filter(|row| text(row, "pathId") == first_archived_path(seen));
    let is_plain = |row: &&Row| text(row, "_id").is_some_and(|id| plain_ids.contains(id));
    let all = count(of_path().count(), "archived row");
    Some(match of_path().filter(is_plain).count() {
        _ if honors_status(seen) != Some(true) => {
            Unknown("The status filter is not honored, so archived rows cannot be recognized.".into())
        }
        0 if plain.goes_on() => Unknown("The plain list of one path has more than one page.".into()),
        0 => Differs(format!("None of {all} of one path is in its plain list.")),
        common => Holds(format!("{common} of {all} of one path are in its plain list.")),
    })
}

/// True if the list of archived statistics differs from the plain list; `None` if one of them is
/// empty.
pub(super) fn honors_status(seen: &Observations) -> Option<bool> {
    let plain = seen.find(&PATH_STATS, Purpose::List(List::Plain));
    let (archived, plain) = archived_stats(seen).zip(plain)?;
    let archived_ids: BTreeSet<&str> = archived.ids().into_iter().collect();
    let differs = plain.ids().iter().any(|id| !archived_ids.contains(id));
    (!archived.rows.is_empty() && !plain.rows.is_empty()).then_some(differs)
}

pub(super) fn enrollments(seen: &Observations) -> Option<Judgment> {
    let (archived, all) = with_status(seen, &PATH_ENROLLMENTS, "archived");
    if archived > 0 {
        return Some(Holds(format!("{archived} of {all} of plain lists are archived.")));
    }
    let probed = seen.find(&PATH_ENROLLMENTS, Purpose::Status("archived"))?;
    let plain = seen.reads(&PATH_ENROLLMENTS).find(|plain| plain.request.path == probed.request.path)?;
    let found = probed.rows.iter().filter(|row| text(row, "status") == Some("archived")).count();
    Some(if found == 0 || plain.goes_on() {
        Unknown("No archived enrollment has that status, or the list has more than one page.".into())
    } else {
        let found = count(found, "row");
        Differs(format!("{found} with status[eq]=archived, none in the plain list of the same path."))
    })
}

pub(super) fn registrations(seen: &Observations) -> Option<Judgment> {
    let (archived, all) = with_status(seen, &CLASSROOM_REGISTRATIONS, "archived");
    (archived > 0).then(|| Holds(format!("{archived} of {all} are archived.")))
}
