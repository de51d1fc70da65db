//! Sends the probes, one request after the other, and stops at the first sign of trouble.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{PROBES, Probe};
use crate::api::{ProbeClient, ProbeError, RawResponse, Shape};
use crate::doctor::MOST;
use crate::doctor::fields::Fields;
use crate::doctor::observations::{Observations, Request, Response, Row};
use crate::doctor::progress::Progress;
use crate::doctor::stop::Stop;
use crate::streams::{Body, STREAMS, Stream, request};

/// Sends every probe within the limits. Returns what was observed.
pub(in crate::doctor) async fn run(
    client: &ProbeClient,
    progress: &Progress,
    mut seen: Observations,
) -> Observations {
    for probe in PROBES {
        let mut has_begun = false;
        while let Some(request) = next(probe, &seen) {
            if !std::mem::replace(&mut has_begun, true) {
                progress.begin(probe.name);
            }
            seen.requests += 1;
            progress.request(request.stream.name, seen.requests);
            match send(client, request).await {
                Ok(response) => {
                    progress.response(&response.request.path, response.raw.status, response.raw.took);
                    seen.stopped = stop(&response);
                    seen.responses.push(response);
                }
                Err(error) => seen.stopped = Some(no_response(&error)),
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
    (probe.requests)(seen).into_iter().find(|request| !seen.was_sent(request))
}

async fn send(client: &ProbeClient, request: Request) -> Result<Response, ProbeError> {
    let shape = match request.stream.body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    };
    let mut raw = client.get(&client.url(&request.path, &request.query), shape).await?;
    let (rows, fields) = read(&request, &mut raw);
    Ok(Response { request, raw, here: client.now(), rows, fields })
}

/// Moves the rows out of a response, as far as they are kept, and the facts about their fields.
fn read(request: &Request, raw: &mut RawResponse) -> (Option<Vec<Row>>, Fields) {
    let (stream, schema, names) = (request.stream, request.stream.json_schema(), kept(request.stream));
    let mut fields = Fields::default();
    let rows = raw.rows.take().map(|rows| {
        let row = |raw: &str| {
            // Rows are parts of valid JSON.
            let row: Value = serde_json::from_str(raw).unwrap_or_default();
            fields.read(stream, &schema, &row);
            let own = |name: &'static str| match stream.body {
                Body::Values(field) => (field == name).then_some(&row),
                Body::Objects | Body::Object => row.get(name),
            };
            let value = |name| own(name).filter(|value| !value.is_null()).or(request.given.get(name));
            names.iter().filter_map(|name| Some((*name, value(*name)?.clone()))).collect()
        };
        rows.iter().map(row).collect()
    });
    (rows, fields)
}

/// The fields of a stream's rows that are kept: those that a sync uses, and those that probes need.
fn kept(stream: &'static Stream) -> BTreeSet<&'static str> {
    let mut kept = BTreeSet::from(["_id", "status", "createdAt", "modifiedAt", "pathId", "eventType"]);
    kept.extend(["classroomId", "classroomSlotId"]);
    kept.extend(stream.key);
    kept.extend(stream.cursor.iter().flat_map(|cursor| request::row_dates(cursor)));
    kept.extend(request::columns_for(stream, STREAMS.iter().copied()));
    if let Body::Values(field) = stream.body {
        kept.insert(field);
    }
    kept
}

/// Why a response ends the run.
fn stop(response: &Response) -> Option<Stop> {
    match response.raw.status {
        // Complete JSON is a response, even if it is not a page.
        200..=299 if response.rows.is_some() || response.raw.is_json || response.raw.status == 204 => None,
        200..=299 => Some(Stop::Unreadable),
        // Not from the API, but from a proxy or a firewall.
        403 if !response.raw.is_json => Some(Stop::Blocked),
        400 | 403 | 404 | 410 => None,
        401 => Some(Stop::Token),
        status => Some(Stop::Status(status)),
    }
}

fn no_response(error: &ProbeError) -> Stop {
    Stop::NoResponse(match error {
        ProbeError::NoToken(_) => "no new token was issued",
        ProbeError::NoConnection => "the connection failed",
        ProbeError::Late => "a response timed out",
        ProbeError::Broken => "a response was cut off",
        ProbeError::TooLarge => return Stop::TooLarge,
    })
}
