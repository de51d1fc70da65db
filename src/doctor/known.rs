//! From what was seen to what the forecast needs. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::count::{Count, Precision};
use super::forecast::Known;
use super::round;
use super::seen::{Answer, Purpose, Row, Seen, instant, text};
use super::verdicts::dates::cursor_fields;
use super::verdicts::lists::company_list;
use crate::config::Settings;
use crate::streams::{Cursor, Stream};

/// How long ago the sync before is taken to be.
const BETWEEN: TimeDelta = TimeDelta::days(1);

/// What is known of a stream.
pub(super) fn known(seen: &Seen, settings: &Settings, stream: &'static Stream) -> Known {
    let lists: Vec<Vec<&Answer>> = (0..stream.queries.len()).map(|query| seen.pages(stream, query)).collect();
    let off = seen.about(stream).any(|answer| stream.off.contains(&answer.code.as_str()));
    // Nothing more is asked where the feature is off.
    let apart = if off { Apart::default() } else { Apart::of(seen, stream) };
    // Of several lists the last one may repeat rows of those before.
    let all = apart.rows.len()
        + if lists.len() > 1 {
            lists.iter().flatten().flat_map(|page| page.ids()).collect::<BTreeSet<_>>().len()
        } else {
            lists.iter().flatten().map(|page| page.len()).sum()
        };
    let is_whole = seen.is_whole(stream);
    let rows = match (&stream.parent, off) {
        (Some(_), _) => None,
        (None, true) => Some(Count::exact(0)),
        (None, false) if lists.iter().any(Vec::is_empty) => None,
        (None, false) => {
            let is_whole = is_whole && !apart.goes_on;
            let precision = if is_whole { Precision::Exact } else { Precision::AtLeast };
            Some(Count { number: all, precision })
        }
    };
    // A page that another follows tells the size; more pages than were read are those that follow the last one.
    let full = lists.iter().flatten().find(|page| page.next.is_some()).map(|page| page.len());
    let goes_on = lists.iter().filter(|pages| pages.last().is_some_and(|page| page.goes_on())).count();
    let pages = lists.iter().map(|pages| pages.len().max(1)).sum::<usize>() + goes_on;
    let pages = pages + apart.lists + usize::from(apart.goes_on);
    let mut samples = samples(seen, stream);
    let goes_on_below = samples.iter().any(|sample| sample.1);
    let giant = giant(&mut samples);
    let documented = stream.page_size.map_or(usize::MAX, |size| size as usize);
    Known {
        readable: seen.is_readable(stream),
        rows,
        pages,
        page: full.unwrap_or(documented),
        per_parent: mean(samples.iter().map(|sample| sample.0)),
        pages_per_parent: mean(samples.iter().map(pages_of)).unwrap_or(1.0),
        goes_on: goes_on_below,
        giant,
        lists_apart: apart.lists,
        asked: asked(seen, settings, stream),
        changed: changed(seen, stream),
        wanted: wanted(seen, settings, stream),
        company_page: stream.company_wide.as_ref().and_then(|_| company_page(seen)),
        off,
    }
}

/// Rows on a page of the company's list of registrations; a list of one page has room for all.
fn company_page(seen: &Seen) -> Option<usize> {
    company_list(seen).map(|page| if page.next.is_some() { page.len() } else { usize::MAX })
}

/// What plain lists do not show and a sync asks for by its status, as long as no such row was shown.
#[derive(Default)]
struct Apart<'a> {
    /// Beside each plain list.
    lists: usize,
    rows: Vec<&'a Row>,
    goes_on: bool,
}

impl<'a> Apart<'a> {
    fn of(seen: &'a Seen, stream: &'static Stream) -> Self {
        let mut apart = Self::default();
        for (field, value) in stream.apart {
            let is_such = |row: &&Row| text(row, field) == Some(value);
            let is_plain = |answer: &&Answer| answer.is_read() || answer.purpose == Purpose::OfArchived;
            let mut plain = seen.about(stream).filter(is_plain).flat_map(Answer::rows);
            if plain.any(|row| is_such(&row))
                || stream.queries.contains(&format!("{field}[eq]={value}").as_str())
            {
                continue;
            }
            apart.lists += 1;
            if let Some(asked) = seen.find(stream, Purpose::Status(value)) {
                apart.rows.extend(asked.rows().filter(is_such));
                apart.goes_on |= asked.goes_on();
            }
        }
        apart
    }
}

/// The rows under each sampled parent, and whether there are more than were read.
fn samples(seen: &Seen, stream: &'static Stream) -> Vec<(usize, bool)> {
    let variants = stream.parent.as_ref().map_or(1, round::variants);
    let sample = |sample: usize| {
        let lists: Vec<&Answer> =
            (0..variants).filter_map(|variant| seen.find(stream, Purpose::Child(sample, variant))).collect();
        let is_told =
            |answer: &&&Answer| answer.rows.is_some() || stream.absent.contains(&answer.code.as_str());
        let told = lists.iter().filter(is_told).count();
        let rows = lists.iter().map(|answer| answer.len()).sum();
        (told == variants).then(|| (rows, lists.iter().any(|answer| answer.goes_on())))
    };
    (0..round::MOST_SAMPLES).filter_map(sample).collect()
}

/// The pages of a sample, as far as they are known.
fn pages_of(sample: &(usize, bool)) -> usize {
    1 + usize::from(sample.1)
}

/// Takes the sample out that has more than ten times as much as the others have on average, such as the group of all users: its
/// rows and pages are counted once.
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

/// The share of parents that are asked for.
fn asked(seen: &Seen, settings: &Settings, stream: &'static Stream) -> f64 {
    let Some(parent) = &stream.parent else { return 1.0 };
    let parents: Vec<&Row> = seen.rows(parent.stream).chain(Apart::of(seen, parent.stream).rows).collect();
    let is_asked = |row: &&&Row| round::is_eligible(row, parent, settings.include_deleted_users);
    share(parents.iter().filter(is_asked).count(), parents.len())
}

/// The time of the run, by the server's clock where it tells it.
fn now(seen: &Seen) -> Option<DateTime<Utc>> {
    seen.answers.first().map(|answer| answer.date.unwrap_or(answer.here))
}

/// Whether one of the dates is so late, or none tells.
fn is_since(row: &Row, fields: &[&str], from: DateTime<Utc>) -> bool {
    let mut dates = fields.iter().filter(|field| row.contains_key(**field)).peekable();
    dates.peek().is_none() || dates.any(|field| instant(row, field).is_none_or(|date| date >= from))
}

/// The share of rows that an incremental sync emits.
fn changed(seen: &Seen, stream: &'static Stream) -> f64 {
    let (lookback, also) = match &stream.cursor {
        Some(Cursor::Filtered { lookback, also, .. }) => (TimeDelta::days(i64::from(*lookback)), *also),
        Some(Cursor::Chosen(_)) => (TimeDelta::zero(), &[][..]),
        _ => return 1.0,
    };
    let Some(from) = now(seen).map(|now| now - BETWEEN - lookback) else { return 1.0 };
    let is_new = |row: &&Row| {
        is_since(row, cursor_fields(stream), from)
            || also.iter().any(|(field, value)| text(row, field) == Some(value))
    };
    share(seen.rows(stream).filter(is_new).count(), seen.rows(stream).count())
}

/// The share of parents that are read again because they are not long over, or were changed.
fn wanted(seen: &Seen, settings: &Settings, stream: &'static Stream) -> f64 {
    let (Some(Cursor::ByParent { end, changed }), Some(parent)) = (&stream.cursor, &stream.parent) else {
        return 1.0;
    };
    let Some(from) = now(seen).map(|now| now - BETWEEN) else { return 1.0 };
    let own = |name: &str| parent.fields.iter().find(|(_, to)| *to == name).map(|(from, _)| *from);
    let changed: Vec<&str> = changed.iter().filter_map(|name| own(name)).collect();
    let is_wanted = |row: &&Row| {
        let ended: Vec<&str> = own(end).into_iter().collect();
        is_since(row, &changed, from) || is_since(row, &ended, from - settings.attendance_lookback)
    };
    share(seen.rows(parent.stream).filter(is_wanted).count(), seen.rows(parent.stream).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_much_larger_than_the_others_is_counted_for_itself() {
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
