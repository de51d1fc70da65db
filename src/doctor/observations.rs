//! What was requested, and the responses. Rows are kept as far as later probes need them; they are
//! never printed.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::fields::{Fields, is_code};
use crate::streams::{Body, Cursor, HiddenStatus, List, STREAMS, Stream, request};

/// Why a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// The first page of a list of the table.
    List(List),
    /// A further page of that list.
    Next(List),
    /// A stream under one of its parents, by the numbers of the sample and of the variant.
    Child(usize, usize),
    /// A date filter that no row can pass.
    FutureDate,
    /// Rows of one status.
    Status(&'static str),
    /// The plain list of statistics, of one path.
    PlainOfPath,
    /// The enrollments of a path of which one is known to be archived.
    EnrollmentsOfPath,
    /// The filter that no row can pass, with encoded brackets.
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
    /// A parent that does not exist.
    MissingParent,
    /// A possible path of the company-wide list of registrations.
    CompanyRegistrations(&'static str),
}

/// The kept fields of a row, by name.
pub(super) type Row = BTreeMap<&'static str, Value>;

/// The form of a `Link` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// An absolute URL, not a path.
    pub absolute: bool,
    /// `rel="next"`, not `rel=next`.
    pub quoted: bool,
    /// True if its brackets are encoded; `None` without brackets.
    pub encoded: Option<bool>,
}

/// One GET and its response.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Response {
    pub url: Url,
    pub stream: &'static Stream,
    pub probe: Probe,
    pub status: u16,
    pub code: String,
    pub is_bare: bool,
    pub is_json: bool,
    pub took: Duration,
    pub packed: bool,
    pub version: String,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// This machine's clock when the response had arrived.
    pub here: DateTime<Utc>,
    pub retry_after: bool,
    pub link: Option<Link>,
    pub next: Option<Url>,
    /// True if the `Link` to the next page cannot be followed.
    pub is_link_unreadable: bool,
    /// The rows; `None` if the response is not a page.
    pub rows: Option<Vec<Row>>,
    /// Facts about the fields of the rows.
    pub fields: Fields,
}

/// Why the probes stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A status of a server in trouble.
    Status(u16),
    /// A valid token was refused.
    Token,
    /// There was no response.
    NoResponse(&'static str),
    /// A response was not a page.
    Unreadable,
}

/// A date filter that most rows of a list pass.
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

/// Everything that one run observed.
#[derive(Debug, Default)]
pub(super) struct Observations {
    pub responses: Vec<Response>,
    pub stopped: Option<Stop>,
    /// GETs sent, those without a response too.
    pub requests: usize,
    pub expiry_is_string: Option<bool>,
    /// The filter whose second page was requested.
    pub filter: Option<Filter>,
    /// The filter that was sent with an instant and with a date.
    pub day: Option<Filter>,
}

impl Observations {
    /// The responses of a stream.
    pub(super) fn about(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.responses.iter().filter(move |response| std::ptr::eq(response.stream, stream))
    }

    /// The response to one probe.
    pub(super) fn find(&self, stream: &'static Stream, probe: Probe) -> Option<&Response> {
        self.about(stream).find(|response| response.probe == probe)
    }

    /// The response to a probe that is sent for one stream only.
    pub(super) fn any(&self, probe: Probe) -> Option<&Response> {
        self.responses.iter().find(|response| response.probe == probe)
    }

    /// The responses that hold rows of the stream as a sync reads them.
    pub(super) fn reads(&self, stream: &'static Stream) -> impl Iterator<Item = &Response> {
        self.about(stream).filter(|response| response.is_read())
    }

    /// The rows of the stream as a sync reads them, as far as they were requested.
    pub(super) fn rows(&self, stream: &'static Stream) -> impl Iterator<Item = &Row> {
        self.reads(stream).filter_map(|response| response.rows.as_ref()).flatten()
    }

    /// Facts about the fields of a stream's rows.
    pub(super) fn fields(&self, stream: &'static Stream) -> Fields {
        Fields::sum(self.reads(stream).map(|response| &response.fields))
    }

    /// The pages of one list of a root stream, in order.
    pub(super) fn pages(&self, stream: &'static Stream, list: List) -> Vec<&Response> {
        let wanted = [Probe::List(list), Probe::Next(list)];
        self.about(stream)
            .filter(|response| wanted.contains(&response.probe) && response.rows.is_some())
            .collect()
    }

    /// True if every probed list of a root stream was read to its end.
    pub(super) fn is_read_in_full(&self, stream: &'static Stream) -> bool {
        probed_lists(stream)
            .into_iter()
            .all(|list| self.pages(stream, list).last().is_some_and(|page| !page.goes_on()))
    }

    /// True if a scope is granted; `None` if no response shows it. A page proves more than a
    /// refusal.
    pub(super) fn is_granted(&self, scope: &str) -> Option<bool> {
        let is_proof = |response: &&Response| {
            response.stream.scope == scope
                && !matches!(response.probe, Probe::MissingParent | Probe::CompanyRegistrations(_))
        };
        let any = |fact: fn(&Response) -> bool| self.responses.iter().filter(is_proof).any(fact);
        if any(|response| response.rows.is_some()) {
            Some(true)
        } else if any(Response::lacks_scope) {
            Some(false)
        } else {
            any(|response| matches!(response.status, 200..=299 | 400 | 404)).then_some(true)
        }
    }

    /// False if a scope of a stream or of its ancestors is missing.
    pub(super) fn is_readable(&self, stream: &'static Stream) -> bool {
        let is_refused = |stream: &'static Stream| self.is_granted(stream.scope) == Some(false);
        !is_refused(stream) && !stream.ancestors().any(is_refused)
    }

    /// The streams with a property.
    pub(super) fn streams(fact: impl Fn(&'static Stream) -> bool) -> impl Iterator<Item = &'static Stream> {
        STREAMS.iter().copied().filter(move |stream| fact(stream))
    }
}

impl Response {
    /// True if it has rows as a sync reads them.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.probe, Probe::List(_) | Probe::Next(_) | Probe::Child(..)) && self.rows.is_some()
    }

    /// True if this response shows that the scope is missing.
    pub(super) fn lacks_scope(&self) -> bool {
        self.status == 403 && self.code == "invalid_scope"
    }

    /// True if a sync takes this response for a parent that is gone.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self.status, 404 | 410)
            && is_code(&self.code)
            && !self.is_empty_by_code()
            && self.stream.parent.is_some()
            && !matches!(self.probe, Probe::CompanyRegistrations(_))
    }

    /// True if a sync takes this response for an empty list.
    pub(super) fn is_empty_by_code(&self) -> bool {
        let code = self.code.as_str();
        self.stream.empty_codes.contains(&code) || self.stream.off_codes.contains(&code)
    }

    /// True if it is a refusal that no sync expects, or not a page. A server in trouble, which ends
    /// the run, proves nothing about the endpoint.
    pub(super) fn is_refused(&self) -> bool {
        let is_final = match self.status {
            204 | 400 | 404 | 410 => true,
            200..=299 | 403 => self.is_json,
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
        self.next.is_some() || self.is_link_unreadable
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

/// The lists of a root stream that are probed as a sync reads them. The other hidden statuses are
/// compared with the plain list.
pub(super) fn probed_lists(stream: &'static Stream) -> Vec<List> {
    let is_probed = |list: &List| !matches!(list, List::Hidden(status) if status.in_rows);
    request::lists(stream).into_iter().filter(is_probed).collect()
}

/// The hidden statuses of root streams that a plain list can show.
pub(super) fn shown_statuses() -> impl Iterator<Item = (&'static Stream, &'static HiddenStatus)> {
    let roots = STREAMS.iter().copied().filter(|stream| stream.parent.is_none());
    roots
        .flat_map(|stream| stream.hidden.iter().map(move |hidden| (stream, hidden)))
        .filter(|(_, hidden)| hidden.in_rows)
}

/// The fields of a stream's rows that are kept: those that a sync uses, and those that probes need.
pub(super) fn kept(stream: &'static Stream) -> Vec<&'static str> {
    let mut kept =
        vec!["_id", "status", "createdAt", "modifiedAt", "pathId", "classroomId", "classroomSlotId"];
    kept.extend(stream.key);
    match &stream.cursor {
        Some(Cursor::Filtered { field, .. }) => kept.push(field),
        Some(Cursor::Chosen(fields)) => kept.extend(*fields),
        _ => {}
    }
    kept.extend(request::columns_for(stream, STREAMS.iter().copied()));
    if let Body::Values(field) = stream.body {
        kept.push(field);
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}
