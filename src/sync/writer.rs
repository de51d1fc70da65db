//! The only owner of standard output during a read: whole lines, records before the state that covers them.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde_json::Value;
use tokio::sync::mpsc::Receiver;

use crate::protocol::{FailureType, LogLevel, Message, StreamStatus, line};
use crate::secrets::Secrets;

/// What the writer is told. One sender's chunks keep their order, so a state cannot pass its records.
#[derive(Debug)]
pub(super) enum Chunk {
    /// A stream begins, at this state.
    Started { stream: &'static str, state: Value },
    /// Whole RECORD lines of a stream.
    Records { stream: &'static str, lines: Vec<u8>, count: u64 },
    /// Everything that the state covers was sent before.
    State { stream: &'static str, state: Value },
    /// A stream was read to its end.
    Complete { stream: &'static str, state: Value },
    /// A stream stopped before its end.
    Failed { stream: &'static str },
    /// How much is about to come.
    Estimate { stream: &'static str, rows: u64, bytes: u64 },
    /// The API asked everyone to wait until then, epoch milliseconds.
    RateLimited { quota_reset: i64 },
    /// A line for the log.
    Log(LogLevel, String),
    /// What went wrong, told at the end.
    Error { stream: Option<String>, message: String, internal: String, failure: FailureType },
}

/// Writes chunks until the last sender is gone, then flushes. Blocks; stands on a thread of its own.
pub(super) fn write_all(mut chunks: Receiver<Chunk>, out: impl Write, secrets: Secrets) -> io::Result<()> {
    let mut writer =
        Writer { out: BufWriter::with_capacity(1 << 16, out), streams: BTreeMap::new(), secrets };
    while let Some(chunk) = chunks.blocking_recv() {
        writer.write(chunk)?;
        // Nothing more at the moment: whoever reads should not wait for the buffer to fill.
        if chunks.is_empty() {
            writer.out.flush()?;
        }
    }
    writer.out.flush()
}

struct Writer<W: Write> {
    out: BufWriter<W>,
    /// The streams that began and did not end.
    streams: BTreeMap<&'static str, Tally>,
    /// What no text may hold; records pass as they are.
    secrets: Secrets,
}

struct Tally {
    /// Records since the last state.
    records: u64,
    running: bool,
    state: Value,
}

impl<W: Write> Writer<W> {
    fn write(&mut self, chunk: Chunk) -> io::Result<()> {
        match chunk {
            Chunk::Started { stream, state } => {
                self.streams.insert(stream, Tally { records: 0, running: false, state });
                self.status(stream, StreamStatus::Started)
            }
            Chunk::Records { stream, lines, count } => {
                self.running(stream)?;
                if let Some(tally) = self.streams.get_mut(stream) {
                    tally.records += count;
                }
                self.out.write_all(&lines)
            }
            Chunk::State { stream, state } => {
                self.running(stream)?;
                self.state(stream, state)
            }
            Chunk::Complete { stream, state } => {
                self.running(stream)?;
                // The platform takes a stream for complete when COMPLETE follows its last state at once.
                self.state(stream, state)?;
                self.streams.remove(stream);
                self.status(stream, StreamStatus::Complete)
            }
            Chunk::Failed { stream } => {
                self.streams.remove(stream);
                self.status(stream, StreamStatus::Incomplete)
            }
            Chunk::Estimate { stream, rows, bytes } => {
                self.message(&Message::Estimate { stream, rows, bytes })
            }
            Chunk::RateLimited { quota_reset } => self.rate_limited(quota_reset),
            Chunk::Log(level, text) => self.message(&Message::Log(level, &self.secrets.hide(&text))),
            Chunk::Error { stream, message, internal, failure } => {
                let (message, internal) = (self.secrets.hide(&message), self.secrets.hide(&internal));
                self.message(&Message::Error {
                    stream: stream.as_deref(),
                    message: &message,
                    internal: &internal,
                    failure,
                })
            }
        }
    }

    /// Says RUNNING once, before the first thing that a stream brings; an empty stream says it too.
    fn running(&mut self, stream: &'static str) -> io::Result<()> {
        match self.streams.get_mut(stream) {
            Some(tally) if !tally.running => {
                tally.running = true;
                self.status(stream, StreamStatus::Running)
            }
            _ => Ok(()),
        }
    }

    fn state(&mut self, stream: &'static str, state: Value) -> io::Result<()> {
        let Some(tally) = self.streams.get_mut(stream) else { return Ok(()) };
        let records = std::mem::take(&mut tally.records);
        tally.state = state;
        let state = tally.state.clone();
        self.message(&Message::State { stream, state: &state, records })?;
        // Whoever keeps states should have this one even if the next second kills us.
        self.out.flush()
    }

    /// Tells every unfinished stream's wait, and repeats its state: only RECORD and STATE count as a sign of life.
    fn rate_limited(&mut self, quota_reset: i64) -> io::Result<()> {
        let waiting: Vec<(&'static str, Value)> =
            self.streams.iter().map(|(stream, tally)| (*stream, tally.state.clone())).collect();
        for (stream, state) in waiting {
            self.running(stream)?;
            self.message(&Message::RateLimited { stream, quota_reset })?;
            self.state(stream, state)?;
        }
        Ok(())
    }

    fn status(&mut self, stream: &str, status: StreamStatus) -> io::Result<()> {
        self.message(&Message::Status { stream, status })
    }

    fn message(&mut self, message: &Message<'_>) -> io::Result<()> {
        self.out.write_all(&line(message, chrono::Utc::now().timestamp_millis()))
    }
}
