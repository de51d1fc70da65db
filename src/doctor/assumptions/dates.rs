//! The dates by which changed rows are found.
//! Judges only: the claims, and what to do about a difference, are in `table`.

use chrono::TimeDelta;

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Judgment, harmless, none_of};
use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Row, cursor_fields, instant, is_filtered};
use crate::doctor::text::{count, grouped, list, share};
use crate::streams::{Cursor, Stream};

/// The rows of each of these streams without any of its dates, and all of its rows.
fn without_dates(
    seen: &Observations,
    is_wanted: fn(&'static Stream) -> bool,
) -> Vec<(&'static str, (usize, usize))> {
    let of = |stream: &'static Stream| {
        let is_undated = |row: &&Row| !cursor_fields(stream).iter().any(|field| row.contains_key(field));
        (stream.name, (seen.rows(stream).filter(is_undated).count(), seen.rows(stream).count()))
    };
    seen.streams().filter(|stream| is_wanted(stream)).map(of).collect()
}

/// The streams that have rows without a date.
fn lacking(streams: &[(&'static str, (usize, usize))]) -> Vec<String> {
    streams.iter().filter(|(_, (some, _))| *some > 0).map(|(name, rows)| share(*rows, name)).collect()
}

pub(super) fn cursor_dates(seen: &Observations) -> Option<Judgment> {
    let streams = without_dates(seen, is_filtered);
    let (rows, lacking): (usize, _) = (streams.iter().map(|(_, (_, all))| all).sum(), lacking(&streams));
    let holds = format!("{}, all with the date.", count(rows, "row"));
    none_of(&lacking, "Rows without the date:", rows, holds)
}

/// Fewer rows prove nothing about a share.
const ENOUGH: usize = 30;

pub(super) fn undated_rows(seen: &Observations) -> Option<Judgment> {
    let streams = without_dates(seen, |stream| matches!(stream.cursor, Some(Cursor::Chosen(_))));
    let (undated, rows) = streams.iter().fold((0, 0), |sum, (_, (some, all))| (sum.0 + some, sum.1 + all));
    let are_many = streams.iter().any(|(_, (some, all))| *all >= ENOUGH && some * 3 > *all);
    let judgment = if are_many || undated * 10 > rows {
        Differs(format!("Rows without any date: {}.", list(&lacking(&streams))))
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
        rows += 1;
        match instant(row, "modifiedAt") {
            // Two timestamps of one moment may differ a little; windows overlap by more.
            Some(modified) if modified + TimeDelta::minutes(1) >= created => {
                equal += usize::from((modified - created).abs() <= TimeDelta::seconds(1));
            }
            _ => wrong += 1,
        }
    }
    let all = count(rows, "row");
    match (rows, wrong) {
        (0, _) => None,
        (_, 0) => Some(Holds(format!("{all} with both dates; {equal} of them within the same second."))),
        _ => Some(Differs(format!("{wrong} of {all} have no `modifiedAt`, or one before `createdAt`."))),
    }
}

pub(super) fn date_form(seen: &Observations) -> Option<Judgment> {
    let pages = seen.responses.iter().filter(|response| response.is_read()).map(|response| &response.fields);
    let dates = Fields::sum(pages).dates;
    let [milliseconds, without, offset, unreadable] = dates.map(grouped);
    let evidence = format!(
        "{milliseconds} with milliseconds, {without} without, {offset} with an offset from UTC, {unreadable} unreadable."
    );
    if dates[3] > 0 {
        Some(Differs(evidence))
    } else if dates[1] + dates[2] > 0 {
        Some(DiffersBy(harmless("None: the connector accepts these forms."), evidence))
    } else {
        (dates[0] > 0).then_some(Holds(evidence))
    }
}
