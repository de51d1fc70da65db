//! What is requested: a list of probes, and the one place that sends them, one request after the
//! other, until the first sign of trouble.

use super::assumptions::{access, events, filters, hidden, pages};
use super::exchange::{Request, Response};
use super::observations::Observations;
use super::{MOST, Progress, stop::Stop};
use crate::api::{ProbeClient, ProbeError, RawResponse, Shape};
use crate::streams::Body;

/// Requests with one aim: its name, for people; how many requests are left to later probes; and all
/// of its requests, given what is known so far. Those that were sent are not sent again.
type Probe = (&'static str, usize, fn(&Observations) -> Vec<Request>);

pub(super) const LISTS: &str = "the first page of every list";
pub(super) const SECOND_PAGE: &str = "the second page of one list, twice";
pub(super) const CHILDREN: &str = "child streams, under a few parents each";
pub(super) const EVENTS: &str = "webhook events of each type";
pub(super) const REGISTRATIONS: &str = "a company-wide list of registrations";
pub(super) const FUTURE_DATES: &str = "date filters that no row can pass";
pub(super) const DATE_FORMS: &str = "date filters in other forms";
pub(super) const STATUSES: &str = "archived and deleted rows";
pub(super) const FILTERED_PAGES: &str = "the second page of a filtered list";
pub(super) const MISSING_PARENTS: &str = "objects that do not exist";
pub(super) const PAGES: &str = "more pages of every list";
pub(super) const OLD_PAGE: &str = "the second page of one list once more";

/// The probes in the order in which they are sent.
static PROBES: [Probe; 13] = [
    (LISTS, 1, access::first_pages),
    // Early, since a `next` may expire.
    (SECOND_PAGE, 1, pages::second),
    (CHILDREN, 65, access::children),
    (EVENTS, 1, events::requests),
    (REGISTRATIONS, 1, access::company_registrations),
    (FUTURE_DATES, 1, filters::future_dates),
    (DATE_FORMS, 1, filters::date_forms),
    (STATUSES, 1, hidden::requests),
    (FILTERED_PAGES, 1, pages::filtered),
    (MISSING_PARENTS, 1, access::missing_parents),
    (PAGES, 12, pages::further),
    ("child streams, under more parents", 1, access::children),
    (OLD_PAGE, 0, pages::late),
];

/// Sends every probe within the limits. Returns what was observed.
pub(super) async fn run(client: &ProbeClient, progress: &Progress, mut seen: Observations) -> Observations {
    for (name, reserve, requests) in PROBES {
        let next = |seen: &Observations| {
            let is_over = seen.stopped.is_some() || seen.requests + reserve >= MOST;
            if is_over { None } else { requests(seen).into_iter().find(|request| seen.is_open(request)) }
        };
        if next(&seen).is_some() {
            progress.begin(name);
        }
        while let Some(request) = next(&seen) {
            seen.requests += 1;
            progress.request(request.stream.name, seen.requests);
            match get(client, &request).await {
                Ok(raw) => {
                    progress.response(&request.path, raw.status, raw.took);
                    let facts = seen.fields.entry(request.stream.name).or_default();
                    let response = Response::new(request, raw, client.now(), facts);
                    seen.stopped = Stop::after(&response);
                    seen.responses.push(response);
                }
                Err(error) => seen.stopped = Some(Stop::without_response(&error)),
            }
        }
    }
    seen
}

async fn get(client: &ProbeClient, request: &Request) -> Result<RawResponse, ProbeError> {
    let shape = match request.stream.body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    };
    client.get(&client.url(&request.path, &request.query), shape).await
}
