//! Clocks, headers, speed; and what nobody can tell by reading.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::dates::cursor_fields;
use crate::config::Settings;
use crate::doctor::seen::{Answer, Seen, instant};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count};

/// Clocks of well-kept machines differ by less.
const NOTABLE: TimeDelta = TimeDelta::minutes(5);

/// How far a sync sets its window back from the server's clock.
const LAG: TimeDelta = TimeDelta::seconds(60);

pub(crate) fn all(seen: &Seen, settings: &Settings) -> Vec<Finding> {
    vec![
        date_header(seen),
        skew_of(seen),
        rows_in_time(seen),
        expiry(seen),
        compression(seen),
        speed(seen, settings),
        retry_after(seen),
        Assumption {
            id: "modified_by_children",
            that: "`modifiedAt` of a classroom or a slot does not move when what is below it changes.",
            so: "Nothing rests on it: slots, registrations and sheets are read under all their parents.",
        }
        .unknown("Reading does not tell: something would have to be changed in between, and this command writes nothing. To find out, note the date of a slot, register a learner, and look again."),
        Assumption {
            id: "signed_sheets",
            that: "A sheet that the trainer signed does not change any more.",
            so: "Corrections within `attendance_lookback_days` arrive; older ones need a full refresh.",
        }
        .unknown("Reading once does not tell: the same sheets would have to be compared weeks apart. Sync `attendances` fully twice and compare, or ask 360Learning."),
    ]
}

/// The server's clock minus this machine's, at the median of the answers.
pub(crate) fn skew(seen: &Seen) -> Option<TimeDelta> {
    let mut apart: Vec<TimeDelta> =
        seen.answers.iter().filter_map(|answer| Some(answer.date? - answer.here)).collect();
    apart.sort_unstable();
    apart.get(apart.len() / 2).copied()
}

fn date_header(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "date_header",
        that: "Every answer tells the server's clock in its `Date` header.",
        so: "Windows of incremental syncs end by 360Learning's clock, not by this machine's.",
    };
    let all = seen.answers.len();
    let with = seen.answers.iter().filter(|answer| answer.date.is_some()).count();
    if all == 0 {
        return assumption.unknown("Nothing was answered.");
    }
    if with == all {
        return assumption.holds(format!("On {}.", count(all, "answer")));
    }
    assumption.differs(
        Effect::Rows,
        format!("On {with} of {}.", count(all, "answer")),
        "This machine's clock decides where a sync ends: if it is fast, rows that change meanwhile are missed.",
        "Let the proxy in between pass the header, or keep this machine's clock right.",
    )
}

fn skew_of(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "clocks",
        that: "360Learning's clock and this machine's differ by less than five minutes.",
        so: "The earlier of the two decides where a sync ends.",
    };
    let Some(apart) = skew(seen) else { return assumption.unknown("No answer told the server's clock.") };
    let seconds = apart.num_seconds();
    if apart.abs() < NOTABLE {
        return assumption.holds(format!("They differ by less than {} s.", seconds.abs() + 1));
    }
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    assumption.differs(
        Effect::Cost,
        format!("360Learning's clock is {} {side} this machine's.", span(apart.abs())),
        "Nothing is lost: the earlier clock decides, and a machine that is a day off is not believed. Rows of the time between come with the next sync.",
        "Set the clock that is wrong.",
    )
}

/// A span as people tell it.
fn span(span: TimeDelta) -> String {
    if span >= TimeDelta::days(2) {
        format!("{} days", span.num_days())
    } else {
        format!("{} minutes", span.num_minutes())
    }
}

fn rows_in_time(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "rows_in_time",
        that: "The `Date` header is the clock that stamps rows, within a minute.",
        so: "A sync that ends a minute before that clock leaves no row out.",
    };
    let (mut rows, mut ahead) = (0, 0);
    for answer in seen.answers.iter().filter(|answer| answer.is_read()) {
        let Some(date) = answer.date else { continue };
        for row in answer.rows() {
            let stamps: Vec<DateTime<Utc>> =
                cursor_fields(answer.stream).iter().filter_map(|field| instant(row, field)).collect();
            rows += usize::from(!stamps.is_empty());
            ahead += usize::from(stamps.iter().any(|stamp| *stamp > date + LAG));
        }
    }
    if rows == 0 {
        return assumption.unknown("No dated row came with a `Date` header.");
    }
    if ahead == 0 {
        return assumption
            .holds(format!("None of {} is dated after the answer that holds it.", count(rows, "row")));
    }
    assumption.differs(
        Effect::Rows,
        format!("Dated later than the answer that holds them: {ahead} of {}.", count(rows, "row")),
        "Rows that are stamped by a faster clock come with a later sync than they could, or are missed if the clocks change.",
        REPORT,
    )
}

fn expiry(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "token_life",
        that: "`expires_in` of the token is a text, such as \"3600\".",
        so: "The token is renewed in time. A number is read as well.",
    };
    match seen.life_is_text {
        Some(true) => assumption.holds("A text."),
        Some(false) => {
            assumption.differs(Effect::None, "A number.", "Nothing: the connector reads both.", "")
        }
        None => assumption.differs(
            Effect::None,
            "Neither a text nor a number.",
            "The token is taken to last an hour; one that ends sooner is replaced when it is refused.",
            REPORT,
        ),
    }
}

fn compression(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "compression",
        that: "Answers come as they are, although the connector accepts gzip.",
        so: "Nothing rests on it: packed answers are read as well.",
    };
    let packed = seen.answers.iter().filter(|answer| answer.packed).count();
    match (packed, seen.answers.len()) {
        (_, 0) => assumption.unknown("Nothing was answered."),
        (0, all) => assumption.holds(format!("None of {} was packed.", count(all, "answer"))),
        (packed, all) => assumption.differs(
            Effect::None,
            format!("{packed} of {} came packed with gzip.", count(all, "answer")),
            "Less to carry, and the connector unpacks it.",
            "",
        ),
    }
}

/// The latency that so many of a hundred answers keep.
pub(crate) fn latency<'a>(answers: impl Iterator<Item = &'a Answer>, percent: usize) -> Option<Duration> {
    let mut took: Vec<Duration> = answers.map(|answer| answer.took).collect();
    took.sort_unstable();
    took.get((took.len() * percent / 100).min(took.len().checked_sub(1)?)).copied()
}

fn speed(seen: &Seen, settings: &Settings) -> Finding {
    let assumption = Assumption {
        id: "speed",
        that: "Answers come quickly enough for `max_concurrent_requests` to keep up with `requests_per_second`.",
        so: "A sync takes as long as its requests at that pace.",
    };
    let Some(median) = latency(seen.answers.iter(), 50) else {
        return assumption.unknown("Nothing was answered.");
    };
    let (pace, places) = (f64::from(settings.requests_per_second), settings.max_concurrent_requests);
    let needed = pace * median.as_secs_f64();
    let seen = format!(
        "Half of the answers within {} ms; {pace} requests per second, {places} at once.",
        median.as_millis()
    );
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    if needed <= places as f64 {
        return assumption.holds(seen);
    }
    assumption.differs(
        Effect::Cost,
        seen,
        format!("The configured pace is not reached: it would take {needed:.0} requests at once."),
        "Raise `max_concurrent_requests`, to 100 at most, or accept that a sync takes longer.",
    )
}

fn retry_after(seen: &Seen) -> Finding {
    let assumption = Assumption {
        id: "retry_after",
        that: "A 429 does not say how long to wait.",
        so: "A sync waits about a second, longer each time. It obeys a `Retry-After` where one comes.",
    };
    let Some(limited) = seen.answers.iter().find(|answer| answer.status == 429) else {
        return assumption.unknown("No 429 came, and none was provoked.");
    };
    if limited.retry_after {
        let meaning = "Nothing is lost: the pause that it asks for is kept.";
        return assumption.differs(Effect::None, "A 429 came with `Retry-After`.", meaning, "");
    }
    assumption.holds("A 429 came without `Retry-After`.")
}
