//! Rows: their fields, keys and ids.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Effect, Judgment, Observations, REPORT, difference, none_of};
use crate::doctor::exchange::{Response, Row, instant, text};
use crate::doctor::fields::Fields;
use crate::doctor::observations::is_parent;
use crate::doctor::text::{count, grouped, list};
use crate::streams::{Body, Stream, is_id};

/// Holds for all rows that were read, unless something was found.
fn of_rows(seen: &Observations, found: &[String], differs: &str, holds: &str) -> Option<Judgment> {
    let rows = seen.all_reads().map(|page| page.rows.len()).sum();
    none_of(found, differs, rows, format!("{}, {holds}.", count(rows, "row")))
}

/// The same for what `of` finds in the fields of each stream.
pub(super) fn fields<T>(
    seen: &Observations,
    of: fn(&Fields) -> &BTreeMap<String, T>,
    differs: &str,
    holds: &str,
) -> Option<Judgment> {
    let of_stream = |stream: &'static Stream| {
        let found = seen.fields.get(stream.name).into_iter().flat_map(of);
        found.map(|(field, _)| format!("`{}.{field}`", stream.name))
    };
    of_rows(seen, &seen.streams().flat_map(of_stream).collect::<Vec<_>>(), differs, holds)
}

pub(super) fn keys(seen: &Observations) -> Option<Judgment> {
    // The connector adds the value of a variant, which is not kept here.
    let has_variants =
        |stream: &Stream| stream.parent.as_ref().is_some_and(|parent| parent.variants.is_some());
    let is_judged = |stream: &&'static Stream| stream.body != Body::Object && !has_variants(stream);
    let has_key = |stream: &Stream, row: &Row| stream.key.iter().all(|field| text(row, field).is_some());
    let lacking = lacking(seen, is_judged, has_key);
    of_rows(seen, &shares(&lacking), "Rows without a key:", "all with their key")
}

/// For each of these streams: its rows that lack something, and all of its rows.
pub(super) fn lacking(
    seen: &Observations,
    is_judged: impl Fn(&&'static Stream) -> bool,
    has: fn(&'static Stream, &Row) -> bool,
) -> Vec<(&'static str, (usize, usize))> {
    let of = |stream: &'static Stream| {
        let lacking = seen.rows(stream).filter(|row| !has(stream, row)).count();
        (stream.name, (lacking, seen.rows(stream).count()))
    };
    seen.streams().filter(is_judged).map(of).collect()
}

/// Those of them that have such rows.
pub(super) fn shares(streams: &[(&'static str, (usize, usize))]) -> Vec<String> {
    let share = |(name, (some, all)): &(_, (usize, usize))| {
        format!("{name} ({} of {})", grouped(*some), grouped(*all))
    };
    streams.iter().filter(|(_, (some, _))| *some > 0).map(share).collect()
}

pub(super) fn parent_ids(seen: &Observations) -> Option<Judgment> {
    let (mut rows, mut unusable, mut dated, mut out_of_time) = (0, Vec::new(), 0, Vec::new());
    for stream in seen.streams().filter(|stream| is_parent(stream)) {
        let (mut bad, mut late) = (0, 0);
        for row in seen.rows(stream) {
            rows += 1;
            let id = text(row, "_id").unwrap_or_default();
            bad += usize::from(!is_id(id));
            match (time_of(id), instant(row, "createdAt")) {
                (Some(of_id), Some(created)) => {
                    dated += 1;
                    late += usize::from(of_id + TimeDelta::minutes(1) < created);
                }
                (Some(_), None) => {}
                (None, _) => late += 1,
            }
        }
        unusable.extend((bad > 0).then(|| format!("{} ({bad})", stream.name)));
        out_of_time.extend((late > 0).then(|| format!("{} ({late})", stream.name)));
    }
    if !unusable.is_empty() {
        let difference = difference(Effect::Fails, "The children of these rows fail.", REPORT);
        let evidence = format!("Ids that are not valid in a path: {}.", list(&unusable));
        return Some(DiffersBy(difference, evidence));
    }
    none_of(
        &out_of_time,
        "Ids with an earlier time than `createdAt`, or without a time:",
        rows,
        format!("{}; of {} with `createdAt`, none has an earlier time.", count(rows, "id"), grouped(dated)),
    )
}

/// The time of creation in an object id.
fn time_of(id: &str) -> Option<DateTime<Utc>> {
    let seconds = id.get(..8).filter(|_| id.len() == 24)?;
    DateTime::from_timestamp(i64::from_str_radix(seconds, 16).ok()?, 0)
}

pub(super) fn no_order(seen: &Observations) -> Option<Judgment> {
    let pages: Vec<Vec<&str>> = seen.all_reads().map(Response::ids).filter(|ids| ids.len() > 2).collect();
    let ascending = pages.iter().filter(|ids| ids.is_sorted()).count();
    let descending = pages.iter().filter(|ids| ids.is_sorted_by(|one, other| one >= other)).count();
    let all = count(pages.len(), "page");
    let evidence = format!("{ascending} by ascending and {descending} by descending `_id`, of {all}.");
    let is_ordered = ascending.max(descending) == pages.len() && pages.len() > 2;
    (!pages.is_empty()).then_some(if is_ordered { Differs(evidence) } else { Holds(evidence) })
}
