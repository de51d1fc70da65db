//! What goes wrong on request: which answer is spoilt, and how.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use crate::data::rng::Rng;
use crate::endpoints::ENDPOINTS;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `429`, although the limit is kept, without `Retry-After`.
    TooMany,
    /// `429` with `Retry-After: 1`.
    TooManyRetryAfter,
    /// `429` with a `Retry-After` that is a date: one second after the answer's own.
    TooManyDate,
    /// `500` with a JSON error.
    Internal,
    /// `500` that repeats what the request carried, its token included, in body and header.
    Echo,
    /// `502` with the HTML page of a proxy.
    BadGatewayHtml,
    /// `503` without a body.
    Unavailable,
    /// `504` with the HTML page of a proxy.
    GatewayTimeoutHtml,
    /// `200` with an HTML page.
    Html,
    /// `200` with JSON cut in the middle; the announced length is that of what is left.
    Truncated,
    /// `200` with JSON of the right length that is damaged in the middle.
    Invalid,
    /// The connection closes in the middle of the body.
    Reset,
    /// The connection closes before the first byte of an answer.
    ResetEarly,
    /// The right answer in small pieces, with a pause after each.
    Trickle,
    /// No answer, on a connection that stays open.
    Hang,
    /// A page without rows whose `Link` leads to what it should have held.
    EmptyPage,
    /// `400` as for a `next` that this list never gave; only where the request has one.
    ExpiredNext,
    /// The right rows, with a `Link` to the page that was asked for.
    LinkLoop,
    /// The right rows, with a `Link` whose next page is at another origin; only where there is a next page.
    ForeignLink,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 19] = {
        let mut all = [Self::TooMany; 19];
        let mut index = 0;
        while index < all.len() {
            all[index] = NAMES[index].1;
            index += 1;
        }
        all
    };

    /// Whether the page comes right when it is asked for again, or its `Link` is followed.
    #[must_use]
    pub fn passes(self) -> bool {
        !matches!(self, Self::ExpiredNext | Self::LinkLoop)
    }
}

const NAMES: [(&str, FaultKind); 19] = [
    ("429", FaultKind::TooMany),
    ("429-retry-after", FaultKind::TooManyRetryAfter),
    ("429-date", FaultKind::TooManyDate),
    ("500", FaultKind::Internal),
    ("echo", FaultKind::Echo),
    ("502-html", FaultKind::BadGatewayHtml),
    ("503", FaultKind::Unavailable),
    ("504-html", FaultKind::GatewayTimeoutHtml),
    ("html", FaultKind::Html),
    ("truncated", FaultKind::Truncated),
    ("invalid", FaultKind::Invalid),
    ("reset", FaultKind::Reset),
    ("reset-early", FaultKind::ResetEarly),
    ("trickle", FaultKind::Trickle),
    ("hang", FaultKind::Hang),
    ("empty-page", FaultKind::EmptyPage),
    ("expired-next", FaultKind::ExpiredNext),
    ("link-loop", FaultKind::LinkLoop),
    ("foreign-link", FaultKind::ForeignLink),
];

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, kind)| kind == self).map_or("?", |(name, _)| name);
        formatter.pad(name)
    }
}

/// A way to fail and how often, such as `500=0.05`, maybe of one endpoint only, such as `500=0.05@/users`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// How the answer is spoilt.
    pub kind: FaultKind,
    /// The share of GETs that are hit, from 0 to 1.
    pub rate: f64,
    /// The endpoint's template; every endpoint where there is none.
    pub only: Option<&'static str>,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is not KIND=RATE, such as 500=0.05"))?;
        let kind = NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let names = || NAMES.map(|(name, _)| name).join(", ");
        let kind = kind.ok_or_else(|| format!("unknown fault {name:?}: use one of {}", names()))?;
        let (rate, only) = match rest.split_once('@') {
            None => (rest, None),
            Some((rate, template)) => {
                let known = ENDPOINTS.iter().map(|endpoint| endpoint.path).find(|path| *path == template);
                let unknown =
                    || format!("{template:?} is no endpoint: use a template such as /users/{{userId}}/roles");
                (rate, Some(known.ok_or_else(unknown)?))
            }
        };
        let rate = rate.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
        let rate = rate.ok_or_else(|| format!("the rate of {name} must be between 0 and 1"))?;
        Ok(Self { kind, rate, only })
    }
}

/// What an empty page adds to the address of the page that it should have been: that one is never empty.
pub(crate) const AGAIN: &str = "again=1";

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
    pub(crate) fn of(&self, endpoint: &str, url: &str) -> Option<FaultKind> {
        if self.faults.is_empty() {
            return None;
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(url.to_owned()).or_default();
        *times += 1;
        let draw = Rng::new(self.seed ^ *times, url).below(1_000_000);
        let mut threshold = 0.0;
        let concerned = |fault: &&Fault| {
            fault.only.is_none_or(|only| only == endpoint)
                && match fault.kind {
                    FaultKind::ExpiredNext => url.contains("next="),
                    FaultKind::EmptyPage => !url.contains(AGAIN),
                    _ => true,
                }
        };
        let hit = self.faults.iter().filter(concerned).find(|fault| {
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
            (0..2_000).map(|n| fate.of("/users/{userId}", &format!("/users/{}", n / 2))).collect::<Vec<_>>()
        };
        let first = strikes();
        assert_eq!(first, strikes());
        let count = |kind| first.iter().filter(|hit| **hit == Some(kind)).count();
        assert!((150..250).contains(&count(FaultKind::Internal)), "{}", count(FaultKind::Internal));
        assert!((60..140).contains(&count(FaultKind::Reset)), "{}", count(FaultKind::Reset));
        for wrong in ["500", "500=2", "500=x", "teapot=0.1", "500=0.1@/nowhere"] {
            assert!(wrong.parse::<Fault>().is_err());
        }
    }
}
