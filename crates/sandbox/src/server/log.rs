//! The log of requests, and the limit of GETs per second.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const WINDOW: Duration = Duration::from_secs(1);

/// The requests since the start or the last reset. Only GETs of the API count, except in `tokens`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// All GETs.
    pub total: u64,
    /// Tokens issued.
    pub tokens: u64,
    /// GETs by the status of the response.
    pub statuses: BTreeMap<u16, u64>,
    /// GETs by endpoint template.
    pub endpoints: BTreeMap<String, u64>,
    /// Paths with query that were requested more than once, and how often.
    pub repeated: BTreeMap<String, u64>,
    /// The most GETs that arrived within one second, wherever that second starts; its end is not part of it.
    pub peak_per_second: u64,
    /// From the first arrival to the last.
    pub seconds: f64,
}

/// A GET that arrived.
pub(super) struct Arrival {
    at: Instant,
    endpoint: &'static str,
    url: String,
    /// Written when it is known.
    pub(super) status: OnceLock<u16>,
}

/// The running log.
#[derive(Default)]
pub(crate) struct Log {
    /// Tokens issued.
    pub(super) tokens: u64,
    /// In order: the clock is read while the log is locked.
    arrivals: Vec<Arc<Arrival>>,
    /// Arrivals of the last second that were admitted.
    admitted: VecDeque<Instant>,
}

impl Log {
    /// Logs a GET as it arrives.
    pub(super) fn arrive(&mut self, endpoint: &'static str, url: &str) -> Arc<Arrival> {
        let arrival = Arrival { at: Instant::now(), endpoint, url: url.to_owned(), status: OnceLock::new() };
        let arrival = Arc::new(arrival);
        self.arrivals.push(Arc::clone(&arrival));
        arrival
    }

    /// Counts a request against the limit; false if the last second is full. A refused one does not count.
    pub(super) fn within(&mut self, limit: u32) -> bool {
        if limit == 0 {
            return true;
        }
        let now = Instant::now();
        while self.admitted.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            self.admitted.pop_front();
        }
        let is_free = self.admitted.len() < limit as usize;
        if is_free {
            self.admitted.push_back(now);
        }
        is_free
    }

    /// Forgets everything but the requests that still fill the last second.
    pub(crate) fn reset(&mut self) {
        *self = Self { admitted: std::mem::take(&mut self.admitted), ..Self::default() };
    }

    pub(crate) fn requests(&self) -> Requests {
        let instants: Vec<Instant> = self.arrivals.iter().map(|arrival| arrival.at).collect();
        let mut requests = Requests {
            total: instants.len() as u64,
            tokens: self.tokens,
            peak_per_second: peak(&instants) as u64,
            ..Requests::default()
        };
        for arrival in &self.arrivals {
            *requests.endpoints.entry(arrival.endpoint.to_owned()).or_default() += 1;
            *requests.repeated.entry(arrival.url.clone()).or_default() += 1;
            if let Some(status) = arrival.status.get() {
                *requests.statuses.entry(*status).or_default() += 1;
            }
        }
        requests.repeated.retain(|_, times| *times > 1);
        if let [first, .., last] = instants[..] {
            requests.seconds = last.duration_since(first).as_secs_f64();
        }
        requests
    }

    /// The paths with query that were requested, each once, in order.
    pub(super) fn urls(&self) -> BTreeSet<String> {
        self.arrivals.iter().map(|arrival| arrival.url.clone()).collect()
    }
}

/// The most of `instants`, which are in order, within a half-open second.
fn peak(instants: &[Instant]) -> usize {
    let mut first = 0;
    let widths = instants.iter().enumerate().map(|(last, at)| {
        while at.duration_since(instants[first]) >= WINDOW {
            first += 1;
        }
        last + 1 - first
    });
    widths.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_that_of_the_fullest_half_open_second() {
        let start = Instant::now();
        let at = |milliseconds: &[u64]| -> Vec<Instant> {
            milliseconds.iter().map(|&ms| start + Duration::from_millis(ms)).collect()
        };
        assert_eq!(peak(&at(&[])), 0);
        assert_eq!(peak(&at(&[0, 1_000])), 1);
        assert_eq!(peak(&at(&[0, 400, 900, 1_100, 1_399, 1_400, 3_000])), 4);
    }
}
