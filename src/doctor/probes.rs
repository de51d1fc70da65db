//! What is requested: a list of probes, and the one place that sends them, one request after the
//! other, until the first sign of trouble.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::assumptions::{access, dates, events, filters, hidden, pages};
use super::exchange::{Request, Response, Row};
use super::lists;
use super::observations::Observations;
use super::{MOST, Progress, stop::Stop};
use crate::api::{ProbeClient, ProbeError, RawResponse, Shape};
use crate::streams::{Body, STREAMS, Stream, request};

/// A group of requests with one aim: data and a pure function.
#[derive(Debug)]
pub(super) struct Probe {
    /// What is requested, for people.
    pub name: &'static str,
    /// Requests that are left to later probes.
    reserve: usize,
    /// All of its requests, given what is known so far. Those that were sent are not sent again.
    requests: fn(&Observations) -> Vec<Request>,
}

const fn probe(name: &'static str, reserve: usize, requests: fn(&Observations) -> Vec<Request>) -> Probe {
    Probe { name, reserve, requests }
}

pub(super) static LISTS: Probe = probe("the first page of every list", 1, lists::first_pages);
pub(super) static SECOND_PAGE: Probe = probe("the second page of one list, twice", 1, pages::second);
pub(super) static CHILDREN: Probe = probe("child streams, under a few parents each", 65, lists::children);
pub(super) static EVENTS: Probe = probe("webhook events of each type", 1, events::requests);
pub(super) static REGISTRATIONS: Probe =
    probe("a company-wide list of registrations", 1, access::company_registrations);
pub(super) static FUTURE_DATES: Probe = probe("date filters that no row can pass", 1, filters::future_dates);
pub(super) static DATE_FORMS: Probe = probe("date filters in other forms", 1, filters::date_forms);
pub(super) static STATUSES: Probe = probe("archived and deleted rows", 1, hidden::requests);
pub(super) static FILTERED_PAGES: Probe = probe("the second page of a filtered list", 1, pages::filtered);
pub(super) static MISSING_PARENTS: Probe = probe("objects that do not exist", 1, access::missing_parents);
pub(super) static PAGES: Probe = probe("more pages of every list", 12, pages::further);
static MORE_CHILDREN: Probe = probe("child streams, under more parents", 1, lists::children);
pub(super) static OLD_PAGE: Probe = probe("the second page of one list once more", 0, pages::late);

/// The probes in the order in which they are sent.
static PROBES: [&Probe; 13] = [
    &LISTS,
    // Early, since a `next` may expire.
    &SECOND_PAGE,
    &CHILDREN,
    &EVENTS,
    &REGISTRATIONS,
    &FUTURE_DATES,
    &DATE_FORMS,
    &STATUSES,
    &FILTERED_PAGES,
    &MISSING_PARENTS,
    &PAGES,
    &MORE_CHILDREN,
    &OLD_PAGE,
];

/// Sends every probe within the limits. Returns what was observed.
pub(super) async fn run(client: &ProbeClient, progress: &Progress, mut seen: Observations) -> Observations {
    for probe in PROBES {
        let mut has_begun = false;
        while let Some(request) = next(probe, &seen) {
            if !std::mem::replace(&mut has_begun, true) {
                progress.begin(probe.name);
            }
            seen.requests += 1;
            progress.request(request.stream.name, seen.requests);
            match get(client, &request).await {
                Ok(raw) => {
                    progress.response(&request.path, raw.status, raw.took);
                    let response = read(&mut seen, request, raw, client.now());
                    seen.stopped = Stop::after(&response);
                    seen.responses.push(response);
                }
                Err(error) => seen.stopped = Some(Stop::without_response(&error)),
            }
        }
    }
    seen
}

/// The next request of a probe, unless the run has to end or the rest is for later probes.
fn next(probe: &Probe, seen: &Observations) -> Option<Request> {
    if seen.stopped.is_some() || seen.requests + probe.reserve >= MOST {
        return None;
    }
    let is_open = |request: &Request| seen.covers(request.stream) && !seen.was_sent(request);
    (probe.requests)(seen).into_iter().find(is_open)
}

async fn get(client: &ProbeClient, request: &Request) -> Result<RawResponse, ProbeError> {
    let shape = match request.stream.body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    };
    client.get(&client.url(&request.path, &request.query), shape).await
}

/// Moves the rows out of a response, as far as they are kept, and counts their fields.
fn read(seen: &mut Observations, request: Request, mut raw: RawResponse, here: DateTime<Utc>) -> Response {
    let (stream, schema, names) = (request.stream, request.stream.json_schema(), kept(request.stream));
    let fields = seen.fields.entry(stream.name).or_default();
    let row = |raw: &str| -> Row {
        // Rows are parts of valid JSON.
        let value: Value = serde_json::from_str(raw).unwrap_or_default();
        let row = match stream.body {
            Body::Values(field) => json!({ field: value }),
            Body::Objects | Body::Object => value,
        };
        if request.purpose.is_of_a_sync() {
            fields.add(stream.name, "", &schema, &row);
        }
        let value = |name| row.get(name).filter(|value| !value.is_null()).or(request.given.get(name));
        names.iter().filter_map(|name| Some((*name, value(*name)?.clone()))).collect()
    };
    let rows = raw.rows.take().map(|rows| rows.iter().map(row).collect());
    Response::new(request, raw, here, rows)
}

/// The fields of a stream's rows that are kept: those that a sync uses, and those that probes need.
fn kept(stream: &'static Stream) -> Vec<&'static str> {
    let mut kept = vec!["_id", "status", "createdAt", "modifiedAt", "pathId", "eventType", "payload"];
    kept.extend(["classroomId", "classroomSlotId"]);
    kept.extend(stream.key);
    kept.extend(dates::cursor_fields(stream));
    kept.extend(request::columns_for(stream, STREAMS.iter().copied()));
    kept
}
