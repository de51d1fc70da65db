//! One request and its response. Rows are kept as far as later probes and judgments need them; they
//! are never printed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fields::{Fields, is_code};
use crate::api::RawResponse;
use crate::streams::{Body, List, STREAMS, Stream, request};

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

impl Purpose {
    /// True if a sync sends the same request.
    pub(super) fn is_of_a_sync(self) -> bool {
        matches!(self, Self::List(_) | Self::Page(_) | Self::Child)
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
}

impl Request {
    /// At the path of the stream, which is that of a list.
    pub(super) fn new(stream: &'static Stream, purpose: Purpose, query: impl Into<String>) -> Self {
        let (path, query) = (stream.path.to_owned(), query.into());
        Self { stream, purpose, path, query, given: Row::new() }
    }

    /// Those under one parent, one for each variant; none if its id is not an id.
    pub(super) fn under(stream: &'static Stream, parent: &Row) -> Vec<Self> {
        let fields = stream.parent.iter().flat_map(|parent| parent.fields);
        let given: Row = fields.filter_map(|(from, to)| Some((*to, parent.get(from)?.clone()))).collect();
        let request = |variant| {
            let path = request::path(stream, variant, |name| text(&given, name).map(str::to_owned))?;
            Some(Self { path, given: given.clone(), ..Self::new(stream, Purpose::Child, "") })
        };
        request::variants(stream).into_iter().filter_map(request).collect()
    }

    /// True if a row passes the filter from an instant on, which is the whole query.
    pub(super) fn admits(&self, row: &Row) -> bool {
        let filter = self.query.split_once("[gte]=");
        let dates = filter.and_then(|(field, from)| instant(row, field).zip(parsed(from)));
        dates.is_some_and(|(at, from)| at >= from)
    }
}

/// What a response means for a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A page of rows.
    Page,
    /// The scope is missing.
    MissingScope,
    /// An empty list, by its code.
    Empty,
    /// The parent is gone.
    Absent,
    /// A refusal that no sync expects, or not a page.
    Refused,
    /// A server in trouble, which ends the run and proves nothing about the endpoint.
    Trouble,
}

/// One GET and its response.
#[derive(Debug)]
pub(super) struct Response {
    pub request: Request,
    /// The response itself; its rows are moved to `rows`.
    pub raw: RawResponse,
    /// This machine's clock when it had arrived.
    pub at: DateTime<Utc>,
    pub outcome: Outcome,
    /// Empty if it is not a page.
    pub rows: Vec<Row>,
}

impl Response {
    /// Moves the rows out of a response, as far as they are kept, and counts their fields if a sync
    /// reads them.
    pub(super) fn new(request: Request, mut raw: RawResponse, at: DateTime<Utc>, facts: &mut Fields) -> Self {
        let (stream, schema, names) = (request.stream, request.stream.json_schema(), kept(request.stream));
        let row = |raw: &str| -> Row {
            // Rows are parts of valid JSON.
            let value: Value = serde_json::from_str(raw).unwrap_or_default();
            let row = match stream.body {
                Body::Values(field) => json!({ field: value }),
                Body::Objects | Body::Object => value,
            };
            if request.purpose.is_of_a_sync() {
                facts.add(stream.name, "", &schema, &row);
            }
            let value = |name| row.get(name).filter(|value| !value.is_null()).or(request.given.get(name));
            names.iter().filter_map(|name| Some((*name, value(*name)?.clone()))).collect()
        };
        let rows: Option<Vec<Row>> = raw.rows.take().map(|rows| rows.iter().map(row).collect());
        let code = raw.code.as_str();
        let outcome = match raw.status {
            _ if rows.is_some() => Outcome::Page,
            403 if code == "invalid_scope" => Outcome::MissingScope,
            _ if stream.empty_codes.contains(&code) || stream.off_codes.contains(&code) => Outcome::Empty,
            404 | 410 if is_code(code) && stream.parent.is_some() => Outcome::Absent,
            204 | 400 | 404 | 410 => Outcome::Refused,
            200..=299 | 403 if raw.is_json => Outcome::Refused,
            _ => Outcome::Trouble,
        };
        Self { request, raw, at, outcome, rows: rows.unwrap_or_default() }
    }

    /// The name of its stream.
    pub(super) fn name(&self) -> &'static str {
        self.request.stream.name
    }

    pub(super) fn is_page(&self) -> bool {
        self.outcome == Outcome::Page
    }

    /// True if a sync sends this request and goes on after this response.
    pub(super) fn is_answer(&self) -> bool {
        self.request.purpose.is_of_a_sync()
            && matches!(self.outcome, Outcome::Page | Outcome::Empty | Outcome::Absent)
    }

    /// `HTTP 404 notFound`. A code is printed only if it looks like one: the server sent it.
    pub(super) fn status(&self) -> String {
        let code = if is_code(&self.raw.code) { &self.raw.code } else { "without a code" };
        format!("HTTP {} {code}", self.raw.status)
    }

    /// True if a sync takes its `next` for expired.
    pub(super) fn has_expired(&self) -> bool {
        matches!(self.raw.status, 400 | 410)
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

    /// The ids of its rows, in order.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.rows.iter().filter_map(|row| text(row, "_id")).collect()
    }
}

/// A string of a row.
pub(super) fn text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// An instant of a row.
pub(super) fn instant(row: &Row, field: &str) -> Option<DateTime<Utc>> {
    parsed(text(row, field)?)
}

fn parsed(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// The fields of a stream's rows that are kept: those that a sync uses, and those that probes need.
fn kept(stream: &'static Stream) -> Vec<&'static str> {
    let mut kept = vec!["_id", "status", "createdAt", "modifiedAt", "pathId", "eventType", "payload"];
    kept.extend(["classroomId", "classroomSlotId"]);
    kept.extend(stream.key);
    kept.extend(cursor_fields(stream));
    kept.extend(request::columns_for(stream, STREAMS.iter().copied()));
    kept
}

/// The fields of the cursor on the rows themselves.
pub(super) fn cursor_fields(stream: &'static Stream) -> &'static [&'static str] {
    stream.cursor.as_ref().map_or(&[], request::row_dates)
}
