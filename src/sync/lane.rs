//! One stream's way from the API to the writer: its slices side by side, its checkpoint a low-water mark.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::low_water::LowWater;
use super::parents::{Above, Handed};
use super::plan::Reading;
use super::progress::Progress;
use super::slices::{Slice, Slices};
use super::told::Told;
use super::writer::Chunk;
use crate::api::Client;
use crate::config::Settings;
use crate::error::Error;
use crate::protocol::LogLevel;
use crate::streams::Stream;

/// Parents between two checkpoints: a crash repeats at most about so many.
const CHECKPOINT: usize = 50;

/// What every lane uses.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) progress: Progress,
    pub(super) out: mpsc::Sender<Chunk>,
    /// Turns true when the process is asked to stop.
    pub(super) stop: watch::Receiver<bool>,
}

/// One stream that is read in this sync: because it is selected, because a selected one is read under it, or both.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) shared: Arc<Shared>,
    pub(super) stream: &'static Stream,
    /// What to emit; `None` where the stream is read for those below it only.
    pub(super) reading: Option<Reading>,
    /// The selected streams below this one, at any depth.
    pub(super) below: Vec<Reading>,
    /// The columns of this stream's rows that its children need; the id is the first.
    pub(super) columns: Vec<&'static str>,
    /// Where this stream's rows are handed to its children.
    pub(super) rows: watch::Sender<Handed>,
    /// The rows of this stream's parent; `None` for a list of its own.
    pub(super) above: Option<Above>,
    pub(super) counts: Counts,
}

/// What a lane counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) records: AtomicU64,
    pub(super) absent: AtomicU64,
    /// The feature is off for the whole account.
    pub(super) off: AtomicBool,
    /// Which of the rows that a plain list may leave out were seen in one, a bit for each.
    pub(super) shown: AtomicU32,
    /// Rows that a later list may repeat.
    pub(super) told: Told,
}

impl Lane {
    /// Reads the stream to its end, or says why not. Children are told either way.
    pub(super) async fn run(mut self) -> Result<(), Arc<Error>> {
        let above = self.above.take();
        let lane = Arc::new(self);
        let result = lane.read(above).await.map_err(Arc::new);
        if let Err(error) = &result {
            lane.rows.send_replace(Some(Err(Arc::clone(error))));
            if lane.reading.is_some() {
                let _ = lane.send(Chunk::Failed { stream: lane.stream.name }).await;
            }
        }
        result
    }

    async fn read(self: &Arc<Self>, above: Option<Above>) -> Result<(), Error> {
        if let Some(reading) = &self.reading {
            let state = reading.beginning();
            self.send(Chunk::Started { stream: self.stream.name, state }).await?;
        }
        let slices = Arc::new(self.unless_ended(self.slices(above)).await??);
        self.shared.progress.expect(slices.len());
        let mut rows = self.table().under(slices.above());
        let mut low_water = LowWater::new(slices.len());
        let begun = self.unless_ended(self.company_wide(&slices)).await??;
        if begun.is_whole {
            self.shared.progress.spare(slices.len() - begun.slices);
            return self.finish(slices.len()).await;
        }
        (0..begun.slices).for_each(|index| low_water.done(index));
        let mut waiting = begun.slices..slices.len();
        // Each slice is a task of its own: one that waits for the writer must go on when there is room, also while this
        // lane waits there itself.
        let mut reads = JoinSet::new();
        let failure = loop {
            // Lists of one stream follow one another: a row that goes from an earlier one to a later one meanwhile, as when
            // it is archived, is in the later one. Where the first answer may settle it for all, it is awaited alone.
            let may_settle = !self.stream.off.is_empty() || !self.stream.apart.is_empty();
            let settles = may_settle && !low_water.has_begun();
            let alone = settles || self.stream.parent.is_none();
            while reads.len() < if alone { 1 } else { self.shared.settings.max_concurrent_requests }
                && let Some(index) = waiting.next()
            {
                let (lane, slices) = (Arc::clone(self), Arc::clone(&slices));
                let ids = self.ids(index);
                reads.spawn(async move { (index, lane.slice(slices.get(index), ids).await) });
            }
            let ended = match self.unless_ended(reads.join_next()).await {
                Ok(ended) => ended,
                Err(error) => break error,
            };
            match ended {
                None if self.is_unsettled() => {
                    if let Err(error) = self.unless_ended(self.settle(&slices)).await.flatten() {
                        break error;
                    }
                }
                None => {
                    rows.sort();
                    self.rows.send_replace(Some(Ok(Arc::new(rows))));
                    return self.finish(slices.len()).await;
                }
                Some(Ok((index, Ok(read)))) => {
                    rows.append(read);
                    low_water.done(index);
                    self.checkpoint(&mut low_water, &slices, CHECKPOINT).await?;
                }
                Some(Ok((_, Err(error)))) => break error,
                // A panic: the slice did not end, whatever it wrote.
                Some(Err(error)) => break error.into(),
            }
        };
        // Nothing may follow the stream's last word. What is done stays done: the next sync continues from here.
        reads.shutdown().await;
        self.checkpoint(&mut low_water, &slices, 1).await?;
        Err(failure)
    }

    /// Does the work, unless the sync is to end before. The stop comes first: a parent that was stopped is no failure of its
    /// children.
    async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let mut stop = self.shared.stop.clone();
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => Err(Error::Interrupted),
            () = self.shared.out.closed() => Err(Error::Stdout),
            done = work => Ok(done),
        }
    }

    /// Everything that has to be asked for.
    async fn slices(&self, above: Option<Above>) -> Result<Slices, Error> {
        let stream = self.stream;
        let reads = self.reading.as_ref().is_some_and(Reading::is_needed) || !self.below.is_empty();
        match above {
            _ if !reads => Ok(Slices::Lists(stream, Vec::new())),
            None => Ok(Slices::Lists(stream, self.queries())),
            Some(above) => {
                let of = above.of;
                let failed = |cause| Error::Parent { stream: stream.name, parent: of.stream.name, cause };
                let table = above.ready().await.map_err(failed)?;
                let include_deleted = self.shared.settings.include_deleted_users;
                // A child is asked by one query: its cursor, where it has one, needs no second.
                let query = self.queries().swap_remove(0);
                Slices::under(stream, of, table, query, include_deleted, |slice| self.is_needed(slice))
            }
        }
    }

    /// A list that others are read under is read whole, and chosen from here.
    pub(super) fn queries(&self) -> Vec<String> {
        let filters = self.reading.as_ref().filter(|_| self.below.is_empty()).and_then(Reading::filters);
        filters.unwrap_or_else(|| self.stream.queries.iter().map(|query| (*query).to_owned()).collect())
    }

    fn is_needed(&self, slice: &Slice) -> bool {
        self.emits(slice).is_some()
            || self.below.iter().any(|reading| reading.wants(|name| slice.field(name)))
    }

    /// The reading for which this slice's rows are emitted, if they are.
    pub(super) fn emits(&self, slice: &Slice) -> Option<&Reading> {
        let due = |reading: &&Reading| reading.wants(|name| slice.field(name)) && reading.is_due(&slice.id);
        self.reading.as_ref().filter(due)
    }

    /// Tells the writer how far all is done, once at least `every` more parents are.
    async fn checkpoint(&self, low_water: &mut LowWater, slices: &Slices, every: usize) -> Result<(), Error> {
        let (Some(reading), Some(last)) = (&self.reading, low_water.due(every)) else { return Ok(()) };
        // Only a parent whose slices are all done is done.
        let Some(last) = ((last + 1) / slices.per_parent() * slices.per_parent()).checked_sub(1) else {
            return Ok(());
        };
        let after = slices.get(last)?.id;
        // Lists of its own cannot be continued; parents that an earlier attempt did are not told again.
        if after.is_empty() || !reading.is_due(&after) {
            return Ok(());
        }
        self.send(Chunk::State { stream: self.stream.name, state: reading.checkpoint(&after) }).await
    }

    async fn finish(&self, slices: usize) -> Result<(), Error> {
        let Some(reading) = &self.reading else { return Ok(()) };
        let stream = self.stream.name;
        let absent = self.counts.absent.load(Relaxed);
        if absent > 0 {
            let text = format!(
                "{stream}: {absent} of {slices} parents have nothing to read ({}); that is normal when one is deleted during a sync",
                self.stream.absent.join(", ")
            );
            self.send(Chunk::Log(LogLevel::Info, text)).await?;
        }
        if self.counts.off.load(Relaxed) {
            let text = format!(
                "{stream}: this feature of 360Learning is off for your account ({}), so there is nothing to read",
                self.stream.off.join(", ")
            );
            self.send(Chunk::Log(LogLevel::Warn, text)).await?;
        }
        let text = format!("{stream}: {} records read", self.counts.records.load(Relaxed));
        self.send(Chunk::Log(LogLevel::Info, text)).await?;
        self.send(Chunk::Complete { stream, state: reading.end() }).await?;
        self.shared.progress.stream();
        Ok(())
    }

    pub(super) async fn send(&self, chunk: Chunk) -> Result<(), Error> {
        self.shared.out.send(chunk).await.map_err(|_| Error::Stdout)
    }
}
