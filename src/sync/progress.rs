//! What a person who watches standard error sees of a read: a bar, warnings, errors, and how it ended.

use std::fmt::Write;
use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{
    FormattedDuration, HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};

use serde_json::Value;

use super::Outcome;
use crate::api::Event;
use crate::notice::Notice;
use crate::terminal;

const COUNTING: &str = "{spinner} {human_pos} of ? requests, {rate} a second · {msg}";
const READING: &str =
    "{spinner} {wide_bar} {human_pos} of {human_len} requests, {rate} a second · {msg} · about {eta} left";

/// Requests done and known so far, with streams and records beside them. Draws and prints nothing unless it is watched.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    is_watched: bool,
    streams: u64,
    streams_done: AtomicU64,
    records: AtomicU64,
    /// Streams of which it is not known how many requests they need.
    unknown: AtomicUsize,
    /// A state was printed from which another read continues.
    continues: AtomicBool,
    warnings: Mutex<Vec<Warning>>,
}

/// A kind of warning: the first one was printed, the others are counted.
#[derive(Debug)]
struct Warning {
    kind: (Discriminant<Notice>, Option<Discriminant<Event>>),
    first: String,
    more: u64,
}

impl Progress {
    /// For a sync of so many selected streams.
    pub(super) fn new(streams: usize, is_watched: bool) -> Self {
        let target = if is_watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let progress = Self {
            bar,
            is_watched,
            streams: streams as u64,
            streams_done: AtomicU64::new(0),
            records: AtomicU64::new(0),
            unknown: AtomicUsize::new(0),
            continues: AtomicBool::new(false),
            warnings: Mutex::default(),
        };
        progress.style(COUNTING);
        progress.message();
        if is_watched {
            progress.bar.enable_steady_tick(Duration::from_millis(200));
        }
        progress
    }

    /// So many streams are about to be read, for themselves or for others.
    pub(super) fn begin(&self, readers: usize) {
        self.unknown.store(readers, Relaxed);
    }

    /// The requests of one more of them are known.
    pub(super) fn known(&self) {
        if self.unknown.fetch_sub(1, Relaxed) == 1 {
            self.style(READING);
        }
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

    /// A selected stream was read to its end.
    pub(super) fn stream(&self) {
        self.streams_done.fetch_add(1, Relaxed);
        self.message();
    }

    /// A state is printed. That of a full refresh continues only in the same job of a platform.
    pub(super) fn state(&self, state: &Value) {
        let is_incremental = state.get("cursor").or_else(|| state.get("resume")?.get("until")).is_some();
        self.continues.fetch_or(is_incremental, Relaxed);
    }

    /// Prints a warning, the first of its kind only.
    pub(super) fn warning(&self, notice: &Notice, text: &str) {
        let event = if let Notice::Api(event) = notice { Some(discriminant(event)) } else { None };
        let kind = (discriminant(notice), event);
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(warning) = warnings.iter_mut().find(|warning| warning.kind == kind) {
            warning.more += 1;
        } else {
            self.print(&format!("warning: {text}"));
            warnings.push(Warning { kind, first: text.to_owned(), more: 0 });
        }
    }

    /// Prints an error.
    pub(super) fn error(&self, text: &str) {
        self.print(&format!("error: {text}"));
    }

    /// Removes the bar, and prints what was counted, how the sync ended and how it goes on.
    pub(super) fn end(&self, outcome: Outcome) {
        self.bar.finish_and_clear();
        for warning in self.warnings.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if warning.more > 0 {
                self.print(&format!("warning: {} more like this one: {}", warning.more, warning.first));
            }
        }
        let how = match outcome {
            Outcome::Complete => "done",
            Outcome::Failed => "incomplete",
            Outcome::Interrupted | Outcome::Closed => "stopped",
        };
        let (done, all) = (self.streams_done.load(Relaxed), self.streams);
        let (records, requests) = (HumanCount(self.records.load(Relaxed)), HumanCount(self.bar.position()));
        let took = FormattedDuration(self.bar.elapsed());
        self.print(&format!(
            "{how}: {done} of {all} streams, {records} records, {requests} requests in {took}"
        ));
        let is_complete = outcome == Outcome::Complete;
        if self.continues.load(Relaxed) {
            let file = terminal::stdout_file();
            let (place, file) = (file.as_deref().unwrap_or("the output"), file.as_deref().unwrap_or("FILE"));
            let what = if is_complete { "read what changes from now on" } else { "continue" };
            self.print(&format!(
                "The state is in {place}. To {what}, add --state {file} and write to another file."
            ));
        } else if !is_complete {
            self.print("There is no state to continue from. The next read begins again.");
        }
    }

    /// Prints a line above the bar.
    fn print(&self, line: &str) {
        if self.is_watched {
            self.bar.suspend(|| terminal::print(line));
        }
    }

    fn style(&self, template: &str) {
        let rate = |state: &ProgressState, out: &mut dyn Write| {
            // A display that cannot be drawn is no reason to fail.
            let _ = write!(out, "{:.0}", state.per_sec());
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.with_key("rate", rate));
        }
    }

    fn message(&self) {
        if !self.bar.is_hidden() {
            let (done, records) = (self.streams_done.load(Relaxed), self.records.load(Relaxed));
            let records = HumanCount(records);
            self.bar.set_message(format!("{done} of {} streams · {records} records", self.streams));
        }
    }
}
