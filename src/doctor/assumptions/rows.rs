//! Rows: their fields, keys and ids.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Judgment, REPORT, fails, none_of};
use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Response, instant, text};
use crate::doctor::probes::is_parent;
use crate::doctor::text::{count, grouped, list, share};
use crate::streams::{Body, Stream, is_id};

/// `stream.field` for what `of` finds in the rows of each stream.
fn places<T>(seen: &Observations, of: fn(Fields) -> BTreeMap<String, T>) -> Vec<String> {
    let of_stream = |stream: &'static Stream| {
        of(seen.fields(stream)).into_keys().map(|field| format!("`{}.{field}`", stream.name))
    };
    seen.streams().flat_map(of_stream).collect()
}

/// Holds for all rows that were read, unless something was found.
fn of_rows(seen: &Observations, found: &[String], differs: &str, holds: &str) -> Option<Judgment> {
    let rows = seen.streams().map(|stream| seen.rows(stream).count()).sum();
    none_of(found, differs, rows, format!("{}, {holds}.", count(rows, "row")))
}

pub(super) fn known_fields(seen: &Observations) -> Option<Judgment> {
    of_rows(seen, &places(seen, |fields| fields.new_fields), "New fields:", "none with a new field")
}

pub(super) fn field_types(seen: &Observations) -> Option<Judgment> {
    let found = places(seen, |fields| fields.other_types);
    of_rows(seen, &found, "Values of another type:", "all of these types")
}

pub(super) fn known_values(seen: &Observations) -> Option<Judgment> {
    of_rows(seen, &places(seen, |fields| fields.new_values), "New values in", "none with a new value")
}

pub(super) fn keys(seen: &Observations) -> Option<Judgment> {
    // The connector adds the value of a variant, which is not kept here.
    let has_variants =
        |stream: &Stream| stream.parent.as_ref().is_some_and(|parent| parent.variants.is_some());
    let is_judged = |stream: &&'static Stream| stream.body != Body::Object && !has_variants(stream);
    let without_key = |stream: &'static Stream| {
        let has_key = |row: &&_| stream.key.iter().all(|field| text(row, field).is_some());
        let (with, all) = (seen.rows(stream).filter(has_key).count(), seen.rows(stream).count());
        (with < all).then(|| share((all - with, all), stream.name))
    };
    let lacking: Vec<String> = seen.streams().filter(is_judged).filter_map(without_key).collect();
    of_rows(seen, &lacking, "Rows without a key:", "all with their key")
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
        let difference = fails("The children of these rows fail.", REPORT);
        return Some(DiffersBy(
            difference,
            format!("Ids that are not valid in a path: {}.", list(&unusable)),
        ));
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
    let read = seen.responses.iter().filter(|response| response.is_read());
    let pages: Vec<Vec<&str>> = read.map(Response::ids).filter(|ids| ids.len() > 2).collect();
    if pages.is_empty() {
        return None;
    }
    let ascending = pages.iter().filter(|ids| ids.is_sorted()).count();
    let descending = pages.iter().filter(|ids| ids.is_sorted_by(|one, other| one >= other)).count();
    let all = count(pages.len(), "page");
    let evidence = format!("{ascending} by ascending and {descending} by descending `_id`, of {all}.");
    let is_ordered = ascending.max(descending) == pages.len() && pages.len() > 2;
    Some(if is_ordered { Differs(evidence) } else { Holds(evidence) })
}
