//! The one place that knows how the connector is run within this process.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser as _;
use serde_json::Value;
use source_360learning::RunOptions;
use source_360learning::api::{self, Timing};
use source_360learning::cli::Cli;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::http::serve;
use crate::platform::Platform;

/// A sync that takes longer in real time hangs.
const LONGEST: Duration = Duration::from_mins(1);

/// Everything that takes seconds in life takes milliseconds.
fn timing(now: api::Clock) -> Timing {
    Timing {
        connect: Duration::from_secs(5),
        idle: Duration::from_secs(10),
        answer: Duration::from_secs(20),
        base: Duration::from_millis(1),
        cap: Duration::from_millis(4),
        patience: Duration::MAX,
        budget: Duration::from_millis(300),
        firewall: Duration::from_millis(100),
        recheck: Duration::from_millis(2),
        shortcut: Duration::from_secs(20),
        now,
    }
}

/// How a run is ended early: after this line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kill {
    /// The process is gone at once.
    Hard(usize),
    /// SIGTERM.
    Stop(usize),
}

/// What a run printed, and its exit code unless it was killed.
pub(crate) struct Ended {
    pub(crate) lines: Vec<String>,
    pub(crate) code: Option<u8>,
}

/// Standard output, as far as it is read.
struct Out {
    bytes: Vec<u8>,
    lines: usize,
    kill: Option<Kill>,
}

#[derive(Clone)]
struct Pipe(Arc<Mutex<Out>>, Arc<Notify>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut out = self.0.lock().unwrap();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if matches!(out.kill, Some(Kill::Hard(after)) if out.lines >= after) {
                break;
            }
            out.bytes.extend_from_slice(line);
            out.lines += usize::from(line.ends_with(b"\n"));
        }
        if matches!(out.kill, Some(Kill::Hard(after) | Kill::Stop(after)) if out.lines >= after) {
            self.1.notify_one();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs `read` from these inputs; the configuration gets the address of the platform.
pub(crate) fn read(
    platform: &Arc<Mutex<Platform>>,
    folder: &Path,
    mut config: Value,
    catalog: &Value,
    state: &Value,
    kill: Option<Kill>,
) -> Ended {
    let (clock, ahead) = {
        let platform = platform.lock().unwrap();
        (platform.clock(), platform.variant.machine_ahead)
    };
    let machine = api::Clock::new(move || clock.now() + ahead);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pipe = Pipe(Arc::new(Mutex::new(Out { bytes: Vec::new(), lines: 0, kill })), Arc::new(Notify::new()));
    let code = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config["base_url"] = format!("http://{}", listener.local_addr().unwrap()).into();
        tokio::spawn(serve(listener, Arc::clone(platform)));
        let file = |name: &str, content: &Value| {
            let path = folder.join(name);
            std::fs::write(&path, content.to_string()).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (config, catalog, state) =
            (file("config.json", &config), file("catalog.json", catalog), file("state.json", state));
        let arguments =
            ["source-360learning", "read", "--config", &config, "--catalog", &catalog, "--state", &state];
        let is_hard = matches!(kill, Some(Kill::Hard(_)));
        let (stopped, killed) = (Arc::clone(&pipe.1), Arc::clone(&pipe.1));
        let stop = async move {
            if is_hard {
                std::future::pending::<()>().await;
            }
            stopped.notified().await;
        };
        let run = source_360learning::run(
            Cli::parse_from(arguments),
            RunOptions { timing: timing(machine), is_watched: false },
            pipe.clone(),
            stop,
        );
        tokio::select! {
            code = run => Some(code),
            () = killed.notified(), if is_hard => None,
            () = tokio::time::sleep(LONGEST) => None,
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
    let out = pipe.0.lock().unwrap();
    let is_gone = matches!(kill, Some(Kill::Hard(after)) if out.lines >= after);
    let lines = String::from_utf8_lossy(&out.bytes).lines().map(str::to_owned).collect();
    Ended { lines, code: code.filter(|_| !is_gone) }
}

/// The streams that `discover` offers.
pub(crate) fn discover(folder: &Path) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pipe =
        Pipe(Arc::new(Mutex::new(Out { bytes: Vec::new(), lines: 0, kill: None })), Arc::new(Notify::new()));
    let config = folder.join("discover.json");
    std::fs::write(&config, r#"{"client_id": "an id", "client_secret": "a secret of the client"}"#).unwrap();
    let arguments = ["source-360learning", "discover", "--config", config.to_str().unwrap()];
    runtime.block_on(source_360learning::run(
        Cli::parse_from(arguments),
        RunOptions { timing: timing(api::Clock::system()), is_watched: false },
        pipe.clone(),
        std::future::pending(),
    ));
    let text = String::from_utf8_lossy(&pipe.0.lock().unwrap().bytes).into_owned();
    let catalog = text.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(message.pointer("/catalog/streams")?.as_array()?.clone())
    });
    catalog.expect("a catalog")
}
