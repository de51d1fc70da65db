//! One stream: its slices side by side, its checkpoints, and what becomes of failures.

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Shared;
use super::failures::Failures;
use super::feed_reader::FeedReader;
use super::outcome::{Above, Outcome, is_doubtful, may_pass};
use super::parents::{ParentResult, ParentRows, ParentSender, ParentSource, ready};
use super::plan::ReadPlan;
use super::rows::RowReader;
use super::slice_order::SliceOrder;
use super::slice_reader::{SliceEnd, SliceRead, SliceReader, emits};
use super::slices::{Slice, Slices};
use super::watermark::Watermark;
use super::writer::Chunk;
use crate::error::Error;
use crate::notice::{Notice, StreamCounts};
use crate::streams::Stream;

/// Parents between two checkpoints: a crash repeats at most about so many.
const CHECKPOINT: usize = 50;

/// One stream that is read in this sync: because it is selected, because a selected one is read under it, or both.
#[derive(Debug)]
pub(super) struct StreamReader {
    pub(super) shared: Arc<Shared>,
    pub(super) stream: &'static Stream,
    /// What to emit; `None` where the stream is read for its children only.
    pub(super) plan: Option<ReadPlan>,
    /// The selected streams that need this one's rows: those below it, at any depth, and those whose feed uses them.
    pub(super) below: Vec<ReadPlan>,
    /// The fields of this stream's rows that its children need; the first is the id.
    pub(super) columns: Vec<&'static str>,
    /// Where this stream's rows are handed to its children.
    pub(super) children: ParentSender,
    /// The rows of this stream's parent; `None` for lists of its own.
    pub(super) parent: Option<ParentSource>,
    /// What shows which parents changed.
    pub(super) feed: Option<FeedReader>,
}

impl StreamReader {
    /// Reads the stream and hands its rows to its children. Returns why it is incomplete; nothing if it is not.
    pub(super) async fn run(mut self) -> Vec<Arc<Error>> {
        match self.read().await {
            Ok(errors) => errors,
            Err(error) => {
                let error = Arc::new(error);
                let rows = Arc::new(ParentRows::new(&self.columns, None));
                self.children.send_replace(Some(ParentResult {
                    rows,
                    failure: Some(Arc::clone(&error)),
                    is_doubtful: true,
                }));
                self.incomplete().await;
                vec![error]
            }
        }
    }

    async fn read(&mut self) -> Result<Vec<Arc<Error>>, Error> {
        if let Some(plan) = &self.plan {
            let state = plan.beginning(self.shared.now());
            self.shared.send(Chunk::Started { stream: self.stream.name, state }).await?;
            if let Some(notice) = plan.notice.clone() {
                self.shared.send(Chunk::Notice(notice)).await?;
            }
        }
        let (slices, above) = self.slices().await?;
        self.shared.progress.expect(slices.len());
        // A list of its own shows at its last page how many it has.
        let is_own = matches!(*slices, Slices::Own);
        if !is_own {
            self.shared.progress.known();
        }
        let reader = Arc::new(self.slice_reader());
        let mut outcome = self.read_slices(&slices, &reader, &above).await?;
        if is_own {
            self.shared.progress.known();
        }
        if let Slices::Under { rows, .. } = &*slices {
            outcome.failures.without_id(rows.without_id(), self.stream);
        }
        self.finish(outcome, &reader, above).await
    }

    /// What must be read, and what is not certain about the parents.
    async fn slices(&mut self) -> Result<(Arc<Slices>, Above), Error> {
        let is_needed = self.plan.as_ref().is_some_and(ReadPlan::is_needed) || !self.below.is_empty();
        let Some(source) = &mut self.parent else {
            let slices = if is_needed { Slices::Own } else { Slices::None };
            return Ok((Arc::new(slices), Above::default()));
        };
        if !is_needed {
            return Ok((Arc::new(Slices::None), Above::default()));
        }
        let result = self.shared.unless_ended(ready(&mut source.result)).await??;
        if let (Some(feed), Some(plan)) = (&mut self.feed, &mut self.plan) {
            feed.decide(plan, &result.rows).await?;
        }
        let include_deleted_users = self.shared.settings.include_deleted_users;
        let is_wanted = |slice: Slice<'_>| {
            self.plan.as_ref().is_some_and(|plan| emits(plan, slice))
                || self.below.iter().any(|plan| plan.wants(|name| slice.value(name)))
        };
        // What need not be visited is there, like what an interrupted sync has read: absence is judged by all.
        let is_earlier =
            |id: &str| self.plan.as_ref().is_some_and(|plan| !plan.is_due(id) || !plan.visits(id));
        let slices = Slices::under(source.of, result.rows, include_deleted_users, is_wanted, is_earlier);
        // A feed finds a parent that one list missed: it is new in the next one.
        let is_doubtful = result.is_doubtful && self.feed.is_none();
        Ok((Arc::new(slices), Above { failure: result.failure, is_doubtful }))
    }

    fn slice_reader(&self) -> SliceReader {
        let is_child = |plan: &&ReadPlan| {
            plan.stream.parent.as_ref().is_some_and(|of| of.stream.name == self.stream.name)
        };
        let ignored =
            self.below.iter().filter(is_child).find_map(|plan| Some(plan.feed.as_ref()?.feed.ignored));
        let rows = RowReader::new(self.stream, self.plan.clone(), &self.columns, ignored);
        // A list that others are read under is read in full, and rows are chosen here.
        let filters = self.below.is_empty();
        SliceReader::new(Arc::clone(&self.shared), self.stream, rows, self.columns.clone(), filters)
    }

    /// Reads the slices side by side. An error means that the sync is ending; then the last checkpoint was sent.
    async fn read_slices(
        &mut self,
        slices: &Arc<Slices>,
        reader: &Arc<SliceReader>,
        above: &Above,
    ) -> Result<Outcome, Error> {
        let is_continued = self.plan.as_ref().is_some_and(ReadPlan::is_continued);
        let mut order = SliceOrder::new(slices.len(), self.stream, is_continued);
        let mut watermark = Watermark::default();
        let mut outcome = Outcome {
            rows: ParentRows::new(&self.columns, slices.parents()),
            failures: Failures::new(self.shared.timing.budget, slices.earlier(), Instant::now()),
            is_off: false,
            stopped: None,
        };
        // Each slice is a task of its own: one that waits for the writer goes on when there is room.
        let mut reads: JoinSet<(usize, SliceRead)> = JoinSet::new();
        // With one request at a time a second slice goes on while the first one backs off.
        let side_by_side = self.shared.settings.max_concurrent_requests.max(2);
        let stopped = loop {
            while reads.len() < side_by_side
                && let Some(index) = order.next()
            {
                let (reader, slices) = (Arc::clone(reader), Arc::clone(slices));
                reads.spawn(async move { (index, reader.read(slices.get(index), slices.parents()).await) });
            }
            let ended = match self.shared.unless_ended(reads.join_next()).await {
                Ok(Some(ended)) => ended,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            let (index, SliceRead { rows, end }) = match ended {
                Ok(ended) => ended,
                // A panic: the slice did not end, whatever it wrote.
                Err(error) => break Some(error.into()),
            };
            outcome.rows.append(rows);
            let slice = slices.get(index);
            let is_over = match end {
                Ok(SliceEnd::Complete) => {
                    outcome.failures.success(Instant::now());
                    watermark.done(index);
                    // The feature is on: a parent that reported otherwise is a failed one.
                    let off = order.on();
                    off.into_iter().any(|index| outcome.failed(slices.get(index), self.feature_off()))
                }
                Ok(SliceEnd::Gone) => {
                    if let (Some(plan), Some(id)) = (&mut self.plan, slice.id()) {
                        plan.missed(id, true);
                    }
                    watermark.done(index);
                    order.proves_nothing();
                    false
                }
                Ok(SliceEnd::NotFound) => {
                    outcome.failures.gone();
                    if let (Some(plan), Some(id)) = (&mut self.plan, slice.id()) {
                        plan.missed(id, false);
                    }
                    watermark.done(index);
                    order.proves_nothing();
                    false
                }
                Ok(SliceEnd::Off) => !order.off(index) && outcome.failed(slice, self.feature_off()),
                Err(error) if slice.id().is_none() || error.ends_stream() => break Some(error),
                Err(error) => {
                    order.proves_nothing();
                    outcome.failed(slice, error)
                }
            };
            if is_over {
                break None;
            }
            // An attempt that continues behind a checkpoint takes the feature for on.
            if order.is_settled() {
                self.checkpoint(&mut watermark, slices, CHECKPOINT, &outcome, reader, above).await?;
            }
        };
        reads.shutdown().await;
        outcome.is_off = order.is_off();
        let is_ending = matches!(stopped, Some(Error::Interrupted | Error::Stdout));
        let is_unfinished = stopped.is_some() || outcome.failures.is_any();
        let keeps = is_unfinished && self.keeps_checkpoint();
        if (keeps || is_ending) && order.is_settled() {
            self.checkpoint(&mut watermark, slices, 1, &outcome, reader, above).await?;
        }
        if is_ending && let Some(error) = stopped {
            return Err(error);
        }
        outcome.stopped = stopped;
        Ok(outcome)
    }

    fn feature_off(&self) -> Error {
        Error::FeatureOffLater { stream: self.stream.name }
    }

    /// Sends the state up to the low-water mark, once at least `every` more parents are done.
    async fn checkpoint(
        &self,
        watermark: &mut Watermark,
        slices: &Slices,
        every: usize,
        outcome: &Outcome,
        reader: &SliceReader,
        above: &Above,
    ) -> Result<(), Error> {
        let Some(plan) = self.plan.as_ref().filter(|_| may_pass(outcome, reader, above)) else {
            return Ok(());
        };
        let Some(last) = watermark.checkpoint(every) else { return Ok(()) };
        // Lists of its own cannot be continued; parents that an earlier attempt did are no progress.
        let Some(after) = slices.get(last).id().filter(|id| plan.is_due(id)) else { return Ok(()) };
        let state = plan.checkpoint(after, self.shared.now(), is_doubtful(outcome, reader, above));
        self.shared.send(Chunk::State { stream: self.stream.name, state }).await
    }

    /// Hands the rows to the children, reports, and ends the stream.
    async fn finish(
        &self,
        outcome: Outcome,
        reader: &SliceReader,
        above: Above,
    ) -> Result<Vec<Arc<Error>>, Error> {
        let is_doubtful = is_doubtful(&outcome, reader, &above);
        let is_kept = self.keeps_checkpoint() && may_pass(&outcome, reader, &above);
        let Outcome { mut rows, failures, is_off, stopped } = outcome;
        let (stats, stream) = (reader.stats(), self.stream);
        let (gone, requested) = failures.absence();
        let keeps_checkpoint = is_kept && (failures.is_any() || stopped.is_some());
        let mut errors = Vec::new();
        errors.extend(stopped.map(Arc::new));
        errors.extend(failures.into_error(stream).map(Arc::new));
        if let (Some(cause), Some(parent)) = (above.failure, &stream.parent) {
            errors.push(Arc::new(Error::Parent { stream: stream.name, parent: parent.stream.name, cause }));
        }
        rows.sort();
        let failure = errors.first().cloned();
        self.children.send_replace(Some(ParentResult { rows: Arc::new(rows), failure, is_doubtful }));
        let Some(plan) = &self.plan else { return Ok(errors) };
        let without_key = reader.without_key();
        if without_key > 0 {
            let key = stream.key.join(", ");
            errors.push(Arc::new(Error::RowsWithoutKey { stream: stream.name, key, count: without_key }));
        }
        let counts = StreamCounts {
            records: stats.records,
            replaced: stats.report.replaced.into_iter().collect(),
            nulled: stats.report.nulled.into_iter().collect(),
            without_key,
            without_status: stats.report.without_status,
            empty: stats.empty,
            gone,
            requested,
            is_off,
        };
        for notice in Notice::about(stream, counts) {
            self.shared.send(Chunk::Notice(notice)).await?;
        }
        if errors.is_empty() {
            self.shared.progress.stream();
            self.shared
                .send(Chunk::Complete { stream: stream.name, state: plan.end(is_doubtful, is_off) })
                .await?;
            return Ok(errors);
        }
        // Only a stream with parents may have a checkpoint, of this sync or of the one before, to take back.
        if stream.parent.is_some() && !keeps_checkpoint {
            self.shared.send(Chunk::State { stream: stream.name, state: plan.unfinished() }).await?;
        }
        self.incomplete().await;
        Ok(errors)
    }

    /// True if an unfinished stream keeps its checkpoint.
    fn keeps_checkpoint(&self) -> bool {
        self.plan.as_ref().is_some_and(ReadPlan::keeps_checkpoint)
    }

    async fn incomplete(&self) {
        if self.plan.is_some() {
            // Standard output that is closed is an error of its own.
            let _ = self.shared.send(Chunk::Incomplete { stream: self.stream.name }).await;
        }
    }
}
