//! The only owner of standard output during a read: whole lines, records before the state that covers them.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout_at};

use super::progress::Progress;
use crate::notice::Notice;
use crate::protocol::{FailureType, LogLevel, Message, StreamStatus, line};
use crate::secrets::Secrets;

/// What the writer receives. One sender's chunks keep their order, so a state cannot pass its records.
#[derive(Debug)]
pub(super) enum Chunk {
    /// A stream starts, at this state.
    Started { stream: &'static str, state: Value },
    /// Whole RECORD lines of a stream.
    Records { stream: &'static str, lines: Vec<u8>, count: u64 },
    /// Everything that the state covers was sent before.
    State { stream: &'static str, state: Value },
    /// A stream was read to its end.
    Complete { stream: &'static str, state: Value },
    /// A stream ended before its end.
    Incomplete { stream: &'static str },
    /// How much is about to come.
    Estimate { stream: &'static str, rows: u64, bytes: u64 },
    /// The API requested a pause until then, epoch milliseconds.
    RateLimited { quota_reset: i64 },
    /// A line for the log.
    Notice(Notice),
    /// What went wrong, reported at the end.
    Error { stream: Option<String>, message: String, stack_trace: String, failure: FailureType },
}

/// Bytes that are worth a write: every write wakes a thread here, and the reader.
const WORTH_WRITING: usize = 1 << 16;

/// How long a line may wait for more to be written with it.
const LINGER: Duration = Duration::from_millis(50);

/// Writes chunks until the last sender is gone. Only the writing itself blocks, on a thread of its own: meanwhile chunks
/// wait, and with them the readers.
pub(super) async fn write_all<W>(
    mut chunks: Receiver<Chunk>,
    out: W,
    secrets: Secrets,
    progress: Arc<Progress>,
) -> io::Result<()>
where
    W: Write + Send + 'static,
{
    let mut out = BufWriter::with_capacity(WORTH_WRITING, out);
    let mut writer = Writer { batch: Batch::default(), streams: BTreeMap::new(), secrets, progress };
    loop {
        let chunk = match writer.batch.due {
            None => Ok(chunks.recv().await),
            Some(due) => timeout_at(due, chunks.recv()).await,
        };
        let ended = match chunk {
            Ok(Some(chunk)) => {
                writer.write(chunk);
                false
            }
            Ok(None) => true,
            // Nothing more came in time.
            Err(_) => false,
        };
        if ended || writer.batch.is_due() {
            let batch = std::mem::take(&mut writer.batch);
            out = tokio::task::spawn_blocking(move || batch.write(out)).await.map_err(io::Error::other)??;
        }
        if ended {
            return Ok(());
        }
    }
}

/// Lines that are written together.
#[derive(Default)]
struct Batch {
    lines: Vec<Vec<u8>>,
    bytes: usize,
    /// When they are written at the latest.
    due: Option<Instant>,
}

impl Batch {
    fn add(&mut self, lines: Vec<u8>) {
        self.bytes += lines.len();
        self.lines.push(lines);
        self.due.get_or_insert_with(|| Instant::now() + LINGER);
    }

    /// A state is written at once: the next second may kill the process.
    fn hurry(&mut self) {
        self.due = Some(Instant::now());
    }

    fn is_due(&self) -> bool {
        self.bytes >= WORTH_WRITING || self.due.is_some_and(|due| due <= Instant::now())
    }

    fn write<W: Write>(self, mut out: W) -> io::Result<W> {
        for lines in self.lines {
            out.write_all(&lines)?;
        }
        out.flush()?;
        Ok(out)
    }
}

/// Turns chunks into lines.
struct Writer {
    batch: Batch,
    /// The streams that started and did not end.
    streams: BTreeMap<&'static str, Tally>,
    /// What no text may hold; records pass untouched.
    secrets: Secrets,
    progress: Arc<Progress>,
}

struct Tally {
    /// Records since the last state.
    records: u64,
    running: bool,
    state: Value,
}

impl Writer {
    fn write(&mut self, chunk: Chunk) {
        match chunk {
            Chunk::Started { stream, state } => {
                self.streams.insert(stream, Tally { records: 0, running: false, state });
                self.status(stream, StreamStatus::Started);
            }
            Chunk::Records { stream, lines, count } => {
                self.running(stream);
                if let Some(tally) = self.streams.get_mut(stream) {
                    tally.records += count;
                }
                self.batch.add(lines);
            }
            Chunk::State { stream, state } => {
                self.running(stream);
                self.state(stream, state);
            }
            Chunk::Complete { stream, state } => {
                self.running(stream);
                // The platform takes a stream for complete when COMPLETE follows its last state at once.
                self.state(stream, state);
                self.streams.remove(stream);
                self.status(stream, StreamStatus::Complete);
            }
            Chunk::Incomplete { stream } => {
                self.streams.remove(stream);
                self.status(stream, StreamStatus::Incomplete);
            }
            Chunk::Estimate { stream, rows, bytes } => {
                self.message(&Message::Estimate { stream, rows, bytes });
            }
            Chunk::RateLimited { quota_reset } => self.rate_limited(quota_reset),
            Chunk::Notice(notice) => {
                let text = notice.text();
                let text = self.secrets.hide(&text).into_owned();
                self.message(&Message::Log(notice.level(), &text));
                if notice.level() == LogLevel::Warn {
                    self.progress.warning(&notice, &text);
                }
            }
            Chunk::Error { stream, message, stack_trace, failure } => {
                let (message, stack_trace) =
                    (self.secrets.hide(&message).into_owned(), self.secrets.hide(&stack_trace).into_owned());
                self.progress.error(&message);
                self.message(&Message::Error {
                    stream: stream.as_deref(),
                    message: &message,
                    stack_trace: &stack_trace,
                    failure,
                });
            }
        }
    }

    /// Emits RUNNING once, before the first records or state of a stream; an empty stream emits it too.
    fn running(&mut self, stream: &'static str) {
        if let Some(tally) = self.streams.get_mut(stream).filter(|tally| !tally.running) {
            tally.running = true;
            self.status(stream, StreamStatus::Running);
        }
    }

    fn state(&mut self, stream: &'static str, state: Value) {
        let Some(tally) = self.streams.get_mut(stream) else { return };
        let records = std::mem::take(&mut tally.records);
        tally.state = state;
        let state = tally.state.clone();
        self.progress.state(&state);
        self.message(&Message::State { stream, state: &state, records });
        self.batch.hurry();
    }

    /// Reports the pause for every unfinished stream, and repeats its state: only RECORD and STATE count as a heartbeat.
    fn rate_limited(&mut self, quota_reset: i64) {
        let waiting: Vec<(&'static str, Value)> =
            self.streams.iter().map(|(stream, tally)| (*stream, tally.state.clone())).collect();
        for (stream, state) in waiting {
            self.running(stream);
            self.message(&Message::RateLimited { stream, quota_reset });
            self.state(stream, state);
        }
    }

    fn status(&mut self, stream: &str, status: StreamStatus) {
        self.message(&Message::Status { stream, status });
    }

    fn message(&mut self, message: &Message<'_>) {
        self.batch.add(line(message, chrono::Utc::now().timestamp_millis()));
    }
}
