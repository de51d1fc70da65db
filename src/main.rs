//! Flags, signals, exit code.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use source_360learning::api::Timing;
use source_360learning::cli::Cli;
use source_360learning::error::{Error, keep_panics_quiet};
use source_360learning::{RunOptions, TERMINATED, fail, run};

fn main() -> ExitCode {
    // A panic ends as an error message on standard output.
    keep_panics_quiet();
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    cli.debug |= std::env::var("LOG_LEVEL").is_ok_and(|level| level.eq_ignore_ascii_case("debug"));
    let progress = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
    let around = RunOptions { timing: Timing::default(), progress };
    // One thread beside the writer's: nearly all of a sync is waiting, and waking a pool costs a fifth more CPU.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return lost(&Error::Internal(error.to_string())),
    };
    let ended =
        runtime.block_on(async { tokio::spawn(run(cli, around, std::io::stdout(), terminated())).await });
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(error) => lost(&error.into()),
    }
}

/// Help and version go to standard output; a wrong flag is told in Airbyte's way, and to a person on a terminal in clap's.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nothing to do about a closed terminal.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if std::io::stdout().is_terminal() {
        let _ = error.print();
        return ExitCode::FAILURE;
    }
    let text = error.render().to_string();
    let sentence = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let sentence = sentence.filter(|line| !line.starts_with("For more information"));
    let sentence = sentence.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let sentence = sentence.trim_start_matches("error: ");
    let advice = "See source-360learning --help.";
    ExitCode::from(fail(
        &mut std::io::stdout(),
        &Error::Usage(format!("The command line is wrong: {sentence}. {advice}")),
    ))
}

fn lost(error: &Error) -> ExitCode {
    let mut out = std::io::stdout();
    let code = fail(&mut out, error);
    let _ = out.flush();
    ExitCode::from(code)
}

/// How long a stop may take: a reader that reads no more would hold the last state back for ever. PyAirbyte kills after 10 s.
const GRACE: Duration = Duration::from_secs(5);

/// Resolves when the process is asked to stop. As the first process of a container it would otherwise never be.
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
