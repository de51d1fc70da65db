//! `source-360learning`: an Airbyte source that reads everything a 360Learning customer can read over API v2.
//!
//! # Layout
//!
//! A command line ([`cli`]) becomes one of the [`commands`]: `spec`, `check`, `discover`, and `read`, which is [`sync`]. A
//! fifth one, [`doctor`], is for people: it checks an account against the connector's assumptions. What can be read is
//! data: the table in [`streams`]. [`protocol`] is what Airbyte is sent, [`api`] how 360Learning is requested: neither
//! knows the other. [`config`] is what the user typed, [`error`] what can go wrong, [`notice`] what the log says,
//! [`secrets`] what is never printed, [`terminal`] what a person sees on standard error.
//!
//! Arrows point one way: `cli`, `commands` -> `sync`, `doctor` -> `api`, `streams`, `protocol` -> `config`, `error`. `error`
//! joins the errors of `api`, `config` and `protocol`; `notice` joins their events; `streams` and `protocol` use nothing of
//! ours. `config` adds the first `secrets`, `api` the tokens; every text is cleared of them before it is printed.

pub mod api;
pub mod cli;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod error;
pub mod notice;
pub mod protocol;
pub mod secrets;
pub mod streams;
pub mod sync;
pub mod terminal;

use std::future::Future;
use std::io::Write;

use cli::{Cli, Command};

pub use commands::{Console, RunOptions, TERMINATED};

/// Runs a command and returns the exit code. Messages go to `out`; `stop` ends it early.
pub async fn run<W>(
    cli: Cli,
    options: RunOptions,
    out: W,
    stop: impl Future<Output = ()> + Send + 'static,
) -> u8
where
    W: Write + Send + 'static,
{
    let (console, debug) = (Console::new(out, options.is_watched), cli.debug);
    match cli.command {
        Command::Spec => commands::spec::run(console),
        Command::Check(config) => {
            unless(stop, commands::check::run(&config, &options.timing, debug, console)).await
        }
        Command::Discover { config, configured, streams } => {
            commands::discover::run(&config, configured, &streams, console)
        }
        Command::Doctor { config, output, json, streams } => {
            let files = commands::doctor::Files { config, output, json };
            unless(stop, commands::doctor::run(&files, &streams, &options.timing, debug, console)).await
        }
        Command::Read(args) => commands::read::run(&args, &options, debug, console, stop).await,
    }
}

/// Does the work, which has nothing to finish if it is stopped. The exit code. The work comes first: while it waits for its
/// input, the system's own way to stop it holds.
async fn unless(stop: impl Future<Output = ()>, work: impl Future<Output = u8>) -> u8 {
    tokio::select! {
        biased;
        code = work => code,
        () = stop => {
            terminal::print("source-360learning: It was stopped.");
            TERMINATED
        }
    }
}
