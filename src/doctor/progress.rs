//! Progress of the doctor on standard error: a moving line on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::MOST;

const TEMPLATE: &str = "{spinner} {wide_bar} {pos} requests, at most {len} · {msg}";

/// How progress is shown.
#[derive(Debug)]
pub enum Progress {
    /// Not at all.
    Silent,
    /// As lines on standard error.
    Lines,
    /// As a moving line.
    Bar(ProgressBar),
}

impl Progress {
    /// A bar on a terminal, lines elsewhere.
    #[must_use]
    pub fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines;
        }
        let bar = ProgressBar::new(MOST as u64);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Bar(bar)
    }

    /// A group of probes begins.
    pub(super) fn begin(&self, what: &str) {
        if let Self::Lines = self {
            self.print(what);
        }
    }

    /// A request is about to be sent.
    pub(super) fn request(&self, stream: &'static str, number: usize) {
        if let Self::Bar(bar) = self {
            bar.set_position(number as u64);
            bar.set_message(stream);
        }
    }

    /// The last request was sent.
    pub(super) fn end(&self, requests: usize) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
        self.print(&format!("sent {requests} read-only requests"));
    }

    /// A line for people, on any standard error.
    pub fn print(&self, what: &str) {
        if !matches!(self, Self::Silent) {
            // These lines are optional: a closed standard error is not a failure.
            let _ = writeln!(io::stderr(), "source-360learning doctor: {what}");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
