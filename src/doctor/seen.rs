//! What was asked and what came of it. Rows are kept as far as other questions follow from them, and never printed.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::fields::Fields;
use crate::streams::{Body, STREAMS, Stream};

/// Why something was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The first page of a list of the table, by the place of its query.
    List(usize),
    /// A further page of that list.
    Next(usize),
    /// A stream under one of its parents, by the place of the sample and of the variant.
    Child(usize, usize),
    /// A filter by date that no row can pass.
    Never,
    /// Rows of one status.
    Status(&'static str),
    /// The plain list of statistics, of one path.
    Plain,
    /// The enrollments of a path of which one is known to be archived.
    OfArchived,
    /// The filter that no row can pass, with encoded brackets.
    Encoded,
    /// Rows from a day on, told as an instant.
    FromInstant,
    /// The same, told as a date.
    FromDate,
    /// A row within the last millisecond of its second.
    Milliseconds,
    /// The second page of a list, a second time at once.
    Again,
    /// The same at the end of the run.
    Late,
    /// The first page of a filtered list.
    Filtered,
    /// The page after it, by its `Link`.
    FilteredNext,
    /// The same page, with the filter repeated beside `next`.
    Beside,
    /// A parent that does not exist.
    Nobody,
    /// A place at which the company-wide list of registrations may be.
    Registrations(&'static str),
}

/// A row, as far as it is kept: by the names of the fields.
pub(super) type Row = BTreeMap<&'static str, Value>;

/// How the next page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// A whole address, rather than a path.
    pub absolute: bool,
    /// `rel="next"`, rather than `rel=next`.
    pub quoted: bool,
    /// Brackets in it: `None` where there are none.
    pub encoded: Option<bool>,
}

/// One GET and its answer.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Answer {
    pub url: Url,
    pub stream: &'static Stream,
    pub purpose: Purpose,
    pub status: u16,
    pub code: String,
    pub is_bare: bool,
    pub is_json: bool,
    pub took: Duration,
    pub packed: bool,
    pub version: String,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
    /// This machine's clock when the answer was there.
    pub here: DateTime<Utc>,
    pub retry_after: bool,
    pub link: Option<Link>,
    pub next: Option<Url>,
    /// Whether a next page is told that cannot be followed.
    pub is_astray: bool,
    /// The rows; `None` where it was no page.
    pub rows: Option<Vec<Row>>,
    /// What the rows hold.
    pub fields: Fields,
}

/// Why nothing more was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A status that says: not now.
    Status(u16),
    /// A good token was refused.
    Token,
    /// There was no answer.
    Silence(&'static str),
    /// There was an answer that is no page.
    Unreadable,
}

/// A filter by a date that most rows of a list pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filter {
    pub field: &'static str,
    pub from: DateTime<Utc>,
}

impl Filter {
    /// Whether a row passes.
    pub(super) fn admits(self, row: &Row) -> bool {
        instant(row, self.field).is_some_and(|at| at >= self.from)
    }
}

/// Everything that one run saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub answers: Vec<Answer>,
    pub stopped: Option<Stop>,
    /// GETs sent, those without an answer too.
    pub asked: usize,
    pub life_is_text: Option<bool>,
    /// The filter whose second page was asked for.
    pub filter: Option<Filter>,
    /// The filter that was told as an instant and as a date.
    pub day: Option<Filter>,
}

impl Seen {
    /// The answers for a stream.
    pub(super) fn about(&self, stream: &'static Stream) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(move |answer| std::ptr::eq(answer.stream, stream))
    }

    /// The answer to one question.
    pub(super) fn find(&self, stream: &'static Stream, purpose: Purpose) -> Option<&Answer> {
        self.about(stream).find(|answer| answer.purpose == purpose)
    }

    /// The answer to a question that was asked about one stream only.
    pub(super) fn any(&self, purpose: Purpose) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.purpose == purpose)
    }

    /// The answers that hold rows of the stream as a sync reads them.
    pub(super) fn reads(&self, stream: &'static Stream) -> impl Iterator<Item = &Answer> {
        self.about(stream).filter(|answer| answer.is_read())
    }

    /// The rows of the stream as a sync reads them, as far as they were asked for.
    pub(super) fn rows(&self, stream: &'static Stream) -> impl Iterator<Item = &Row> {
        self.reads(stream).filter_map(|answer| answer.rows.as_ref()).flatten()
    }

    /// What the rows of a stream hold.
    pub(super) fn fields(&self, stream: &'static Stream) -> Fields {
        Fields::sum(self.reads(stream).map(|answer| &answer.fields))
    }

    /// The pages of one list of a stream of its own, in order.
    pub(super) fn pages(&self, stream: &'static Stream, query: usize) -> Vec<&Answer> {
        let wanted = [Purpose::List(query), Purpose::Next(query)];
        self.about(stream)
            .filter(|answer| wanted.contains(&answer.purpose) && answer.rows.is_some())
            .collect()
    }

    /// Whether every list of a stream of its own was read to its end.
    pub(super) fn is_whole(&self, stream: &'static Stream) -> bool {
        (0..stream.queries.len())
            .all(|query| self.pages(stream, query).last().is_some_and(|page| !page.goes_on()))
    }

    /// Whether the scope of a stream is granted; `None` where nothing tells. What was read tells more than what was refused.
    pub(super) fn is_granted(&self, scope: &str) -> Option<bool> {
        let is_telling = |answer: &&Answer| {
            answer.stream.scope == scope
                && !matches!(answer.purpose, Purpose::Nobody | Purpose::Registrations(_))
        };
        let any = |fact: fn(&Answer) -> bool| self.answers.iter().filter(is_telling).any(fact);
        if any(|answer| answer.rows.is_some()) {
            Some(true)
        } else if any(Answer::lacks_scope) {
            Some(false)
        } else {
            any(|answer| matches!(answer.status, 200..=299 | 400 | 404)).then_some(true)
        }
    }

    /// Whether the scopes of a stream, and of those that it is read under, may be granted.
    pub(super) fn is_readable(&self, stream: &'static Stream) -> bool {
        let is_refused = |stream: &'static Stream| self.is_granted(stream.scope) == Some(false);
        !is_refused(stream) && !stream.ancestors().any(is_refused)
    }

    /// Streams of the table that have a fact.
    pub(super) fn streams(fact: impl Fn(&'static Stream) -> bool) -> impl Iterator<Item = &'static Stream> {
        STREAMS.iter().copied().filter(move |stream| fact(stream))
    }
}

impl Answer {
    /// Whether it holds rows as a sync reads them.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.purpose, Purpose::List(_) | Purpose::Next(_) | Purpose::Child(..))
            && self.rows.is_some()
    }

    /// Whether the scope is missing, by this answer.
    pub(super) fn lacks_scope(&self) -> bool {
        self.status == 403 && self.code == "invalid_scope"
    }

    /// Whether it is a refusal that no sync expects, or no page. Trouble that ended the run says nothing about the endpoint.
    pub(super) fn is_refused(&self) -> bool {
        let code = self.code.as_str();
        let is_answer = match self.status {
            204 | 400 | 404 | 410 => true,
            200..=299 | 403 => self.is_json,
            _ => false,
        };
        self.rows.is_none()
            && is_answer
            && !self.lacks_scope()
            && !self.stream.absent.contains(&code)
            && !self.stream.off.contains(&code)
    }

    /// Whether its list has more pages, also where the way to them cannot be followed.
    pub(super) fn goes_on(&self) -> bool {
        self.next.is_some() || self.is_astray
    }

    /// Its rows; none where it was no page.
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

/// A text of a row.
pub(super) fn text<'a>(row: &'a Row, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// An instant of a row.
pub(super) fn instant(row: &Row, field: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text(row, field)?).ok().map(|at| at.to_utc())
}

/// The fields of a stream's rows that are kept: those that a sync uses, and those that questions follow from.
pub(super) fn kept(stream: &'static Stream) -> Vec<&'static str> {
    let mut kept =
        vec!["_id", "status", "createdAt", "modifiedAt", "pathId", "classroomId", "classroomSlotId"];
    kept.extend(stream.key);
    match &stream.cursor {
        Some(crate::streams::Cursor::Filtered { field, .. }) => kept.push(field),
        Some(crate::streams::Cursor::Chosen(fields)) => kept.extend(*fields),
        _ => {}
    }
    for parent in STREAMS.iter().filter_map(|child| child.parent.as_ref()) {
        if std::ptr::eq(parent.stream, stream) {
            kept.extend(parent.fields.iter().map(|(from, _)| *from).chain(parent.only.field()));
        }
    }
    if let Body::Values(field) = stream.body {
        kept.push(field);
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}
