//! Further pages.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::filters::written;
use super::lists::{is_parent, probed_lists};
use crate::doctor::observations::{Filter, Observations, Purpose, Request, Response, instant};
use crate::streams::{BULK_OPERATIONS, COURSE_STATS, COURSES, List, PATH_SESSIONS, PATHS, Stream};

/// Lists whose second page is requested with a filter, and the field of that filter.
const FILTERED: [(&Stream, &str); 5] = [
    (&COURSE_STATS, "completedAt"),
    (&PATH_SESSIONS, "createdAt"),
    (&COURSES, "createdAt"),
    (&PATHS, "createdAt"),
    (&BULK_OPERATIONS, "createdAt"),
];

/// The first page that has a next page, and its list. That next page is requested three times.
pub(in crate::doctor) fn first_with_next(seen: &Observations) -> Option<(&Response, List)> {
    seen.responses.iter().find_map(|response| match response.request.purpose {
        Purpose::List(list) if has_next(response) => Some((response, list)),
        _ => None,
    })
}

fn has_next(response: &Response) -> bool {
    response.rows.is_some() && response.raw.next.is_some()
}

/// The second page of one list, twice.
pub(super) fn second(seen: &Observations) -> Vec<Request> {
    let Some((first, list)) = first_with_next(seen) else { return Vec::new() };
    let again = again(seen, Purpose::NextAgain);
    first.follow(Purpose::Page(list)).into_iter().chain(again).collect()
}

/// The same page at the end of the run.
pub(super) fn late(seen: &Observations) -> Vec<Request> {
    again(seen, Purpose::NextLate).into_iter().collect()
}

fn again(seen: &Observations, purpose: Purpose) -> Option<Request> {
    let (first, list) = first_with_next(seen)?;
    let is_readable =
        seen.find(first.request.stream, Purpose::Page(list)).is_some_and(|page| page.rows.is_some());
    first.follow(purpose).filter(|_| is_readable)
}

/// The second page of a filtered list, by its `Link` alone and with the filter repeated beside it.
pub(super) fn filtered(seen: &Observations) -> Vec<Request> {
    let is_long = |stream| seen.find(stream, Purpose::List(List::Plain)).is_some_and(has_next);
    let Some((stream, field)) = FILTERED.into_iter().find(|(stream, _)| is_long(stream)) else {
        return Vec::new();
    };
    let mut dates: Vec<DateTime<Utc>> = seen.rows(stream).filter_map(|row| instant(row, field)).collect();
    dates.sort_unstable();
    // Most rows pass, so that there is a second page; not all, so that an ignored filter shows.
    let Some(from) = dates.get(dates.len() / 10).map(|at| at.trunc_subsecs(0)) else { return Vec::new() };
    let query = format!("{field}[gte]={}", written(from));
    let first = Request {
        filter: Some(Filter { field, from }),
        ..Request::new(stream, Purpose::Filtered, stream.path, query.clone())
    };
    let next = seen.any(Purpose::Filtered).filter(|first| first.rows.is_some());
    let next = next.and_then(|first| first.follow(Purpose::FilteredNext));
    let is_readable = seen.any(Purpose::FilteredNext).is_some_and(|next| next.rows.is_some());
    let beside = next.clone().filter(|_| is_readable).map(|next| Request {
        purpose: Purpose::FilterBesideNext,
        query: format!("{}&{query}", next.query),
        ..next
    });
    [first].into_iter().chain(next).chain(beside).collect()
}

/// The next page of each list: first of those that have children, and of those with the fewest pages.
pub(super) fn further(seen: &Observations) -> Vec<Request> {
    let lists =
        seen.roots().flat_map(|stream| probed_lists(stream).into_iter().map(move |list| (stream, list)));
    let next = |(stream, list)| {
        let pages = seen.pages(stream, list);
        let next = pages.last()?.follow(Purpose::Page(list))?;
        Some(((!is_parent(stream), pages.len()), next))
    };
    let mut requests: Vec<_> = lists.filter_map(next).collect();
    requests.sort_by_key(|(order, _)| *order);
    requests.into_iter().map(|(_, request)| request).collect()
}
