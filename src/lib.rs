//! `source-360learning`: an Airbyte source that reads everything a 360Learning customer can read over API v2.
//!
//! # Layout
//!
//! A command line ([`cli`]) becomes one of four commands. `spec`, `check` and `discover` are short ([`commands`]); `read`
//! is [`sync`]. A fifth one, [`doctor`], is for people: it asks an account whether it does what the connector assumes. What can be read is data: the table in [`streams`]. What is said to Airbyte is [`protocol`], what is asked
//! of 360Learning is [`api`]: neither knows the other. [`config`] is what the user typed, [`error`] what can go wrong,
//! [`secrets`] what nobody may read.
//!
//! Arrows point one way: `cli`, `commands`, `doctor`, `sync` use `api`, `streams`, `protocol`, `config`, `error`; `error` joins the
//! errors of `api`, `config` and `protocol`; `api` uses `config`; `streams` and `protocol` use nothing of ours. `config`
//! knows the first `secrets`, `api` adds the tokens, and whoever prints a text hides them.

pub mod api;
pub mod cli;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod error;
pub mod protocol;
pub mod secrets;
pub mod streams;
pub mod sync;

use std::future::Future;
use std::io::Write;
use std::time::Duration;

use api::Timing;
use cli::{Cli, Command, ConfigFile};
use config::{Config, Settings};
use doctor::Doctor;
use error::Error;
use protocol::{FailureType, LogLevel, Message, line};
use sync::{Outcome, Request};

/// How long `check` and `doctor` wait for an API that does not answer: a person sits before them.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where and how a command runs.
#[derive(Debug)]
pub struct Surroundings {
    /// Delays and bounds of every request.
    pub timing: Timing,
    /// Draw progress on standard error.
    pub progress: bool,
}

/// Exit code: all was done.
const DONE: u8 = 0;
/// Exit code: something was not; standard output says what.
const FAILED: u8 = 1;
/// Exit code of a read that was asked to stop, as a shell tells a SIGTERM.
pub const TERMINATED: u8 = 143;

/// Runs a command and says the exit code. Everything that is said goes to `out`; `stop` ends a read early.
pub async fn run<W>(
    cli: Cli,
    around: Surroundings,
    mut out: W,
    stop: impl Future<Output = ()> + Send + 'static,
) -> u8
where
    W: Write + Send + 'static,
{
    match cli.command {
        Command::Spec => say(&mut out, &Message::Spec(&commands::spec())),
        Command::Check(config) => check(&config, around.timing, &mut out).await,
        Command::Discover(config) => match settings(&config) {
            Ok(_) => say(&mut out, &Message::Catalog(commands::catalog())),
            Err(error) => fail(&mut out, &error),
        },
        Command::Doctor { config, output, json } => {
            examine(&config, output.as_deref(), json.as_deref(), around.timing, &mut out).await
        }
        Command::Read { config, catalog, state } => {
            let request = match request(&config, &catalog, state.as_deref(), &around, cli.debug) {
                Ok(request) => request,
                Err(error) => return fail(&mut out, &error),
            };
            match sync::read(request, out, stop).await {
                Outcome::Complete => DONE,
                Outcome::Failed | Outcome::Closed => FAILED,
                Outcome::Interrupted => TERMINATED,
            }
        }
    }
}

/// For a person who waits.
fn patient(timing: Timing) -> Timing {
    let within = |bound: Duration| bound.min(PATIENCE);
    Timing {
        budget: within(timing.budget),
        idle: within(timing.idle),
        answer: within(timing.answer),
        ..timing
    }
}

async fn examine(
    config: &ConfigFile,
    output: Option<&str>,
    json: Option<&str>,
    timing: Timing,
    out: &mut impl Write,
) -> u8 {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return told(&error.to_string()),
    };
    let files = [Some(config.path.as_str()), output, json];
    let is_twice = |file: &str| files.iter().filter(|one| **one == Some(file)).count() > 1;
    if files.into_iter().flatten().any(is_twice) {
        return told(&Error::Usage("Give --config, --output and --json a file each.".to_owned()).to_string());
    }
    match report(&settings, output, json, timing, out).await {
        Ok(()) => DONE,
        Err(error) => told(&settings.secrets.hide(&error.to_string())),
    }
}

/// Tells a person why there is no report. The exit code for it.
fn told(sentence: &str) -> u8 {
    // Nobody is left to tell if this fails too.
    let _ = writeln!(std::io::stderr(), "source-360learning: {sentence}");
    FAILED
}

async fn report(
    settings: &Settings,
    output: Option<&str>,
    json: Option<&str>,
    timing: Timing,
    out: &mut impl Write,
) -> Result<(), Error> {
    let doctor = Doctor::admit(settings, patient(timing), doctor::PER_SECOND).await?;
    // Before the first question: a report that nobody can keep is not worth asking for.
    let page = output.map(cli::create).transpose()?;
    let data = json.map(cli::create).transpose()?;
    let progress = doctor::Progress::new();
    let report = doctor.examine(&progress).await;
    let write = |to: &mut dyn Write, text: &str| {
        to.write_all(settings.secrets.hide(text).as_bytes()).and_then(|()| to.flush())
    };
    let unwritable = |path: Option<&str>| {
        let path = path.map(str::to_owned);
        |error: std::io::Error| match path {
            Some(path) => Error::Unwritable { path, reason: error.to_string() },
            None => Error::Stdout,
        }
    };
    match page {
        Some(mut page) => write(&mut page, &report.markdown()).map_err(unwritable(output))?,
        None => write(out, &report.markdown()).map_err(unwritable(None))?,
    }
    if let Some(mut data) = data {
        write(&mut data, &format!("{:#}\n", report.json())).map_err(unwritable(json))?;
    }
    progress.tells(&report.summary(output));
    Ok(())
}

async fn check(config: &ConfigFile, timing: Timing, out: &mut impl Write) -> u8 {
    let timing = patient(timing);
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return refused(out, &error.to_string()),
    };
    let shown = |text: &str| settings.secrets.hide(text).into_owned();
    match commands::check(&settings, timing).await {
        Ok(verdict) if verdict.succeeded => {
            say(out, &Message::ConnectionStatus { succeeded: true, message: &shown(&verdict.message) })
        }
        Ok(verdict) => refused(out, &shown(&verdict.message)),
        // Only the user can mend it: that is an answer, not a failure of the check.
        Err(error) if error.failure_type() == FailureType::Config => refused(out, &shown(&error.to_string())),
        // A status would end the retries of a job during an outage.
        Err(error) => {
            failed(out, &shown(&error.to_string()), &shown(&format!("{error:?}")), error.failure_type())
        }
    }
}

fn refused(out: &mut impl Write, message: &str) -> u8 {
    say(out, &Message::ConnectionStatus { succeeded: false, message })
}

fn settings(config: &ConfigFile) -> Result<Settings, Error> {
    Ok(Config::parse(&cli::file("config", &config.path)?)?.validate()?)
}

fn request(
    config: &ConfigFile,
    catalog: &str,
    state: Option<&str>,
    around: &Surroundings,
    debug: bool,
) -> Result<Request, Error> {
    let inputs = [Some(config.path.as_str()), Some(catalog), state];
    if inputs.iter().filter(|input| **input == Some("-")).count() > 1 {
        return Err(Error::Usage(
            "Only one of --config, --catalog and --state can be - (standard input).".to_owned(),
        ));
    }
    let settings = settings(config)?;
    let catalog = protocol::parse_catalog(&cli::file("catalog", catalog)?)?;
    let states = state.map_or(Ok(String::new()), |path| cli::file("state", path))?;
    let states = protocol::parse_states(&states)?;
    Ok(Request { settings, catalog, states, timing: around.timing, debug, progress: around.progress })
}

/// Tells an error in Airbyte's way, before there is any secret to hide. The exit code for it.
pub fn fail(out: &mut impl Write, error: &Error) -> u8 {
    failed(out, &error.to_string(), &format!("{error:?}"), error.failure_type())
}

fn failed(out: &mut impl Write, message: &str, internal: &str, failure: FailureType) -> u8 {
    say(out, &Message::Log(LogLevel::Error, message));
    say(out, &Message::Error { stream: None, message, internal, failure });
    FAILED
}

fn say(out: &mut impl Write, message: &Message<'_>) -> u8 {
    let line = line(message, chrono::Utc::now().timestamp_millis());
    match out.write_all(&line).and_then(|()| out.flush()) {
        Ok(()) => DONE,
        Err(_) => FAILED,
    }
}
