//! Rows: the dates by which changes are found.

use chrono::TimeDelta;

use crate::doctor::fields::{Dates, Fields};
use crate::doctor::seen::{Seen, instant};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count, grouped, list, share};
use crate::streams::{Cursor, Stream};

pub(crate) fn all(seen: &Seen) -> Vec<Finding> {
    vec![cursor_dates(seen), undated(seen), modified_at_creation(seen), date_form(seen)]
}

/// The dates by which a stream's changed rows are found.
pub(crate) fn cursor_fields(stream: &'static Stream) -> &'static [&'static str] {
    match &stream.cursor {
        Some(Cursor::Filtered { field, .. }) => std::slice::from_ref(field),
        Some(Cursor::Chosen(fields)) => fields,
        _ => &[],
    }
}

/// Rows that have none of their stream's dates, and all rows.
pub(crate) fn without_dates(seen: &Seen, stream: &'static Stream) -> (usize, usize) {
    let fields = cursor_fields(stream);
    seen.rows(stream).fold((0, 0), |(without, all), row| {
        (without + usize::from(!fields.iter().any(|field| row.contains_key(field))), all + 1)
    })
}

fn cursor_dates(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "cursor_dates",
        that: "Every row of a list that is filtered by a date carries that date.",
        so: "An incremental sync sees every change.",
    };
    let filtered = |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Filtered { .. }));
    let (mut rows, mut lacking) = (0, Vec::new());
    for stream in Seen::streams(filtered) {
        let (without, all) = without_dates(seen, stream);
        rows += all;
        if without > 0 {
            lacking.push(share((without, all), stream.name));
        }
    }
    if rows == 0 {
        return assumption.unknown("No such row was seen.");
    }
    if lacking.is_empty() {
        return assumption.holds(format!("{}, all with it.", count(rows, "row")));
    }
    assumption.differs(
        Effect::Rows,
        format!("Rows without it: {}.", list(&lacking)),
        "An incremental sync misses these rows where the list is filtered by the API.",
        "Select *full refresh* for these streams, and report it.",
    )
}

/// Fewer rows than these tell nothing about a share.
const TELLING: usize = 30;

fn undated(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "undated_rows",
        that: "Where dates are optional, at most one row in ten has none, and at most a third of any list.",
        so: "A row without a date is emitted by every incremental sync, which costs little while they are few.",
    };
    let chosen = |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Chosen(_)));
    let (mut rows, mut undated, mut lacking, mut many) = (0, 0, Vec::new(), false);
    for stream in Seen::streams(chosen) {
        let (without, all) = without_dates(seen, stream);
        (rows, undated) = (rows + all, undated + without);
        many |= all >= TELLING && without * 3 > all;
        if without > 0 {
            lacking.push(share((without, all), stream.name));
        }
    }
    if rows < TELLING {
        return assumption.unknown("Too few such rows were seen.");
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
        "Nothing is lost: these rows are emitted by every incremental sync. The destination writes them again each time.",
        "Use a deduped mode in Airbyte, so that they do not pile up.",
    )
}

fn modified_at_creation(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "modified_at_creation",
        that: "`modifiedAt` is set when a path, a session or a course is created, and never lies before `createdAt`.",
        so: "New rows are found by `modifiedAt`.",
    };
    let by_change =
        |stream: &'static Stream| matches!(stream.cursor, Some(Cursor::Filtered { field: "modifiedAt", .. }));
    let (mut rows, mut equal, mut wrong) = (0, 0, 0);
    for row in Seen::streams(by_change).flat_map(|stream| seen.rows(stream)) {
        let Some(created) = instant(row, "createdAt") else { continue };
        rows += 1;
        match instant(row, "modifiedAt") {
            // Two stamps of one moment may differ a little; the window of a sync has room for it.
            Some(modified) if modified + TimeDelta::minutes(1) >= created => {
                equal += usize::from((modified - created).abs() <= TimeDelta::seconds(1));
            }
            _ => wrong += 1,
        }
    }
    if rows == 0 {
        return assumption.unknown("No such row was seen.");
    }
    if wrong > 0 {
        return assumption.differs(
            Effect::Rows,
            format!("{wrong} of {} lack it, or have it before their creation.", count(rows, "row")),
            "An incremental sync does not see these rows when they are new.",
            "Select *full refresh* for paths, path_sessions and courses, and report it.",
        );
    }
    assumption.holds(format!("{} with both dates; on {equal} they are the same second.", count(rows, "row")))
}

fn date_form(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "date_form",
        that: "Dates are written as 2026-11-02T08:00:00.000Z, with milliseconds.",
        so: "Dates compare as instants. Other forms of ISO 8601 are read as well.",
    };
    let pages = seen.answers.iter().filter(|answer| answer.is_read()).map(|answer| &answer.fields);
    let Dates { with_milliseconds, without, with_offset, unreadable } = Fields::sum(pages).dates;
    let seen_text = format!(
        "{} with milliseconds, {} without, {} with an offset from UTC, {} that cannot be read.",
        grouped(with_milliseconds),
        grouped(without),
        grouped(with_offset),
        grouped(unreadable)
    );
    if unreadable > 0 {
        return assumption.differs(
            Effect::Cost,
            seen_text,
            "A row whose date cannot be read is emitted by every incremental sync; a destination may refuse the value as a timestamp.",
            REPORT,
        );
    }
    if without + with_offset > 0 {
        let nothing = "Nothing: each of these forms is read, and windows stand on whole seconds.";
        return assumption.differs(Effect::None, seen_text, nothing, "");
    }
    if with_milliseconds == 0 {
        return assumption.unknown("No date was seen.");
    }
    assumption.holds(seen_text)
}
