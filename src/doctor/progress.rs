//! Progress of the doctor on standard error: a moving line on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::MOST;
use crate::terminal;

const TEMPLATE: &str = "{spinner} {wide_bar} {pos} requests, at most {len} · {msg}";

/// How progress is shown.
#[derive(Debug)]
pub enum Progress {
    /// Not at all.
    Silent,
    /// As lines on standard error.
    Lines {
        /// With one for each response.
        debug: bool,
    },
    /// As a moving line.
    Bar(ProgressBar),
}

impl Progress {
    /// A bar on a terminal, lines elsewhere; with `debug` a line for each response.
    #[must_use]
    pub fn new(debug: bool) -> Self {
        if debug || !io::stderr().is_terminal() {
            return Self::Lines { debug };
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
        if let Self::Lines { .. } = self {
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

    /// A response arrived.
    pub(super) fn response(&self, path: &str, status: u16, took: Duration) {
        if let Self::Lines { debug: true } = self {
            self.print(&format!("GET /api/v2{path}: HTTP {status} in {} ms", took.as_millis()));
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
            terminal::print(&format!("source-360learning doctor: {what}"));
        }
    }
}
