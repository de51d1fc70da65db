//! One stream's way from the API to the writer: its slices side by side, its checkpoint a low-water mark.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::low_water::LowWater;
use super::parents::{Above, Handed, Table};
use super::pick;
use super::plan::Reading;
use super::progress::Progress;
use super::slices::{Slice, Slices};
use super::writer::Chunk;
use crate::api::{ApiError, Client, Page, Rank, Shape};
use crate::config::Settings;
use crate::error::Error;
use crate::protocol::{LogLevel, RecordLines};
use crate::streams::{Body, Stream};

/// Parents between two checkpoints: a crash repeats at most about so many.
const CHECKPOINT: usize = 50;

/// How often one list is begun again.
const MOST_RESTARTS: u32 = 3;

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
    records: AtomicU64,
    absent: AtomicU64,
    /// The feature is off for the whole account.
    off: AtomicBool,
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
        let mut stop = self.shared.stop.clone();
        // The stop first: a parent that was stopped is no failure of its children.
        let slices = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return Err(Error::Interrupted),
            () = self.shared.out.closed() => return Err(Error::Stdout),
            slices = self.slices(above) => Arc::new(slices?),
        };
        self.shared.progress.expect(slices.len());
        let mut rows = Table::new(self.columns.clone());
        let mut low_water = LowWater::new(slices.len());
        let mut waiting = 0..slices.len();
        // Each slice is a task of its own: one that waits for the writer must go on when there is room, also while this
        // lane waits there itself.
        let mut reads = JoinSet::new();
        let failure = loop {
            // Lists of one stream follow one another: a row that goes from an earlier one to a later one meanwhile, as when
            // it is archived, is in the later one. Where the first answer may settle it for all, it is awaited alone.
            let settles = !self.stream.off.is_empty() && !low_water.has_begun();
            let alone = settles || self.stream.parent.is_none();
            while reads.len() < if alone { 1 } else { self.shared.settings.max_concurrent_requests }
                && let Some(index) = waiting.next()
            {
                let (lane, slices) = (Arc::clone(self), Arc::clone(&slices));
                reads.spawn(async move { (index, lane.slice(slices.get(index)).await) });
            }
            let ended = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break Error::Interrupted,
                () = self.shared.out.closed() => break Error::Stdout,
                ended = reads.join_next() => ended,
            };
            match ended {
                None => {
                    rows.sort();
                    self.rows.send_replace(Some(Ok(Arc::new(rows))));
                    return self.finish(slices.len()).await;
                }
                Some(Ok((index, Ok(read)))) => {
                    rows.append(&read);
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
    fn queries(&self) -> Vec<String> {
        let filters = self.reading.as_ref().filter(|_| self.below.is_empty()).and_then(Reading::filters);
        filters.unwrap_or_else(|| self.stream.queries.iter().map(|query| (*query).to_owned()).collect())
    }

    fn is_needed(&self, slice: &Slice) -> bool {
        self.emits(slice).is_some()
            || self.below.iter().any(|reading| reading.wants(|name| slice.field(name)))
    }

    /// The reading for which this slice's rows are emitted, if they are.
    fn emits(&self, slice: &Slice) -> Option<&Reading> {
        let due = |reading: &&Reading| reading.wants(|name| slice.field(name)) && reading.is_due(&slice.id);
        self.reading.as_ref().filter(due)
    }

    /// Reads one slice page by page. Its end is the absence of a next page.
    async fn slice(&self, slice: Result<Slice, Error>) -> Result<Table, Error> {
        let slice = &slice?;
        let client = &self.shared.client;
        let mut rows = Table::new(self.columns.clone());
        if self.counts.off.load(Relaxed) {
            self.shared.progress.done();
            return Ok(rows);
        }
        let first = client.url(&slice.path, &slice.query);
        // A list may have ten thousand pages: their addresses are kept as numbers.
        let address = RandomState::new();
        let mut seen = HashSet::new();
        let mut url = first.clone();
        let mut restarts = 0;
        loop {
            let is_alone = self.stream.parent.is_some() && seen.is_empty();
            let rank = if is_alone { Rank::FanOut } else { Rank::Chain };
            let page = match client.page(&url, shape(self.stream.body), rank).await {
                Ok(page) => page,
                Err(ApiError::Rejected { code, .. }) if self.stream.off.contains(&code.as_str()) => {
                    self.counts.off.store(true, Relaxed);
                    break;
                }
                Err(ApiError::Rejected { code, .. }) if self.stream.absent.contains(&code.as_str()) => {
                    self.counts.absent.fetch_add(1, Relaxed);
                    break;
                }
                // A reader so slow that the way to the next page is no longer good: what it leads to is not known any more.
                Err(ApiError::Rejected { status: 400 | 410, code, .. })
                    if !seen.is_empty() && restarts < MOST_RESTARTS =>
                {
                    restarts += 1;
                    let text = format!(
                        "{}: the way to the next page of {} is no longer good ({code}), so the list is read again from its beginning; rows of it may come twice",
                        self.stream.name, slice.path
                    );
                    self.send(Chunk::Log(LogLevel::Warn, text)).await?;
                    self.shared.progress.expect(1);
                    self.shared.progress.done();
                    (rows, seen, url) = (Table::new(self.columns.clone()), HashSet::new(), first.clone());
                    continue;
                }
                Err(ApiError::Forbidden { .. }) => {
                    return Err(Error::Scope { stream: self.stream.name, scope: self.stream.scope });
                }
                Err(error) => return Err(error.into()),
            };
            self.emit(&page, slice, seen.is_empty(), &mut rows).await?;
            let Some(next) = page.next.clone() else { break };
            self.shared.progress.expect(1);
            self.shared.progress.done();
            if !seen.insert(address.hash_one(std::mem::replace(&mut url, next)))
                || seen.contains(&address.hash_one(&url))
            {
                return Err(ApiError::Loop { path: slice.path.clone() }.into());
            }
        }
        self.shared.progress.done();
        Ok(rows)
    }

    /// Turns a page into records for the writer and rows for the children.
    async fn emit(&self, page: &Page, slice: &Slice, first: bool, rows: &mut Table) -> Result<(), Error> {
        let reading = self.emits(slice);
        let mut names = self.columns.clone();
        let mut at = |name: &'static str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let dates: Vec<usize> =
            reading.iter().flat_map(|reading| reading.row_dates()).map(|name| at(name)).collect();
        let also: Vec<(usize, String)> = reading
            .iter()
            .flat_map(|reading| reading.also())
            .map(|(name, text)| (at(name), format!("\"{text}\"")))
            .collect();
        let now = chrono::Utc::now().timestamp_millis();
        let count = if reading.is_some() { page.rows.len() } else { 0 };
        // Room for a brace and a comma, or for the name of a bare value, beside what is added.
        let bytes = if reading.is_some() { page.rows.bytes() + count * (slice.added.len() + 24) } else { 0 };
        let mut lines = RecordLines::new(self.stream.name, now, count, bytes);
        for record in page.rows.iter() {
            let found = if names.is_empty() { Vec::new() } else { pick::pick(record, &names) };
            if !self.columns.is_empty() {
                rows.push(&found, |name| slice.field(name));
            }
            let always = || also.iter().any(|(at, text)| found[*at] == Some(text));
            let date = || pick::first_instant(dates.iter().map(|at| found[*at]));
            if reading.is_some_and(|reading| reading.emits(date()) || always()) {
                match self.stream.body {
                    Body::Values(field) => lines.push(&slice.added, &format!("{{\"{field}\":{record}}}")),
                    Body::Objects | Body::Object => lines.push(&slice.added, record),
                }
            }
        }
        let (stream, count) = (self.stream.name, lines.count());
        if count == 0 {
            return Ok(());
        }
        let lines = lines.into_bytes();
        // A list of one page is the one case in which the total is known before the records are written.
        if first && page.next.is_none() && self.stream.parent.is_none() && self.queries().len() == 1 {
            self.send(Chunk::Estimate { stream, rows: count, bytes: lines.len() as u64 }).await?;
        }
        self.counts.records.fetch_add(count, Relaxed);
        self.shared.progress.records(count);
        self.send(Chunk::Records { stream, lines, count }).await
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

    async fn send(&self, chunk: Chunk) -> Result<(), Error> {
        self.shared.out.send(chunk).await.map_err(|_| Error::Stdout)
    }
}

/// What the API layer has to find in an answer.
fn shape(body: Body) -> Shape {
    match body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    }
}
