//! Filters by date and by status.

use chrono::{DateTime, NaiveTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};

use super::lists::{eligible, shown_statuses, under};
use crate::doctor::observations::{Filter, Observations, Purpose, Request, instant, is_filtered, text};
use crate::streams::{
    COURSES, List, PATH_ENROLLMENTS, PATH_SESSIONS, PATH_STATS, PATHS, Stream, is_id, request,
};

/// A date that no row reaches.
const FUTURE: &str = "2100-01-01T00:00:00.000Z";

/// Lists for the probes of date filters: the API promises `createdAt` on every row and filters on
/// it.
const DATED: [&Stream; 3] = [&PATH_SESSIONS, &PATHS, &COURSES];

/// A filter that no row can pass, for every stream that a sync filters by a date; once with encoded
/// brackets.
pub(super) fn future_dates(seen: &Observations) -> Vec<Request> {
    let probed = seen.streams().filter(|stream| is_filtered(stream) && !seen.lacks_scope(stream));
    let raw = probed.filter_map(|stream| {
        let list = match &stream.parent {
            None => Request::new(stream, Purpose::FutureDate, stream.path, ""),
            Some(_) => under(stream, eligible(seen, stream).first()?).into_iter().next()?,
        };
        let query = format!("{}[gte]={FUTURE}", stream.cursor.as_ref()?.field());
        Some(Request { purpose: Purpose::FutureDate, query, ..list })
    });
    let encoded = dated(seen).map(|(stream, _)| {
        Request::new(stream, Purpose::Encoded, stream.path, format!("createdAt%5Bgte%5D={FUTURE}"))
    });
    raw.chain(encoded).collect()
}

/// A filter with a date in place of an instant, and a filter with milliseconds.
pub(super) fn date_forms(seen: &Observations) -> Vec<Request> {
    let Some((stream, created)) = dated(seen) else { return Vec::new() };
    // The day excludes a known row, so that an ignored filter shows.
    let midnight = |at: &DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut from = midnight(&created[created.len() / 2]);
    if created[0] >= from {
        from = midnight(&created[created.len() - 1]) + TimeDelta::days(1);
    }
    let request = |purpose, query: String| {
        let filter = Some(Filter { field: "createdAt", from });
        Request { filter, ..Request::new(stream, purpose, stream.path, query) }
    };
    let mut requests = vec![
        request(Purpose::FromInstant, format!("createdAt[gte]={}", written(from))),
        request(Purpose::FromDate, format!("createdAt[gte]={}", from.date_naive())),
    ];
    // The last millisecond of a row's second finds the row only if the API drops milliseconds.
    let is_early = |at: &&DateTime<Utc>| at.timestamp_subsec_millis() < 999;
    if let Some(second) = created.iter().find(is_early).map(|at| at.trunc_subsecs(0)) {
        let (last, until) = (second + TimeDelta::milliseconds(999), second + TimeDelta::seconds(1));
        let query = format!("createdAt[gte]={}&createdAt[lt]={}", written(last), written(until));
        requests.push(request(Purpose::Milliseconds, query));
    }
    requests
}

/// The first list with dated rows, and their dates in order.
fn dated(seen: &Observations) -> Option<(&'static Stream, Vec<DateTime<Utc>>)> {
    DATED.into_iter().filter(|stream| seen.covers(stream)).find_map(|stream| {
        let mut created: Vec<_> = seen.rows(stream).filter_map(|row| instant(row, "createdAt")).collect();
        created.sort_unstable();
        (!created.is_empty()).then_some((stream, created))
    })
}

/// Archived and deleted rows, by their status.
pub(super) fn statuses(seen: &Observations) -> Vec<Request> {
    let by_status = |stream: &'static Stream, path: &str, status: &'static str| {
        Request::new(stream, Purpose::Status(status), path, format!("status[eq]={status}"))
    };
    let roots = seen.roots().filter(|stream| !seen.lacks_scope(stream));
    let mut requests: Vec<Request> = roots
        .flat_map(|stream| {
            shown_statuses(stream).map(move |hidden| by_status(stream, stream.path, hidden.value))
        })
        .collect();
    // Rows of statistics carry no status: those of one path are compared by id. The enrollments of
    // the path are the same rows.
    let archived = PATH_STATS.hidden.first().map(|hidden| Purpose::List(List::Hidden(hidden)));
    let row = archived.and_then(|purpose| seen.find(&PATH_STATS, purpose)?.rows().next());
    let Some(id) = row.and_then(|row| text(row, "pathId")).filter(|id| is_id(id)) else { return requests };
    let query = format!("pathId[eq]={id}");
    requests.push(Request::new(&PATH_STATS, Purpose::PlainOfPath, PATH_STATS.path, query));
    let path = request::path(&PATH_ENROLLMENTS, None, |_| Some(id.to_owned()));
    if let Some(path) = path.filter(|_| seen.covers(&PATH_ENROLLMENTS)) {
        requests.push(Request::new(&PATH_ENROLLMENTS, Purpose::Child, path.clone(), ""));
        let hidden = PATH_ENROLLMENTS.hidden.iter();
        requests.extend(hidden.map(|hidden| by_status(&PATH_ENROLLMENTS, &path, hidden.value)));
    }
    requests
}

/// An instant in the documented form of filters.
pub(super) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
