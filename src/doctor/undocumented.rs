//! Probes of what the documentation leaves open.

use chrono::{DateTime, NaiveTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};

use super::observations::{Filter, Observations, Probe, Row, instant, probed_lists, shown_statuses, text};
use super::probe_log::{ProbeLog, ProbeRequest};
use super::probes::{self, path};
use crate::streams::{
    BULK_OPERATIONS, CLASSROOM_REGISTRATIONS, COURSE_STATS, COURSES, Cursor, List, PATH_ENROLLMENTS,
    PATH_SESSIONS, PATH_STATS, PATHS, STREAMS, Stream, is_id, request,
};

/// An id that no object has.
const MISSING_ID: &str = "000000000000000000000000";

/// A date that no row reaches.
const FUTURE: &str = "2100-01-01T00:00:00.000Z";

/// Possible paths of the company-wide list of registrations, which the official reference does not
/// name.
pub(super) const COMPANY_PATHS: [&str; 2] = ["/classrooms/registrations", "/classroom-slots/registrations"];

/// What each row of that list would need: the key, and what is added to rows under a classroom.
pub(super) const COMPANY_FIELDS: [&str; 3] = ["_id", "classroomId", "classroomSlotId"];

/// Lists for the probes of date filters: the API promises `createdAt` on every row and filters on
/// it.
const DATED: [&Stream; 3] = [&PATH_SESSIONS, &PATHS, &COURSES];

/// Lists whose second page is requested with a filter, and the field of that filter.
const PAGED: [(&Stream, &str); 5] = [
    (&COURSE_STATS, "completedAt"),
    (&PATH_SESSIONS, "createdAt"),
    (&COURSES, "createdAt"),
    (&PATHS, "createdAt"),
    (&BULK_OPERATIONS, "createdAt"),
];

/// Sends them all.
pub(super) async fn probe(log: &mut ProbeLog<'_>) {
    registrations(log).await;
    filters(log).await;
    dates(log).await;
    statuses(log).await;
    filtered_next(log).await;
    missing_parents(log).await;
}

async fn registrations(log: &mut ProbeLog<'_>) {
    for path in COMPANY_PATHS {
        log.get(&CLASSROOM_REGISTRATIONS, Probe::CompanyRegistrations(path), path, "").await;
    }
}

/// A filter that no row can pass, for every stream that a sync filters by a date; once with encoded
/// brackets.
async fn filters(log: &mut ProbeLog<'_>) {
    for stream in STREAMS.iter().copied() {
        let Some(Cursor::Filtered { field, .. }) = &stream.cursor else { continue };
        let path = match &stream.parent {
            None => Some(stream.path.to_owned()),
            Some(parent) => {
                let parents = probes::eligible(&log.seen, parent, true);
                let first = parents.first().map(|row| probes::given(parent, row));
                first.and_then(|given| path(stream, request::variants(stream)[0], &given))
            }
        };
        if let Some(path) = path {
            log.get(stream, Probe::FutureDate, &path, &format!("{field}[gte]={FUTURE}")).await;
        }
    }
    if let Some(stream) = dated(&log.seen) {
        log.get(stream, Probe::Encoded, stream.path, &format!("createdAt%5Bgte%5D={FUTURE}")).await;
    }
}

/// The first list with dated rows.
fn dated(seen: &Observations) -> Option<&'static Stream> {
    DATED.into_iter().find(|stream| seen.rows(stream).any(|row| instant(row, "createdAt").is_some()))
}

/// A filter with a date in place of an instant, and a filter with milliseconds.
async fn dates(log: &mut ProbeLog<'_>) {
    let Some(stream) = dated(&log.seen) else { return };
    let mut created: Vec<DateTime<Utc>> =
        log.seen.rows(stream).filter_map(|row| instant(row, "createdAt")).collect();
    created.sort_unstable();
    // The day excludes a known row, so that an ignored filter shows.
    let midnight = |at: &DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut from = midnight(&created[created.len() / 2]);
    if created[0] >= from {
        from = midnight(&created[created.len() - 1]) + TimeDelta::days(1);
    }
    log.seen.day = Some(Filter { field: "createdAt", from });
    log.get(stream, Probe::FromInstant, stream.path, &format!("createdAt[gte]={}", written(from))).await;
    let query = format!("createdAt[gte]={}", from.date_naive());
    log.get(stream, Probe::FromDate, stream.path, &query).await;
    // The last millisecond of a row's second finds the row only if the API drops milliseconds.
    let is_early = |at: &&DateTime<Utc>| at.timestamp_subsec_millis() < 999;
    let Some(second) = created.iter().find(is_early).map(|at| at.trunc_subsecs(0)) else { return };
    let (from, until) = (second + TimeDelta::milliseconds(999), second + TimeDelta::seconds(1));
    let query = format!("createdAt[gte]={}&createdAt[lt]={}", written(from), written(until));
    log.get(stream, Probe::Milliseconds, stream.path, &query).await;
}

/// Archived and deleted rows, by their status.
async fn statuses(log: &mut ProbeLog<'_>) {
    for (stream, hidden) in shown_statuses() {
        let filter = List::Hidden(hidden).filter();
        log.get(stream, Probe::Status(hidden.value), stream.path, &filter).await;
    }
    // Rows of statistics carry no status: those of one path are compared by id. The enrollments of
    // the path are the same rows.
    let archived = archived_stats();
    let row = archived.and_then(|list| log.seen.find(&PATH_STATS, Probe::List(list))?.rows.as_ref()?.first());
    let of_path = row.and_then(|row| text(row, "pathId")).filter(|id| is_id(id)).map(str::to_owned);
    let Some(id) = of_path else { return };
    log.get(&PATH_STATS, Probe::PlainOfPath, PATH_STATS.path, &format!("pathId[eq]={id}")).await;
    let Some(path) = request::path(&PATH_ENROLLMENTS, None, |_| Some(id.clone())) else { return };
    let plain = log.url(&path, "");
    if log.seen.about(&PATH_ENROLLMENTS).all(|response| response.url != plain) {
        log.get(&PATH_ENROLLMENTS, Probe::EnrollmentsOfPath, &path, "").await;
    }
    for hidden in PATH_ENROLLMENTS.hidden {
        let filter = List::Hidden(hidden).filter();
        log.get(&PATH_ENROLLMENTS, Probe::Status(hidden.value), &path, &filter).await;
    }
}

/// The list of archived statistics.
pub(super) fn archived_stats() -> Option<List> {
    PATH_STATS.hidden.first().map(List::Hidden)
}

/// The first root list with a second page, which is requested more than once.
pub(super) fn list_with_next(seen: &Observations) -> Option<(&'static Stream, List)> {
    let roots = STREAMS.iter().copied().filter(|stream| stream.parent.is_none());
    let mut lists = roots.flat_map(|stream| probed_lists(stream).into_iter().map(move |list| (stream, list)));
    lists.find(|(stream, list)| {
        let first = seen.find(stream, Probe::List(*list));
        first.is_some_and(|page| page.rows.is_some() && page.next.is_some())
    })
}

/// The second page of that list, twice. Sent early, since a `next` may expire.
pub(super) async fn next(log: &mut ProbeLog<'_>) {
    let Some((stream, list)) = list_with_next(&log.seen) else { return };
    if probes::next(log, stream, list).await {
        again(log, Probe::NextAgain).await;
    }
}

/// The second page of that list once more.
pub(super) async fn again(log: &mut ProbeLog<'_>, probe: Probe) {
    let Some((stream, list)) = list_with_next(&log.seen) else { return };
    let Some(url) = log.seen.find(stream, Probe::List(list)).and_then(|page| page.next.clone()) else {
        return;
    };
    if log.seen.find(stream, Probe::Next(list)).is_some_and(|next| next.rows.is_some()) {
        log.send(ProbeRequest { stream, probe, url, given: None }).await;
    }
}

/// The second page of a filtered list, by its `Link` alone and with the filter repeated beside it.
async fn filtered_next(log: &mut ProbeLog<'_>) {
    let Some((stream, field)) = PAGED.into_iter().find(|(stream, _)| {
        log.seen
            .find(stream, Probe::List(List::Plain))
            .is_some_and(|page| page.rows.is_some() && page.next.is_some())
    }) else {
        return;
    };
    let mut dates: Vec<DateTime<Utc>> = log.seen.rows(stream).filter_map(|row| instant(row, field)).collect();
    dates.sort_unstable();
    // Most rows pass, so that there is a second page; not all, so that an ignored filter shows.
    let Some(from) = dates.get(dates.len() / 10).map(|at| at.trunc_subsecs(0)) else { return };
    log.seen.filter = Some(Filter { field, from });
    let query = format!("{field}[gte]={}", written(from));
    let first = log.get(stream, Probe::Filtered, stream.path, &query).await;
    let Some(url) = first.and_then(|page| page.next.clone()) else { return };
    let next = ProbeRequest { stream, probe: Probe::FilteredNext, url: url.clone(), given: None };
    if log.send(next).await.is_some() {
        let mut beside = url;
        let with = format!("{}&{query}", beside.query().unwrap_or_default());
        beside.set_query(Some(&with));
        log.send(ProbeRequest { stream, probe: Probe::FilterBesideNext, url: beside, given: None }).await;
    }
}

/// A request under a parent that does not exist: one child for each kind of parent, and one for
/// each missing scope.
async fn missing_parents(log: &mut ProbeLog<'_>) {
    let mut parents: Vec<&'static str> = Vec::new();
    let mut scopes: Vec<&'static str> = Vec::new();
    for stream in STREAMS.iter().copied() {
        let Some(parent) = &stream.parent else { continue };
        let is_missing = log.seen.is_granted(stream.scope) == Some(false);
        if is_missing && scopes.contains(&stream.scope)
            || !is_missing && parents.contains(&parent.stream.name)
        {
            continue;
        }
        if is_missing {
            scopes.push(stream.scope);
        } else {
            parents.push(parent.stream.name);
        }
        let given: Row = parent.fields.iter().map(|(_, name)| (*name, MISSING_ID.into())).collect();
        if let Some(path) = path(stream, request::variants(stream)[0], &given) {
            log.get(stream, Probe::MissingParent, &path, "").await;
        }
    }
}

/// An instant in the documented form of filters.
fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
