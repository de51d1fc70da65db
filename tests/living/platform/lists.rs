//! How the platform answers: tokens, lists with filters and pages, single objects, and "not found".

use std::fmt::Write as _;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use super::rows::RowId;
use super::specs::{Body, SPECS, index};
use super::{Logged, Phase, Platform};
use crate::http::{End, Reply, Request};

impl Platform {
    /// Answers a request. Time passes before, and things happen before and after.
    pub(crate) fn answer(&mut self, request: &Request) -> Reply {
        let target = request.target.as_str();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_prefix("/api/v2").unwrap_or(path);
        if target.contains("%5B") || target.contains("%5b") {
            self.complaints.push(format!("brackets are encoded: {target}"));
        }
        if let Some(reply) = self.still_broken(path) {
            return reply.with("Date", &self.date());
        }
        self.tick();
        let stream = SPECS.iter().position(|spec| spec.ids(path).is_some());
        let at = self.now;
        let reply = if request.method == "POST" && path == "/oauth2/token" {
            self.issue_token(&request.body)
        } else if !self.is_authorized(request) {
            Reply::error(401, "invalid_token")
        } else if let Some(stream) = stream {
            self.fault(stream, path).unwrap_or_else(|| self.list(stream, path, query))
        } else {
            Reply::error(404, "routeNotFound")
        };
        let answer = format!("{} {:?} {}", reply.status, reply.end, reply.summary());
        self.requests.push(Logged { at, sync: self.sync, stream, target: target.to_owned(), answer });
        if let Some(stream) = stream.filter(|_| reply.status == 200 && reply.end == End::Whole) {
            let has_next = reply.headers.iter().any(|(name, _)| name == "Link");
            self.answered(stream, path);
            self.after_page(stream, has_next);
        }
        reply.with("Date", &self.date())
    }

    fn date(&self) -> String {
        self.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    fn issue_token(&mut self, body: &[u8]) -> Reply {
        if self.rng.f64() < self.variant.faults {
            return Reply::error(503, "unavailable");
        }
        let given: Value = serde_json::from_slice(body).unwrap_or_default();
        if given["client_secret"] != self.secrets[0].as_str() || given["grant_type"] != "client_credentials" {
            return Reply::error(401, "invalid_client");
        }
        self.tokens += 1;
        let token = format!("token-{}-abcdefghijklmnopqrstuvwxyz", self.tokens);
        self.secrets.push(token.clone());
        self.token = Some(token.clone());
        let body = serde_json::json!({"token_type": "Bearer", "access_token": token, "expires_in": "3600"});
        Reply::json(body.to_string())
    }

    fn is_authorized(&self, request: &Request) -> bool {
        let expected = self.token.as_ref().map(|token| format!("Bearer {token}"));
        request.header("360-api-version") == Some("v2.0")
            && expected.as_deref().is_some_and(|expected| request.header("authorization") == Some(expected))
    }

    /// Things happen at the worst moment: when a list was read, or while its pages are.
    fn after_page(&mut self, stream: usize, has_next: bool) {
        if self.phase != Phase::Syncing || self.rng.f64() > 0.5 {
            return;
        }
        let is_hiding = !SPECS[stream].hidden.is_empty();
        if is_hiding && (!has_next || self.rng.bool()) {
            self.move_one(stream);
        } else if has_next {
            self.touch(stream);
        }
    }

    fn list(&mut self, stream: usize, path: &str, query: &str) -> Reply {
        let spec = &SPECS[stream];
        let ids = spec.ids(path).unwrap_or_default();
        let mut owner = None;
        for (name, id) in &ids {
            if *name == "contentType" {
                continue;
            }
            let above = index(name);
            let is_it = |row: &&RowId| self.rows[**row].id == *id;
            let row = self.of_stream[above].iter().rev().find(is_it).copied();
            match row.filter(|row| self.is_there(*row, spec.name)) {
                Some(row) => owner = Some(row),
                None => return Reply::error(404, SPECS[above].missing),
            }
        }
        let variant = ids.iter().find(|(name, _)| *name == "contentType").map(|(_, value)| *value);
        let is_listed = |row: &RowId| {
            let row = &self.rows[*row];
            (ids.is_empty() || row.owner == owner)
                && variant.is_none_or(|variant| row.data.get("contentType") == Some(&variant.into()))
        };
        let rows: Vec<RowId> = self.by_place(stream).into_iter().filter(is_listed).collect();
        if spec.body == Body::Object {
            return self.object(owner, spec.name, &rows);
        }
        if spec.name == "classroom_slot_waitlist" && rows.is_empty() && self.rng.bool() {
            return Reply::error(404, "classroomSlotWaitlistNotFound");
        }
        self.page(stream, path, query, rows)
    }

    /// True if the API knows the row, in a path of that stream.
    fn is_there(&self, row: RowId, child: &str) -> bool {
        let of = &self.rows[row];
        let is_direct = SPECS[index(child)].owner == Some(SPECS[of.stream].name);
        of.alive
            && of.owner.is_none_or(|owner| self.rows[owner].alive)
            && (!is_direct || self.answers(row, child))
    }

    fn object(&self, session: Option<RowId>, stream: &str, rows: &[RowId]) -> Reply {
        let is_audience =
            |row: RowId| self.rows[row].data.get("isAudienceBuilder") == Some(&Value::Bool(true));
        if stream == "path_session_audiences" && !session.is_some_and(is_audience) {
            return Reply::error(400, "sessionIsNotAudienceBuilder");
        }
        match rows.first() {
            Some(row) => Reply::json(self.listed(*row).to_string()),
            None => Reply { status: 204, ..Reply::text(204, "") },
        }
    }

    fn page(&mut self, stream: usize, path: &str, query: &str, mut rows: Vec<RowId>) -> Reply {
        let spec = &SPECS[stream];
        let Some((begin, filters)) = from_token(query) else {
            return Reply::error(400, "invalidNext");
        };
        let hides = self.variant.hides[stream] && !filters.contains("status[");
        rows.retain(|row| {
            let row = &self.rows[*row];
            !(hides && spec.hidden.contains(&row.status))
                && filters.split('&').filter(|filter| !filter.is_empty()).all(|filter| {
                    let (name, value) = filter.split_once('=').unwrap_or((filter, ""));
                    let (field, operator) = name.split_once('[').unwrap_or((name, ""));
                    match (field, operator.trim_end_matches(']')) {
                        ("status", "eq") => row.status == value,
                        ("status", "ne") => row.status != value,
                        ("createdAt" | "modifiedAt" | "updatedAt" | "completedAt", operator) => {
                            compares(row.date(field), operator, value)
                        }
                        // Unknown filters are ignored.
                        _ => true,
                    }
                })
        });
        let size = if spec.paged { self.variant.page[stream] } else { usize::MAX };
        let is_offset = self.variant.offset[stream];
        let from = match &begin {
            Begin::Start => 0,
            Begin::Offset(offset) => (*offset).min(rows.len()),
            Begin::After(id) => rows.partition_point(|row| self.rows[*row].id <= *id),
        };
        let until = from.saturating_add(size).min(rows.len());
        let body: Vec<String> = rows[from..until].iter().map(|row| self.listed(*row).to_string()).collect();
        let reply = Reply::json(format!("[{}]", body.join(",")));
        if until == rows.len() {
            return reply;
        }
        let last = &self.rows[rows[until - 1]].id;
        let begin = if is_offset { format!("offset {until}") } else { format!("after {last}") };
        let next = to_token(&format!("{begin} {filters}"));
        let link = match self.variant.link {
            0..3 => format!("</api/v2{path}?next={next}>; rel=\"next\""),
            3..5 => format!("</api/v2{path}?next={next}>;rel=next"),
            5..7 => format!("<?next={next}>; rel=\"next\""),
            _ => format!("<https://app.360learning.com/api/v2{path}?next={next}>; rel=\"next\""),
        };
        reply.with("Link", &link)
    }
}

/// Where a page begins.
enum Begin {
    Start,
    Offset(usize),
    After(String),
}

fn from_token(query: &str) -> Option<(Begin, String)> {
    let Some(token) = query.strip_prefix("next=") else { return Some((Begin::Start, query.to_owned())) };
    let bytes: Option<Vec<u8>> =
        (0..token.len() / 2).map(|at| u8::from_str_radix(token.get(at * 2..at * 2 + 2)?, 16).ok()).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let mut parts = text.splitn(3, ' ');
    let begin = match (parts.next()?, parts.next()?) {
        ("offset", offset) => Begin::Offset(offset.parse().ok()?),
        (_, id) => Begin::After(id.to_owned()),
    };
    Some((begin, parts.next()?.to_owned()))
}

fn to_token(text: &str) -> String {
    text.bytes().fold(String::new(), |mut token, byte| {
        let _ = write!(token, "{byte:02x}");
        token
    })
}

/// The milliseconds of a filter are set to 0; a row without the date passes no filter.
fn compares(date: Option<DateTime<Utc>>, operator: &str, value: &str) -> bool {
    let Some(bound) = value.parse::<DateTime<Utc>>().ok().map(|bound| bound.trunc_subsecs(0)) else {
        return true;
    };
    match operator {
        "gte" => date.is_some_and(|date| date >= bound),
        "lt" => date.is_some_and(|date| date < bound),
        _ => true,
    }
}
