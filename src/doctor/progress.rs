//! What a person sees while the doctor asks: a line that moves on a terminal, a few plain lines elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::MOST;

const ASKING: &str = "{spinner} {wide_bar} {pos} requests, at most {len} · {msg}";

/// How progress is shown.
#[derive(Debug)]
pub enum Progress {
    /// Not at all.
    Silent,
    /// As lines on standard error.
    Lines,
    /// As a line that moves.
    Bar(ProgressBar),
}

impl Progress {
    /// What fits standard error.
    #[must_use]
    pub fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines;
        }
        let bar = ProgressBar::new(MOST as u64);
        if let Ok(style) = ProgressStyle::with_template(ASKING) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Bar(bar)
    }

    /// A part of the round begins.
    pub(super) fn begins(&self, what: &str) {
        if let Self::Lines = self {
            self.tells(what);
        }
    }

    /// A request is about to leave.
    pub(super) fn asks(&self, stream: &'static str, number: usize) {
        if let Self::Bar(bar) = self {
            bar.set_position(number as u64);
            bar.set_message(stream);
        }
    }

    /// Nothing more is asked.
    pub(super) fn ends(&self, asked: usize) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
        self.tells(&format!("{asked} requests were made; nothing was written to 360Learning"));
    }

    /// What a person should know, whatever standard error is.
    pub fn tells(&self, what: &str) {
        if !matches!(self, Self::Silent) {
            // Nobody needs these lines.
            let _ = writeln!(io::stderr(), "source-360learning doctor: {what}");
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
