//! The list of the whole company, where a stream has one: a few pages instead of one for each parent.

use super::chain::{Ids, Taking};
use super::lane::Lane;
use super::pick;
use super::plan::Reading;
use super::slices::{Slice, Slices};
use super::writer::Chunk;
use crate::api::{Page, Shape};
use crate::error::Error;
use crate::protocol::LogLevel;
use crate::streams::CompanyWide;

/// Fewer parents are read as soon as the list is found.
const WORTH_IT: usize = 6;

/// Parents that are asked for until one has rows to hold the list against.
const TRIED: usize = 3;

/// What is read of the slices before they are read side by side.
#[derive(Debug, Default)]
pub(super) struct Begun {
    /// So many, from the first one on.
    pub(super) slices: usize,
    /// All that they hold, from the list.
    pub(super) is_whole: bool,
}

impl Lane {
    /// Reads the first parents that have rows, then the company's list, which must have these rows too. Where there is no
    /// such list, or it cannot be trusted, the other slices are still to be read.
    pub(super) async fn company_wide(&self, slices: &Slices) -> Result<Begun, Error> {
        let mut begun = Begun::default();
        let Some(company) = &self.stream.company_wide else { return Ok(begun) };
        // An interrupted read goes on parent by parent.
        if slices.len() < WORTH_IT || self.reading.as_ref().is_none_or(Reading::is_continued) {
            return Ok(begun);
        }
        while begun.slices < TRIED && self.counts.told.open() == 0 {
            self.slice(slices.get(begun.slices), Ids::Note).await?;
            begun.slices += 1;
        }
        if self.counts.told.open() == 0 {
            return Ok(begun);
        }
        for path in company.paths {
            let Some(page) = self.first_page(company, path).await else { continue };
            let slice = Slice::of(path);
            let taking = Taking { apart: company.apart, only: None, ids: Ids::Skip };
            self.shared.progress.expect(1);
            let lacks = match self.list(&slice, Some(page), taking).await {
                Ok(_) if self.counts.told.open() == 0 => None,
                Ok(_) => Some("lacks rows that its parts have".to_owned()),
                // There is another way.
                Err(error @ (Error::Api(_) | Error::Scope { .. })) => {
                    Some(format!("cannot be read to its end ({error})"))
                }
                Err(error) => return Err(error),
            };
            begun.is_whole = lacks.is_none();
            let (level, text) = match lacks {
                None => (
                    LogLevel::Info,
                    format!("{}: read from {path}, the list of the whole company", self.stream.name),
                ),
                Some(lacks) => (
                    LogLevel::Warn,
                    format!(
                        "{}: {path}, the list of the whole company, {lacks}, so its parts are read one by one; rows may come twice",
                        self.stream.name
                    ),
                ),
            };
            self.send(Chunk::Log(level, text)).await?;
            break;
        }
        // What the list did not have is of no use to anyone else.
        self.counts.told.clear();
        Ok(begun)
    }

    /// The list's first page, if it has rows and each has what it must have.
    async fn first_page(&self, company: &CompanyWide, path: &str) -> Option<Page> {
        let page = self.shared.client.probe(&self.shared.client.url(path, ""), Shape::Objects).await?;
        let is_text = |raw: Option<&str>| raw.is_some_and(|raw| raw.starts_with('"'));
        let is_fit = |row| pick::pick(row, company.fields).into_iter().all(is_text);
        (!page.rows.is_empty() && page.rows.iter().all(is_fit)).then_some(page)
    }
}
