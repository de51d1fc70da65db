//! The dates by which changed rows are found.

use chrono::TimeDelta;

use super::Judgment::{Differs, DiffersBy, Holds};
use super::rows::{lacking, shares};
use super::{Judgment, Observations, harmless, none_of};
use crate::doctor::exchange::{Row, cursor_fields, instant};
use crate::doctor::text::{count, grouped, list};
use crate::streams::{Cursor, Stream};

/// True if the API promises the cursor's date on every row and filters on it.
pub(super) fn is_filtered(stream: &'static Stream) -> bool {
    matches!(stream.cursor, Some(Cursor::Filtered { .. }))
}

fn has_date(stream: &'static Stream, row: &Row) -> bool {
    cursor_fields(stream).iter().any(|field| row.contains_key(field))
}

pub(super) fn cursor_dates(seen: &Observations) -> Option<Judgment> {
    let streams = lacking(seen, |stream| is_filtered(stream), has_date);
    let rows = streams.iter().map(|(_, (_, all))| all).sum();
    let holds = format!("{}, all with the date.", count(rows, "row"));
    none_of(&shares(&streams), "Rows without the date:", rows, holds)
}

/// Fewer rows prove nothing about a share.
const ENOUGH: usize = 30;

pub(super) fn undated_rows(seen: &Observations) -> Option<Judgment> {
    let streams = lacking(seen, |stream| matches!(stream.cursor, Some(Cursor::Chosen(_))), has_date);
    let (undated, rows) = streams.iter().fold((0, 0), |sum, (_, (some, all))| (sum.0 + some, sum.1 + all));
    let are_many = streams.iter().any(|(_, (some, all))| *all >= ENOUGH && some * 3 > *all);
    let judgment = if are_many || undated * 10 > rows {
        Differs(format!("Rows without any date: {}.", list(&shares(&streams))))
    } else {
        Holds(format!("{} of {} of these lists have none.", grouped(undated), count(rows, "row")))
    };
    (rows >= ENOUGH).then_some(judgment)
}

pub(super) fn modified_at_creation(seen: &Observations) -> Option<Judgment> {
    let is_by_change =
        |stream: &&Stream| matches!(stream.cursor, Some(Cursor::Filtered { field: "modifiedAt", .. }));
    let (mut rows, mut equal, mut wrong) = (0, 0, 0);
    for row in seen.streams().filter(is_by_change).flat_map(|stream| seen.rows(stream)) {
        let Some(created) = instant(row, "createdAt") else { continue };
        let apart = instant(row, "modifiedAt").map(|modified| modified - created);
        rows += 1;
        equal += usize::from(apart.is_some_and(|apart| apart.abs() <= TimeDelta::seconds(1)));
        // Two timestamps of one moment may differ a little; windows overlap by more.
        wrong += usize::from(apart.is_none_or(|apart| apart < -TimeDelta::minutes(1)));
    }
    let all = count(rows, "row");
    match (rows, wrong) {
        (0, _) => None,
        (_, 0) => Some(Holds(format!("{all} with both dates; {equal} of them within the same second."))),
        _ => Some(Differs(format!("{wrong} of {all} have no `modifiedAt`, or one before `createdAt`."))),
    }
}

pub(super) fn date_form(seen: &Observations) -> Option<Judgment> {
    let mut dates = [0; 4];
    for fields in seen.fields.values() {
        dates.iter_mut().zip(fields.dates).for_each(|(sum, count)| *sum += count);
    }
    let [milliseconds, without, offset, unreadable] = dates.map(grouped);
    let evidence = format!(
        "{milliseconds} with milliseconds, {without} without, {offset} with an offset from UTC, {unreadable} unreadable."
    );
    match dates {
        [0, 0, 0, 0] => None,
        [_, 0, 0, 0] => Some(Holds(evidence)),
        [_, _, _, 0] => Some(DiffersBy(harmless("None: the connector accepts these forms."), evidence)),
        _ => Some(Differs(evidence)),
    }
}
