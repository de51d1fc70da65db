//! The pages of one list: the way from one to the next, and what a refusal of the list means. Knows no records.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use url::Url;

use super::progress::Progress;
use crate::api::{ApiError, Client, Page, Priority, Shape};
use crate::error::Error;
use crate::streams::{Body, Stream};

/// How often one list is restarted.
const MOST_RESTARTS: u32 = 3;

/// Empty pages in a row that a list may have: filters may leave some, but not as many.
const MOST_EMPTY_PAGES: u32 = 1000;

/// Pages of one list: no account has 20 million users.
const MOST_PAGES: usize = 100_000;

/// Reads one list page by page. It ends where no next page follows.
#[derive(Debug)]
pub(super) struct Pager<'a> {
    client: &'a Client,
    progress: &'a Progress,
    stream: &'static Stream,
    path: &'a str,
    first: Url,
    /// The next page to request; `None` after the last one.
    next: Option<Url>,
    /// Hashes of the pages that were read: a list may have many.
    seen: HashSet<u64>,
    hasher: RandomState,
    restarts: u32,
    empty_pages: u32,
}

/// What comes next in a list.
#[derive(Debug)]
pub(super) enum Step {
    /// A page, and whether it is the whole list.
    Page { page: Page, is_whole: bool },
    /// The way to the next page expired: the list begins again.
    Restart { code: String },
    /// The list was read to its end.
    End,
    /// The API has nothing under this kind of parent.
    Empty,
    /// The API does not know the parent: this code.
    NotFound,
    /// The feature is off for the whole account.
    Off,
}

impl<'a> Pager<'a> {
    pub(super) fn new(
        client: &'a Client,
        progress: &'a Progress,
        stream: &'static Stream,
        path: &'a str,
        query: &str,
    ) -> Self {
        let first = client.url(path, query);
        Self {
            client,
            progress,
            stream,
            path,
            next: Some(first.clone()),
            first,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            restarts: 0,
            empty_pages: 0,
        }
    }

    /// The next step. An error ends the list before its end.
    pub(super) async fn next(&mut self) -> Result<Step, Error> {
        let Some(url) = self.next.take() else { return Ok(Step::End) };
        let is_first = self.seen.is_empty();
        // Pages that follow one another, and lists with others below them, go before the lists read side by side.
        let is_fan_out = self.stream.parent.is_some() && is_first;
        let priority = if is_fan_out { Priority::FanOut } else { Priority::List };
        let page = self.client.page(&url, shape(self.stream.body), priority).await;
        self.progress.done();
        match page {
            Ok(page) => self.follow(&url, page, is_first),
            Err(ApiError::Forbidden { .. }) => {
                Err(Error::Scope { stream: self.stream.name, scope: self.stream.scope })
            }
            Err(ApiError::Rejected { status, code, path }) => self.refused(is_first, status, code, path),
            Err(error) => Err(error.into()),
        }
    }

    fn follow(&mut self, url: &Url, page: Page, is_first: bool) -> Result<Step, Error> {
        self.seen.insert(self.hasher.hash_one(url));
        if let Some(next) = &page.next {
            self.empty_pages = if page.rows.is_empty() { self.empty_pages + 1 } else { 0 };
            if self.seen.contains(&self.hasher.hash_one(next)) {
                return Err(Error::PagesInACircle { path: self.path.to_owned() });
            }
            if self.empty_pages == MOST_EMPTY_PAGES || self.seen.len() == MOST_PAGES {
                return Err(Error::ListWithoutEnd { path: self.path.to_owned(), pages: self.seen.len() });
            }
            self.progress.expect(1);
        }
        self.next.clone_from(&page.next);
        Ok(Step::Page { is_whole: is_first && page.next.is_none(), page })
    }

    fn refused(&mut self, is_first: bool, status: u16, code: String, path: String) -> Result<Step, Error> {
        let is_one_of = |codes: &[&str]| codes.contains(&code.as_str());
        if is_first && is_one_of(self.stream.off_codes) {
            return Ok(Step::Off);
        }
        if is_first && is_one_of(self.stream.empty_codes) {
            return Ok(Step::Empty);
        }
        if is_first && self.stream.parent.is_some() && matches!(status, 404 | 410) {
            return Ok(Step::NotFound);
        }
        // A next-page token that expired, or a parent that vanished: the first page shows which.
        if !is_first && matches!(status, 400 | 404 | 410) {
            self.restarts += 1;
            if self.restarts > MOST_RESTARTS {
                let attempts = self.restarts;
                return Err(Error::NextPageExpired { path, status, code, attempts });
            }
            self.seen.clear();
            self.next = Some(self.first.clone());
            self.progress.expect(1);
            return Ok(Step::Restart { code });
        }
        Err(ApiError::Rejected { path, status, code }.into())
    }
}

/// What the API layer must find in a response.
fn shape(body: Body) -> Shape {
    match body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    }
}
