//! The dates by which changed rows are found.

use chrono::TimeDelta;

use super::Judgement::{Differs, DiffersBy, Holds, Unknown};
use super::{Assumption, Effect, Judgement, REPORT, difference, harmless};
use crate::doctor::fields::{Dates, Fields};
use crate::doctor::observations::{Observations, Row, cursor_fields, instant, is_filtered};
use crate::doctor::probes::{CHILDREN, LISTS};
use crate::doctor::text::{count, grouped, list, share};
use crate::streams::{Cursor, Stream};

pub(super) static ASSUMPTIONS: [Assumption; 4] = [
    Assumption {
        id: "cursor_dates",
        claim: "Every row of a list with a date filter has that date.",
        consequence: "An incremental sync sees every change.",
        probe: &LISTS,
        judge: cursor_dates,
        difference: difference(
            Effect::Rows,
            "An incremental sync misses these rows: the API filters them out.",
            "Select *full refresh* for these streams, and report it.",
        ),
    },
    Assumption {
        id: "undated_rows",
        claim: "If dates are optional, at most one row in ten has none, and at most a third of any list.",
        consequence: "Every incremental sync emits the rows without a date, so they should be few.",
        probe: &CHILDREN,
        judge: undated_rows,
        difference: difference(
            Effect::Cost,
            "No row is lost: every incremental sync emits these rows, and the destination writes them again.",
            "Use a deduped mode in Airbyte.",
        ),
    },
    Assumption {
        id: "modified_at_creation",
        claim: "`modifiedAt` is set when a path, a session or a course is created, and is never before `createdAt`.",
        consequence: "New rows are found by `modifiedAt`.",
        probe: &LISTS,
        judge: modified_at_creation,
        difference: difference(
            Effect::Rows,
            "An incremental sync misses these rows when they are new.",
            "Select *full refresh* for paths, path_sessions and courses, and report it.",
        ),
    },
    Assumption {
        id: "date_form",
        claim: "Dates are written as 2026-11-02T08:00:00.000Z, with milliseconds.",
        consequence: "Dates are compared as instants. The connector accepts other forms of ISO 8601.",
        probe: &LISTS,
        judge: date_form,
        difference: difference(
            Effect::Cost,
            "Every incremental sync emits a row whose date is unreadable. A destination may refuse the value as a timestamp.",
            REPORT,
        ),
    },
];

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

fn cursor_dates(seen: &Observations) -> Judgement {
    let streams = without_dates(seen, is_filtered);
    let (rows, lacking): (usize, _) = (streams.iter().map(|(_, (_, all))| all).sum(), lacking(&streams));
    if rows == 0 {
        Unknown("No such row was read.".into())
    } else if lacking.is_empty() {
        Holds(format!("{}, all with the date.", count(rows, "row")))
    } else {
        Differs(format!("Rows without the date: {}.", list(&lacking)))
    }
}

/// Fewer rows prove nothing about a share.
const ENOUGH: usize = 30;

fn undated_rows(seen: &Observations) -> Judgement {
    let streams = without_dates(seen, |stream| matches!(stream.cursor, Some(Cursor::Chosen(_))));
    let (undated, rows) = streams.iter().fold((0, 0), |sum, (_, (some, all))| (sum.0 + some, sum.1 + all));
    let are_many = streams.iter().any(|(_, (some, all))| *all >= ENOUGH && some * 3 > *all);
    if rows < ENOUGH {
        Unknown("Too few such rows were read.".into())
    } else if are_many || undated * 10 > rows {
        Differs(format!("Rows without any date: {}.", list(&lacking(&streams))))
    } else {
        Holds(format!("{} of {} of these lists have none.", grouped(undated), count(rows, "row")))
    }
}

fn modified_at_creation(seen: &Observations) -> Judgement {
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
        (0, _) => Unknown("No such row was read.".into()),
        (_, 0) => Holds(format!("{all} with both dates; {equal} of them within the same second.")),
        _ => Differs(format!("{wrong} of {all} have no `modifiedAt`, or one before `createdAt`.")),
    }
}

fn date_form(seen: &Observations) -> Judgement {
    let pages = seen.responses.iter().filter(|response| response.is_read()).map(|response| &response.fields);
    let Dates { with_milliseconds, without, with_offset, unreadable } = Fields::sum(pages).dates;
    let [milliseconds, seconds, offset, bad] =
        [with_milliseconds, without, with_offset, unreadable].map(grouped);
    let evidence = format!(
        "{milliseconds} with milliseconds, {seconds} without, {offset} with an offset from UTC, {bad} unreadable."
    );
    if unreadable > 0 {
        Differs(evidence)
    } else if without + with_offset > 0 {
        DiffersBy(evidence, harmless("None: the connector accepts these forms."))
    } else if with_milliseconds == 0 {
        Unknown("No date was read.".into())
    } else {
        Holds(evidence)
    }
}
