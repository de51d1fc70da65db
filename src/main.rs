//! Flags, signals, exit code.

mod stdout;

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use clap::error::ErrorKind;
use source_360learning::api::Timing;
use source_360learning::cli::{Cli, Command, is_json};
use source_360learning::error::{Error, keep_panics_quiet};
use source_360learning::{Console, RunOptions, TERMINATED, run, terminal};

use stdout::Stdout;

fn main() -> ExitCode {
    // A panic ends as an error message on standard output.
    keep_panics_quiet();
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    cli.debug |= std::env::var("LOG_LEVEL").is_ok_and(|level| level.eq_ignore_ascii_case("debug"));
    if matches!(cli.command, Command::Doctor { output: Some(_), .. }) {
        // Its report goes to the file, and everything else to standard error.
        return start(cli, io::stdout());
    }
    match Stdout::open() {
        Ok(out) => start(cli, out),
        Err(error) => unwritable(&error),
    }
}

fn start(cli: Cli, out: impl Write + Send + 'static) -> ExitCode {
    let options = RunOptions { timing: Timing::default(), is_watched: terminal::is_watched() };
    // One thread beside the writer's: nearly all of a sync is waiting, and waking a pool costs a fifth more CPU.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return print_error(&Error::Internal(error.to_string())),
    };
    match runtime.block_on(async { tokio::spawn(run(cli, options, out, terminated())).await }) {
        Ok(code) => ExitCode::from(code),
        Err(error) => print_error(&error.into()),
    }
}

/// clap's own text would repeat the argument.
const JSON: &str =
    "it has JSON where only paths belong. Write --config FILE, or --config - and the JSON on standard input.";

/// Help and version go to standard output, also the help of a call without arguments. A wrong flag becomes an ERROR
/// message, and on a terminal clap's own text.
fn usage(error: &clap::Error) -> ExitCode {
    let code = if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    if error.use_stderr() && std::env::args_os().skip(1).any(|argument| is_json(&argument.to_string_lossy()))
    {
        return print_error(&Error::Usage(format!("The command line is wrong: {JSON}")));
    }
    if io::stdout().is_terminal() {
        // clap colors what goes to a terminal.
        let _ = error.print();
        return code;
    }
    let text = error.render().to_string();
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let written = Stdout::open().and_then(|mut out| out.write_all(text.as_bytes()));
        return written.map_or_else(|error| unwritable(&error), |()| code);
    }
    let sentence = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let sentence = sentence.filter(|line| !line.starts_with("For more information"));
    let sentence =
        sentence.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ").replace(" tip: ", "; ");
    let sentence = sentence.trim_start_matches("error: ");
    let advice = "See source-360learning --help.";
    print_error(&Error::Usage(format!("The command line is wrong: {sentence}. {advice}")))
}

fn print_error(error: &Error) -> ExitCode {
    match Stdout::open() {
        Ok(out) => ExitCode::from(Console::new(out, terminal::is_watched()).fail(error)),
        Err(closed) => unwritable(&closed),
    }
}

fn unwritable(error: &io::Error) -> ExitCode {
    terminal::unwritable(error);
    ExitCode::FAILURE
}

/// Shutdown grace period: a stalled reader must not block exit. PyAirbyte kills after 10 s.
const GRACE: Duration = Duration::from_secs(5);

/// Resolves at SIGTERM or SIGINT, which the first process of a container ignores by default.
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    std::thread::spawn(|| {
        std::thread::sleep(GRACE);
        std::process::exit(i32::from(TERMINATED));
    });
}
