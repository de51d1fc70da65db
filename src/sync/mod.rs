//! `read`: from a catalog and a state to records on standard output.
//!
//! One direction: `plan` says what each stream must read; a `reader` per stream reads it, slice by slice
//! (`slice_reader`); a `pager` brings the pages of one list; `rows` turns them into record lines and parent rows;
//! the `writer` alone owns standard output. `parents` carries rows from a reader to those below it. Exit 0 means that
//! every selected stream was read to its end.

mod failures;
mod feed;
mod feed_reader;
mod outcome;
mod pager;
mod parents;
mod plan;
mod progress;
mod reader;
mod readers;
mod rows;
mod scan;
mod seen_rows;
mod slice_order;
mod slice_reader;
mod slices;
mod watermark;
mod window;
mod writer;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::api::{Client, Event, Timing};
use crate::config::Settings;
use crate::error::Error;
use crate::notice::Notice;
use crate::protocol::{Configured, StreamState};
use crate::streams;
use crate::terminal;
use plan::{ReadPlan, Start};
use progress::Progress;
use reader::StreamReader;
use writer::Chunk;

/// Chunks on their way to standard output, each a piece of a page: this bounds memory under a slow reader.
const CHUNKS: usize = 8;

/// Shorter waits are not reported to the platform.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// What to read, and how to show it.
#[derive(Debug)]
pub struct Request {
    /// The checked configuration.
    pub settings: Settings,
    /// The selected streams.
    pub catalog: Vec<Configured>,
    /// The state of each selected stream.
    pub states: BTreeMap<String, StreamState>,
    /// Delays and bounds of every request.
    pub timing: Timing,
    /// Log every request.
    pub debug: bool,
    /// Show progress, warnings and errors on standard error too.
    pub is_watched: bool,
}

/// How a sync ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every selected stream was read to its end.
    Complete,
    /// At least one was not; standard output says which and why.
    Failed,
    /// The process was asked to stop.
    Interrupted,
    /// Standard output is closed or cannot be written.
    Closed,
}

/// What every reader uses.
#[derive(Debug)]
struct Shared {
    client: Client,
    settings: Settings,
    timing: Timing,
    progress: Arc<Progress>,
    out: mpsc::Sender<Chunk>,
    /// Turns true when the process is asked to stop.
    stop: watch::Receiver<bool>,
    start: Start,
    /// The machine's clock at the start.
    started: DateTime<Utc>,
}

impl Shared {
    /// The present, counted from the start of the sync: as far from the truth as that one.
    fn now(&self) -> DateTime<Utc> {
        self.start.at + (self.timing.now.now() - self.started)
    }

    async fn send(&self, chunk: Chunk) -> Result<(), Error> {
        self.out.send(chunk).await.map_err(|_| Error::Stdout)
    }

    /// Does the work, unless the sync ends before. The stop comes first: a parent that was stopped is not a failure
    /// of its children.
    async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => Err(Error::Interrupted),
            () = self.out.closed() => Err(Error::Stdout),
            done = work => Ok(done),
        }
    }
}

/// Reads the selected streams into `out`. `stop` ends the sync early, with the last state of each stream.
pub async fn read<W>(request: Request, out: W, stop: impl Future<Output = ()> + Send + 'static) -> Outcome
where
    W: Write + Send + 'static,
{
    let (chunks, inbox) = mpsc::channel(CHUNKS);
    let secrets = request.settings.secrets.clone();
    let progress = Arc::new(Progress::new(request.catalog.len(), request.is_watched));
    let writing = tokio::spawn(writer::write_all(inbox, out, secrets, Arc::clone(&progress)));
    let (stopping, stopped) = watch::channel(false);
    let signal = tokio::spawn(async move {
        stop.await;
        stopping.send_replace(true);
        // Kept until the end, so that readers never see it vanish.
        std::future::pending::<()>().await;
    });
    let failures = sync(request, &progress, chunks, stopped.clone()).await;
    let written = writing.await;
    // Not before the last line: until then a stop may be requested.
    signal.abort();
    let outcome = match failures {
        _ if !matches!(written, Ok(Ok(()))) => Outcome::Closed,
        0 => Outcome::Complete,
        _ if *stopped.borrow() => Outcome::Interrupted,
        _ => Outcome::Failed,
    };
    progress.end(outcome);
    if let Ok(Err(error)) = &written {
        terminal::unwritable(error);
    }
    outcome
}

/// Runs the sync and returns how many failures there were.
async fn sync(
    request: Request,
    progress: &Arc<Progress>,
    chunks: mpsc::Sender<Chunk>,
    stop: watch::Receiver<bool>,
) -> usize {
    let mut failures = Vec::new();
    let (events, inbox) = mpsc::unbounded_channel();
    let forwarding = tokio::spawn(forward(inbox, chunks.clone()));
    match start(&request, progress, events, chunks.clone(), stop).await {
        Err(error) => failures.push((None, Arc::new(error))),
        Ok(shared) => {
            let plans = plans(&request, shared.start, &mut failures);
            for (name, _) in &failures {
                if let Some(stream) = name.as_deref().and_then(streams::stream) {
                    let _ = chunks.send(Chunk::Incomplete { stream: stream.name }).await;
                }
            }
            let readers = readers::readers(&plans, &shared);
            progress.begin(readers.len());
            failures.extend(run(readers, &chunks).await);
        }
    }
    let _ = forwarding.await;
    report(failures, &chunks).await
}

/// Proves the credentials and reads both clocks.
async fn start(
    request: &Request,
    progress: &Arc<Progress>,
    events: mpsc::UnboundedSender<Event>,
    out: mpsc::Sender<Chunk>,
    stop: watch::Receiver<bool>,
) -> Result<Arc<Shared>, Error> {
    let unknown = &request.settings.unknown_keys;
    if !unknown.is_empty() {
        let notice = Notice::UnknownConfigFields { fields: unknown.join(", ") };
        out.send(Chunk::Notice(notice)).await.map_err(|_| Error::Stdout)?;
    }
    let client = Client::new(&request.settings, request.timing.clone(), events, request.debug)?;
    let mut stopping = stop.clone();
    let clocks = tokio::select! {
        biased;
        _ = stopping.wait_for(|stop| *stop) => return Err(Error::Interrupted),
        () = out.closed() => return Err(Error::Stdout),
        clocks = client.clocks() => clocks?,
    };
    let (settings, timing) = (request.settings.clone(), request.timing.clone());
    let progress = Arc::clone(progress);
    let (start, started) = (Start::new(&clocks), clocks.machine);
    Ok(Arc::new(Shared { client, settings, timing, progress, out, stop, start, started }))
}

/// What each selected stream must read; a stream that cannot be planned is a failure of its own.
fn plans(request: &Request, start: Start, failures: &mut Vec<Failure>) -> Vec<ReadPlan> {
    let mut plans = Vec::new();
    for configured in &request.catalog {
        let name = &configured.name;
        let planned = match (streams::stream(name), &configured.sync_mode) {
            (None, _) => Err(Error::UnknownStream(name.clone())),
            (_, Err(given)) => Err(Error::SyncMode { stream: name.clone(), given: given.clone() }),
            (Some(stream), Ok(mode)) => {
                let state = request.states.get(name);
                Ok(plan::plan(stream, configured, *mode, state, &request.settings, start))
            }
        };
        match planned {
            Ok(plan) => plans.push(plan),
            Err(error) => failures.push((Some(name.clone()), Arc::new(error))),
        }
    }
    plans
}

/// A stream's name, where the failure concerns one, and why.
type Failure = (Option<String>, Arc<Error>);

/// Runs the readers side by side until the last one ends: one stream's failure does not touch the others.
async fn run(readers: Vec<StreamReader>, chunks: &mpsc::Sender<Chunk>) -> Vec<Failure> {
    let mut tasks = JoinSet::new();
    let mut names = BTreeMap::new();
    for reader in readers {
        let (name, is_selected) = (reader.stream.name, reader.plan.is_some());
        let task = tasks.spawn(reader.run());
        names.insert(task.id(), (name, is_selected));
    }
    let mut failures = Vec::new();
    while let Some(ended) = tasks.join_next_with_id().await {
        let (id, errors) = match ended {
            Ok(ended) => ended,
            // A panic: the stream did not end, whatever it wrote, and could not report it itself.
            Err(error) => {
                if let Some((stream, true)) = names.get(&error.id()) {
                    let _ = chunks.send(Chunk::Incomplete { stream }).await;
                }
                (error.id(), vec![Arc::new(error.into())])
            }
        };
        let Some((name, is_selected)) = names.remove(&id) else { continue };
        for error in errors {
            // A stream that was read for its children only: they report its failure as their own.
            if is_selected || matches!(*error, Error::Internal(_)) {
                failures.push((Some(name.to_owned()), error));
            }
        }
    }
    failures
}

/// Reports the failures, and counts them. The first decides whether the platform retries, so transient ones come first. A
/// requested stop and a closed standard output are not errors.
async fn report(mut failures: Vec<Failure>, chunks: &mpsc::Sender<Chunk>) -> usize {
    failures.sort_by_key(|(_, error)| error.failure_type());
    let count = failures.len();
    for (stream, error) in failures {
        if matches!(*error, Error::Interrupted | Error::Stdout) {
            continue;
        }
        let chunk = Chunk::Error {
            stream,
            message: error.to_string(),
            stack_trace: error.stack_trace(),
            failure: error.failure_type(),
        };
        let _ = chunks.send(chunk).await;
    }
    count
}

/// Passes events of the API layer on to the log and to the platform.
async fn forward(mut events: mpsc::UnboundedReceiver<Event>, chunks: mpsc::Sender<Chunk>) {
    while let Some(event) = events.recv().await {
        let chunk = match event {
            Event::Paused { wait } if wait >= LONG_WAIT => {
                let wait = chrono::Duration::from_std(wait).unwrap_or_default();
                Chunk::RateLimited { quota_reset: (Utc::now() + wait).timestamp_millis() }
            }
            Event::Paused { .. } => continue,
            event => Chunk::Notice(Notice::Api(event)),
        };
        if chunks.send(chunk).await.is_err() {
            return;
        }
    }
}
