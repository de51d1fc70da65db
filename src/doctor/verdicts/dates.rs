//! The dates by which changed rows are found.

use chrono::TimeDelta;

use crate::doctor::fields::{Dates, Fields};
use crate::doctor::observations::{Observations, instant};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, grouped, list, share};
use crate::streams::{Cursor, Stream};

pub(crate) fn all(seen: &Observations) -> Vec<Finding> {
    vec![cursor_dates(seen), undated(seen), modified_at_creation(seen), date_form(seen)]
}

/// The date fields of a stream's cursor.
pub(crate) fn cursor_fields(stream: &'static Stream) -> &'static [&'static str] {
    match &stream.cursor {
        Some(Cursor::Filtered { field, .. }) => std::slice::from_ref(field),
        Some(Cursor::Chosen(fields)) => fields,
        _ => &[],
    }
}

/// The number of rows without any of their stream's dates, and of all rows.
pub(crate) fn without_dates(seen: &Observations, stream: &'static Stream) -> (usize, usize) {
    let fields = cursor_fields(stream);
    seen.rows(stream).fold((0, 0), |(without, all), row| {
        (without + usize::from(!fields.iter().any(|field| row.contains_key(field))), all + 1)
    })
}

fn cursor_dates(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "cursor_dates",
        claim: "Every row of a list with a date filter has that date.",
        consequence: "An incremental sync sees every change.",
    };
    let filtered = |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Filtered { .. }));
    let (mut rows, mut lacking) = (0, Vec::new());
    for stream in Observations::streams(filtered) {
        let (without, all) = without_dates(seen, stream);
        rows += all;
        if without > 0 {
            lacking.push(share((without, all), stream.name));
        }
    }
    if rows == 0 {
        return assumption.unknown("No such row was read.");
    }
    if lacking.is_empty() {
        return assumption.holds(format!("{}, all with the date.", count(rows, "row")));
    }
    assumption.differs(
        Effect::Rows,
        format!("Rows without the date: {}.", list(&lacking)),
        "An incremental sync misses these rows: the API filters them out.",
        "Select *full refresh* for these streams, and report it.",
    )
}

/// Fewer rows prove nothing about a share.
const ENOUGH: usize = 30;

fn undated(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "undated_rows",
        claim: "If dates are optional, at most one row in ten has none, and at most a third of any list.",
        consequence: "Every incremental sync emits the rows without a date, so they should be few.",
    };
    let chosen = |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Chosen(_)));
    let (mut rows, mut undated, mut lacking, mut many) = (0, 0, Vec::new(), false);
    for stream in Observations::streams(chosen) {
        let (without, all) = without_dates(seen, stream);
        (rows, undated) = (rows + all, undated + without);
        many |= all >= ENOUGH && without * 3 > all;
        if without > 0 {
            lacking.push(share((without, all), stream.name));
        }
    }
    if rows < ENOUGH {
        return assumption.unknown("Too few such rows were read.");
    }
    if !many && undated * 10 <= rows {
        return assumption.holds(format!(
            "{} of {} of these lists have none.",
            grouped(undated),
            count(rows, "row")
        ));
    }
    assumption.differs(
        Effect::Cost,
        format!("Rows without any date: {}.", list(&lacking)),
        "No row is lost: every incremental sync emits these rows, and the destination writes them again.",
        "Use a deduped mode in Airbyte.",
    )
}

fn modified_at_creation(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "modified_at_creation",
        claim: "`modifiedAt` is set when a path, a session or a course is created, and is never before `createdAt`.",
        consequence: "New rows are found by `modifiedAt`.",
    };
    let by_change =
        |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Filtered { field: "modifiedAt", .. }));
    let (mut rows, mut equal, mut wrong) = (0, 0, 0);
    for row in Observations::streams(by_change).flat_map(|stream| seen.rows(stream)) {
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
    if rows == 0 {
        return assumption.unknown("No such row was read.");
    }
    if wrong > 0 {
        return assumption.differs(
            Effect::Rows,
            format!("{wrong} of {} have no `modifiedAt`, or one before `createdAt`.", count(rows, "row")),
            "An incremental sync misses these rows when they are new.",
            "Select *full refresh* for paths, path_sessions and courses, and report it.",
        );
    }
    assumption
        .holds(format!("{} with both dates; {equal} of them within the same second.", count(rows, "row")))
}

fn date_form(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "date_form",
        claim: "Dates are written as 2026-11-02T08:00:00.000Z, with milliseconds.",
        consequence: "Dates are compared as instants. The connector accepts other forms of ISO 8601.",
    };
    let pages = seen.responses.iter().filter(|response| response.is_read()).map(|response| &response.fields);
    let Dates { with_milliseconds, without, with_offset, unreadable } = Fields::sum(pages).dates;
    let seen_text = format!(
        "{} with milliseconds, {} without, {} with an offset from UTC, {} unreadable.",
        grouped(with_milliseconds),
        grouped(without),
        grouped(with_offset),
        grouped(unreadable)
    );
    if unreadable > 0 {
        return assumption.differs(
            Effect::Cost,
            seen_text,
            "Every incremental sync emits a row whose date is unreadable. A destination may refuse the value as a timestamp.",
            REPORT,
        );
    }
    if without + with_offset > 0 {
        let nothing = "None: the connector accepts these forms.";
        return assumption.differs(Effect::None, seen_text, nothing, "");
    }
    if with_milliseconds == 0 {
        return assumption.unknown("No date was read.");
    }
    assumption.holds(seen_text)
}
