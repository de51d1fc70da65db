//! The observed facts of each stream's endpoint. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assumptions::access::is_refusal;
use super::assumptions::clock::latency;
use super::assumptions::filters::{self, Filtering};
use super::exchange::{Outcome, Purpose, Response};
use super::fields::{self, Fields};
use super::observations::{Observations, with_ancestors};
use crate::streams::Stream;

/// Whether a sync can read a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It was read, or its scope is granted.
    Readable,
    /// Its scope is missing, or that of a stream above it.
    MissingScope,
    /// Its feature is off for the account, so it is empty.
    FeatureOff,
    /// It would fail for another reason, or a stream above it would.
    Fails,
    /// The run ended before it was requested, or it has no parent and nothing shows its scope.
    NotChecked,
}

/// The facts of one endpoint.
#[derive(Debug, Serialize)]
pub struct Endpoint {
    /// The stream.
    pub stream: &'static str,
    /// Its path under `/api/v2`.
    pub path: &'static str,
    /// The scope that it needs.
    pub scope: &'static str,
    /// True if the scope is granted; `null` if no response shows it.
    pub granted: Option<bool>,
    /// Whether a sync can read it.
    pub access: Access,
    /// How often each response came: `200`, or an error with its code.
    pub responses: BTreeMap<String, usize>,
    /// Rows, as a sync reads them.
    pub rows: usize,
    /// True if a root list was read to its end; `null` for children.
    pub read_in_full: Option<bool>,
    /// Documented rows of a full page.
    pub documented_page: Option<u32>,
    /// The effect of a date filter; `null` if nothing shows it.
    pub date_filter: Option<Filtering>,
    /// The same of a filter by status.
    pub status_filter: Option<Filtering>,
    /// The median response time.
    pub median_ms: Option<u128>,
    /// Facts about the fields of its rows.
    #[serde(flatten)]
    pub fields: Fields,
    /// Fields of the schema that came on no row.
    pub never_came: Vec<String>,
}

/// What was observed of a stream.
pub(super) fn endpoint(seen: &Observations, stream: &'static Stream) -> Endpoint {
    let fields = seen.fields.get(stream.name).cloned().unwrap_or_default();
    let rows = seen.rows(stream).count();
    let never_came =
        if rows == 0 { vec![] } else { fields::missing(stream, &stream.json_schema(), &fields.came) };
    Endpoint {
        stream: stream.name,
        path: stream.path,
        scope: stream.scope,
        granted: seen.is_granted(stream.scope),
        access: access(seen, stream),
        responses: responses(seen, stream),
        rows,
        read_in_full: stream.parent.is_none().then(|| seen.is_read_in_full(stream)),
        documented_page: stream.page_size,
        date_filter: filters::by_date(seen, stream),
        status_filter: filters::by_status(seen, stream),
        median_ms: latency(seen.about(stream), 50).map(|took| took.as_millis()),
        fields,
        never_came,
    }
}

/// Whether a sync can read a stream.
fn access(seen: &Observations, stream: &'static Stream) -> Access {
    let fails = |one: &'static Stream| {
        seen.about(one).any(|response| response.raw.is_link_unreadable || is_refusal(seen, response))
            || filters::by_status(seen, one) == Some(Filtering::Refused)
    };
    if seen.is_forbidden(stream) {
        Access::MissingScope
    } else if with_ancestors(stream).any(fails) {
        Access::Fails
    } else if with_ancestors(stream).any(|one| seen.is_off(one)) {
        Access::FeatureOff
    } else if seen.about(stream).any(Response::is_answer)
        || seen.stopped.is_none() && seen.is_granted(stream.scope) == Some(true)
    {
        Access::Readable
    } else {
        Access::NotChecked
    }
}

/// How often each response came. Codes are printed only if they are known.
fn responses(seen: &Observations, stream: &'static Stream) -> BTreeMap<String, usize> {
    let is_on_purpose = |purpose| matches!(purpose, Purpose::MissingParent | Purpose::CompanyRegistrations);
    let mut counts = BTreeMap::new();
    for response in seen.about(stream).filter(|response| !is_on_purpose(response.request.purpose)) {
        let (status, code) = (response.raw.status, response.raw.code.as_str());
        let is_known = matches!(response.outcome, Outcome::Absent | Outcome::Empty)
            || matches!(code, "invalid_scope" | "tooManyRequests" | "invalid_token" | "invalidFilter");
        let name = if is_known { format!("{status} {code}") } else { status.to_string() };
        *counts.entry(name).or_default() += 1;
    }
    counts
}
