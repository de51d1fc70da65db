//! Flags, signals, exit code.

mod stdout;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use source_360learning::api::Timing;
use source_360learning::cli::{Cli, Command};
use source_360learning::error::{Error, keep_panics_quiet};
use source_360learning::{RunOptions, TERMINATED, fail, run};

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
        Err(error) => unusable(&error),
    }
}

fn start(cli: Cli, out: impl io::Write + Send + 'static) -> ExitCode {
    let progress = io::stderr().is_terminal() && !io::stdout().is_terminal();
    let options = RunOptions { timing: Timing::default(), progress };
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

/// Help and version go to standard output. A wrong flag becomes an ERROR message, and on a terminal clap's own text.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && !io::stdout().is_terminal() {
        let text = error.render().to_string();
        let sentence = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
        let sentence = sentence.filter(|line| !line.starts_with("For more information"));
        let sentence = sentence.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        let sentence = sentence.trim_start_matches("error: ");
        let advice = "See source-360learning --help.";
        return print_error(&Error::Usage(format!("The command line is wrong: {sentence}. {advice}")));
    }
    if io::stdout().is_terminal() {
        // clap colors what goes to a terminal.
        let _ = error.print();
    } else if let Err(closed) =
        Stdout::open().and_then(|mut out| out.write_all(error.render().to_string().as_bytes()))
    {
        return unusable(&closed);
    }
    if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_error(error: &Error) -> ExitCode {
    match Stdout::open() {
        Ok(mut out) => ExitCode::from(fail(&mut out, error)),
        Err(closed) => unusable(&closed),
    }
}

/// Reports that there is no standard output to print to.
fn unusable(error: &io::Error) -> ExitCode {
    let sentence = "source-360learning: Standard output cannot be written";
    let _ = writeln!(io::stderr(), "{sentence}: {error}. Redirect it to a file, a pipe or /dev/null.");
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
