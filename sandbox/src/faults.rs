//! What goes wrong on request: which answer is spoilt, and how.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use crate::data::rng::Rng;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `429`, although the limit is kept, without `Retry-After`.
    TooMany,
    /// `429` with `Retry-After: 1`.
    TooManyRetryAfter,
    /// `500` with a JSON error.
    Internal,
    /// `502` with the HTML page of a proxy.
    BadGatewayHtml,
    /// `503` without a body.
    Unavailable,
    /// `200` with an HTML page.
    Html,
    /// `200` with JSON cut in the middle; the announced length is that of what is left.
    Truncated,
    /// The connection closes in the middle of the body.
    Reset,
}

const NAMES: [(&str, FaultKind); 8] = [
    ("429", FaultKind::TooMany),
    ("429-retry-after", FaultKind::TooManyRetryAfter),
    ("500", FaultKind::Internal),
    ("502-html", FaultKind::BadGatewayHtml),
    ("503", FaultKind::Unavailable),
    ("html", FaultKind::Html),
    ("truncated", FaultKind::Truncated),
    ("reset", FaultKind::Reset),
];

/// A way to fail and how often, such as `500=0.05`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// How the answer is spoilt.
    pub kind: FaultKind,
    /// The share of GETs that are hit, from 0 to 1.
    pub rate: f64,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rate) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is not KIND=RATE, such as 500=0.05"))?;
        let kind = NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let names = || NAMES.map(|(name, _)| name).join(", ");
        let kind = kind.ok_or_else(|| format!("unknown fault {name:?}: use one of {}", names()))?;
        let rate = rate.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
        Ok(Self { kind, rate: rate.ok_or_else(|| format!("the rate of {name} must be between 0 and 1"))? })
    }
}

/// Decides which requests fail.
pub(crate) struct Fate {
    seed: u64,
    faults: Vec<Fault>,
    asked: Mutex<HashMap<String, u64>>,
}

impl Fate {
    pub(crate) fn new(seed: u64, faults: Vec<Fault>) -> Self {
        Self { seed, faults, asked: Mutex::default() }
    }

    /// Drawn from the URL and how often it was asked before, so that the order in which concurrent requests
    /// arrive changes nothing.
    pub(crate) fn of(&self, url: &str) -> Option<FaultKind> {
        if self.faults.is_empty() {
            return None;
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(url.to_owned()).or_default();
        *times += 1;
        let draw = Rng::new(self.seed ^ *times, url).below(1_000_000);
        let mut threshold = 0.0;
        let hit = self.faults.iter().find(|fault| {
            threshold += fault.rate * 1_000_000.0;
            u32::try_from(draw).is_ok_and(|draw| f64::from(draw) < threshold)
        });
        hit.map(|fault| fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_at_its_rate_and_the_same_way_each_time() {
        let strikes = || {
            let fate = Fate::new(360, vec!["500=0.1".parse().unwrap(), "reset=0.05".parse().unwrap()]);
            (0..2_000).map(|n| fate.of(&format!("/users/{}", n / 2))).collect::<Vec<_>>()
        };
        let first = strikes();
        assert_eq!(first, strikes());
        let count = |kind| first.iter().filter(|hit| **hit == Some(kind)).count();
        assert!((150..250).contains(&count(FaultKind::Internal)), "{}", count(FaultKind::Internal));
        assert!((60..140).contains(&count(FaultKind::Reset)), "{}", count(FaultKind::Reset));
        for wrong in ["500", "500=2", "500=x", "teapot=0.1"] {
            assert!(wrong.parse::<Fault>().is_err());
        }
    }
}
