//! Clocks, headers, speed, and two assumptions that reading cannot check.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::dates::cursor_fields;
use crate::config::Settings;
use crate::doctor::observations::{Observations, Response, instant};
use crate::doctor::verdict::{Assumption, Effect, Finding, REPORT, count};

/// Synchronized clocks differ by less.
const NOTABLE: TimeDelta = TimeDelta::minutes(5);

/// A window begins at least this long before the cursor.
const LAG: TimeDelta = TimeDelta::minutes(10);

pub(crate) fn all(seen: &Observations, settings: &Settings) -> Vec<Finding> {
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
            claim: "`modifiedAt` of a classroom or a slot does not move when its children change.",
            consequence: "None: slots, registrations and sheets are read under all their parents.",
        }
        .unknown("A read-only command cannot check it. To do so, note the `modifiedAt` of a slot, register a learner, and compare."),
        Assumption {
            id: "signed_sheets",
            claim: "A sheet does not change after the trainer signed it.",
            consequence: "Corrections within `attendance_lookback_days` are read; older ones need a full refresh.",
        }
        .unknown("One run cannot check it. Compare two full refreshes of `attendances` that are weeks apart, or ask 360Learning."),
    ]
}

/// The median of the server's clock minus this machine's.
pub(crate) fn skew(seen: &Observations) -> Option<TimeDelta> {
    let mut apart: Vec<TimeDelta> =
        seen.responses.iter().filter_map(|response| Some(response.date? - response.here)).collect();
    apart.sort_unstable();
    apart.get(apart.len() / 2).copied()
}

fn date_header(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "date_header",
        claim: "Every response has the server's clock in its `Date` header.",
        consequence: "The next cursor of an incremental sync follows the earlier of 360Learning's clock and this machine's.",
    };
    let all = seen.responses.len();
    let with = seen.responses.iter().filter(|response| response.date.is_some()).count();
    if all == 0 {
        return assumption.unknown("No response was received.");
    }
    if with == all {
        return assumption.holds(format!("On {}.", count(all, "response")));
    }
    assumption.differs(
        Effect::Rows,
        format!("On {with} of {}.", count(all, "response")),
        "Without the header the next cursor follows this machine's clock alone. If that clock is fast, changes are missed.",
        "Configure the proxy to pass the header, or synchronize this machine's clock.",
    )
}

fn skew_of(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "clocks",
        claim: "360Learning's clock and this machine's differ by less than five minutes.",
        consequence: "The next cursor follows the earlier of the two clocks.",
    };
    let Some(apart) = skew(seen) else { return assumption.unknown("No response has a `Date` header.") };
    let seconds = apart.num_seconds();
    if apart.abs() < NOTABLE {
        return assumption.holds(format!("They differ by less than {} s.", seconds.abs() + 1));
    }
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    assumption.differs(
        Effect::Cost,
        format!("360Learning's clock is {} {side} this machine's.", span(apart.abs())),
        "No row is lost: the next cursor follows the earlier clock. The next sync emits the rows between the two clocks again.",
        "Set the clock that is wrong.",
    )
}

/// A span for people.
fn span(span: TimeDelta) -> String {
    if span >= TimeDelta::days(2) {
        format!("{} days", span.num_days())
    } else {
        format!("{} minutes", span.num_minutes())
    }
}

fn rows_in_time(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "rows_in_time",
        claim: "The clock of the `Date` header also stamps the rows, within ten minutes.",
        consequence: "A window that begins ten minutes before the cursor misses no row.",
    };
    let (mut rows, mut ahead) = (0, 0);
    for response in seen.responses.iter().filter(|response| response.is_read()) {
        let Some(date) = response.date else { continue };
        for row in response.rows() {
            let stamps: Vec<DateTime<Utc>> =
                cursor_fields(response.stream).iter().filter_map(|field| instant(row, field)).collect();
            rows += usize::from(!stamps.is_empty());
            ahead += usize::from(stamps.iter().any(|stamp| *stamp > date + LAG));
        }
    }
    if rows == 0 {
        return assumption.unknown("No dated row came with a `Date` header.");
    }
    if ahead == 0 {
        return assumption.holds(format!("None of {} is dated after its response.", count(rows, "row")));
    }
    assumption.differs(
        Effect::Rows,
        format!("Dated after their response: {ahead} of {}.", count(rows, "row")),
        "Another clock stamps these rows. If it changes, an incremental sync may miss them.",
        REPORT,
    )
}

fn expiry(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "token_life",
        claim: "`expires_in` of the token is a string, such as \"3600\".",
        consequence: "The token is renewed in time. The connector also accepts a number.",
    };
    match seen.expiry_is_string {
        Some(true) => assumption.holds("A string."),
        Some(false) => assumption.differs(Effect::None, "A number.", "None: the connector accepts both.", ""),
        None => assumption.differs(
            Effect::None,
            "Neither a string nor a number.",
            "The connector assumes an hour. A token that expires sooner is replaced when the API refuses it.",
            REPORT,
        ),
    }
}

fn compression(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "compression",
        claim: "Responses are not compressed, although the connector accepts gzip.",
        consequence: "None: the connector decompresses gzip.",
    };
    let packed = seen.responses.iter().filter(|response| response.packed).count();
    match (packed, seen.responses.len()) {
        (_, 0) => assumption.unknown("No response was received."),
        (0, all) => assumption.holds(format!("None of {} was compressed.", count(all, "response"))),
        (packed, all) => assumption.differs(
            Effect::None,
            format!("{packed} of {} were compressed with gzip.", count(all, "response")),
            "Less to transfer. The connector decompresses it.",
            "",
        ),
    }
}

/// A percentile of the response times.
pub(crate) fn latency<'a>(responses: impl Iterator<Item = &'a Response>, percent: usize) -> Option<Duration> {
    let mut took: Vec<Duration> = responses.map(|response| response.took).collect();
    took.sort_unstable();
    took.get((took.len() * percent / 100).min(took.len().checked_sub(1)?)).copied()
}

fn speed(seen: &Observations, settings: &Settings) -> Finding {
    let assumption = Assumption {
        id: "speed",
        claim: "Responses are fast enough for `max_concurrent_requests` to reach `requests_per_second`.",
        consequence: "A sync takes its request count divided by that pace.",
    };
    let Some(median) = latency(seen.responses.iter(), 50) else {
        return assumption.unknown("No response was received.");
    };
    let (pace, places) = (f64::from(settings.requests_per_second), settings.max_concurrent_requests);
    let needed = pace * median.as_secs_f64();
    let seen = format!(
        "Half of the responses within {} ms; {pace} requests per second, {places} concurrent.",
        median.as_millis()
    );
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    if needed <= places as f64 {
        return assumption.holds(seen);
    }
    assumption.differs(
        Effect::Cost,
        seen,
        format!(
            "A sync does not reach the configured pace: that would take {needed:.0} concurrent requests."
        ),
        "Raise `max_concurrent_requests`, to 100 at most, or accept that a sync takes longer.",
    )
}

fn retry_after(seen: &Observations) -> Finding {
    let assumption = Assumption {
        id: "retry_after",
        claim: "A 429 has no `Retry-After`.",
        consequence: "All requests of a sync wait one second, the refused page longer each time. The connector obeys a `Retry-After`.",
    };
    let Some(limited) = seen.responses.iter().find(|response| response.status == 429) else {
        return assumption.unknown("No 429 was received, and none was provoked.");
    };
    if limited.retry_after {
        let meaning = "None: the connector waits as long as the header requires.";
        return assumption.differs(Effect::None, "A 429 had a `Retry-After`.", meaning, "");
    }
    assumption.holds("A 429 had no `Retry-After`.")
}
