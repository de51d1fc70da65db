//! What goes wrong on request: the kinds of faults, and which responses they hit.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use clap::ValueEnum;

use crate::data::draw::Rng;
use crate::endpoints::ENDPOINTS;
use crate::options::Options;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "kebab-case")]
pub enum FaultKind {
    /// 429 without `Retry-After`, although the limit is kept
    #[value(name = "429")]
    TooMany,
    /// 429 with `Retry-After: 1`
    #[value(name = "429-retry-after")]
    TooManyRetryAfter,
    /// 429 with a `Retry-After` that is a date, one second after that of the response
    #[value(name = "429-date")]
    TooManyDate,
    /// 500 with a JSON error
    #[value(name = "500")]
    Internal,
    /// 500 that repeats the request, its token included, in body and header
    Echo,
    /// 502 with the HTML page of a proxy
    #[value(name = "502-html")]
    BadGatewayHtml,
    /// 503 without a body
    #[value(name = "503")]
    Unavailable,
    /// 504 with the HTML page of a proxy
    #[value(name = "504-html")]
    GatewayTimeoutHtml,
    /// 200 with an HTML page
    Html,
    /// 200 with JSON cut in the middle, and the `Content-Length` of what is left
    Truncated,
    /// 200 with JSON of the right length that is damaged in the middle
    Invalid,
    /// The connection closes in the middle of the body
    Reset,
    /// The connection closes before the first byte of a response
    ResetEarly,
    /// The right response in small pieces, with a pause after each
    Trickle,
    /// No response, on a connection that stays open
    Hang,
    /// A page without rows whose `Link` leads to the page that it should have been
    EmptyPage,
    /// 400 as for a `next` of another list; only for a request that has one
    ExpiredNext,
    /// The right rows, with a `Link` to the same page
    LinkLoop,
    /// The right rows, with a `Link` to another origin; only where there is a next page
    ForeignLink,
}

impl FaultKind {
    /// Whether the page is right when it is requested again, or its `Link` is followed.
    #[must_use]
    pub fn passes(self) -> bool {
        !matches!(self, Self::ExpiredNext | Self::LinkLoop)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

/// The help of the option, with every kind.
pub(crate) fn faults_help() -> String {
    let mut text = "Damage a share of the responses (0 to 1), of all endpoints or of one, \
                    such as 500=0.05@/users (repeatable)\n\nKinds:"
        .to_owned();
    for value in FaultKind::value_variants().iter().filter_map(ValueEnum::to_possible_value) {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(text, "\n- {}: {help}", value.get_name());
    }
    text
}

/// A way to fail and how often, such as `500=0.05`, maybe of one endpoint only, such as `500=0.05@/users`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// How the response fails.
    pub kind: FaultKind,
    /// The share of GETs that fail, from 0 to 1.
    pub rate: f64,
    /// The endpoint's template; every endpoint where there is none.
    pub only: Option<&'static str>,
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, rest) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is not KIND=RATE, such as 500=0.05"))?;
        let kind = FaultKind::from_str(name, false).map_err(|_| {
            let names: Vec<String> = FaultKind::value_variants().iter().map(ToString::to_string).collect();
            format!("unknown fault {name:?}: use one of {}", names.join(", "))
        })?;
        let (rate, template) = rest.split_once('@').map_or((rest, None), |(rate, path)| (rate, Some(path)));
        let known = |template| ENDPOINTS.iter().map(|endpoint| endpoint.path).find(|path| *path == template);
        let unknown = |template| {
            format!("{template:?} is not an endpoint: use a template such as /users/{{userId}}/roles")
        };
        let only = template.map(|template| known(template).ok_or_else(|| unknown(template))).transpose()?;
        let rate = rate.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
        let rate = rate.ok_or_else(|| format!("the rate of {name} must be between 0 and 1"))?;
        Ok(Self { kind, rate, only })
    }
}

/// What an empty page adds to the address of the page that it should have been: that one is never empty.
pub(crate) const AGAIN: &str = "again=1";

/// Decides which requests fail, from how often each URL was requested.
#[derive(Default)]
pub(crate) struct FaultPlan(HashMap<String, u64>);

impl FaultPlan {
    /// Drawn from the URL and how often it was requested before: the order of concurrent requests changes nothing.
    pub(crate) fn next(&mut self, options: &Options, endpoint: &str, url: &str) -> Option<FaultKind> {
        if options.faults.is_empty() {
            return None;
        }
        let times = self.0.entry(url.to_owned()).or_default();
        *times += 1;
        let draw = Rng::new(options.seed ^ *times, url).0.f64();
        let mut threshold = 0.0;
        let applies = |fault: &&Fault| {
            fault.only.is_none_or(|only| only == endpoint)
                && match fault.kind {
                    FaultKind::ExpiredNext => url.contains("next="),
                    FaultKind::EmptyPage => !url.contains(AGAIN),
                    _ => true,
                }
        };
        let hit = options.faults.iter().filter(applies).find(|fault| {
            threshold += fault.rate;
            draw < threshold
        });
        hit.map(|fault| fault.kind)
    }
}
