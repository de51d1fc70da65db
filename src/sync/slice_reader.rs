//! One slice from its lists to the writer: which lists are read, in which order, and what became of their rows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;

use super::Shared;
use super::pager::{Pager, Step};
use super::parents::ParentRows;
use super::rows::{RowReader, RowReport, RowSink, RowSource};
use super::seen_rows::SeenRows;
use super::slices::Slice;
use super::writer::Chunk;
use crate::api::Page;
use crate::error::Error;
use crate::notice::Notice;
use crate::protocol::RecordLines;
use crate::streams::{Body, List, Parent, Stream, request};

/// Bytes of record lines that are sent at once: a page of 20 KiB may become 75 MB of lines.
const PIECE: usize = 256 * 1024;

/// Reads the slices of one stream, several at a time.
#[derive(Debug)]
pub(super) struct SliceReader {
    shared: Arc<Shared>,
    stream: &'static Stream,
    rows: RowReader,
    /// The fields that children need.
    columns: Vec<&'static str>,
    /// True if the plain list may be filtered by date: no child needs the rest of it.
    filters: bool,
    stats: Mutex<StreamStats>,
}

/// What was read of a stream so far.
#[derive(Debug, Default, Clone)]
pub(super) struct StreamStats {
    pub(super) records: u64,
    pub(super) report: RowReport,
    /// Hidden statuses that a plain list showed: their own lists bring nothing new.
    seen_statuses: BTreeSet<&'static str>,
    /// Responses of a one-object stream that held nothing.
    pub(super) empty: u64,
    /// A list had several pages: a row that leaves one meanwhile may push another one over a page's edge.
    pub(super) has_page_edges: bool,
}

/// What is kept of the rows of one slice.
struct SliceRows {
    parents: ParentRows,
    /// Definitions of which the parent has no row so far.
    without_row: Vec<CompactString>,
}

/// The rows of one slice, and how its reading ended.
#[derive(Debug)]
pub(super) struct SliceRead {
    pub(super) rows: ParentRows,
    pub(super) end: Result<SliceEnd, Error>,
}

/// How the lists of a slice ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SliceEnd {
    /// All that there is was read.
    Complete,
    /// The API does not find the parent, although its row does not say that it is gone.
    NotFound,
    /// The parent is archived or deleted, and the API does not find it.
    Gone,
    /// The feature is off for the whole account.
    Off,
}

/// How one list ended.
enum ListEnd {
    Complete,
    NotFound,
    Off,
}

impl SliceReader {
    pub(super) fn new(
        shared: Arc<Shared>,
        stream: &'static Stream,
        rows: RowReader,
        columns: Vec<&'static str>,
        filters: bool,
    ) -> Self {
        Self { shared, stream, rows, columns, filters, stats: Mutex::default() }
    }

    /// Reads one slice to its end. `above` holds the parent rows.
    pub(super) async fn read(
        &self,
        slice: Slice<'_>,
        above: Option<(&'static Parent, Arc<ParentRows>)>,
    ) -> SliceRead {
        let parents = ParentRows::new(&self.columns, above);
        let plan = self.rows.plan().filter(|plan| emits(plan, slice));
        let without_row = plan.map_or_else(Vec::new, |plan| plan.definitions.to_vec());
        let mut rows = SliceRows { parents, without_row };
        let mut end = match slice {
            Slice::Own => self.own_lists(&mut rows).await,
            Slice::Under { .. } => self.lists_under(slice, &mut rows).await,
        };
        // A parent that is gone has no value any more.
        if let Ok(SliceEnd::Complete | SliceEnd::Gone) = end
            && let Err(error) = self.rows_without_value(slice, &rows.without_row).await
        {
            end = Err(error);
        }
        SliceRead { rows: rows.parents, end }
    }

    /// Emits a row for each definition of which the parent has none: so a value that was removed leaves the table.
    async fn rows_without_value(&self, slice: Slice<'_>, ids: &[CompactString]) -> Result<(), Error> {
        let of = self.stream.feed().and_then(|feed| feed.definitions).filter(|_| !ids.is_empty());
        let (Some(of), Some(plan)) = (of, self.rows.plan()) else { return Ok(()) };
        let added = slice.added(self.stream, None, plan);
        let added: Vec<String> = added.iter().map(|(name, raw)| format!("\"{name}\":{raw}")).collect();
        let mut lines =
            RecordLines::new(self.stream.name, chrono::Utc::now().timestamp_millis(), ids.len(), 0);
        for id in ids {
            lines.push(&added.join(","), &format!("{{\"{}\":\"{id}\",\"{}\":null}}", of.key, of.value), &[]);
        }
        self.send(&mut lines, false).await
    }

    /// What was read so far.
    pub(super) fn stats(&self) -> StreamStats {
        self.lock().clone()
    }

    /// True if a list had several pages, so that a row may have moved over the edge of one.
    pub(super) fn has_page_edges(&self) -> bool {
        self.lock().has_page_edges
    }

    /// Rows that were left out because they have no key.
    pub(super) fn without_key(&self) -> u64 {
        self.lock().report.without_key
    }

    /// Hidden lists, the plain list, and again each hidden list whose rows the plain one does not hold: so a row that moves
    /// either way meanwhile is in one of them.
    async fn own_lists(&self, rows: &mut SliceRows) -> Result<SliceEnd, Error> {
        let mut seen = SeenRows::default();
        self.shared.progress.expect(self.stream.hidden.len());
        for list in request::lists(self.stream) {
            let is_first = list != List::Plain;
            match self.list(Slice::Own, None, list, Some((&mut seen, is_first)), rows).await? {
                ListEnd::Complete => {}
                ListEnd::Off => return Ok(SliceEnd::Off),
                ListEnd::NotFound => return Ok(SliceEnd::NotFound),
            }
        }
        for hidden in self.stream.hidden {
            let is_in_plain_list = if hidden.in_rows {
                self.is_in_plain_list(hidden.value)
            } else {
                seen.all_came_again(hidden.value)
            };
            if !is_in_plain_list {
                self.shared.progress.expect(1);
                self.list(Slice::Own, None, List::Hidden(hidden), Some((&mut seen, false)), rows).await?;
            }
        }
        Ok(SliceEnd::Complete)
    }

    /// The lists under one parent. The API may know the parent again seconds later.
    async fn lists_under(&self, slice: Slice<'_>, rows: &mut SliceRows) -> Result<SliceEnd, Error> {
        for variant in request::variants(self.stream) {
            let mut end = self.lists_of_variant(slice, variant, rows).await?;
            if end == SliceEnd::NotFound {
                if slice.is_gone_by_its_own_row() {
                    return Ok(SliceEnd::Gone);
                }
                tokio::time::sleep(self.shared.timing.recheck).await;
                self.shared.progress.expect(1);
                end = self.lists_of_variant(slice, variant, rows).await?;
            }
            if end != SliceEnd::Complete {
                return Ok(end);
            }
        }
        Ok(SliceEnd::Complete)
    }

    async fn lists_of_variant(
        &self,
        slice: Slice<'_>,
        variant: Option<&str>,
        rows: &mut SliceRows,
    ) -> Result<SliceEnd, Error> {
        let mut seen = SeenRows::default();
        for list in request::lists(self.stream) {
            if let List::Hidden(hidden) = list {
                if self.is_in_plain_list(hidden.value) {
                    continue;
                }
                self.shared.progress.expect(1);
            }
            // A server that ignores the filter repeats the plain list.
            let seen = (!self.stream.hidden.is_empty()).then_some((&mut seen, list == List::Plain));
            match self.list(slice, variant, list, seen, rows).await? {
                ListEnd::Complete => {}
                ListEnd::NotFound => return Ok(SliceEnd::NotFound),
                ListEnd::Off => return Ok(SliceEnd::Off),
            }
        }
        Ok(SliceEnd::Complete)
    }

    /// Reads one list page by page.
    async fn list(
        &self,
        slice: Slice<'_>,
        variant: Option<&str>,
        list: List,
        mut seen: Option<(&mut SeenRows, bool)>,
        rows: &mut SliceRows,
    ) -> Result<ListEnd, Error> {
        let (client, progress) = (&self.shared.client, &self.shared.progress);
        let path = request::path(self.stream, variant, |name| slice.value(name).map(str::to_owned));
        let path = path.ok_or(Error::ParentWithoutId { stream: self.stream.name })?;
        let query = if list == List::Plain && self.filters {
            self.rows.plan().map(super::plan::ReadPlan::filter).unwrap_or_default()
        } else {
            list.filter()
        };
        let plan = self.rows.plan();
        let emits = plan.is_some_and(|plan| emits(plan, slice));
        let mut added = plan.map(|plan| slice.added(self.stream, variant, plan)).unwrap_or_default();
        let nulled = self.rows.without_bad_dates(&mut added);
        let source = RowSource { list, emits, added: &added, nulled: &nulled, above: slice.number() };
        let mut pager = Pager::new(client, progress, self.stream, &path, &query);
        loop {
            match pager.next().await? {
                Step::Page { page, is_whole } => {
                    if !is_whole {
                        self.lock().has_page_edges = true;
                    }
                    let is_whole = is_whole && slice.id().is_none() && self.stream.hidden.is_empty();
                    let seen = seen.as_mut().map(|(seen, is_first)| (&mut **seen, *is_first));
                    self.page(page, &source, seen, rows, is_whole).await?;
                }
                Step::Restart { code } => {
                    let (stream, path) = (self.stream.name, path.clone());
                    self.shared.send(Chunk::Notice(Notice::ListRestarted { stream, path, code })).await?;
                }
                Step::End | Step::Empty => return Ok(ListEnd::Complete),
                Step::NotFound => return Ok(ListEnd::NotFound),
                Step::Off => return Ok(ListEnd::Off),
            }
        }
    }

    /// Turns a page into records, sent in pieces, and parent rows.
    async fn page(
        &self,
        page: Page,
        source: &RowSource<'_>,
        mut seen: Option<(&mut SeenRows, bool)>,
        rows: &mut SliceRows,
        is_whole: bool,
    ) -> Result<(), Error> {
        // Room for a brace and a comma, or for the name of a bare value, beside what is added.
        let added: usize = source.added.iter().map(|(name, raw)| name.len() + raw.len() + 4).sum();
        let bytes = page.rows.bytes() + page.rows.len() * (added + 24);
        let (records, bytes) = if source.emits { (page.rows.len(), bytes) } else { (0, 0) };
        let (records, bytes) = if bytes > PIECE { (0, PIECE) } else { (records, bytes) };
        let now = chrono::Utc::now().timestamp_millis();
        let mut lines = RecordLines::new(self.stream.name, now, records, bytes);
        let mut report = RowReport::default();
        let mut is_whole = is_whole;
        for row in page.rows.iter() {
            let SliceRows { parents, without_row } = rows;
            let mut sink = RowSink { lines: &mut lines, parents, without_row, report: &mut report };
            let seen = seen.as_mut().map(|(seen, is_first)| (&mut **seen, *is_first));
            self.rows.read(row, source, seen, &mut sink);
            if lines.len() >= PIECE {
                is_whole = false;
                self.send(&mut lines, false).await?;
            }
        }
        if page.rows.is_empty() && self.stream.body == Body::Object {
            self.lock().empty += 1;
        }
        self.lock().add(report);
        self.send(&mut lines, is_whole).await
    }

    async fn send(&self, lines: &mut RecordLines, is_whole: bool) -> Result<(), Error> {
        let (bytes, count) = lines.take();
        if count == 0 {
            return Ok(());
        }
        let stream = self.stream.name;
        // A list of one page is the one case in which the total is known before the records are written.
        if is_whole {
            self.shared.send(Chunk::Estimate { stream, rows: count, bytes: bytes.len() as u64 }).await?;
        }
        self.lock().records += count;
        self.shared.progress.records(count);
        self.shared.send(Chunk::Records { stream, lines: bytes, count }).await
    }

    fn is_in_plain_list(&self, status: &str) -> bool {
        self.lock().seen_statuses.contains(status)
    }

    fn lock(&self) -> MutexGuard<'_, StreamStats> {
        // Counts are valid at every moment, also after a panic elsewhere.
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if the rows under this slice become records of the plan.
pub(super) fn emits(plan: &super::plan::ReadPlan, slice: Slice<'_>) -> bool {
    let is_visited = |id| plan.is_due(id) && plan.visits(id);
    plan.wants(|name| slice.value(name)) && slice.id().is_none_or(is_visited)
}

impl StreamStats {
    fn add(&mut self, report: RowReport) {
        let own = &mut self.report;
        for (field, count) in report.replaced {
            *own.replaced.entry(field).or_default() += count;
        }
        for (field, count) in report.nulled {
            *own.nulled.entry(field).or_default() += count;
        }
        own.without_key += report.without_key;
        own.without_status += report.without_status;
        self.seen_statuses.extend(report.seen_statuses);
    }
}
