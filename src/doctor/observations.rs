//! The requests of a run and their responses. Rows are kept as far as later probes and judgments
//! need them; they are never printed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::fields::{Fields, is_code};
use super::probes::probed_lists;
use super::stop::Stop;
use crate::api::RawResponse;
use crate::config::Settings;
use crate::streams::{Cursor, List, STREAMS, Stream, request};

/// The kept fields of a row, by name.
pub(super) type Row = BTreeMap<&'static str, Value>;

/// Why a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first page of a list that has no parent.
    List(List),
    /// A further page of that list.
    Page(List),
    /// A stream under one of its parents.
    Child,
    /// A date filter that no row can pass.
    FutureDate,
    /// Rows of one status.
    Status(&'static str),
    /// The plain list of statistics, of one path.
    PlainOfPath,
    /// The future-date filter with encoded brackets.
    Encoded,
    /// Rows from a day on; the filter has an instant.
    FromInstant,
    /// The same; the filter has a date.
    FromDate,
    /// A row within the last millisecond of its second.
    Milliseconds,
    /// The second page of a list, a second time at once.
    NextAgain,
    /// The same at the end of the run.
    NextLate,
    /// The first page of a filtered list.
    Filtered,
    /// The page after it, by its `Link`.
    FilteredNext,
    /// The same page, with the filter repeated beside `next`.
    FilterBesideNext,
    /// A stream under a parent that does not exist.
    MissingParent,
    /// A possible path of the company-wide list of registrations.
    CompanyRegistrations,
}

/// A date filter that some rows of a list pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filter {
    pub field: &'static str,
    pub from: DateTime<Utc>,
}

impl Filter {
    /// True if a row passes.
    pub(super) fn admits(self, row: &Row) -> bool {
        instant(row, self.field).is_some_and(|at| at >= self.from)
    }
}

/// One GET.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub stream: &'static Stream,
    pub purpose: Purpose,
    /// Under `/api/v2`.
    pub path: String,
    /// As it is sent; empty without one.
    pub query: String,
    /// The fields of the parent that are added to the rows, by the child's names.
    pub given: Row,
    pub filter: Option<Filter>,
}

impl Request {
    pub(super) fn new(
        stream: &'static Stream,
        purpose: Purpose,
        path: impl Into<String>,
        query: impl Into<String>,
    ) -> Self {
        let (path, query) = (path.into(), query.into());
        Self { stream, purpose, path, query, given: Row::new(), filter: None }
    }
}

/// One GET and its response.
#[derive(Debug)]
pub(super) struct Response {
    pub request: Request,
    /// The response itself; its rows are moved to `rows`.
    pub raw: RawResponse,
    /// This machine's clock when it had arrived.
    pub here: DateTime<Utc>,
    /// The rows; `None` if the response is not a page.
    pub rows: Option<Vec<Row>>,
    /// Facts about the fields of the rows.
    pub fields: Fields,
}

/// Everything that one run observed.
#[derive(Debug)]
pub(super) struct Observations {
    pub settings: Settings,
    /// True if `base_url` is this machine, so that the API is most likely a mock.
    pub is_local: bool,
    /// The streams that the report is about.
    pub selected: Vec<&'static Stream>,
    pub responses: Vec<Response>,
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

    /// True if a stream is selected, or is an ancestor of one that is.
    pub(super) fn covers(&self, stream: &'static Stream) -> bool {
        let is = |one: &'static Stream| std::ptr::eq(one, stream);
        self.selected.iter().any(|one| is(one) || one.ancestors().any(is))
    }

    /// True if the same request was sent. Some purposes repeat a request of another one.
    pub(super) fn was_sent(&self, request: &Request) -> bool {
        let repeats = matches!(request.purpose, Purpose::NextAgain | Purpose::NextLate);
        self.responses.iter().map(|response| &response.request).any(|sent| {
            sent.path == request.path
                && sent.query == request.query
                && (!repeats || sent.purpose == request.purpose)
        })
    }

    /// The responses of a stream.
    pub(super) fn about(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(move |response| std::ptr::eq(response.request.stream, stream))
    }

    /// The responses to requests with this purpose.
    pub(super) fn all(&self, purpose: Purpose) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(move |response| response.request.purpose == purpose)
    }

    /// The same for one stream.
    pub(super) fn all_about(
        &self,
        stream: &'static Stream,
        purpose: Purpose,
    ) -> impl Iterator<Item = &Response> {
        self.about(stream).filter(move |response| response.request.purpose == purpose)
    }

    /// The first response to a request with this purpose.
    pub(super) fn any(&self, purpose: Purpose) -> Option<&Response> {
        self.all(purpose).next()
    }

    /// The same for one stream.
    pub(super) fn find(&self, stream: &'static Stream, purpose: Purpose) -> Option<&Response> {
        self.all_about(stream, purpose).next()
    }

    /// The responses that hold rows of the stream as a sync reads them.
    pub(super) fn reads(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.about(stream).filter(|response| response.is_read())
    }

    /// The rows of the stream as a sync reads them, as far as they were requested.
    pub(super) fn rows(&self, stream: &'static Stream) -> impl Iterator<Item = &Row> {
        self.reads(stream).flat_map(Response::rows)
    }

    /// Facts about the fields of a stream's rows.
    pub(super) fn fields(&self, stream: &'static Stream) -> Fields {
        Fields::sum(self.reads(stream).map(|response| &response.fields))
    }

    /// The pages of one list of a root stream, in order.
    pub(super) fn pages(&self, stream: &'static Stream, list: List) -> Vec<&Response> {
        let is_page = |response: &&Response| {
            [Purpose::List(list), Purpose::Page(list)].contains(&response.request.purpose)
                && response.rows.is_some()
        };
        self.about(stream).filter(is_page).collect()
    }

    /// True if every list of a root stream was read to its end.
    pub(super) fn is_read_in_full(&self, stream: &'static Stream) -> bool {
        let mut lists = probed_lists(stream).into_iter();
        lists.all(|list| self.pages(stream, list).last().is_some_and(|page| !page.goes_on()))
    }

    /// True if a scope is granted, as a page proves best; `None` if no response shows it.
    pub(super) fn is_granted(&self, scope: &str) -> Option<bool> {
        let is_of = |response: &&Response| {
            response.request.stream.scope == scope
                && response.request.purpose != Purpose::CompanyRegistrations
        };
        let of_scope = || self.responses.iter().filter(is_of);
        // Under a missing parent only a refusal is a proof: the API may look the parent up first.
        let any = |fact: fn(&Response) -> bool| {
            of_scope().filter(|response| response.request.purpose != Purpose::MissingParent).any(fact)
        };
        if any(|response| response.rows.is_some()) {
            Some(true)
        } else if of_scope().any(Response::lacks_scope) {
            Some(false)
        } else {
            any(|response| matches!(response.raw.status, 200..=299 | 400 | 404)).then_some(true)
        }
    }

    /// True if the scope of the stream is known to be missing.
    pub(super) fn lacks_scope(&self, stream: &'static Stream) -> bool {
        self.is_granted(stream.scope) == Some(false)
    }

    /// True if the feature of the stream is off for the whole account: one request shows it.
    pub(super) fn is_off(&self, stream: &'static Stream) -> bool {
        self.about(stream).any(|response| stream.off_codes.contains(&response.raw.code.as_str()))
    }
}

impl Response {
    /// True if it has rows as a sync reads them.
    pub(super) fn is_read(&self) -> bool {
        self.is_of_a_sync() && self.rows.is_some()
    }

    /// True if a sync sends the same request.
    pub(super) fn is_of_a_sync(&self) -> bool {
        matches!(self.request.purpose, Purpose::List(_) | Purpose::Page(_) | Purpose::Child)
    }

    /// True if this response shows that the scope is missing.
    pub(super) fn lacks_scope(&self) -> bool {
        self.raw.status == 403 && self.raw.code == "invalid_scope"
    }

    /// True if a sync takes this response for a parent that is gone.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self.raw.status, 404 | 410)
            && is_code(&self.raw.code)
            && !self.is_empty_by_code()
            && self.request.stream.parent.is_some()
            && self.request.purpose != Purpose::CompanyRegistrations
    }

    /// True if a sync takes this response for an empty list.
    pub(super) fn is_empty_by_code(&self) -> bool {
        let (stream, code) = (self.request.stream, self.raw.code.as_str());
        stream.empty_codes.contains(&code) || stream.off_codes.contains(&code)
    }

    /// True if it is a refusal that no sync expects, or not a page. A server in trouble, which ends
    /// the run, proves nothing about the endpoint.
    pub(super) fn is_refused(&self) -> bool {
        let is_final = match self.raw.status {
            204 | 400 | 404 | 410 => true,
            200..=299 | 403 => self.raw.is_json,
            _ => false,
        };
        self.rows.is_none()
            && is_final
            && !self.lacks_scope()
            && !self.is_absence()
            && !self.is_empty_by_code()
    }

    /// True if its list has more pages, even if their `Link` cannot be followed.
    pub(super) fn goes_on(&self) -> bool {
        self.raw.next.is_some() || self.raw.is_link_unreadable
    }

    /// The request for the page after it.
    pub(super) fn follow(&self, purpose: Purpose) -> Option<Request> {
        let query = self.raw.next.as_ref()?.query()?.to_owned();
        Some(Request { purpose, query, ..self.request.clone() })
    }

    /// Its rows; none if it is not a page.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten()
    }

    pub(super) fn len(&self) -> usize {
        self.rows.as_ref().map_or(0, Vec::len)
    }

    /// The ids of its rows, in order.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.rows().filter_map(|row| text(row, "_id")).collect()
    }
}

/// A string of a row.
pub(super) fn text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// An instant of a row.
pub(super) fn instant(row: &Row, field: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text(row, field)?).ok().map(|at| at.to_utc())
}

/// A string or a boolean of a row, as text.
pub(super) fn field_text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    match row.get(field)? {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        value => value.as_str(),
    }
}

/// The fields of the cursor on the rows themselves.
pub(super) fn cursor_fields(stream: &'static Stream) -> &'static [&'static str] {
    stream.cursor.as_ref().map_or(&[], request::row_dates)
}

/// True if the API promises the cursor's date on every row and filters on it.
pub(super) fn is_filtered(stream: &'static Stream) -> bool {
    matches!(stream.cursor, Some(Cursor::Filtered { .. }))
}
