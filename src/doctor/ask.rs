//! The only place where the doctor asks: one GET after the other, so many at most, and none after the first sign of trouble.

use serde_json::Value;
use url::Url;

use super::MOST;
use super::fields::Fields;
use super::progress::Progress;
use super::seen::{Answer, Link, Purpose, Row, Seen, Stop, kept};
use crate::api::{self, Asker, Shape, Unanswered};
use crate::streams::{Body, Stream};

/// Asks, and keeps what came of it.
pub(super) struct Desk<'a> {
    asker: &'a Asker,
    progress: &'a Progress,
    pub seen: Seen,
}

/// What is asked.
pub(super) struct Question<'a> {
    pub stream: &'static Stream,
    pub purpose: Purpose,
    pub url: Url,
    /// What the parent gives to the rows, by the names that it has for them.
    pub given: Option<&'a Row>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(asker: &'a Asker, progress: &'a Progress) -> Self {
        Self { asker, progress, seen: Seen::default() }
    }

    pub(super) fn url(&self, path: &str, query: &str) -> Url {
        self.asker.url(path, query)
    }

    /// GETs that are left; none after a sign of trouble.
    pub(super) fn left(&self) -> usize {
        if self.seen.stopped.is_some() { 0 } else { MOST.saturating_sub(self.seen.asked) }
    }

    /// Asks, unless it is time to stop. The answer is kept, and given back where it is a page.
    pub(super) async fn ask(&mut self, question: Question<'_>) -> Option<&Answer> {
        if self.left() == 0 {
            return None;
        }
        self.seen.asked += 1;
        self.progress.asks(question.stream.name, self.seen.asked);
        let shape = match question.stream.body {
            Body::Objects => Shape::Objects,
            Body::Values(_) => Shape::Values,
            Body::Object => Shape::Object,
        };
        let answer = match self.asker.ask(&question.url, shape).await {
            Ok(answer) => answer,
            Err(unanswered) => {
                self.seen.stopped = Some(Stop::Silence(silence(&unanswered)));
                return None;
            }
        };
        self.seen.stopped = match answer.status {
            // What is whole is an answer, also where it is no page.
            200..=299 if answer.rows.is_some() || answer.is_json || answer.status == 204 => None,
            200..=299 => Some(Stop::Unreadable),
            // Not from the API, but from something before it.
            403 if !answer.is_json => Some(Stop::Status(403)),
            400 | 403 | 404 | 410 => None,
            401 => Some(Stop::Token),
            status => Some(Stop::Status(status)),
        };
        let answer = self.kept(&question, answer);
        self.seen.answers.push(answer);
        self.seen.answers.last().filter(|answer| answer.rows.is_some())
    }

    /// The first page of a path under this stream's, with this query.
    pub(super) async fn get(
        &mut self,
        stream: &'static Stream,
        purpose: Purpose,
        path: &str,
        query: &str,
    ) -> Option<&Answer> {
        let url = self.url(path, query);
        self.ask(Question { stream, purpose, url, given: None }).await
    }

    /// What of an answer is kept.
    fn kept(&self, question: &Question<'_>, answer: api::Seen) -> Answer {
        let (stream, schema, names) = (question.stream, question.stream.json_schema(), kept(question.stream));
        let mut fields = Fields::default();
        let rows = answer.rows.as_ref().map(|rows| {
            let read = |raw: &str| {
                // Rows were cut out of valid JSON.
                let row: Value = serde_json::from_str(raw).unwrap_or_default();
                fields.read(stream, &schema, &row);
                let row = match stream.body {
                    Body::Values(field) => Value::Object([(field.to_owned(), row)].into_iter().collect()),
                    Body::Objects | Body::Object => row,
                };
                let value = |name: &&'static str| {
                    let own = row.get(*name).filter(|value| !value.is_null());
                    Some((*name, own.or_else(|| question.given?.get(*name))?.clone()))
                };
                names.iter().filter_map(value).collect::<Row>()
            };
            rows.iter().map(read).collect::<Vec<Row>>()
        });
        Answer {
            url: question.url.clone(),
            stream,
            purpose: question.purpose,
            status: answer.status,
            code: answer.code,
            is_bare: answer.is_bare,
            is_json: answer.is_json,
            took: answer.took,
            packed: answer.packed,
            version: answer.version,
            date: answer.date,
            here: self.asker.now(),
            retry_after: answer.retry_after,
            link: answer.link.as_deref().map(link),
            next: answer.next,
            is_astray: answer.is_astray,
            rows,
            fields,
        }
    }
}

/// The form of a link.
fn link(written: &str) -> Link {
    let target = written.trim_start_matches('<').split('>').next().unwrap_or_default();
    let lower = target.to_ascii_lowercase();
    Link {
        absolute: lower.starts_with("http://") || lower.starts_with("https://"),
        quoted: written.contains('"'),
        encoded: match (lower.contains("%5b"), target.contains('[')) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
    }
}

fn silence(why: &Unanswered) -> &'static str {
    match why {
        Unanswered::NoToken(_) => "no new token could be had",
        Unanswered::NoConnection => "no connection could be made",
        Unanswered::Late => "an answer did not come in time",
        Unanswered::Broken => "an answer broke off",
        Unanswered::TooLarge => "an answer was larger than any page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_link_is_told_without_its_address() {
        let raw = link("<https://app.360learning.com/api/v2/paths?a[gte]=1&next=2>; rel=\"next\"");
        assert_eq!((raw.absolute, raw.quoted, raw.encoded), (true, true, Some(false)));
        let other = link("</api/v2/paths?a%5Bgte%5D=1>; rel=next");
        assert_eq!((other.absolute, other.quoted, other.encoded), (false, false, Some(true)));
    }
}
