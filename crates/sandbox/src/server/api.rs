//! The API without HTTP: everything that decides a response.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

use chrono::TimeDelta;
use serde_json::json;

use super::auth::{TokenRequest, Tokens};
use super::filters::{Conditions, decoded, has_filter};
use super::locked;
use super::log::Log;
use super::pages::Cursor;
use super::response::Reply;
use crate::account::{Account, Row, RowIter};
use crate::endpoints::{Endpoint, Refusal, UNDOCUMENTED, absent, invalid};
use crate::faults::FaultPlan;
use crate::options::Options;
use crate::variants::{Variant, Variants};

/// For so many admitted GETs after the one that has it, a short `next` is valid.
const LIFE: u64 = 60;

/// One 360Learning company, as its API shows it.
pub(crate) struct Api {
    pub(super) options: Options,
    pub(crate) log: Mutex<Log>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(super) faults: Mutex<FaultPlan>,
    pub(super) variants: Variants,
    account: RwLock<Account>,
    admitted: AtomicU64,
    /// The numbers of the GETs whose `next` was used.
    used: Mutex<HashSet<u64>>,
}

/// The parts of a GET that decide its response.
pub(super) struct Get<'a> {
    pub(super) endpoint: &'static Endpoint,
    pub(super) parameters: Vec<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) authorization: Option<&'a str>,
    pub(super) version: Option<&'a str>,
}

impl Api {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            log: Mutex::default(),
            tokens: Mutex::new(Tokens::new(options.seed)),
            faults: Mutex::default(),
            variants: Variants::new(&options.variants, options.seed),
            account: RwLock::new(Account::new(&options)),
            admitted: AtomicU64::new(0),
            used: Mutex::default(),
            options,
        }
    }

    pub(crate) fn account(&self) -> RwLockReadGuard<'_, Account> {
        self.account.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn account_mut(&self) -> RwLockWriteGuard<'_, Account> {
        self.account.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.options.tls.is_some() { "https" } else { "http" }
    }

    /// The `Date` header, so many seconds after the server's.
    pub(super) fn date(&self, later: i64) -> String {
        let date = self.account().clock() + TimeDelta::seconds(self.options.date_skew_seconds + later);
        httpdate::fmt_http_date(SystemTime::from(date))
    }

    pub(super) fn token(&self, body: &[u8]) -> Reply {
        let Ok(request) = serde_json::from_slice::<TokenRequest>(body) else {
            return Reply::error(400, "invalid_request");
        };
        if let Some((status, error)) = request.refusal() {
            return Reply::error(status, error);
        }
        if request.user_id.as_deref().is_some_and(|user| !self.account().has_user(user)) {
            return Reply::error(400, "non_existing_user");
        }
        let Some(token) = locked(&self.tokens).issue(&self.options) else {
            return Reply::error(503, "serviceUnavailable");
        };
        locked(&self.log).tokens += 1;
        let life = if self.variants.has(Variant::NumericExpiry) { json!(3600) } else { json!("3600") };
        Reply::json(200, &json!({"token_type": "Bearer", "access_token": token, "expires_in": life}))
    }

    /// The endpoint that answers `path`, with its parameters.
    pub(super) fn route<'a>(&self, path: &'a str) -> Option<(&'static Endpoint, Vec<&'a str>)> {
        let has = |endpoint: &&Endpoint| endpoint.variants.iter().any(|variant| self.variants.has(*variant));
        let own = UNDOCUMENTED.iter().filter(has).find(|endpoint| endpoint.path == path);
        own.map(|endpoint| (endpoint, Vec::new())).or_else(|| Endpoint::find(path))
    }

    /// Everything that is decided as a GET arrives, in the order of the real API: token, version, rate, scope.
    pub(super) fn admit(&self, get: &Get<'_>) -> Result<(), Reply> {
        if !locked(&self.tokens).admit(get.authorization, &self.options) {
            return Err(Reply::error(401, "invalid_token"));
        }
        if get.version != Some("v2.0") {
            let message = "The header 360-api-version must be v2.0.";
            return Err(Reply::refusal(invalid("invalidApiVersion"), message));
        }
        if !locked(&self.log).within(self.options.rate_limit) {
            return Err(Reply::error(429, "tooManyRequests"));
        }
        if self.variants.has(Variant::ScopeAfterLookup) { Ok(()) } else { self.permit(get.endpoint) }
    }

    fn permit(&self, endpoint: &Endpoint) -> Result<(), Reply> {
        let is_missing = |scope: &&str| self.options.missing_scopes.iter().any(|missing| missing == scope);
        let Some(scope) = endpoint.scope.filter(is_missing) else { return Ok(()) };
        if self.variants.has(Variant::Flat403) {
            return Err(Reply::error(403, "invalid_scope"));
        }
        let message = format!("The access token does not have the scope {scope}.");
        Err(Reply::refusal(Refusal { status: 403, code: "invalid_scope" }, &message))
    }

    /// The response to an admitted GET. Then a day may pass.
    pub(super) fn read(&self, get: &Get<'_>) -> Reply {
        let number = self.admitted.fetch_add(1, Relaxed);
        let reply = self.respond(get, number).unwrap_or_else(|refused| refused);
        if self.options.change_after_requests == Some(number + 1) {
            self.account_mut().change();
        }
        reply
    }

    fn respond(&self, get: &Get<'_>, number: u64) -> Result<Reply, Reply> {
        let account = self.account();
        let query = self.cursor(get, number).and_then(|cursor| {
            let conditions = Conditions::parse(get.endpoint, &cursor.query, self.variants);
            let refused = |message: String| Reply::refusal(invalid("invalidFilter"), &message);
            Ok((cursor, conditions.map_err(refused)?))
        });
        // Pages of a list in its own order begin at their offset at once.
        let from = match &query {
            Ok((cursor, conditions)) if conditions.is_empty() && !self.variants.change_order() => {
                cursor.offset
            }
            _ => 0,
        };
        let found = account.find(get.endpoint, &get.parameters, from);
        if self.variants.has(Variant::ScopeAfterLookup)
            && !matches!(&found, Err(refusal) if refusal.status == 404)
        {
            self.permit(get.endpoint)?;
        }
        let refused = |refusal| Reply::refusal(refusal, "The resource of this path cannot be read.");
        let mut rows = found.map_err(refused)?;
        if get.endpoint.is_object() {
            let object = rows.next().ok_or_else(|| refused(absent("notFound")))?;
            return Ok(Reply::json(200, &self.variants.show(json!(object))));
        }
        let query = query?;
        Ok(self.page(get, number, rows, &query, from))
    }

    /// Where to read: at the beginning, or where `next` leads, with the filters of the first page.
    fn cursor(&self, get: &Get<'_>, number: u64) -> Result<Cursor, Reply> {
        let Some(token) = get.query.split('&').find_map(|pair| pair.strip_prefix("next=")) else {
            return Ok(Cursor { offset: 0, query: get.query.to_owned(), given: number });
        };
        if self.variants.has(Variant::NextRefusesFilters) && has_filter(get.endpoint, get.query) {
            return Err(Reply::refusal(invalid("invalidFilter"), "The next parameter has its filters."));
        }
        let cursor = Cursor::open(get.path, &decoded(token)).ok_or_else(invalid_next)?;
        let is_alive = !self.variants.has(Variant::ShortNext) || number.saturating_sub(cursor.given) <= LIFE;
        let is_new = || !self.variants.has(Variant::NextOnce) || locked(&self.used).insert(cursor.given);
        if is_alive && is_new() { Ok(cursor) } else { Err(invalid_next()) }
    }

    /// A page of the rows that meet `conditions`; `rows` begin at the row number `from` of the list.
    fn page(
        &self,
        &Get { endpoint, path, .. }: &Get<'_>,
        number: u64,
        rows: RowIter<'_>,
        (cursor, conditions): &(Cursor, Conditions),
        from: usize,
    ) -> Reply {
        let variants = self.variants;
        let rows = if variants.change_order() { variants.ordered(rows, path) } else { rows };
        let admitted = rows.enumerate().filter(|(_, row)| conditions.admit(row, variants));
        let mut rows = admitted.skip(cursor.offset - from);
        let mut body = vec![b'['];
        let mut count = 0;
        for (_, row) in rows.by_ref().take(variants.page_size(endpoint.page_size)) {
            if count > 0 {
                body.push(b',');
            }
            self.write(endpoint, &row, &mut body);
            count += 1;
        }
        body.push(b']');
        let next = rows.next().map(|(place, _)| {
            let repeated = usize::from(variants.has(Variant::RepeatedRows) && count > 1);
            let (offset, query) = if variants.has(Variant::NextForgetsFilters) && !conditions.is_empty() {
                (from + place, String::new())
            } else {
                (cursor.offset + count, cursor.query.clone())
            };
            // Where tokens are valid forever they depend on the page only, so faults strike the same way each time.
            let ages = variants.has(Variant::ShortNext) || variants.has(Variant::NextOnce);
            Cursor { offset: offset - repeated, query, given: if ages { number } else { 0 } }.token(path)
        });
        Reply { status: 200, body: body.into(), next: next.map(|token| format!("{path}?next={token}")) }
    }

    fn write(&self, endpoint: &Endpoint, row: &Row<'_>, body: &mut Vec<u8>) {
        // Rows have string keys and finite numbers: writing one to memory cannot fail.
        let _ = match endpoint.bare {
            Some(field) => serde_json::to_writer(body, row.get(field)),
            None if self.variants.change_rows() => {
                serde_json::to_writer(body, &self.variants.show(json!(row)))
            }
            None => serde_json::to_writer(body, row),
        };
    }
}

pub(super) fn invalid_next() -> Reply {
    Reply::refusal(invalid("invalidNextToken"), "The next parameter is not one of this list.")
}
