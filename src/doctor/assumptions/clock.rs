//! Clocks and speed.

use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use super::Judgment::{Differs, DiffersBy, Holds};
use super::{Judgment, Observations, harmless};
use crate::api::is_loopback;
use crate::doctor::exchange::{Response, cursor_fields, instant};
use crate::doctor::text::count;
use crate::streams::request::REPLICA_LAG;

/// Synchronized clocks differ by less.
const NOTABLE: TimeDelta = TimeDelta::minutes(5);

pub(super) fn date_header(seen: &Observations) -> Option<Judgment> {
    let (with, all) =
        (seen.responses.iter().filter(|one| one.raw.date.is_some()).count(), seen.responses.len());
    match count(all, "response") {
        _ if all == 0 => None,
        responses if with == all => Some(Holds(format!("On {responses}."))),
        responses => Some(Differs(format!("On {with} of {responses}."))),
    }
}

/// The median of the server's clock minus this machine's.
pub(in crate::doctor) fn skew(seen: &Observations) -> Option<TimeDelta> {
    let mut apart: Vec<TimeDelta> =
        seen.responses.iter().filter_map(|response| Some(response.raw.date? - response.at)).collect();
    apart.sort_unstable();
    apart.get(apart.len() / 2).copied()
}

pub(super) fn clocks(seen: &Observations) -> Option<Judgment> {
    Some(judge_skew(skew(seen)?, is_this_machine(&seen.settings.origin)))
}

/// Also by the names under which a container reaches the machine that it runs on (Docker's and podman's).
fn is_this_machine(origin: &Url) -> bool {
    is_loopback(origin)
        || matches!(origin.host_str(), Some("host.docker.internal" | "host.containers.internal"))
}

const MOCK: &str = "None for a mock with a clock of its own, and `base_url` is this machine. Behind a tunnel to 360Learning, set the clock that is wrong.";

/// A server on this machine has this machine's clock, unless it is a mock.
fn judge_skew(apart: TimeDelta, is_local: bool) -> Judgment {
    let seconds = apart.num_seconds();
    if apart.abs() < NOTABLE {
        return Holds(format!("They differ by less than {} s.", seconds.abs() + 1));
    }
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    let span = match apart.abs().num_days() {
        days @ 2.. => format!("{days} days"),
        _ => format!("{} minutes", apart.abs().num_minutes()),
    };
    let evidence = format!("360Learning's clock is {span} {side} this machine's.");
    if is_local { DiffersBy(harmless(MOCK), evidence) } else { Differs(evidence) }
}

pub(super) fn rows_in_time(seen: &Observations) -> Option<Judgment> {
    let (mut rows, mut ahead) = (0, 0);
    for response in seen.all_reads() {
        let Some(date) = response.raw.date else { continue };
        let fields = cursor_fields(response.request.stream);
        let newest = |row| fields.iter().filter_map(|field| instant(row, field)).max();
        for newest in response.rows.iter().filter_map(newest) {
            rows += 1;
            ahead += usize::from(newest > date + REPLICA_LAG);
        }
    }
    let all = count(rows, "row");
    (rows > 0).then_some(match ahead {
        0 => Holds(format!("None of {all} is dated after its response.")),
        _ => Differs(format!("Dated after their response: {ahead} of {all}.")),
    })
}

/// A percentile of the response times.
pub(in crate::doctor) fn latency<'a>(
    responses: impl Iterator<Item = &'a Response>,
    percent: usize,
) -> Option<Duration> {
    let mut took: Vec<Duration> = responses.map(|response| response.raw.took).collect();
    took.sort_unstable();
    took.get((took.len() * percent / 100).min(took.len().checked_sub(1)?)).copied()
}

/// Requests per second that a sync reaches: the pace, or the limit by concurrency and latency.
#[expect(clippy::cast_precision_loss, reason = "at most 100")]
pub(in crate::doctor) fn pace(seen: &Observations) -> f64 {
    let places = seen.settings.max_concurrent_requests as f64;
    let reached = latency(seen.responses.iter(), 50).map(|median| places / median.as_secs_f64().max(0.001));
    f64::from(seen.settings.requests_per_second).min(reached.unwrap_or(f64::INFINITY))
}

pub(super) fn speed(seen: &Observations) -> Option<Judgment> {
    let median = latency(seen.responses.iter(), 50)?;
    let (wanted, places) = (seen.settings.requests_per_second, seen.settings.max_concurrent_requests);
    let evidence = format!(
        "Half of the responses within {} ms; {wanted} requests per second, {places} concurrent.",
        median.as_millis()
    );
    let needed = f64::from(wanted) * median.as_secs_f64();
    Some(if pace(seen) < f64::from(wanted) {
        Differs(format!("{evidence} That pace takes {needed:.0} concurrent requests."))
    } else {
        Holds(evidence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_of_a_container_is_this_machine_and_360learning_is_not() {
        let is_this = |url: &str| is_this_machine(&Url::parse(url).unwrap());
        assert!(is_this("http://127.0.0.1:3600") && is_this("https://host.docker.internal:3600"));
        assert!(!is_this("https://app.360learning.com") && !is_this("https://docker.internal"));
    }

    #[test]
    fn a_clock_that_is_wrong_raises_an_alarm_for_a_real_account_and_not_for_a_mock() {
        let is_alarm = |apart, is_local| matches!(judge_skew(apart, is_local), Judgment::Differs(_));
        assert!(is_alarm(TimeDelta::days(-24), false) && !is_alarm(TimeDelta::days(-24), true));
        assert!(!is_alarm(TimeDelta::minutes(4), false));
    }
}
