//! Filters.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};

use super::Effect::Fails;
use super::Judgment::{Differs, DiffersBy, Holds, Unknown};
use super::dates::is_filtered;
use super::{Difference, Judgment, Observations, REPORT, difference, hidden, none_of};
use crate::doctor::exchange::{Outcome, Purpose, Request, Response, Row, text};
use crate::doctor::text::{count, list};
use crate::streams::{COURSES, List, PATH_SESSIONS, PATH_STATS, PATHS, Stream};

/// A date that no row reaches.
const FUTURE: &str = "2100-01-01T00:00:00.000Z";

/// Lists for the probes of date filters: the API promises `createdAt` on every row and filters on
/// it.
const DATED: [&Stream; 3] = [&PATH_SESSIONS, &PATHS, &COURSES];

/// A filter that no row can pass, for every stream that a sync filters by a date; once with encoded
/// brackets.
pub(in crate::doctor) fn future_dates(seen: &Observations) -> Vec<Request> {
    let probed = seen.streams().filter(|stream| is_filtered(stream) && !seen.lacks_scope(stream));
    let raw = probed.filter_map(|stream| {
        let list = match &stream.parent {
            None => Request::new(stream, Purpose::FutureDate, ""),
            Some(_) => Request::under(stream, seen.eligible(stream).first()?).into_iter().next()?,
        };
        let query = format!("{}[gte]={FUTURE}", stream.cursor.as_ref()?.field());
        Some(Request { purpose: Purpose::FutureDate, query, ..list })
    });
    let encoded = dated(seen)
        .map(|(stream, _)| Request::new(stream, Purpose::Encoded, format!("createdAt%5Bgte%5D={FUTURE}")));
    raw.chain(encoded).collect()
}

/// A filter with a date in place of an instant, and a filter with milliseconds.
pub(in crate::doctor) fn date_forms(seen: &Observations) -> Vec<Request> {
    let Some((stream, created)) = dated(seen) else { return Vec::new() };
    // The day excludes a known row, so that an ignored filter shows.
    let midnight = |at: &DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut from = midnight(&created[created.len() / 2]);
    if created[0] >= from {
        from = midnight(&created[created.len() - 1]) + TimeDelta::days(1);
    }
    let instant = Request::new(stream, Purpose::FromInstant, format!("createdAt[gte]={}", written(from)));
    let date = Request::new(stream, Purpose::FromDate, format!("createdAt[gte]={}", from.date_naive()));
    // The last millisecond of a row's second finds the row only if the API drops milliseconds.
    let is_early = |at: &&DateTime<Utc>| at.timestamp_subsec_millis() < 999;
    let milliseconds = created.iter().find(is_early).map(|at| {
        let second = at.trunc_subsecs(0);
        let (last, until) = (second + TimeDelta::milliseconds(999), second + TimeDelta::seconds(1));
        let query = format!("createdAt[gte]={}&createdAt[lt]={}", written(last), written(until));
        Request::new(stream, Purpose::Milliseconds, query)
    });
    [instant, date].into_iter().chain(milliseconds).collect()
}

/// The first list with dated rows, and their dates in order.
fn dated(seen: &Observations) -> Option<(&'static Stream, Vec<DateTime<Utc>>)> {
    let mut dated = DATED.into_iter().map(|stream| (stream, seen.dates(stream, "createdAt")));
    dated.find(|(_, created)| !created.is_empty())
}

/// An instant in the documented form of filters.
pub(super) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The effect of a filter, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filtering {
    /// Only rows that pass it come.
    Honored,
    /// Other rows come too, without an error.
    Ignored,
    /// With an error.
    Refused,
}

/// The effect of the future-date filter; `None` if the list has no rows without it.
pub(in crate::doctor) fn by_date(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let probed = seen.find(stream, Purpose::FutureDate)?;
    let plain = seen.find(stream, Purpose::List(List::Plain)).or_else(|| seen.find(stream, Purpose::Child));
    match probed.outcome {
        Outcome::Page if !probed.rows.is_empty() => Some(Filtering::Ignored),
        Outcome::Page => (!plain?.rows.is_empty()).then_some(Filtering::Honored),
        Outcome::Refused => Some(Filtering::Refused),
        _ => None,
    }
}

/// The worst effect of the status filters; `None` if no row has the status.
pub(in crate::doctor) fn by_status(seen: &Observations, stream: &'static Stream) -> Option<Filtering> {
    let of_stats = hidden::honors_status(seen).filter(|_| std::ptr::eq(stream, &raw const PATH_STATS));
    let of_stats = of_stats.map(|honors| if honors { Filtering::Honored } else { Filtering::Ignored });
    let of_response = |response: &Response| {
        let Purpose::Status(status) = response.request.purpose else { return None };
        match response.rows.len() {
            _ if response.outcome == Outcome::Refused => Some(Filtering::Refused),
            0 => None,
            _ if response.rows.iter().all(|row| text(row, "status").is_none_or(|own| own == status)) => {
                Some(Filtering::Honored)
            }
            _ => Some(Filtering::Ignored),
        }
    };
    of_stats.into_iter().chain(seen.about(stream).filter_map(of_response)).max()
}

/// Judges the filters of all streams. `difference` is what a refusal means.
fn honored(
    seen: &Observations,
    effect: fn(&Observations, &'static Stream) -> Option<Filtering>,
    difference: Difference,
    ignored: &str,
    holds: impl Fn(&str) -> String,
) -> Option<Judgment> {
    let with = |wanted| -> Vec<&str> {
        let streams = seen.streams().filter(|stream| effect(seen, stream) == Some(wanted));
        streams.map(|stream| stream.name).collect()
    };
    let (refused, honored) = (with(Filtering::Refused), with(Filtering::Honored));
    if !refused.is_empty() {
        return Some(DiffersBy(difference, format!("Refused by {}.", list(&refused))));
    }
    none_of(&with(Filtering::Ignored), ignored, honored.len(), holds(&list(&honored)))
}

pub(super) fn date_filters(seen: &Observations) -> Option<Judgment> {
    let advice = "Select *full refresh* for these streams, and report it.";
    let refused = difference(Fails, "Incremental syncs of these streams fail.", advice);
    let ignored = "Ignored without an error: rows were returned although none is that new, by";
    let holds = |of: &str| format!("The future-date filter returned no rows, as expected, for {of}.");
    honored(seen, by_date, refused, ignored, holds)
}

pub(super) fn status_filters(seen: &Observations) -> Option<Judgment> {
    let refused = difference(Fails, "Every sync sends these filters, so these streams fail.", REPORT);
    let holds = |of: &str| format!("Only rows with that status, for {of}.");
    honored(seen, by_status, refused, "Ignored without an error by", holds)
}

/// True if the probed filter on `createdAt` works: it excludes known rows, and they do not come.
fn filters_by_creation(seen: &Observations) -> bool {
    seen.page(Purpose::FromInstant).is_some_and(|page| {
        let is_admitted = |row: &Row| page.request.admits(row);
        page.rows.iter().all(is_admitted) && !seen.rows(page.request.stream).all(is_admitted)
    })
}

const NOT_HONORED: &str = "Filters by date are not honored.";

pub(super) fn encoded_brackets(seen: &Observations) -> Option<Judgment> {
    let probed = seen.any(Purpose::Encoded)?;
    let (name, rows) = (probed.name(), count(probed.rows.len(), "row"));
    Some(match probed.rows.len() {
        _ if !filters_by_creation(seen) => Unknown(NOT_HONORED.into()),
        _ if !probed.is_page() => Differs(refusal(probed)),
        0 => Differs(format!("Encoded brackets filter like raw ones, for {name}.")),
        _ => Holds(format!("Ignored: {rows} that the filter excludes, for {name}.")),
    })
}

pub(super) fn date_only(seen: &Observations) -> Option<Judgment> {
    let (instant, date) = seen.any(Purpose::FromInstant).zip(seen.any(Purpose::FromDate))?;
    let (name, rows) = (instant.name(), |of: &Response| count(of.rows.len(), "row"));
    let is_same = BTreeSet::from_iter(instant.ids()) == BTreeSet::from_iter(date.ids());
    Some(match (instant.is_page(), date.is_page()) {
        (false, _) => Unknown("The instant was refused too.".into()),
        (_, false) => Differs(refusal(date)),
        _ if !filters_by_creation(seen) => Unknown(NOT_HONORED.into()),
        _ if is_same => Holds(format!("The same {} as with its midnight, for {name}.", rows(date))),
        _ => Differs(format!("{} instead of {}, for {name}.", date.rows.len(), rows(instant))),
    })
}

pub(super) fn filter_milliseconds(seen: &Observations) -> Option<Judgment> {
    let probed = seen.any(Purpose::Milliseconds)?;
    let (name, rows) = (probed.name(), count(probed.rows.len(), "row"));
    Some(match probed.rows.len() {
        _ if !probed.is_page() => Unknown(refusal(probed)),
        0 => Differs(format!("The last millisecond of a row's second excludes the row, for {name}.")),
        _ if !filters_by_creation(seen) => Unknown(NOT_HONORED.into()),
        _ => Holds(format!("The last millisecond of its second still finds {rows}, for {name}.")),
    })
}

fn refusal(response: &Response) -> String {
    format!("Refused with HTTP {}, for {}.", response.raw.status, response.name())
}
