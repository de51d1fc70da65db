//! What the scenarios share: a connector with short delays in a process of its own, and the count of what it lost.

use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Parser as _;
use clap::ValueEnum as _;
use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Fault, FaultKind, Options, Scale};
use serde_json::Value;
use source_360learning::RunOptions;
use source_360learning::api::{Clock, Timing};
use source_360learning::cli::Cli;

use crate::report::Line;
use crate::support::destination::Destination;
use crate::support::output::{Output, differences, keys};
use crate::support::{Account, Files, given, quick};

/// The first argument of a connector under trial.
pub(crate) const CONNECTOR: &str = "connector";

/// Where a connector under trial finds its machine's clock; the real one where it is not set.
const CLOCK: &str = "CHAOS_CLOCK";

/// Runs the connector as `main` does, but with short delays and maybe another clock. The exit code.
pub(crate) async fn connector(arguments: impl Iterator<Item = String>) -> u8 {
    let cli = Cli::parse_from(std::iter::once("source-360learning".to_owned()).chain(arguments));
    // Long enough for a slow machine: an idle connection is one that hangs.
    let timing = Timing {
        idle: Duration::from_secs(1),
        answer: Duration::from_secs(5),
        firewall: Duration::from_mins(1),
        now: Clock::new(clock),
        ..quick()
    };
    let options = RunOptions { timing, is_watched: false };
    source_360learning::run(cli, options, std::io::stdout(), std::future::pending()).await
}

fn clock() -> DateTime<Utc> {
    static AT: OnceLock<Option<DateTime<Utc>>> = OnceLock::new();
    AT.get_or_init(|| std::env::var(CLOCK).ok().map(|at| at.parse().unwrap())).unwrap_or_else(Utc::now)
}

/// The command that runs [`connector`].
pub(crate) fn quick_connector() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(CONNECTOR).stdin(Stdio::null());
    command
}

/// A small account with these faults, on a server that allows as many requests as can be made.
pub(crate) fn broken(seed: u64, faults: Vec<Fault>) -> Options {
    Options { scale: Scale::Small, rate_limit: 0, seed, faults, ..Options::default() }
}

/// Every fault that passes when a page is requested again, together at this rate.
pub(crate) fn passing(rate: f64) -> Vec<Fault> {
    let kinds: Vec<FaultKind> =
        FaultKind::value_variants().iter().copied().filter(|kind| kind.passes()).collect();
    #[allow(clippy::cast_precision_loss)] // There are some twenty.
    let each = rate / kinds.len() as f64;
    kinds.into_iter().map(|kind| Fault { kind, rate: each, only: None }).collect()
}

/// Syncs of one account, and the count of what they did.
pub(crate) struct Trial {
    pub(crate) account: Account,
    pub(crate) streams: Vec<&'static str>,
    pub(crate) destination: Destination,
    pub(crate) line: Line,
    /// What the machine's clock shows; the real one where it is not set.
    pub(crate) clock: Option<String>,
    /// Records emitted since the table was empty.
    emitted: u64,
}

impl Trial {
    pub(crate) async fn new(name: &str, options: Options, streams: &[&'static str]) -> Self {
        let account = Account::open(options).await;
        let line = Line { scenario: name.to_owned(), ..Line::default() };
        Self {
            account,
            streams: streams.to_vec(),
            destination: Destination::default(),
            line,
            clock: None,
            emitted: 0,
        }
    }

    /// A configured catalog in which every stream belongs to this job.
    pub(crate) fn catalog(&self, mode: &str, sync_id: u64) -> Value {
        let mut catalog = crate::support::catalog(&self.streams, mode);
        for stream in catalog["streams"].as_array_mut().unwrap() {
            stream["sync_id"] = sync_id.into();
        }
        catalog
    }

    /// The command of a read from the destination's states.
    pub(crate) fn command(&self, files: &Files, catalog: &Value) -> Command {
        let state = self.destination.state();
        let mut command =
            given(quick_connector(), "read", files, &self.account.config, Some(catalog), Some(&state));
        if let Some(clock) = &self.clock {
            command.env(CLOCK, clock);
        }
        command
    }

    /// Reads to the end, from the destination's states.
    pub(crate) fn read(&mut self, mode: &str, sync_id: u64) -> Output {
        let files = Files::new();
        let command = self.command(&files, &self.catalog(mode, sync_id));
        let output = Output::new(&crate::support::output(command));
        self.take(&output);
        output
    }

    /// Stores the output of a run. It printed no secret, and its counts add up.
    pub(crate) fn take(&mut self, output: &Output) {
        output.counts_add_up();
        self.line.syncs += 1;
        self.emitted += output.all("RECORD").len() as u64;
        self.destination.take(output, &self.streams);
        let tokens = self.account.sandbox.tokens();
        for message in output.messages.iter().filter(|message| message["type"] != "RECORD") {
            let text = message.to_string();
            let secrets = tokens.iter().map(String::as_str).chain([CLIENT_ID, CLIENT_SECRET]);
            for secret in secrets {
                assert!(!text.contains(secret), "a secret was printed: {text}");
            }
        }
    }

    /// Compares the destination with the truth, and counts the differences.
    pub(crate) fn weigh(&mut self) {
        for stream in &self.streams {
            let rows = self.destination.rows.get(*stream).map_or(&[][..], Vec::as_slice);
            let found = differences(stream, rows, &self.account.sandbox.truth(stream));
            self.line.rows += self.account.sandbox.count(stream) as u64;
            self.line.lose(stream, &found);
        }
        self.weigh_repeats();
        self.line.requests += self.account.sandbox.requests().total;
    }

    fn weigh_repeats(&mut self) {
        let distinct: usize =
            self.destination.rows.iter().map(|(stream, rows)| keys(stream, rows).len()).sum();
        self.line.repeated += self.emitted.saturating_sub(distinct as u64);
        self.emitted = 0;
    }

    /// A full refresh of the next job: the destination begins a new table.
    pub(crate) fn overwrite(&mut self) {
        self.weigh_repeats();
        self.destination.rows.clear();
    }
}

/// How many requests a read of these streams makes when nothing goes wrong, how many lines it prints and rows it has.
pub(crate) async fn undisturbed(streams: &[&'static str], mode: &str, seed: u64) -> (u64, usize) {
    let mut trial = Trial::new("", broken(seed, Vec::new()), streams).await;
    let output = trial.read(mode, 7);
    output.is_complete(streams);
    (trial.account.sandbox.requests().total, output.messages.len())
}
