//! From the observations to the input of the forecast. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::count::{Count, Precision};
use super::forecast::ForecastInput;
use super::observations::{Observations, Probe, Response, Row, instant, probed_lists, text};
use super::probes;
use crate::config::Settings;
use crate::streams::request::{self, RowDate};
use crate::streams::{HiddenStatus, List, Stream};

/// A window begins at the cursor before the last one: two days ago with a sync a day.
const WINDOW: TimeDelta = TimeDelta::days(2);

/// What the forecast needs about a stream.
pub(super) fn of(seen: &Observations, settings: &Settings, stream: &'static Stream) -> ForecastInput {
    let lists: Vec<Vec<&Response>> =
        probed_lists(stream).into_iter().map(|list| seen.pages(stream, list)).collect();
    let off = seen.about(stream).any(|response| stream.off_codes.contains(&response.code.as_str()));
    // A feature that is off costs one request.
    let hidden = if off { HiddenRows::default() } else { HiddenRows::of(seen, stream) };
    let visible = if lists.len() > 1 {
        lists.iter().flatten().flat_map(|page| page.ids()).collect::<BTreeSet<_>>().len()
    } else {
        lists.iter().flatten().map(|page| page.len()).sum()
    };
    let rows = match (&stream.parent, off) {
        (Some(_), _) => None,
        (None, true) => Some(Count::exact(0)),
        (None, false) if lists.iter().any(Vec::is_empty) => None,
        (None, false) => {
            let is_exact = seen.is_read_in_full(stream) && !hidden.goes_on;
            let precision = if is_exact { Precision::Exact } else { Precision::AtLeast };
            Some(Count { number: visible + hidden.rows.len(), precision })
        }
    };
    // A page with a next page has the full size.
    let full = lists.iter().flatten().find(|page| page.next.is_some()).map(|page| page.len());
    let mut samples = samples(seen, stream);
    let goes_on = samples.iter().any(|sample| sample.1);
    let giant = giant(&mut samples);
    let documented = stream.page_size.map_or(usize::MAX, |size| size as usize);
    ForecastInput {
        readable: seen.is_readable(stream),
        rows,
        pages: pages(&seen.pages(stream, List::Plain)) + hidden.requests,
        page: full.unwrap_or(documented),
        per_parent: mean(samples.iter().map(|sample| sample.0)),
        pages_per_parent: mean(samples.iter().map(pages_of)).unwrap_or(1.0),
        goes_on,
        hidden_lists: hidden.lists,
        hidden_requests: hidden.requests,
        giant,
        requested: requested(seen, settings, stream),
        changed: changed(seen, settings, stream),
        wanted: wanted(seen, settings, stream),
        off,
    }
}

/// The pages of a list: those that were read, and one more if it goes on.
fn pages(read: &[&Response]) -> usize {
    read.len().max(1) + usize::from(read.last().is_some_and(|page| page.goes_on()))
}

/// What the hidden statuses of a stream add to its plain lists.
#[derive(Default)]
struct HiddenRows<'a> {
    /// A root list: requests beside those of the plain list.
    requests: usize,
    /// A child: lists under each parent beside the plain one.
    lists: usize,
    /// Rows that only the hidden lists have.
    rows: Vec<&'a Row>,
    goes_on: bool,
}

impl<'a> HiddenRows<'a> {
    fn of(seen: &'a Observations, stream: &'static Stream) -> Self {
        let mut found = Self::default();
        for hidden in stream.hidden {
            let is_shown = is_shown(seen, stream, hidden);
            let read = if hidden.in_rows {
                seen.find(stream, Probe::Status(hidden.value)).into_iter().collect()
            } else {
                seen.pages(stream, List::Hidden(hidden))
            };
            found.lists += usize::from(!is_shown);
            // A hidden list is read again after a plain list that did not show such a row.
            found.requests += pages(&read) * if is_shown { 1 } else { 2 };
            if hidden.in_rows && !is_shown {
                let is_such = |row: &&Row| text(row, "status") == Some(hidden.value);
                found.rows.extend(read.iter().flat_map(|response| response.rows()).filter(is_such));
                found.goes_on |= read.iter().any(|response| response.goes_on());
            }
        }
        found
    }
}

/// True if a plain list of the stream shows rows with this status.
fn is_shown(seen: &Observations, stream: &'static Stream, hidden: &'static HiddenStatus) -> bool {
    if hidden.in_rows {
        let is_plain =
            |response: &&Response| response.is_read() || response.probe == Probe::EnrollmentsOfPath;
        let mut plain = seen.about(stream).filter(is_plain).flat_map(Response::rows);
        return plain.any(|row| text(row, "status") == Some(hidden.value));
    }
    let ids =
        |list| -> BTreeSet<&str> { seen.pages(stream, list).into_iter().flat_map(Response::ids).collect() };
    let hidden = ids(List::Hidden(hidden));
    !hidden.is_empty() && hidden.is_subset(&ids(List::Plain))
}

/// The rows under each sampled parent, and whether there are more than were read.
fn samples(seen: &Observations, stream: &'static Stream) -> Vec<(usize, bool)> {
    let variants = request::variants(stream).len();
    let sample = |sample: usize| {
        let lists: Vec<&Response> =
            (0..variants).filter_map(|variant| seen.find(stream, Probe::Child(sample, variant))).collect();
        let is_known = |response: &&&Response| {
            response.rows.is_some() || response.is_empty_by_code() || response.is_absence()
        };
        let known = lists.iter().filter(is_known).count();
        let rows = lists.iter().map(|response| response.len()).sum();
        (known == variants).then(|| (rows, lists.iter().any(|response| response.goes_on())))
    };
    (0..probes::MOST_SAMPLES).filter_map(sample).collect()
}

/// The pages of a sample, as far as they are known.
fn pages_of(sample: &(usize, bool)) -> usize {
    1 + usize::from(sample.1)
}

/// Removes the sample with more than ten times the mean of the others, such as the group of all
/// users: its rows and pages are counted once.
fn giant(samples: &mut Vec<(usize, bool)>) -> Option<(usize, usize)> {
    let (at, largest) = samples.iter().copied().enumerate().max_by_key(|(_, sample)| sample.0)?;
    let others: usize = samples.iter().map(|sample| sample.0).sum::<usize>() - largest.0;
    let is_giant = others >= samples.len() - 1 && largest.0 * (samples.len() - 1) > 10 * others;
    (is_giant && samples.len() > 1).then(|| {
        samples.swap_remove(at);
        (largest.0, pages_of(&largest))
    })
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand rows")]
fn mean(numbers: impl Iterator<Item = usize>) -> Option<f64> {
    let (count, sum) = numbers.fold((0_usize, 0_usize), |(count, sum), number| (count + 1, sum + number));
    (count > 0).then(|| sum as f64 / count as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand rows")]
fn share(some: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { some as f64 / all as f64 }
}

/// The share of parents that are requested.
fn requested(seen: &Observations, settings: &Settings, stream: &'static Stream) -> f64 {
    let Some(parent) = &stream.parent else { return 1.0 };
    let hidden = HiddenRows::of(seen, parent.stream).rows;
    let parents: Vec<&Row> = seen.rows(parent.stream).chain(hidden).collect();
    let is_requested = |row: &&&Row| probes::is_eligible(row, parent, settings.include_deleted_users);
    share(parents.iter().filter(is_requested).count(), parents.len())
}

/// The time of the run, by the server's clock if it sends one.
fn now(seen: &Observations) -> Option<DateTime<Utc>> {
    seen.responses.first().map(|response| response.date.unwrap_or(response.here))
}

fn date_of(row: &Row, field: &str) -> RowDate {
    if !row.contains_key(field) {
        return RowDate::Missing;
    }
    instant(row, field).map_or(RowDate::Unreadable, RowDate::At)
}

/// The share of rows that an incremental sync emits.
fn changed(seen: &Observations, settings: &Settings, stream: &'static Stream) -> f64 {
    let (Some(cursor), Some(now)) = (&stream.cursor, now(seen)) else { return 1.0 };
    let from = now - WINDOW - request::lookback(cursor, settings.attendance_lookback);
    let is_new = |row: &&Row| {
        let dates = request::row_dates(cursor).iter().map(|field| date_of(row, field));
        let is_hidden = stream.hidden.iter().any(|hidden| text(row, "status") == Some(hidden.value));
        request::is_new_row(cursor, from, dates, is_hidden)
    };
    share(seen.rows(stream).filter(is_new).count(), seen.rows(stream).count())
}

/// The share of parents that are read again: they ended within the lookback, or were changed.
fn wanted(seen: &Observations, settings: &Settings, stream: &'static Stream) -> f64 {
    let (Some(cursor), Some(parent), Some(now)) = (&stream.cursor, &stream.parent, now(seen)) else {
        return 1.0;
    };
    let lookback = request::lookback(cursor, settings.attendance_lookback);
    let is_wanted = |row: &&Row| {
        request::is_new_parent(cursor, now - WINDOW, lookback, |name| {
            request::parent_field(parent, name).map_or(RowDate::Missing, |field| date_of(row, field))
        })
    };
    share(seen.rows(parent.stream).filter(is_wanted).count(), seen.rows(parent.stream).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sample_much_larger_than_the_others_is_counted_on_its_own() {
        let of = |rows: &[usize]| {
            let mut samples: Vec<_> = rows.iter().map(|rows| (*rows, *rows > 1000)).collect();
            giant(&mut samples)
        };
        assert_eq!(of(&[20, 3000, 25]), Some((3000, 2)), "the group of all users");
        assert_eq!(of(&[3000, 20]), Some((3000, 2)));
        for alike in [&[][..], &[40], &[10, 5], &[1, 0, 0], &[80, 0], &[100, 20, 30]] {
            assert_eq!(of(alike), None, "{alike:?}");
        }
    }
}
