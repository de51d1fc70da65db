//! `doctor`: what a real account does with everything that the connector assumes, in some hundred requests that only read.
//!
//! # Layout
//!
//! `ask` is the only place that asks, and counts. Through it, `round` goes over the table of streams and `questions` asks
//! what the documentation leaves open; both see what came before, in `Seen`. The rest is pure: `fields` reads
//! rows against their schema, `verdicts` judge one assumption each, `endpoints` tells the facts of each stream, `forecast`
//! what a sync costs, `report` is all of it as data and `markdown` as a page. `progress` is what a person sees meanwhile.
//!
//! Whatever leaves this room is a count, a timing, the name of a field, or a code of the API: never a value of a record.

mod ask;
mod count;
mod endpoints;
mod fields;
mod forecast;
mod known;
mod markdown;
mod progress;
mod questions;
mod report;
mod round;
mod seen;
mod verdict;
mod verdicts;

pub use count::{Count, Precision};
pub use forecast::{Cost, Forecast, Line, Total};
pub use progress::Progress;
pub use report::Report;
pub use verdict::{Effect, Finding, Verdict};

use std::time::Duration;

use ask::Desk;
use seen::{Purpose, Seen};

use crate::api::{Asker, Issued, Timing};
use crate::config::Settings;
use crate::error::Error;

/// GETs of one run. At five per second they take half a minute, and a tenth of what 360Learning grants.
pub const MOST: usize = 120;

/// Requests per second, unless the configuration allows fewer: a tenth of what 360Learning grants.
pub const PER_SECOND: u32 = 5;

/// Requests kept for the last question: is an old `next` still good?
const LAST: usize = 1;

/// Somebody whose credentials were proven.
#[derive(Debug)]
pub struct Doctor {
    asker: Asker,
    issued: Issued,
    settings: Settings,
}

impl Doctor {
    /// Proves the credentials. `per_second` bounds the pace; the configured one may be lower.
    pub async fn admit(settings: &Settings, timing: Timing, per_second: u32) -> Result<Self, Error> {
        let pace = settings.requests_per_second.min(per_second);
        // Nothing is tried again, the token neither.
        let timing = Timing { budget: Duration::ZERO, ..timing };
        let asker = Asker::new(&Settings { requests_per_second: pace, ..settings.clone() }, timing)?;
        let issued = asker.token().await?;
        Ok(Self { asker, issued, settings: settings.clone() })
    }

    /// Asks, judges, and reports. There is always something to report, also where nothing could be asked.
    pub async fn examine(&self, progress: &Progress) -> Report {
        let started = tokio::time::Instant::now();
        let begun = self.asker.now();
        let mut seen = self.ask(progress).await;
        seen.life_is_text = self.issued.life_is_text;
        progress.ends(seen.asked);
        Report::new(&seen, &self.settings, begun, started.elapsed().max(Duration::from_millis(1)))
    }

    async fn ask(&self, progress: &Progress) -> Seen {
        let mut desk = Desk::new(&self.asker, progress);
        progress.begins("the first page of every list");
        round::lists(&mut desk).await;
        questions::next(&mut desk).await;
        progress.begins("what is read under others, for a few parents each");
        round::children(&mut desk, &self.settings).await;
        progress.begins("what the documentation leaves open");
        questions::ask(&mut desk).await;
        progress.begins("more pages and parents, for the forecast");
        let left = desk.left();
        round::pages(&mut desk, true, (left / 2).max(LAST)).await;
        round::pages(&mut desk, false, (left / 2).max(LAST)).await;
        round::samples(&mut desk, &self.settings, LAST).await;
        round::pages(&mut desk, false, LAST).await;
        questions::again(&mut desk, Purpose::Late).await;
        desk.seen
    }
}
