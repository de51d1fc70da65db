//! From the pages of one slice to records for the writer and rows for the children.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering::Relaxed;

use super::lane::Lane;
use super::parents::Table;
use super::pick;
use super::plan::Reading;
use super::slices::{Slice, Slices};
use super::writer::Chunk;
use crate::api::{ApiError, Page, Rank, Shape};
use crate::error::Error;
use crate::protocol::{LogLevel, RecordLines};
use crate::streams::{Apart, Body};

/// How often one list is begun again.
const MOST_RESTARTS: u32 = 3;

/// Empty pages in a row that a list may have: filters may leave some, but not as many.
const MOST_EMPTY: u32 = 1000;

/// How the rows of a list are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taking {
    /// Rows that the list may leave out: they are asked for, unless it shows one.
    pub(super) apart: &'static [Apart],
    /// None but these: a server that does not know a filter ignores it.
    pub(super) only: Option<Apart>,
    pub(super) ids: Ids,
}

/// What is done with the rows' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// Nothing.
    Ignore,
    /// Kept: a list to come may repeat these rows. Where that list holds rows of one kind, those of that kind.
    Note,
    /// Rows whose ids were noted are passed over, and forgotten.
    Skip,
}

impl Lane {
    /// Whether the last of several lists may leave out what those before hold, so that a row which went there meanwhile is in
    /// neither. They are read once more; what they said before is known.
    pub(super) fn is_unsettled(&self) -> bool {
        self.stream.queries.len() > 1 && self.counts.told.unsettles()
    }

    /// Reads all lists but the last one again.
    pub(super) async fn settle(&self, slices: &Slices) -> Result<(), Error> {
        for list in 0..slices.len() - 1 {
            self.shared.progress.expect(1);
            self.slice(slices.get(list), Ids::Skip).await?;
        }
        Ok(())
    }

    /// Of several lists the later ones may repeat rows of the first.
    pub(super) fn ids(&self, list: usize) -> Ids {
        match (self.stream.parent.is_none() && self.queries().len() > 1, list) {
            (false, _) => Ids::Ignore,
            (true, 0) => Ids::Note,
            (true, _) => Ids::Skip,
        }
    }

    /// For rows of this stream.
    pub(super) fn table(&self) -> Table {
        Table::new(self.columns.clone(), self.stream.parent.as_ref())
    }

    /// Reads one slice: its list, then what that may have left out.
    pub(super) async fn slice(&self, slice: Result<Slice, Error>, ids: Ids) -> Result<Table, Error> {
        let slice = slice?;
        if self.counts.off.load(Relaxed) {
            self.shared.progress.done();
            return Ok(self.table());
        }
        self.list(&slice, None, Taking { apart: self.stream.apart, only: None, ids }).await
    }

    /// Reads a list, whose first page may be there already, and what it may have left out: a row that goes there meanwhile,
    /// as when it is archived, is found there.
    pub(super) async fn list(
        &self,
        slice: &Slice,
        first: Option<Page>,
        taking: Taking,
    ) -> Result<Table, Error> {
        let mut rows = self.chain(slice, first, taking).await?;
        let queries = self.queries();
        for (at, (field, value)) in taking.apart.iter().enumerate() {
            let filter = format!("{field}[eq]={value}");
            let is_shown = self.counts.shown.load(Relaxed) & 1 << at != 0;
            if is_shown || queries.contains(&filter) || self.counts.off.load(Relaxed) {
                continue;
            }
            self.shared.progress.expect(1);
            let apart = Taking { only: Some((field, value)), apart: &[], ..taking };
            rows.append(self.chain(&slice.filtered(&filter), None, apart).await?);
        }
        Ok(rows)
    }

    /// Reads page by page. The end is the absence of a next page.
    async fn chain(&self, slice: &Slice, mut page: Option<Page>, taking: Taking) -> Result<Table, Error> {
        let client = &self.shared.client;
        let mut rows = self.table();
        let first = client.url(&slice.path, &slice.query);
        // A list may have ten thousand pages: their addresses are kept as numbers.
        let address = RandomState::new();
        let mut seen = HashSet::new();
        let mut url = first.clone();
        let (mut restarts, mut empty) = (0, 0);
        loop {
            let is_alone = self.stream.parent.is_some() && seen.is_empty();
            let rank = if is_alone { Rank::FanOut } else { Rank::Chain };
            let asked = match page.take() {
                Some(page) => Ok(page),
                None => client.page(&url, shape(self.stream.body), rank).await,
            };
            let page = match asked {
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
                    (rows, seen, url) = (self.table(), HashSet::new(), first.clone());
                    continue;
                }
                Err(ApiError::Forbidden { .. }) => {
                    return Err(Error::Scope { stream: self.stream.name, scope: self.stream.scope });
                }
                Err(error) => return Err(error.into()),
            };
            self.emit(&page, slice, taking, seen.is_empty(), &mut rows).await?;
            let Some(next) = page.next.clone() else { break };
            empty = if page.rows.is_empty() { empty + 1 } else { 0 };
            if empty == MOST_EMPTY {
                return Err(ApiError::Endless { path: slice.path.clone(), pages: empty }.into());
            }
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
    async fn emit(
        &self,
        page: &Page,
        slice: &Slice,
        taking: Taking,
        first: bool,
        rows: &mut Table,
    ) -> Result<(), Error> {
        let reading = self.emits(slice);
        let lines = self.lines(page, slice, taking, reading, rows);
        let (stream, count) = (self.stream.name, lines.count());
        if count == 0 {
            return Ok(());
        }
        let lines = lines.into_bytes();
        // A list of one page is the one case in which the total is known before the records are written.
        let is_whole = first && page.next.is_none() && self.stream.parent.is_none();
        if is_whole && self.queries().len() == 1 && taking.only.is_none() {
            self.send(Chunk::Estimate { stream, rows: count, bytes: lines.len() as u64 }).await?;
        }
        self.counts.records.fetch_add(count, Relaxed);
        self.shared.progress.records(count);
        self.send(Chunk::Records { stream, lines, count }).await
    }

    fn lines(
        &self,
        page: &Page,
        slice: &Slice,
        taking: Taking,
        reading: Option<&Reading>,
        rows: &mut Table,
    ) -> RecordLines {
        let mut names = self.columns.clone();
        let mut at = |name: &'static str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let dates: Vec<usize> =
            reading.iter().flat_map(|reading| reading.row_dates()).map(|name| at(name)).collect();
        let mut test = |(field, value): &Apart| (at(field), format!("\"{value}\""));
        let also: Vec<_> = reading.iter().flat_map(|reading| reading.also()).map(&mut test).collect();
        let only = taking.only.as_ref().map(&mut test);
        let shown = &self.counts.shown;
        let apart: Vec<_> = taking.apart.iter().map(test).enumerate().collect();
        let apart: Vec<_> =
            apart.into_iter().filter(|(bit, _)| shown.load(Relaxed) & 1 << bit == 0).collect();
        let id = (taking.ids != Ids::Ignore).then(|| at(self.stream.key[0]));

        let now = chrono::Utc::now().timestamp_millis();
        let count = if reading.is_some() { page.rows.len() } else { 0 };
        // Room for a brace and a comma, or for the name of a bare value, beside what is added.
        let bytes = if reading.is_some() { page.rows.bytes() + count * (slice.added.len() + 24) } else { 0 };
        let mut lines = RecordLines::new(self.stream.name, now, count, bytes);
        for record in page.rows.iter() {
            let found = if names.is_empty() { Vec::new() } else { pick::pick(record, &names) };
            let has = |(at, text): &(usize, String)| found[*at] == Some(text);
            if only.as_ref().is_some_and(|only| !has(only)) {
                continue;
            }
            for (bit, _) in apart.iter().filter(|(_, test)| has(test)) {
                shown.fetch_or(1 << bit, Relaxed);
            }
            if let Some(id) = id.and_then(|id| found[id]) {
                match taking.ids {
                    Ids::Skip if self.counts.told.skip(id) => continue,
                    Ids::Note if also.is_empty() || also.iter().any(has) => self.counts.told.note(id),
                    Ids::Note | Ids::Skip | Ids::Ignore => {}
                }
            }
            if !self.columns.is_empty() {
                rows.push(&found, slice.row);
            }
            let is_new = |reading: &Reading| {
                pick::any_instant(dates.iter().map(|at| found[*at]), |date| reading.covers(date))
            };
            if reading.is_some_and(|reading| is_new(reading) || also.iter().any(has)) {
                match self.stream.body {
                    Body::Values(field) => lines.push(&slice.added, &format!("{{\"{field}\":{record}}}")),
                    Body::Objects | Body::Object => lines.push(&slice.added, record),
                }
            }
        }
        lines
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
