//! What the tests share: an account on a sandbox, a run of the connector, and its output.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::needless_pass_by_value)] // Each test file uses its part.

pub mod api;
pub mod destination;
pub mod feed;
pub mod network;
pub mod output;

use std::io::Write;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser as _;
use source_360learning::RunOptions;
use source_360learning::api::Timing;
use source_360learning::cli::Cli;

pub use output::Output;
/// The former name, in the files that are not renamed yet.
use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Options, Requests, Sandbox, Scale};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The connector as users run it.
pub fn connector() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_source-360learning"));
    command.env_remove("LOG_LEVEL").stdin(Stdio::null());
    command
}

/// A folder with the files of one run.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path. A JSON string is written without quotes, so that a file may hold no JSON at all.
    pub fn write(&self, name: &str, content: &Value) -> PathBuf {
        let path = self.path(name);
        let text = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// A configuration for a server on this machine.
pub fn config(url: &str) -> Value {
    json!({
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "base_url": url,
        "requests_per_second": 900,
    })
}

/// The command with the files that it takes: a configuration, and maybe a catalog and a state.
pub fn given(
    mut command: Command,
    verb: &str,
    files: &Files,
    config: &Value,
    catalog: Option<&Value>,
    state: Option<&Value>,
) -> Command {
    command.arg(verb).arg("--config").arg(files.write("config.json", config));
    if let Some(catalog) = catalog {
        command.arg("--catalog").arg(files.write("catalog.json", catalog));
    }
    if let Some(state) = state {
        command.arg("--state").arg(files.write("state.json", state));
    }
    command
}

/// Runs a command to its end.
pub fn run(verb: &str, config: &Value, catalog: Option<&Value>, state: Option<&Value>) -> Output {
    Output::new(&output(given(connector(), verb, &Files::new(), config, catalog, state)))
}

/// Runs a command to its end beside the servers of the test.
pub fn output(mut command: Command) -> std::process::Output {
    tokio::task::block_in_place(|| command.output().unwrap())
}

/// Delays for tests that wait for them: everything that takes seconds in life takes milliseconds.
pub fn quick() -> Timing {
    Timing {
        connect: Duration::from_secs(2),
        idle: Duration::from_millis(500),
        answer: Duration::from_secs(2),
        base: Duration::from_millis(2),
        cap: Duration::from_millis(20),
        firewall: Duration::from_secs(2),
        recheck: Duration::from_millis(5),
        shortcut: Duration::from_secs(20),
        ..Timing::default()
    }
}

/// Runs a command within this process, with delays of its own.
pub async fn run_with(timing: Timing, arguments: &[&str]) -> Output {
    let cli = Cli::parse_from(std::iter::once(&"source-360learning").chain(arguments));
    let out = Out::default();
    let options = RunOptions { timing, is_watched: false };
    let code = source_360learning::run(cli, options, out.clone(), std::future::pending()).await;
    let stdout = std::mem::take(&mut *out.0.lock().unwrap());
    let status = ExitStatus::from_raw(i32::from(code) << 8);
    Output::new(&std::process::Output { status, stdout, stderr: Vec::new() })
}

/// Reads these streams within this process, with delays of its own.
pub async fn read_with(timing: Timing, config: &Value, streams: &[&str], sync_mode: &str) -> Output {
    let files = Files::new();
    let config = files.write("config.json", config);
    let catalog = files.write("catalog.json", &catalog(streams, sync_mode));
    let (config, catalog) = (config.to_str().unwrap(), catalog.to_str().unwrap());
    run_with(timing, &["read", "--debug", "--config", config, "--catalog", catalog]).await
}

/// The same from a state.
pub async fn read_from_with(timing: Timing, config: &Value, catalog: &Value, state: &Value) -> Output {
    let files = Files::new();
    let paths = [
        files.write("config.json", config),
        files.write("catalog.json", catalog),
        files.write("state.json", state),
    ];
    let [config, catalog, state] = paths.each_ref().map(|path| path.to_str().unwrap());
    run_with(timing, &["read", "--config", config, "--catalog", catalog, "--state", state]).await
}

/// The state of one stream.
pub fn state(stream: &str, blob: Value) -> Value {
    json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": blob}}])
}

/// A date so long before now, as the API writes it.
pub fn ago(time: chrono::TimeDelta) -> String {
    (chrono::Utc::now() - time).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Standard output of a run within this process.
#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A running connector, for tests that stop it.
pub fn start(verb: &str, files: &Files, config: &Value, catalog: &Value, state: Option<&Value>) -> Child {
    let mut command = given(connector(), verb, files, config, Some(catalog), state);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs `read` with the catalog on standard input.
pub fn read_from_stdin(config: &Value, catalog: &Value) -> Output {
    let files = Files::new();
    let mut command = connector();
    command.args(["read", "--catalog", "-", "--config"]).arg(files.write("config.json", config));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(catalog.to_string().as_bytes()).unwrap();
    Output::new(&tokio::task::block_in_place(|| child.wait_with_output().unwrap()))
}

/// A configured catalog of these streams.
pub fn catalog(streams: &[&str], sync_mode: &str) -> Value {
    let entry = |name: &&str| {
        json!({
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": sync_mode,
            "destination_sync_mode": "append",
            "sync_id": 7,
        })
    };
    json!({"streams": streams.iter().map(entry).collect::<Vec<_>>()})
}

/// The names of every stream of the table.
pub fn every_stream() -> Vec<&'static str> {
    source_360learning::streams::STREAMS.iter().map(|stream| stream.name).collect()
}

/// An account on a sandbox of its own.
pub struct Account {
    pub sandbox: Sandbox,
    pub config: Value,
}

impl Account {
    /// A small account whose server allows as many requests as the connector can make.
    pub async fn small() -> Self {
        Self::open(Options { scale: Scale::Small, rate_limit: 0, ..Options::default() }).await
    }

    /// The account of the story. Its server allows a little more than the configured 900 requests a second: at that rate a busy
    /// machine delays them by more than their distance.
    pub async fn france_num() -> Self {
        Self::open(Options { scale: Scale::FranceNum, rate_limit: 1000, ..Options::default() }).await
    }

    pub async fn open(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let config = config(&sandbox.url());
        Self { sandbox, config }
    }

    pub fn read(&self, streams: &[&str], sync_mode: &str, state: Option<&Value>) -> Output {
        run("read", &self.config, Some(&catalog(streams, sync_mode)), state)
    }

    /// Rows of a stream as the sandbox knows them.
    pub fn truth(&self, stream: &str) -> Vec<Value> {
        self.sandbox.truth(stream)
    }

    /// Asserts that a sync emitted exactly what the sandbox holds, each row once.
    pub fn was_read_in_full(&self, output: &Output, streams: &[&str]) {
        for stream in streams {
            let truth = self.truth(stream);
            let records = output::with_value(stream, output.records(stream));
            assert_eq!(records.len(), truth.len(), "{stream}");
            output::same_rows(stream, records, &truth);
        }
    }
}

/// Asserts that no URL was requested twice, but the list of a hidden status: it is read before the plain list and after it.
pub fn only_hidden_lists_are_read_twice(requests: &Requests) {
    for (url, times) in &requests.repeated {
        assert!(url.contains("status[eq]=") && *times == 2, "{url}: {times} times");
    }
}

/// The most memory that a process ever held, from its `/proc/PID/status`.
pub fn peak_megabytes(status: &str) -> f64 {
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
