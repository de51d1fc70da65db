//! The log of requests, and the limit of GETs per second.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// Where the status of a logged request is written.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    /// A reset makes older tickets invalid.
    period: u64,
    place: usize,
}

struct Arrival {
    at: Instant,
    endpoint: &'static str,
    status: Option<u16>,
}

#[derive(Default)]
struct Period {
    number: u64,
    tokens: u64,
    /// In order: the clock is read under the lock.
    arrivals: Vec<Arrival>,
    urls: HashMap<String, u64>,
    /// Arrivals of the last second that were admitted.
    admitted: VecDeque<Instant>,
}

/// The running log.
#[derive(Default)]
pub(crate) struct Log(Mutex<Period>);

impl Log {
    fn period(&self) -> MutexGuard<'_, Period> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs a GET as it arrives.
    pub(crate) fn arrive(&self, endpoint: &'static str, url: &str) -> Ticket {
        let mut period = self.period();
        let at = Instant::now();
        period.arrivals.push(Arrival { at, endpoint, status: None });
        match period.urls.get_mut(url) {
            Some(times) => *times += 1,
            None => drop(period.urls.insert(url.to_owned(), 1)),
        }
        Ticket { period: period.number, place: period.arrivals.len() - 1 }
    }

    /// Counts a request against the limit; false if the last second is full. A refused one does not count.
    pub(crate) fn within(&self, limit: u32) -> bool {
        if limit == 0 {
            return true;
        }
        let mut period = self.period();
        let now = Instant::now();
        while period.admitted.front().is_some_and(|first| now.duration_since(*first) >= WINDOW) {
            period.admitted.pop_front();
        }
        let free = u32::try_from(period.admitted.len()).is_ok_and(|used| used < limit);
        if free {
            period.admitted.push_back(now);
        }
        free
    }

    pub(crate) fn set_status(&self, ticket: Ticket, status: u16) {
        let mut period = self.period();
        if period.number == ticket.period {
            period.arrivals[ticket.place].status = Some(status);
        }
    }

    pub(crate) fn count_token(&self) {
        self.period().tokens += 1;
    }

    /// Forgets everything but the requests that still fill the last second.
    pub(crate) fn reset(&self) {
        let mut period = self.period();
        let admitted = std::mem::take(&mut period.admitted);
        *period = Period { number: period.number + 1, admitted, ..Period::default() };
    }

    pub(crate) fn requests(&self) -> Requests {
        let period = self.period();
        let arrivals = &period.arrivals;
        let mut requests =
            Requests { total: arrivals.len() as u64, tokens: period.tokens, ..Requests::default() };
        for arrival in arrivals {
            *requests.endpoints.entry(arrival.endpoint.to_owned()).or_default() += 1;
            if let Some(status) = arrival.status {
                *requests.statuses.entry(status).or_default() += 1;
            }
        }
        let repeated = period.urls.iter().filter(|(_, times)| **times > 1);
        requests.repeated = repeated.map(|(url, times)| (url.clone(), *times)).collect();
        let instants: Vec<Instant> = arrivals.iter().map(|arrival| arrival.at).collect();
        requests.peak_per_second = peak(&instants) as u64;
        if let [first, .., last] = instants[..] {
            requests.seconds = last.duration_since(first).as_secs_f64();
        }
        requests
    }

    /// The paths with query that were requested, each once, in order.
    pub(crate) fn urls(&self) -> Vec<String> {
        let mut urls: Vec<String> = self.period().urls.keys().cloned().collect();
        urls.sort_unstable();
        urls
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

    #[test]
    fn a_refused_request_does_not_fill_the_window() {
        let log = Log::default();
        let admitted = (0..10).filter(|_| log.within(3)).count();
        assert_eq!(admitted, 3);
        assert_eq!(log.period().admitted.len(), 3);
    }
}
