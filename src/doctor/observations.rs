//! What a run observed, and what the responses show about a stream.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::exchange::{Outcome, Purpose, Request, Response, Row, instant};
use super::fields::Fields;
use super::stop::Stop;
use crate::config::Settings;
use crate::streams::{List, Parent, STREAMS, Stream, request};

/// Everything that one run observed.
#[derive(Debug)]
pub(super) struct Observations {
    pub settings: Settings,
    /// The streams that the report is about.
    pub selected: Vec<&'static Stream>,
    pub responses: Vec<Response>,
    /// Facts about the fields of the rows that a sync reads, by stream.
    pub fields: BTreeMap<&'static str, Fields>,
    pub stopped: Option<Stop>,
    /// GETs sent, those without a response too.
    pub requests: usize,
    pub expiry_is_string: Option<bool>,
}

impl Observations {
    /// The selected streams and their ancestors, as in the table.
    pub(super) fn streams(&self) -> impl Iterator<Item = &'static Stream> {
        STREAMS.iter().copied().filter(|stream| self.covers(stream))
    }

    /// The streams that have no parent.
    pub(super) fn roots(&self) -> impl Iterator<Item = &'static Stream> {
        self.streams().filter(|stream| stream.parent.is_none())
    }

    /// The lists of root streams that are probed as a sync reads them.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&'static Stream, List)> {
        self.roots().flat_map(|stream| probed_lists(stream).map(move |list| (stream, list)))
    }

    /// True if a stream is selected, or is an ancestor of one that is.
    fn covers(&self, stream: &'static Stream) -> bool {
        self.selected.iter().any(|one| with_ancestors(one).any(|one| std::ptr::eq(one, stream)))
    }

    /// True if a request is about one of these streams, and was not sent. Two purposes repeat a request
    /// of another one.
    pub(super) fn is_open(&self, request: &Request) -> bool {
        let repeats = matches!(request.purpose, Purpose::NextAgain | Purpose::NextLate);
        let is_same = |sent: &Request| sent.path == request.path && sent.query == request.query;
        let is_it = |sent: &Request| is_same(sent) && (!repeats || sent.purpose == request.purpose);
        self.covers(request.stream) && !self.responses.iter().any(|response| is_it(&response.request))
    }

    /// The responses of a stream.
    pub(super) fn about(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(move |response| std::ptr::eq(response.request.stream, stream))
    }

    /// The responses to requests with this purpose.
    pub(super) fn all(&self, purpose: Purpose) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(move |response| response.request.purpose == purpose)
    }

    /// The first response to a request with this purpose.
    pub(super) fn any(&self, purpose: Purpose) -> Option<&Response> {
        self.all(purpose).next()
    }

    /// The same if it is a page.
    pub(super) fn page(&self, purpose: Purpose) -> Option<&Response> {
        self.any(purpose).filter(|response| response.is_page())
    }

    /// The first one for one stream.
    pub(super) fn find(&self, stream: &'static Stream, purpose: Purpose) -> Option<&Response> {
        self.about(stream).find(|response| response.request.purpose == purpose)
    }

    /// The responses to requests that a sync sends too.
    pub(super) fn of_a_sync(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.about(stream).filter(|response| response.request.purpose.is_of_a_sync())
    }

    /// The responses that hold rows of the stream as a sync reads them.
    pub(super) fn reads(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.of_a_sync(stream).filter(|response| response.is_page())
    }

    /// All of these.
    pub(super) fn all_reads(&self) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(|response| response.request.purpose.is_of_a_sync() && response.is_page())
    }

    /// The rows of the stream as a sync reads them, as far as they were requested.
    pub(super) fn rows(&self, stream: &'static Stream) -> impl Iterator<Item = &Row> {
        self.reads(stream).flat_map(|response| &response.rows)
    }

    /// The parents of a stream that a sync would request, among those that were read.
    pub(super) fn eligible(&self, stream: &'static Stream) -> Vec<&Row> {
        let Some(Parent { stream: parent, which, .. }) = &stream.parent else { return Vec::new() };
        let include_deleted = self.settings.include_deleted_users;
        let is_eligible =
            |row: &&Row| request::includes(*which, include_deleted, |field| field_text(row, field));
        self.rows(parent).filter(is_eligible).collect()
    }

    /// The dates of the rows of a stream, in order.
    pub(super) fn dates(&self, stream: &'static Stream, field: &str) -> Vec<DateTime<Utc>> {
        let mut dates: Vec<_> = self.rows(stream).filter_map(|row| instant(row, field)).collect();
        dates.sort_unstable();
        dates
    }

    /// The pages of one list of a root stream, in order.
    pub(super) fn pages(&self, stream: &'static Stream, list: List) -> Vec<&Response> {
        let is_page = |response: &&Response| {
            [Purpose::List(list), Purpose::Page(list)].contains(&response.request.purpose)
                && response.is_page()
        };
        self.about(stream).filter(is_page).collect()
    }

    /// True if every list of a root stream was read to its end.
    pub(super) fn is_read_in_full(&self, stream: &'static Stream) -> bool {
        probed_lists(stream).all(|list| self.pages(stream, list).last().is_some_and(|page| !page.goes_on()))
    }

    /// True if a scope is granted, by the best proof: a page, a refusal, any other response of the
    /// API. `None` if no response shows it.
    pub(super) fn is_granted(&self, scope: &str) -> Option<bool> {
        let proof = |response: &Response| match (response.request.purpose, response.outcome) {
            (Purpose::CompanyRegistrations, _) => None,
            (_, Outcome::MissingScope) => Some((1, false)),
            // The API may look the parent up first.
            (Purpose::MissingParent, _) => None,
            (_, Outcome::Page) => Some((2, true)),
            _ => matches!(response.raw.status, 200..=299 | 400 | 404).then_some((0, true)),
        };
        let of_scope = self.responses.iter().filter(|response| response.request.stream.scope == scope);
        of_scope.filter_map(proof).max().map(|(_, is_granted)| is_granted)
    }

    /// True if the scope of the stream is known to be missing.
    pub(super) fn lacks_scope(&self, stream: &'static Stream) -> bool {
        self.is_granted(stream.scope) == Some(false)
    }

    /// True if it cannot be read because its scope or that of a stream above it is missing.
    pub(super) fn is_forbidden(&self, stream: &'static Stream) -> bool {
        with_ancestors(stream).any(|one| self.lacks_scope(one))
    }

    /// True if the feature of the stream is off for the whole account: one request shows it.
    pub(super) fn is_off(&self, stream: &'static Stream) -> bool {
        self.about(stream).any(|response| stream.off_codes.contains(&response.raw.code.as_str()))
    }
}

/// A hidden status that rows show is compared with the plain list instead.
fn probed_lists(stream: &'static Stream) -> impl Iterator<Item = List> {
    let is_probed = |list: &List| !matches!(list, List::Hidden(status) if status.in_rows);
    request::lists(stream).into_iter().filter(is_probed)
}

/// A stream, its parent, and so on up to the root.
pub(super) fn with_ancestors(stream: &'static Stream) -> impl Iterator<Item = &'static Stream> {
    std::iter::once(stream).chain(stream.ancestors())
}

/// True if the stream has children.
pub(super) fn is_parent(stream: &'static Stream) -> bool {
    STREAMS.iter().filter_map(|child| child.parent.as_ref()).any(|parent| std::ptr::eq(parent.stream, stream))
}

/// A string or a boolean of a row, as text.
fn field_text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    match row.get(field)? {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        value => value.as_str(),
    }
}
