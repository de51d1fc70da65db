//! What the documentation leaves open, as requests that only read.

use chrono::{DateTime, NaiveTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};

use super::ask::{Desk, Question};
use super::round::{self, path};
use super::seen::{Filter, Purpose, Row, Seen, instant, text};
use crate::streams::{
    BULK_OPERATIONS, CLASSROOM_REGISTRATIONS, COURSE_STATS, COURSES, Cursor, PATH_ENROLLMENTS, PATH_SESSIONS,
    PATH_STATS, PATHS, SKILLS, STREAMS, Stream, USERS,
};

/// An id that no object has.
const NOBODY: &str = "000000000000000000000000";

/// An instant that no row reaches.
const NEVER: &str = "2100-01-01T00:00:00.000Z";

/// Where the company-wide list of registrations may be: its page in the official reference tells no path.
pub(super) fn registration_places() -> &'static [&'static str] {
    CLASSROOM_REGISTRATIONS.company_wide.as_ref().map_or(&[], |company| company.paths)
}

/// Lists whose rows have a status that a person may call "gone": do they hold those rows without being asked for them?
pub(super) static GONE: [(&Stream, &str); 5] = [
    (&PATHS, "archived"),
    (&COURSES, "archived"),
    (&COURSES, "deleted"),
    (&USERS, "deleted"),
    (&SKILLS, "archived"),
];

/// Lists by which dates in filters are tried: the API promises `createdAt` on each of their rows, and filters by it.
const DATED: [&Stream; 3] = [&PATH_SESSIONS, &PATHS, &COURSES];

/// Lists whose second page is asked for with a filter, and the field of that filter.
const PAGED: [(&Stream, &str); 5] = [
    (&COURSE_STATS, "completedAt"),
    (&PATH_SESSIONS, "createdAt"),
    (&COURSES, "createdAt"),
    (&PATHS, "createdAt"),
    (&BULK_OPERATIONS, "createdAt"),
];

/// Asks them all.
pub(super) async fn ask(desk: &mut Desk<'_>) {
    registrations(desk).await;
    filters(desk).await;
    dates(desk).await;
    gone(desk).await;
    filtered_next(desk).await;
    nobody(desk).await;
}

async fn registrations(desk: &mut Desk<'_>) {
    for place in registration_places() {
        desk.get(&CLASSROOM_REGISTRATIONS, Purpose::Registrations(place), place, "").await;
    }
}

/// Filters that no row can pass, wherever a sync filters by a date; once with encoded brackets.
async fn filters(desk: &mut Desk<'_>) {
    for stream in STREAMS.iter().copied() {
        let Some(Cursor::Filtered { field, .. }) = &stream.cursor else { continue };
        let path = match &stream.parent {
            None => Some(stream.path.to_owned()),
            Some(parent) => {
                let parents = round::eligible(&desk.seen, parent, true);
                parents.first().and_then(|row| path(stream, parent, &round::given(parent, row), 0))
            }
        };
        if let Some(path) = path {
            desk.get(stream, Purpose::Never, &path, &format!("{field}[gte]={NEVER}")).await;
        }
    }
    if let Some(stream) = dated(&desk.seen) {
        desk.get(stream, Purpose::Encoded, stream.path, &format!("createdAt%5Bgte%5D={NEVER}")).await;
    }
}

/// The first list whose rows are dated, and came.
fn dated(seen: &Seen) -> Option<&'static Stream> {
    DATED.into_iter().find(|stream| seen.rows(stream).any(|row| instant(row, "createdAt").is_some()))
}

/// A day told as a date, and a filter with milliseconds.
async fn dates(desk: &mut Desk<'_>) {
    let Some(stream) = dated(&desk.seen) else { return };
    let mut created: Vec<DateTime<Utc>> =
        desk.seen.rows(stream).filter_map(|row| instant(row, "createdAt")).collect();
    created.sort_unstable();
    // A day that leaves out something known, so that it shows whether the filter is honoured.
    let midnight = |at: &DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut from = midnight(&created[created.len() / 2]);
    if created[0] >= from {
        from = midnight(&created[created.len() - 1]) + TimeDelta::days(1);
    }
    desk.seen.day = Some(Filter { field: "createdAt", from });
    desk.get(stream, Purpose::FromInstant, stream.path, &format!("createdAt[gte]={}", written(from))).await;
    let query = format!("createdAt[gte]={}", from.date_naive());
    desk.get(stream, Purpose::FromDate, stream.path, &query).await;
    // A row of that second is found from its last millisecond on only where the filter's milliseconds are dropped.
    let is_early = |at: &&DateTime<Utc>| at.timestamp_subsec_millis() < 999;
    let Some(second) = created.iter().find(is_early).map(|at| at.trunc_subsecs(0)) else { return };
    let (from, until) = (second + TimeDelta::milliseconds(999), second + TimeDelta::seconds(1));
    let query = format!("createdAt[gte]={}&createdAt[lt]={}", written(from), written(until));
    desk.get(stream, Purpose::Milliseconds, stream.path, &query).await;
}

/// Rows that are archived or deleted, by the filter that asks for them.
async fn gone(desk: &mut Desk<'_>) {
    for (stream, status) in GONE {
        desk.get(stream, Purpose::Status(status), stream.path, &format!("status[eq]={status}")).await;
    }
    // Statistics have no status of their own to be seen: one path's rows are compared by their ids. The path's enrollments
    // are the same rows.
    let archived = PATH_STATS.queries.iter().position(|query| query.ends_with("=archived"));
    let row =
        archived.and_then(|query| desk.seen.find(&PATH_STATS, Purpose::List(query))?.rows.as_ref()?.first());
    let of_path = row.and_then(|row| text(row, "pathId")).filter(|id| round::is_id(id)).map(str::to_owned);
    let Some(id) = of_path else { return };
    desk.get(&PATH_STATS, Purpose::Plain, PATH_STATS.path, &format!("pathId[eq]={id}")).await;
    let path = PATH_ENROLLMENTS.path.replace("{pathId}", &id);
    let plain = desk.url(&path, "");
    if desk.seen.about(&PATH_ENROLLMENTS).all(|answer| answer.url != plain) {
        desk.get(&PATH_ENROLLMENTS, Purpose::OfArchived, &path, "").await;
    }
    desk.get(&PATH_ENROLLMENTS, Purpose::Status("archived"), &path, "status[eq]=archived").await;
}

/// The list whose second page is asked for more than once.
pub(super) fn turned(seen: &Seen) -> Option<(&'static Stream, usize)> {
    let lists =
        STREAMS.iter().flat_map(|stream| (0..stream.queries.len()).map(move |query| (*stream, query)));
    lists.into_iter().find(|(stream, query)| {
        let first = seen.find(stream, Purpose::List(*query));
        first.is_some_and(|page| page.rows.is_some() && page.next.is_some())
    })
}

/// The second page of a list, twice. Asked early: a way to a next page may be good for a while only.
pub(super) async fn next(desk: &mut Desk<'_>) {
    let Some((stream, query)) = turned(&desk.seen) else { return };
    if round::next(desk, stream, query).await {
        again(desk, Purpose::Again).await;
    }
}

/// The second page of the list once more.
pub(super) async fn again(desk: &mut Desk<'_>, purpose: Purpose) {
    let Some((stream, query)) = turned(&desk.seen) else { return };
    let Some(url) = desk.seen.find(stream, Purpose::List(query)).and_then(|page| page.next.clone()) else {
        return;
    };
    if desk.seen.find(stream, Purpose::Next(query)).is_some_and(|next| next.rows.is_some()) {
        desk.ask(Question { stream, purpose, url, given: None }).await;
    }
}

/// The second page of a filtered list, by its `Link` alone and with the filter repeated beside it.
async fn filtered_next(desk: &mut Desk<'_>) {
    let Some((stream, field)) = PAGED.into_iter().find(|(stream, _)| {
        desk.seen
            .find(stream, Purpose::List(0))
            .is_some_and(|page| page.rows.is_some() && page.next.is_some())
    }) else {
        return;
    };
    let mut dates: Vec<DateTime<Utc>> =
        desk.seen.rows(stream).filter_map(|row| instant(row, field)).collect();
    dates.sort_unstable();
    // Most rows pass, so that there is a second page; not all of them, so that it shows whether the filter holds there.
    let Some(from) = dates.get(dates.len() / 10).map(|at| at.trunc_subsecs(0)) else { return };
    desk.seen.filter = Some(Filter { field, from });
    let query = format!("{field}[gte]={}", written(from));
    let first = desk.get(stream, Purpose::Filtered, stream.path, &query).await;
    let Some(url) = first.and_then(|page| page.next.clone()) else { return };
    if desk
        .ask(Question { stream, purpose: Purpose::FilteredNext, url: url.clone(), given: None })
        .await
        .is_some()
    {
        let mut beside = url;
        let with = format!("{}&{query}", beside.query().unwrap_or_default());
        beside.set_query(Some(&with));
        desk.ask(Question { stream, purpose: Purpose::Beside, url: beside, given: None }).await;
    }
}

/// What is under a parent that does not exist: one child for each kind of parent, and one for each scope that is missing.
async fn nobody(desk: &mut Desk<'_>) {
    let mut parents: Vec<&'static str> = Vec::new();
    let mut scopes: Vec<&'static str> = Vec::new();
    for stream in STREAMS.iter().copied() {
        let Some(parent) = &stream.parent else { continue };
        let is_missing = desk.seen.is_granted(stream.scope) == Some(false);
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
        let given: Row = parent.fields.iter().map(|(_, name)| (*name, NOBODY.into())).collect();
        if let Some(path) = path(stream, parent, &given, 0) {
            desk.get(stream, Purpose::Nobody, &path, stream.queries[0]).await;
        }
    }
}

/// As the API documents instants in filters.
fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
