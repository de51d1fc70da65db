//! The connector in a process of its own with delays of milliseconds: for tests that need both environment variables and
//! the end of every retry.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use clap::Parser as _;
use source_360learning::RunOptions;
use source_360learning::api::Timing;
use source_360learning::cli::Cli;

use crate::support::{Files, Output, output, quick};

/// The arguments, separated by line breaks.
const ARGUMENTS: &str = "CONNECTOR_ARGUMENTS";
const OUTPUT: &str = "CONNECTOR_OUTPUT";

/// Variables that lead to a proxy or to certificates.
const NETWORK: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The command without the environment of this machine that concerns the network, and with this one.
pub(super) fn environment(command: &mut Command, variables: &[(&str, String)]) {
    for name in NETWORK {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
}

/// The longest silence that the connector waits for, in milliseconds: for rows about silence. It is a minute in others,
/// where a slow machine must not look like a silent server.
pub(super) const SILENCE: &str = "CONNECTOR_SILENCE";

/// Runs the connector with these arguments and variables. What is retried for minutes in life is retried for 200 ms.
pub(super) fn run_in_process(arguments: &[&str], variables: &[(&str, String)]) -> Output {
    let files = Files::new();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["errors::process::the_connector_with_short_delays", "--exact", "--ignored"]);
    environment(&mut command, variables);
    command.env(ARGUMENTS, arguments.join("\n")).env(OUTPUT, files.path("output")).stdin(Stdio::null());
    output(command);
    let code: i32 = std::fs::read_to_string(files.path("output.code")).unwrap().parse().unwrap();
    let stdout = std::fs::read(files.path("output")).unwrap();
    Output::new(&std::process::Output { status: ExitStatus::from_raw(code << 8), stdout, stderr: Vec::new() })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "other tests start it, with the arguments of the connector in a variable"]
async fn the_connector_with_short_delays() {
    let arguments = std::env::var(ARGUMENTS).expect("this is started by other tests, not by hand");
    let path = std::env::var(OUTPUT).unwrap();
    let cli = Cli::parse_from(std::iter::once("source-360learning").chain(arguments.split('\n')));
    let silence = std::env::var(SILENCE).map_or(60_000, |milliseconds| milliseconds.parse().unwrap());
    let (short, silence) = (Duration::from_millis(200), Duration::from_millis(silence));
    let timing = Timing {
        connect: silence,
        idle: silence,
        // Longer, since the time to connect is part of it.
        answer: silence * 2,
        budget: short,
        firewall: short,
        patience: Duration::from_secs(3),
        ..quick()
    };
    let options = RunOptions { timing, is_watched: false };
    let out = File::create(&path).unwrap();
    let code = source_360learning::run(cli, options, out, std::future::pending()).await;
    std::fs::write(format!("{path}.code"), code.to_string()).unwrap();
}
