//! One file per verb: what each prints, and its exit code.

pub mod check;
pub mod discover;
pub mod doctor;
pub mod read;
pub mod select;
pub mod spec;

use std::future::Future;
use std::io::Write;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::api::{Event, Timing};
use crate::cli::{self, ConfigFile};
use crate::config::{Config, Settings};
use crate::error::Error;
use crate::notice::Notice;
use crate::protocol::{LogLevel, Message, line};
use crate::secrets::Secrets;
use crate::terminal;

/// How a command runs.
#[derive(Debug)]
pub struct RunOptions {
    /// Delays and bounds of every request, and the machine's clock.
    pub timing: Timing,
    /// Show errors, warnings and progress on standard error too: a person watches it.
    pub is_watched: bool,
}

/// Exit code: complete.
pub const DONE: u8 = 0;
/// Exit code: incomplete; standard output says why.
pub const FAILED: u8 = 1;
/// Exit code of a read that was asked to stop, as a shell shows a SIGTERM.
pub const TERMINATED: u8 = 143;

/// How long one request is retried where a person waits, without the time in which the rate limit allows no attempt.
const PATIENCE: Duration = Duration::from_secs(30);

/// The same with that time: while 360Learning refuses every request, the pace is slow.
const PATIENCE_IN_ALL: Duration = Duration::from_mins(1);

/// Bounds for a person who waits.
fn patient(timing: &Timing) -> Timing {
    let within = |bound: Duration| bound.min(PATIENCE);
    Timing {
        budget: within(timing.budget),
        patience: timing.patience.min(PATIENCE_IN_ALL),
        firewall: within(timing.firewall),
        idle: within(timing.idle),
        answer: within(timing.answer),
        ..timing.clone()
    }
}

fn settings(config: &ConfigFile) -> Result<Settings, Error> {
    Ok(Config::parse(&cli::file("config", &config.path)?)?.validate()?)
}

/// Where a command prints: messages to standard output and, for a person who watches, results and errors to standard error.
#[derive(Debug)]
pub struct Console<W> {
    out: W,
    is_watched: bool,
}

impl<W: Write> Console<W> {
    /// Prints to `out`, and to standard error if that is watched.
    pub fn new(out: W, is_watched: bool) -> Self {
        Self { out, is_watched }
    }

    /// Prints messages. The exit code: `code`, unless they cannot be printed.
    fn print(&mut self, messages: &[Message<'_>], code: u8) -> u8 {
        let now = chrono::Utc::now().timestamp_millis();
        let lines: Vec<u8> = messages.iter().flat_map(|message| line(message, now)).collect();
        self.write(&lines, code)
    }

    /// Prints text that is not a message. The exit code: `code`, unless it cannot be printed.
    fn write(&mut self, text: &[u8], code: u8) -> u8 {
        match self.out.write_all(text).and_then(|()| self.out.flush()) {
            Ok(()) => code,
            Err(error) => {
                terminal::unwritable(&error);
                FAILED
            }
        }
    }

    /// Prints the result of `check`. The exit code.
    fn result(&mut self, succeeded: bool, message: &str) -> u8 {
        self.show(if succeeded { "succeeded" } else { "failed" }, message);
        self.print(&[Message::ConnectionStatus { succeeded, message }], DONE)
    }

    /// Prints an error in Airbyte's way, before there is any secret to hide. The exit code.
    pub fn fail(&mut self, error: &Error) -> u8 {
        self.error(error, &Secrets::default())
    }

    fn error(&mut self, error: &Error, secrets: &Secrets) -> u8 {
        let (message, stack_trace) = (error.to_string(), error.stack_trace());
        let (message, stack_trace) = (secrets.hide(&message), secrets.hide(&stack_trace));
        self.show("error", &message);
        let failure = error.failure_type();
        let trace = Message::Error { stream: None, message: &message, stack_trace: &stack_trace, failure };
        self.print(&[Message::Log(LogLevel::Error, &message), trace], FAILED)
    }

    /// Does the work, and logs those of its events that are worth a line.
    async fn logging<T>(
        &mut self,
        work: impl Future<Output = T>,
        mut events: UnboundedReceiver<Event>,
        mut is_worth_a_line: impl FnMut(&Event) -> bool,
        settings: &Settings,
    ) -> T {
        let mut work = pin!(work);
        let mut log = |event| {
            if is_worth_a_line(&event) {
                self.log(&Notice::Api(event), settings);
            }
        };
        loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => log(event),
                done = &mut work => {
                    while let Ok(event) = events.try_recv() {
                        log(event);
                    }
                    return done;
                }
            }
        }
    }

    fn log(&mut self, notice: &Notice, settings: &Settings) {
        let text = settings.secrets.hide(&notice.text()).into_owned();
        // If it cannot be printed, the result that follows cannot either, and is reported. A LOG has no time.
        let _ = self.out.write_all(&line(&Message::Log(notice.level(), &text), 0));
    }

    fn show(&self, what: &str, message: &str) {
        if self.is_watched {
            terminal::print(&format!("{what}: {message}"));
        }
    }
}
