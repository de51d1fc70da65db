//! The cost of a sync of this account, estimated from the table and the counts. Pure.

use serde::Serialize;

use super::count::{Count, Precision};
use super::verdict::list;
use crate::streams::{Cursor, STREAMS, Stream, request};

/// What the forecast needs about one stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForecastInput {
    /// True if its scopes are granted.
    pub readable: bool,
    /// Root lists: their rows; `None` for children.
    pub rows: Option<Count>,
    /// Root lists: the requests of a full refresh, hidden lists included.
    pub pages: usize,
    /// Rows on a full page.
    pub page: usize,
    /// Children: rows under one parent, all variants together; `None` where no parent could be
    /// sampled.
    pub per_parent: Option<f64>,
    /// Children: pages of each list under one parent.
    pub pages_per_parent: f64,
    /// Children: true if a sampled list goes on after its first page.
    pub goes_on: bool,
    /// Children: hidden lists that are requested beside each plain one.
    pub hidden_lists: usize,
    /// Root lists: requests for hidden lists.
    pub hidden_requests: usize,
    /// Children: rows and pages of one parent that is much larger than the others. It is not in the
    /// means above.
    pub giant: Option<(usize, usize)>,
    /// Children: the share of parents that are requested.
    pub requested: f64,
    /// The share of rows that a daily incremental sync emits.
    pub changed: f64,
    /// Streams with a cursor by parent: the share of parents that are read again.
    pub wanted: f64,
    /// The feature is off: one request shows it.
    pub off: bool,
}

/// Requests and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Requests.
    pub requests: Count,
    /// Rows; `None` where no parent could be sampled.
    pub rows: Option<Count>,
}

/// The forecast for one stream.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The stream.
    pub stream: &'static str,
    /// A full refresh; `None` where the stream cannot be read.
    pub full: Option<Cost>,
    /// An incremental sync, a day after the last one.
    pub incremental: Option<Cost>,
    /// Minutes of a full refresh at the configured pace.
    pub minutes: Option<f64>,
}

/// All streams together.
#[derive(Debug, Clone, Serialize)]
pub struct Total {
    /// Requests.
    pub requests: Count,
    /// Rows.
    pub rows: Count,
    /// At the configured pace, or as fast as responses come.
    pub minutes: f64,
}

/// The cost of a sync of every readable stream.
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// Requests per second that a sync reaches here.
    pub per_second: f64,
    /// Stream by stream, as in the table.
    pub lines: Vec<Line>,
    /// A full refresh of all.
    pub full: Total,
    /// An incremental sync of all, a day after the last one.
    pub incremental: Total,
    /// The streams that take a tenth of all requests or more, most first.
    pub dominating: Vec<&'static str>,
    /// How to cut the streams into connections.
    pub advice: String,
}

/// A sync with fewer requests is short, whatever dominates it.
const SHORT: usize = 600;

/// The forecast. `input` describes each stream; `per_second` is the pace that a sync reaches.
pub(super) fn forecast(input: impl Fn(&'static Stream) -> ForecastInput, per_second: f64) -> Forecast {
    let (mut lines, mut is_open): (Vec<Line>, bool) = (Vec::new(), false);
    for stream in STREAMS.iter().copied() {
        let input = input(stream);
        let of = |name: &str| lines.iter().find(|line| line.stream == name);
        let (full, incremental) = match &stream.parent {
            None => root_list(stream, input),
            Some(parent) => {
                let above = of(parent.stream.name);
                let full = above.and_then(|line| line.full);
                let incremental = above.and_then(|line| line.incremental);
                under(stream, input, full, incremental)
            }
        };
        // A stream without any count, after an early end, is in no sum.
        is_open |= input.readable && full.is_none();
        let minutes = full.map(|cost| minutes(cost.requests, per_second));
        lines.push(Line { stream: stream.name, full, incremental, minutes });
    }
    let total = |costs: &mut dyn Iterator<Item = Cost>| total(costs, is_open, per_second);
    let full = total(&mut lines.iter().filter_map(|line| line.full));
    let incremental = total(&mut lines.iter().filter_map(|line| line.incremental));
    let mut dominating: Vec<(&'static str, usize)> = lines
        .iter()
        .filter_map(|line| Some((line.stream, line.full?.requests.number)))
        .filter(|(_, requests)| requests * 10 >= full.requests.number)
        .collect();
    dominating.sort_by_key(|(_, requests)| std::cmp::Reverse(*requests));
    let advice = if is_open {
        "Not every stream could be probed: too little is known for advice.".to_owned()
    } else {
        advice(&lines, &full, per_second)
    };
    let dominating = dominating.into_iter().map(|(stream, _)| stream).collect();
    Forecast { per_second, lines, full, incremental, dominating, advice }
}

fn root_list(stream: &'static Stream, input: ForecastInput) -> (Option<Cost>, Option<Cost>) {
    let Some(rows) = input.rows.filter(|_| input.readable) else { return (None, None) };
    let requests = Count { number: input.pages, precision: rows.precision };
    let full = Cost { requests, rows: Some(rows) };
    let has_children =
        STREAMS.iter().filter_map(|one| one.parent.as_ref()).any(|of| std::ptr::eq(of.stream, stream));
    let changed = rows.times(input.changed);
    let requests = match &stream.cursor {
        // Without children, only changed rows are requested.
        Some(Cursor::Filtered { .. }) if !has_children => {
            let pages = changed.number.div_ceil(input.page.max(1)).max(1);
            Count { number: pages + input.hidden_requests, precision: changed.precision }
        }
        _ => requests,
    };
    (Some(full), Some(Cost { requests, rows: Some(changed) }))
}

fn under(
    stream: &'static Stream,
    input: ForecastInput,
    above: Option<Cost>,
    above_changed: Option<Cost>,
) -> (Option<Cost>, Option<Cost>) {
    let parent_rows = above.and_then(|cost| cost.rows).filter(|_| input.readable);
    let Some(parents) = parent_rows.map(|rows| rows.times(input.requested)) else { return (None, None) };
    if input.off {
        let once = Cost { requests: Count::exact(1), rows: Some(Count::exact(0)) };
        return (Some(once), Some(once));
    }
    let lists = request::variants(stream).len() * (1 + input.hidden_lists);
    let cost = |parents: Count| {
        // The giant has rows and pages of its own.
        let giant = input.giant.filter(|_| parents.number > 0);
        let others = Count { number: parents.number - usize::from(giant.is_some()), ..parents };
        let mut requests = match lists {
            1 => others,
            lists => Count { number: others.number * lists, ..others },
        };
        if input.pages_per_parent > 1.0 {
            requests = requests.times(input.pages_per_parent);
        }
        requests.number += giant.map_or(0, |(_, pages)| pages - 1 + lists);
        if input.goes_on {
            requests.precision = Precision::AtLeast;
        }
        let least = if input.goes_on { Precision::AtLeast } else { Precision::About };
        let rows = input.per_parent.map(|per| others.times(per));
        let rows = rows.map(|rows| Count {
            number: rows.number + giant.map_or(0, |(rows, _)| rows),
            precision: rows.precision.max(least),
        });
        Cost { requests, rows: if parents.number == 0 { Some(Count::exact(0)) } else { rows } }
    };
    let full = cost(parents);
    let incremental = match &stream.cursor {
        None => full,
        Some(Cursor::ByParent { .. }) => {
            // If the parents are chosen by theirs, all that were emitted are read again.
            let chosen_above = stream
                .parent
                .as_ref()
                .is_some_and(|of| matches!(of.stream.cursor, Some(Cursor::ByParent { .. })));
            match above_changed.and_then(|cost| cost.rows).filter(|_| chosen_above) {
                Some(parents) => cost(parents),
                None => cost(parents.times(input.wanted)),
            }
        }
        Some(Cursor::Filtered { .. } | Cursor::Chosen(_)) => {
            Cost { rows: full.rows.map(|rows| rows.times(input.changed)), ..full }
        }
    };
    (Some(full), Some(incremental))
}

#[expect(clippy::cast_precision_loss, reason = "far fewer requests than a double counts")]
fn minutes(requests: Count, per_second: f64) -> f64 {
    (requests.number as f64 / per_second.max(0.01) / 60.0 * 10.0).round() / 10.0
}

fn total(costs: &mut dyn Iterator<Item = Cost>, is_open: bool, per_second: f64) -> Total {
    let precision = if is_open { Precision::AtLeast } else { Precision::Exact };
    let nothing = Count { number: 0, precision };
    let none = (nothing, nothing);
    let (requests, rows) = costs.fold(none, |(requests, rows), cost| {
        let more = cost.rows.unwrap_or(Count { number: 0, precision: Precision::AtLeast });
        (requests.and(cost.requests), rows.and(more))
    });
    Total { requests, rows, minutes: minutes(requests, per_second) }
}

fn advice(lines: &[Line], full: &Total, per_second: f64) -> String {
    let requests = |line: &Line| line.full.map_or(0, |cost| cost.requests.number);
    if full.requests.number < SHORT {
        return "One connection is enough: a full refresh of everything is short.".to_owned();
    }
    // A stream with a cursor by parent becomes cheaper with the next sync.
    let is_heavy = |line: &&Line| {
        requests(line) * 10 >= full.requests.number
            && line.incremental.is_some_and(|cost| cost.requests.number * 2 > requests(line))
    };
    let heavy: Vec<&Line> = lines.iter().filter(is_heavy).collect();
    if heavy.is_empty() {
        return "No stream dominates: one connection, and a schedule as often as you like.".to_owned();
    }
    let names: Vec<String> = heavy.iter().map(|line| format!("`{}`", line.stream)).collect();
    let rest = full.requests.number - heavy.iter().map(|line| requests(line)).sum::<usize>();
    let rest = Count { number: rest, precision: full.requests.precision };
    format!(
        "Give {} a connection and a schedule of their own, such as once a night, if they need not be fresh. Their parent streams are then read there too. The others take {} requests, {:.1} minutes.",
        list(&names),
        rest,
        minutes(rest, per_second)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An account with this many rows in each list and under each parent; a tenth of them changed.
    fn of(rows: usize, per_parent: f64) -> impl Fn(&'static Stream) -> ForecastInput {
        move |stream| ForecastInput {
            readable: stream.scope != "webhooks:read",
            rows: stream.parent.is_none().then_some(Count::exact(rows)),
            pages: rows.div_ceil(stream.page_size.map_or(rows, |size| size as usize)).max(1)
                * request::lists(stream).len(),
            page: stream.page_size.map_or(rows, |size| size as usize),
            per_parent: Some(per_parent),
            pages_per_parent: 1.0,
            goes_on: false,
            hidden_lists: 0,
            hidden_requests: stream.hidden.len(),
            giant: None,
            requested: 1.0,
            changed: 0.1,
            wanted: 0.5,
            off: stream.name == "skills",
        }
    }

    fn line(forecast: &Forecast, name: &str) -> Line {
        forecast.lines.iter().find(|line| line.stream == name).unwrap().clone()
    }

    #[test]
    fn requests_follow_from_pages_parents_variants_and_what_is_wanted() {
        let forecast = forecast(of(1_000, 2.0), 40.0);
        let full = |name| line(&forecast, name).full.unwrap();
        assert_eq!(full("tags").requests, Count::exact(1));
        assert_eq!(full("users").requests.number, 4, "the deleted ones are another list");
        assert_eq!(full("path_stats").requests.number, 2, "the archived ones are another list");
        assert_eq!(full("user_managers").requests.number, 1_000);
        assert_eq!(full("group_library_contents").requests.number, 2_000, "two lists under each group");
        // 1,000 classrooms, 2,000 slots, 4,000 sheets.
        assert_eq!(full("attendance_sheets").requests.number, 2_000);
        assert_eq!(full("attendances").requests.number, 4_000);
        assert_eq!(full("attendances").rows.unwrap().precision, Precision::About);
        let next = |name| line(&forecast, name).incremental.unwrap();
        assert_eq!(next("attendance_sheets").requests.number, 1_000);
        assert_eq!(next("attendances").requests.number, 2_000);
        assert_eq!(next("path_enrollments").requests.number, 1_000, "read in full, chosen here");
        assert_eq!(next("path_enrollments").rows.unwrap().number, 200);
        assert_eq!(next("bulk_operations").requests.number, 5, "100 changed rows, 20 on a page");
        assert_eq!(next("courses").requests.number, 6, "it has children");
        assert!(line(&forecast, "webhook_events").full.is_none(), "it cannot be read");
        let sum: usize =
            forecast.lines.iter().filter_map(|line| line.full).map(|cost| cost.requests.number).sum();
        assert_eq!(forecast.full.requests.number, sum);
        let minutes = f64::from(u32::try_from(sum).unwrap()) / 2400.0;
        assert!((forecast.full.minutes - minutes).abs() < 0.06);
    }

    #[test]
    fn a_giant_among_the_parents_is_counted_once() {
        let input =
            |stream: &'static Stream| ForecastInput { giant: Some((3_000, 2)), ..of(110, 20.0)(stream) };
        let full = line(&forecast(input, 40.0), "group_memberships").full.unwrap();
        assert_eq!((full.requests.number, full.rows.unwrap().number), (109 + 2, 109 * 20 + 3_000));
    }

    #[test]
    fn streams_that_dominate_are_named_and_get_a_schedule_of_their_own() {
        let few = forecast(of(10, 1.0), 40.0);
        assert!(few.advice.starts_with("One connection is enough"), "{}", few.advice);
        let many = |stream: &'static Stream| {
            let rows = if stream.name == "users" { 3_000 } else { 10 };
            of(rows, 1.0)(stream)
        };
        let forecast = forecast(many, 40.0);
        let by_user = ["user_managers", "user_certificates", "user_custom_field_values", "user_custom_links"];
        assert_eq!(forecast.dominating, by_user);
        assert!(by_user.iter().all(|name| forecast.advice.contains(name)), "{}", forecast.advice);
    }

    #[test]
    fn what_was_not_counted_to_its_end_is_at_least() {
        let input = |stream: &'static Stream| {
            let mut input = of(500, 1.0)(stream);
            if stream.name == "users" {
                input.rows = Some(Count { number: 500, precision: Precision::AtLeast });
            }
            input
        };
        let forecast = forecast(input, 40.0);
        assert_eq!(line(&forecast, "user_managers").full.unwrap().requests.to_string(), "at least 500");
        assert_eq!(line(&forecast, "path_tags").full.unwrap().rows.unwrap().to_string(), "about 500");
        assert_eq!(forecast.full.requests.precision, Precision::AtLeast);
    }
}
