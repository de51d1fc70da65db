//! Standard output that is closed, full or in non-blocking mode.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::process::{self, Command, Stdio};
use std::time::Duration;

use crate::support::{Account, Files, Output, catalog, connector, given, output};
use serde_json::json;
use tokio::net::unix::pipe;

/// Runs the connector from a shell that gives it no standard output.
fn without_stdout(arguments: &[&str]) -> process::Output {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" >&-", env!("CARGO_BIN_EXE_source-360learning")]);
    command.args(arguments).env_remove("LOG_LEVEL").stdin(Stdio::null());
    output(command)
}

/// Runs a command whose standard output is a pipe in non-blocking mode, with a reader that begins late and reads slowly.
fn into_a_slow_non_blocking_pipe(mut command: Command) -> process::Output {
    let (sender, receiver) = pipe::pipe().unwrap();
    command.stdout(sender.into_nonblocking_fd().unwrap()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // This process's copy of the writing end goes with the command.
    drop(command);
    let mut receiver = std::fs::File::from(receiver.into_blocking_fd().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut stdout, mut part) = (Vec::new(), vec![0; 48 * 1024]);
        std::thread::sleep(Duration::from_millis(300));
        loop {
            match receiver.read(&mut part).unwrap() {
                0 => return stdout,
                length => stdout.extend_from_slice(&part[..length]),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let ended = tokio::task::block_in_place(|| child.wait_with_output().unwrap());
    process::Output { stdout: reader.join().unwrap(), ..ended }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_standard_output_is_one_sentence_and_exit_code_1() {
    let files = Files::new();
    let config = files.write("config", &json!({"client_id": "a", "client_secret": "b"}));
    let catalog = files.write("catalog", &catalog(&["users"], "full_refresh"));
    let (config, catalog) = (config.to_str().unwrap(), catalog.to_str().unwrap());
    for arguments in [
        &["spec"][..],
        &["discover", "--config", config],
        &["check", "--config", config],
        &["read", "--config", config, "--catalog", catalog],
        &["doctor", "--config", config],
        &["--help"],
        &["--version"],
        &["sync"],
    ] {
        let ended = without_stdout(arguments);
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}");
        assert_eq!(
            String::from_utf8_lossy(&ended.stderr),
            "source-360learning: standard output cannot be written: it is closed. Redirect it to a file, a pipe or /dev/null.\n",
            "{arguments:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_to_a_file_needs_no_standard_output() {
    let files = Files::new();
    let config = files.write("config", &json!({"client_id": "a"}));
    let report = files.path("report.md");
    let ended = without_stdout(&[
        "doctor",
        "--config",
        config.to_str().unwrap(),
        "--output",
        report.to_str().unwrap(),
    ]);
    assert!(String::from_utf8_lossy(&ended.stderr).contains("lacks `client_secret`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn dev_null_is_a_standard_output_however_it_is_opened() {
    for writes_only in [true, false] {
        let null = OpenOptions::new().read(!writes_only).write(true).open("/dev/null").unwrap();
        let mut command = connector();
        command.arg("spec").stdout(null).stderr(Stdio::piped());
        let ended = tokio::task::block_in_place(|| command.spawn().unwrap().wait_with_output().unwrap());
        assert!(ended.status.success() && ended.stderr.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_non_blocking_standard_output_gets_every_line_whole() {
    let account = Account::france_num().await;
    let catalog = catalog(&["users"], "full_refresh");
    let files = Files::new();
    let command = given(connector(), "read", &files, &account.config, Some(&catalog), None);
    let ended = into_a_slow_non_blocking_pipe(command);
    assert!(
        ended.stdout.len() > 65_536,
        "more than a pipe holds: {}",
        String::from_utf8_lossy(&ended.stdout)
    );
    let output = Output::new(&ended);
    account.was_read_in_full(output.is_complete(&["users"]), &["users"]);
}
