//! `read`: from a catalog and a state to records on standard output.
//!
//! `plan` says what each stream has to read; a `lane` per stream reads it, slice by slice, each a `chain` of pages or a few
//! (`company` knows a shorter way for some); `parents` carries rows from a lane to
//! those below it; the `writer` alone owns standard output. Exit 0 means that every selected stream was read to its end.

mod chain;
mod company;
mod lane;
mod low_water;
mod parents;
mod pick;
mod plan;
mod progress;
mod slices;
mod told;
mod writer;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::api::{Client, Event, Timing};
use crate::config::Settings;
use crate::error::Error;
use crate::protocol::{Configured, LogLevel, StreamState};
use crate::streams::{self, STREAMS, Stream};
use lane::{Counts, Lane, Shared};
use parents::{Above, Handed};
use plan::Reading;
use progress::Progress;
use writer::Chunk;

/// How far the upper bound of a window is set back from the server's clock: a row may be stamped a moment before it can be
/// read.
const CLOCK_LAG: Duration = Duration::from_secs(60);

/// Chunks on their way to standard output. A chunk is at most one page, so this bounds memory under a slow reader.
const CHUNKS: usize = 8;

/// Waits shorter than this are not worth telling the platform.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// What to read, and how to show it.
#[derive(Debug)]
pub struct Request {
    /// The checked configuration.
    pub settings: Settings,
    /// The selected streams.
    pub catalog: Vec<Configured>,
    /// Where each stream stands.
    pub states: BTreeMap<String, StreamState>,
    /// Delays and bounds of every request.
    pub timing: Timing,
    /// Log every request.
    pub debug: bool,
    /// Draw progress on standard error.
    pub progress: bool,
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
    /// Nobody reads standard output any more.
    Closed,
}

/// Reads the selected streams into `out`. `stop` ends the sync early, with the last state of each stream.
pub async fn read<W>(request: Request, out: W, stop: impl Future<Output = ()> + Send + 'static) -> Outcome
where
    W: Write + Send + 'static,
{
    let (chunks, inbox) = mpsc::channel(CHUNKS);
    let secrets = request.settings.secrets.clone();
    let writing = tokio::spawn(writer::write_all(inbox, out, secrets));
    let (stopping, stopped) = watch::channel(false);
    let signal = tokio::spawn(async move {
        stop.await;
        stopping.send_replace(true);
        // Kept until the end, so that lanes never see it vanish.
        std::future::pending::<()>().await;
    });
    let failures = sync(request, chunks, stopped.clone()).await;
    let written = writing.await;
    // Not before the last line: until then somebody may want an end.
    signal.abort();
    if let Ok(Err(error)) = &written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // The one place that is left to say it.
        let _ = writeln!(io::stderr(), "source-360learning: standard output cannot be written: {error}");
    }
    match failures {
        _ if !matches!(written, Ok(Ok(()))) => Outcome::Closed,
        0 => Outcome::Complete,
        _ if *stopped.borrow() => Outcome::Interrupted,
        _ => Outcome::Failed,
    }
}

/// Runs the sync and says how many errors it told.
async fn sync(request: Request, chunks: mpsc::Sender<Chunk>, stop: watch::Receiver<bool>) -> usize {
    let mut failures = Vec::new();
    let (events, heard) = mpsc::unbounded_channel();
    let telling = tokio::spawn(tell(heard, chunks.clone()));
    match start(&request, events, chunks.clone(), stop).await {
        Err(error) => failures.push((None, Arc::new(error))),
        Ok((shared, until)) => {
            let readings = readings(&request, until, &mut failures);
            for (name, _) in &failures {
                if let Some(stream) = name.as_deref().and_then(streams::stream) {
                    let _ = chunks.send(Chunk::Failed { stream: stream.name }).await;
                }
            }
            failures.extend(run(lanes(&readings, &shared), &chunks).await);
            shared.progress.end();
        }
    }
    let _ = telling.await;
    report(failures, &chunks).await
}

/// Proves the credentials and takes the time from the server: every window ends there, whatever happens meanwhile.
async fn start(
    request: &Request,
    events: mpsc::UnboundedSender<Event>,
    out: mpsc::Sender<Chunk>,
    stop: watch::Receiver<bool>,
) -> Result<(Arc<Shared>, DateTime<Utc>), Error> {
    let client = Client::new(&request.settings, request.timing, events, request.debug)?;
    let mut stopping = stop.clone();
    let clock = tokio::select! {
        biased;
        _ = stopping.wait_for(|stop| *stop) => return Err(Error::Interrupted),
        () = out.closed() => return Err(Error::Stdout),
        clock = client.clock() => clock?,
    };
    let progress = Progress::new(request.catalog.len(), request.progress);
    let settings = request.settings.clone();
    Ok((Arc::new(Shared { client, settings, progress, out, stop }), (clock - CLOCK_LAG).trunc_subsecs(0)))
}

/// What each selected stream has to read; a stream that cannot be planned is a failure of its own.
fn readings(request: &Request, until: DateTime<Utc>, failures: &mut Vec<Failure>) -> Vec<Reading> {
    let mut readings = Vec::new();
    for configured in &request.catalog {
        let name = &configured.name;
        let planned = match (streams::stream(name), &configured.sync_mode) {
            (None, _) => Err(Error::UnknownStream(name.clone())),
            (_, Err(given)) => Err(Error::SyncMode { stream: name.clone(), given: given.clone() }),
            (Some(stream), Ok(mode)) => {
                Ok(plan::plan(stream, configured, *mode, &request.states, &request.settings, until))
            }
        };
        match planned {
            Ok(reading) => readings.push(reading),
            Err(error) => failures.push((Some(name.clone()), Arc::new(error))),
        }
    }
    readings
}

/// A lane for each selected stream, and for each stream above one that has something to read.
fn lanes(readings: &[Reading], shared: &Arc<Shared>) -> Vec<Lane> {
    let is = |a: &'static Stream, b: &'static Stream| std::ptr::eq(a, b);
    let below = |stream| {
        readings.iter().filter(move |reading| {
            reading.is_needed() && reading.stream.ancestors().any(|above| is(above, stream))
        })
    };
    let active: Vec<&'static Stream> = STREAMS
        .iter()
        .copied()
        .filter(|stream| {
            readings.iter().any(|reading| is(reading.stream, stream)) || below(stream).next().is_some()
        })
        .collect();
    // A selected child with nothing to read needs no rows from above.
    let reads = |stream| {
        below(stream).next().is_some()
            || readings.iter().any(|reading| is(reading.stream, stream) && reading.is_needed())
    };
    let mut handed: BTreeMap<&'static str, watch::Receiver<Handed>> = BTreeMap::new();
    let mut lanes = Vec::new();
    for stream in &active {
        let children: Vec<&'static Stream> = active.iter().copied().filter(|child| reads(child)).collect();
        let columns = parents::columns(stream, &children);
        let (rows, receiver) = watch::channel(None);
        handed.insert(stream.name, receiver);
        let above = stream.parent.as_ref().and_then(|of| {
            let table = handed.get(of.stream.name)?.clone();
            Some(Above { of, table })
        });
        lanes.push(Lane {
            shared: Arc::clone(shared),
            stream,
            reading: readings.iter().find(|reading| is(reading.stream, stream)).cloned(),
            below: below(stream).cloned().collect(),
            columns,
            rows,
            above,
            counts: Counts::default(),
        });
    }
    lanes
}

/// A stream's name, where the failure concerns one, and why.
type Failure = (Option<String>, Arc<Error>);

/// Runs the lanes side by side until the last one ends: one stream's failure leaves the others whole.
async fn run(lanes: Vec<Lane>, chunks: &mpsc::Sender<Chunk>) -> Vec<Failure> {
    let mut tasks = JoinSet::new();
    let mut names = BTreeMap::new();
    for lane in lanes {
        let (name, selected) = (lane.stream.name, lane.reading.is_some());
        let task = tasks.spawn(lane.run());
        names.insert(task.id(), (name, selected));
    }
    let mut failures = Vec::new();
    while let Some(ended) = tasks.join_next_with_id().await {
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            // A panic: the stream did not end, whatever it wrote, and could not say so itself.
            Err(error) => {
                if let Some((stream, true)) = names.get(&error.id()) {
                    let _ = chunks.send(Chunk::Failed { stream }).await;
                }
                (error.id(), Err(Arc::new(error.into())))
            }
        };
        let Some((name, selected)) = names.remove(&id) else { continue };
        if let Err(error) = result {
            // A stream that was read for others only: they tell its failure as their own.
            if selected || matches!(*error, Error::Lost(_)) {
                failures.push((Some(name.to_owned()), error));
            }
        }
    }
    failures
}

/// Tells the failures, and counts them. The first decides whether the platform tries again, so those that may pass come
/// first. An end that was asked for, or that nobody can read, is no error.
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
            internal: format!("{error:?}"),
            failure: error.failure_type(),
        };
        let _ = chunks.send(chunk).await;
    }
    count
}

/// Passes what happens in the API layer on to the log and to the platform.
async fn tell(mut events: mpsc::UnboundedReceiver<Event>, chunks: mpsc::Sender<Chunk>) {
    while let Some(event) = events.recv().await {
        let chunk = match event {
            Event::Answered { path, status, bytes, took } => Chunk::Log(
                LogLevel::Debug,
                format!("GET {path}: HTTP {status}, {bytes} bytes in {} ms", took.as_millis()),
            ),
            Event::Retry { path, reason, wait } => Chunk::Log(
                LogLevel::Warn,
                format!("{path}: {reason}; trying again in {:.1} s", wait.as_secs_f64()),
            ),
            Event::NoClock => {
                let text = "360Learning's answers carry no Date, so this machine's clock decides where this sync ends: if it is fast, rows that change meanwhile are missed";
                Chunk::Log(LogLevel::Warn, text.to_owned())
            }
            Event::Clocks { minutes_ahead } => {
                let (minutes, side) =
                    (minutes_ahead.abs(), if minutes_ahead < 0 { "behind" } else { "ahead of" });
                let text = format!(
                    "360Learning's clock is {minutes} minutes {side} this machine's; the earlier of the two decides where this sync ends, so no row is lost"
                );
                Chunk::Log(LogLevel::Warn, text)
            }
            Event::Paused { wait } if wait >= LONG_WAIT => {
                let wait = chrono::Duration::from_std(wait).unwrap_or_default();
                Chunk::RateLimited { quota_reset: (Utc::now() + wait).timestamp_millis() }
            }
            Event::Paused { .. } => continue,
        };
        if chunks.send(chunk).await.is_err() {
            return;
        }
    }
}
