//! A progress display for people: on standard error, and only when it is a terminal.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

const READING: &str =
    "{spinner} {wide_bar} {human_pos}/{human_len} requests, {rate} a second · {msg} · about {eta} left";
const ENDED: &str = "{human_pos} requests · {msg} · in {elapsed}";

/// One bar: requests done of those known so far, with streams and records beside it.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    streams: u64,
    streams_done: AtomicU64,
    records: AtomicU64,
}

impl Progress {
    /// A display for a sync of so many streams; it draws nothing unless `visible`.
    pub(super) fn new(streams: usize, visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            // A display that cannot be drawn is no reason to fail.
            let _ = write!(out, "{:.0}", state.per_sec());
        };
        if let Ok(style) = ProgressStyle::with_template(READING) {
            bar.set_style(style.with_key("rate", rate));
        }
        if visible {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, streams: streams as u64, streams_done: AtomicU64::new(0), records: AtomicU64::new(0) }
    }

    /// So many more requests are known to be needed.
    pub(super) fn expect(&self, requests: usize) {
        self.bar.inc_length(requests as u64);
    }

    /// A request is done.
    pub(super) fn done(&self) {
        self.bar.inc(1);
    }

    /// So many more records were read.
    pub(super) fn records(&self, count: u64) {
        self.records.fetch_add(count, Relaxed);
        self.message();
    }

    /// A stream is read to its end.
    pub(super) fn stream(&self) {
        self.streams_done.fetch_add(1, Relaxed);
        self.message();
    }

    /// Leaves a summary on the terminal.
    pub(super) fn end(&self) {
        if let Ok(style) = ProgressStyle::with_template(ENDED) {
            self.bar.set_style(style);
        }
        self.bar.abandon();
    }

    fn message(&self) {
        if !self.bar.is_hidden() {
            let (done, records) = (self.streams_done.load(Relaxed), self.records.load(Relaxed));
            let records = HumanCount(records);
            self.bar.set_message(format!("{done} of {} streams · {records} records", self.streams));
        }
    }
}
