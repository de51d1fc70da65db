//! Sends every request of the doctor, one after the other, and stops at the first sign of trouble.

use serde_json::Value;
use url::Url;

use super::fields::Fields;
use super::observations::{Link, Observations, Probe, Response, Row, Stop, kept};
use super::progress::Progress;
use super::{MOST, ProbeClient, ProbeError, RawResponse};
use crate::api::Shape;
use crate::streams::{Body, Stream};

/// Sends probes and keeps the responses.
pub(super) struct ProbeLog<'a> {
    client: &'a ProbeClient,
    progress: &'a Progress,
    pub seen: Observations,
}

/// One request.
pub(super) struct ProbeRequest<'a> {
    pub stream: &'static Stream,
    pub probe: Probe,
    pub url: Url,
    /// What the parent gives to the rows, by the child's names.
    pub given: Option<&'a Row>,
}

impl<'a> ProbeLog<'a> {
    pub(super) fn new(client: &'a ProbeClient, progress: &'a Progress) -> Self {
        Self { client, progress, seen: Observations::default() }
    }

    pub(super) fn url(&self, path: &str, query: &str) -> Url {
        self.client.url(path, query)
    }

    /// GETs left in the budget; none after a sign of trouble.
    pub(super) fn left(&self) -> usize {
        if self.seen.stopped.is_some() { 0 } else { MOST.saturating_sub(self.seen.requests) }
    }

    /// Sends a request, unless the budget is spent. The response is kept, and returned if it is a
    /// page.
    pub(super) async fn send(&mut self, request: ProbeRequest<'_>) -> Option<&Response> {
        if self.left() == 0 {
            return None;
        }
        self.seen.requests += 1;
        self.progress.request(request.stream.name, self.seen.requests);
        let shape = match request.stream.body {
            Body::Objects => Shape::Objects,
            Body::Values(_) => Shape::Values,
            Body::Object => Shape::Object,
        };
        let response = match self.client.get(&request.url, shape).await {
            Ok(response) => response,
            Err(error) => {
                self.seen.stopped = Some(Stop::NoResponse(reason(&error)));
                return None;
            }
        };
        self.seen.stopped = match response.status {
            // Complete JSON is a response, even if it is not a page.
            200..=299 if response.rows.is_some() || response.is_json || response.status == 204 => None,
            200..=299 => Some(Stop::Unreadable),
            // Not from the API, but from a proxy or a firewall.
            403 if !response.is_json => Some(Stop::Status(403)),
            400 | 403 | 404 | 410 => None,
            401 => Some(Stop::Token),
            status => Some(Stop::Status(status)),
        };
        let response = self.kept(&request, response);
        self.seen.responses.push(response);
        self.seen.responses.last().filter(|response| response.rows.is_some())
    }

    /// The first page of a path, with this query.
    pub(super) async fn get(
        &mut self,
        stream: &'static Stream,
        probe: Probe,
        path: &str,
        query: &str,
    ) -> Option<&Response> {
        let url = self.url(path, query);
        self.send(ProbeRequest { stream, probe, url, given: None }).await
    }

    /// The part of a response that is kept.
    fn kept(&self, request: &ProbeRequest<'_>, response: RawResponse) -> Response {
        let (stream, schema, names) = (request.stream, request.stream.json_schema(), kept(request.stream));
        let mut fields = Fields::default();
        let rows = response.rows.as_ref().map(|rows| {
            let read = |raw: &str| {
                // Rows are parts of valid JSON.
                let row: Value = serde_json::from_str(raw).unwrap_or_default();
                fields.read(stream, &schema, &row);
                let row = match stream.body {
                    Body::Values(field) => Value::Object([(field.to_owned(), row)].into_iter().collect()),
                    Body::Objects | Body::Object => row,
                };
                let value = |name: &&'static str| {
                    let own = row.get(*name).filter(|value| !value.is_null());
                    Some((*name, own.or_else(|| request.given?.get(*name))?.clone()))
                };
                names.iter().filter_map(value).collect::<Row>()
            };
            rows.iter().map(read).collect::<Vec<Row>>()
        });
        Response {
            url: request.url.clone(),
            stream,
            probe: request.probe,
            status: response.status,
            code: response.code,
            is_bare: response.is_bare,
            is_json: response.is_json,
            took: response.took,
            packed: response.packed,
            version: response.version,
            date: response.date,
            here: self.client.now(),
            retry_after: response.retry_after,
            link: response.link.as_deref().map(link),
            next: response.next,
            is_link_unreadable: response.is_link_unreadable,
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

fn reason(error: &ProbeError) -> &'static str {
    match error {
        ProbeError::NoToken(_) => "no new token was issued",
        ProbeError::NoConnection => "the connection failed",
        ProbeError::Late => "a response timed out",
        ProbeError::Broken => "a response was cut off",
        ProbeError::TooLarge => "a response was larger than any page",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_link_is_kept_without_its_address() {
        let raw = link("<https://app.360learning.com/api/v2/paths?a[gte]=1&next=2>; rel=\"next\"");
        assert_eq!((raw.absolute, raw.quoted, raw.encoded), (true, true, Some(false)));
        let other = link("</api/v2/paths?a%5Bgte%5D=1>; rel=next");
        assert_eq!((other.absolute, other.quoted, other.encoded), (false, false, Some(true)));
    }
}
