//! One file per verb: what each prints, and its exit code.

pub mod check;
pub mod discover;
pub mod doctor;
pub mod read;
pub mod spec;

use std::io::Write;
use std::time::Duration;

use crate::api::Timing;
use crate::cli::{self, ConfigFile};
use crate::config::{Config, Settings};
use crate::error::Error;
use crate::protocol::{FailureType, LogLevel, Message, line};

/// How a command runs.
#[derive(Debug)]
pub struct RunOptions {
    /// Delays and bounds of every request, and the machine's clock.
    pub timing: Timing,
    /// Draw progress on standard error.
    pub progress: bool,
}

/// Exit code: complete.
pub const DONE: u8 = 0;
/// Exit code: incomplete; standard output says why.
pub const FAILED: u8 = 1;
/// Exit code of a read that was asked to stop, as a shell shows a SIGTERM.
pub const TERMINATED: u8 = 143;

/// How long one request is retried where a person waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bounds for a person who waits.
fn patient(timing: &Timing) -> Timing {
    let within = |bound: Duration| bound.min(PATIENCE);
    Timing {
        budget: within(timing.budget),
        firewall: within(timing.firewall),
        idle: within(timing.idle),
        answer: within(timing.answer),
        ..timing.clone()
    }
}

fn settings(config: &ConfigFile) -> Result<Settings, Error> {
    Ok(Config::parse(&cli::file("config", &config.path)?)?.validate()?)
}

/// Prints one message. The exit code.
fn print(out: &mut impl Write, message: &Message<'_>) -> u8 {
    let line = line(message, chrono::Utc::now().timestamp_millis());
    match out.write_all(&line).and_then(|()| out.flush()) {
        Ok(()) => DONE,
        Err(error) => {
            let sentence = "source-360learning: standard output cannot be written";
            // The only channel that is left.
            let _ = writeln!(std::io::stderr(), "{sentence}: {error}");
            FAILED
        }
    }
}

/// Prints an error in Airbyte's way, before there is any secret to hide. The exit code.
pub fn fail(out: &mut impl Write, error: &Error) -> u8 {
    print_error(out, &error.to_string(), &format!("{error:?}"), error.failure_type())
}

fn print_error(out: &mut impl Write, message: &str, internal: &str, failure: FailureType) -> u8 {
    print(out, &Message::Log(LogLevel::Error, message));
    print(out, &Message::Error { stream: None, message, internal, failure });
    FAILED
}
