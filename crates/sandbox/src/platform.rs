//! The platform behind the server: its data and everything that decides an answer. No HTTP types here but bodies.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use axum::body::Bytes;
use serde_json::json;

use crate::auth::{TokenRequest, Tokens};
use crate::data::moment::{Moment, SECOND};
use crate::data::{Changes, World};
use crate::endpoints::Endpoint;
use crate::faults::Fate;
use crate::filter::{Conditions, Unreadable, decoded, filters};
use crate::log::Log;
use crate::lookup::{Found, Refusal};
use crate::nexts::Nexts;
use crate::options::Options;
use crate::pages::{Cursor, Page, Shelf};
use crate::row::Row;
use crate::tenant::Tenant;
use crate::variant::Variant;

/// An id that nothing has.
const NOBODY: &str = "000000000000000000000000";

/// One 360Learning company, as its API sees it.
pub(crate) struct Platform {
    pub(crate) options: Options,
    pub(crate) log: Log,
    pub(crate) tokens: Tokens,
    pub(crate) fate: Fate,
    pub(crate) tenant: Tenant,
    nexts: Nexts,
    world: RwLock<World>,
    shelf: Shelf,
    /// The days that passed.
    changes: Mutex<Vec<Changes>>,
    /// Ids under which nothing is found any more, although lists still show them.
    vanished: RwLock<HashSet<String>>,
    admitted: AtomicU64,
}

/// An answer before it is put into HTTP.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    /// The path and query of the next page.
    pub(crate) next: Option<String>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, body: body.to_string().into(), next: None }
    }

    /// An error of the gateway: a bare word.
    pub(crate) fn error(status: u16, error: &str) -> Self {
        Self::json(status, &json!({"error": error}))
    }

    /// A domain error: a code and a message.
    pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": message}}))
    }

    pub(crate) fn invalid_next() -> Self {
        Self::refusal(400, "invalidNextToken", "The next parameter is not one that this list gave.")
    }
}

/// What of a GET decides its answer.
pub(crate) struct Asked<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
}

impl Platform {
    pub(crate) fn new(options: Options) -> Self {
        let mut world = World::new(options.scale, options.seed);
        world.features_off.clone_from(&options.features_off);
        let tenant = Tenant::new(&options.variants, options.seed);
        world.settle(tenant);
        Self {
            log: Log::default(),
            tokens: Tokens::new(&options),
            fate: Fate::new(options.seed, options.faults.clone()),
            tenant,
            nexts: Nexts::default(),
            world: RwLock::new(world),
            shelf: Shelf::default(),
            changes: Mutex::default(),
            vanished: RwLock::default(),
            admitted: AtomicU64::new(0),
            options,
        }
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the `Date` header says.
    pub(crate) fn date(&self) -> Moment {
        self.world().clock.plus(self.options.date_skew_seconds * SECOND)
    }

    pub(crate) fn change(&self) -> Changes {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let changes = world.change();
        // Under the lock: no page of before can be put back after this.
        self.shelf.clear();
        self.history().push(changes.clone());
        changes
    }

    /// The days that passed, in order.
    pub(crate) fn history(&self) -> MutexGuard<'_, Vec<Changes>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn vanish(&self, id: String) {
        self.vanished.write().unwrap_or_else(PoisonError::into_inner).insert(id);
    }

    /// A GET was answered: maybe a day passes now.
    pub(crate) fn answered(&self) {
        let count = self.admitted.fetch_add(1, Relaxed) + 1;
        if self.options.change_after_requests == Some(count) {
            self.change();
        }
    }

    pub(crate) fn token(&self, body: &[u8]) -> Reply {
        let Ok(request) = serde_json::from_slice::<TokenRequest>(body) else {
            return Reply::error(400, "invalid_request");
        };
        if let Some((status, error)) = request.refusal() {
            return Reply::error(status, error);
        }
        if request.user_id.as_deref().is_some_and(|user| !self.world().has_user(user)) {
            return Reply::error(400, "non_existing_user");
        }
        let Some(token) = self.tokens.issue() else { return Reply::error(503, "serviceUnavailable") };
        self.log.issued();
        let life = if self.tenant.is(Variant::NumericExpiry) { json!(3600) } else { json!("3600") };
        Reply::json(200, &json!({"token_type": "Bearer", "access_token": token, "expires_in": life}))
    }

    /// The read that answers `path`, with its parameters.
    pub(crate) fn route<'a>(&self, path: &'a str) -> Option<(&'static Endpoint, Vec<&'a str>)> {
        let undocumented = Endpoint::undocumented(path, self.tenant);
        undocumented.map(|endpoint| (endpoint, Vec::new())).or_else(|| Endpoint::find(path))
    }

    /// Everything that is decided as a GET arrives, in the order of the real thing: token, version, rate, scope.
    pub(crate) fn admit(&self, endpoint: &Endpoint, asked: &Asked<'_>) -> Result<(), Reply> {
        if !self.tokens.admit(asked.authorization) {
            return Err(Reply::error(401, "invalid_token"));
        }
        if asked.version != Some("v2.0") {
            let message = "The header 360-api-version must be v2.0.";
            return Err(Reply::refusal(400, "invalidApiVersion", message));
        }
        if !self.log.within(self.options.rate_limit) {
            return Err(Reply::error(429, "tooManyRequests"));
        }
        if self.tenant.is(Variant::ScopeAfterLookup) { Ok(()) } else { self.permit(endpoint) }
    }

    fn permit(&self, endpoint: &Endpoint) -> Result<(), Reply> {
        let lacking = |scope: &&str| self.options.missing_scopes.iter().any(|missing| missing == scope);
        let Some(scope) = endpoint.scope.filter(lacking) else { return Ok(()) };
        if self.tenant.is(Variant::Flat403) {
            return Err(Reply::error(403, "invalid_scope"));
        }
        let message = format!("The access token does not have the scope {scope}.");
        Err(Reply::refusal(403, "invalid_scope", &message))
    }

    /// The answer to an admitted GET.
    pub(crate) fn read(&self, endpoint: &'static Endpoint, ids: &[&str], asked: &Asked<'_>) -> Reply {
        let world = self.world();
        let gone = self.vanished.read().unwrap_or_else(PoisonError::into_inner);
        let ids: Vec<&str> = ids.iter().map(|id| if gone.contains(*id) { NOBODY } else { id }).collect();
        drop(gone);
        let number = self.tenant.counts_requests().then(|| self.nexts.number());
        let found = world.find(endpoint.resource, &ids);
        if self.tenant.is(Variant::ScopeAfterLookup)
            && !matches!(found, Err(Refusal { status: 404, .. }))
            && let Err(reply) = self.permit(endpoint)
        {
            return reply;
        }
        let found = match found {
            Ok(found) => found,
            Err(Refusal { status, code }) => {
                let message = "The resource of this path cannot be read.";
                return Reply::refusal(status, code, message);
            }
        };
        let rows = match found {
            Found::Object(object) => return Reply::json(200, &self.tenant.painted(object)),
            Found::Rows(rows) => rows,
        };
        let cursor = match self.cursor(endpoint, asked, number) {
            Ok(cursor) => cursor,
            Err(reply) => return reply,
        };
        let conditions = match Conditions::read(endpoint, &cursor.query, self.tenant) {
            Ok(conditions) => conditions,
            Err(Unreadable(message)) => return Reply::refusal(400, "invalidFilter", &message),
        };
        let page =
            self.page(rows, &conditions, asked.path, &cursor, self.tenant.page_size(endpoint.page_size));
        let next = page.more.then(|| {
            let repeated = usize::from(self.tenant.is(Variant::RepeatedRows) && page.rows > 1);
            let (offset, query) = self.onward(&conditions, asked.path, &cursor, page.rows);
            Cursor { offset: offset - repeated, query, given: number }.token(asked.path)
        });
        Reply { status: 200, body: page.body, next: next.map(|token| format!("{}?next={token}", asked.path)) }
    }

    /// Where the next page begins, and by which filters.
    fn onward(&self, conditions: &Conditions, path: &str, cursor: &Cursor, rows: usize) -> (usize, String) {
        let offset = cursor.offset + rows;
        if self.tenant.is(Variant::NextForgetsFilters)
            && !conditions.is_empty()
            && let Some(place) = self.shelf.mark(path, &cursor.query, offset)
        {
            return (place, String::new());
        }
        (offset, cursor.query.clone())
    }

    /// A page of the rows that meet `conditions`; from the shelf where it is there.
    fn page<'a>(
        &self,
        rows: Box<dyn Iterator<Item = Row<'a>> + 'a>,
        conditions: &Conditions,
        path: &str,
        cursor: &Cursor,
        size: usize,
    ) -> Page {
        let (tenant, offset) = (self.tenant, cursor.offset);
        if !conditions.is_empty() {
            let rows = tenant.arranged(rows, path);
            return self.selection(rows, conditions, path, cursor, size);
        }
        self.shelf.get(path, offset).unwrap_or_else(|| {
            let rows = tenant.arranged(rows, path).skip(offset);
            let page = page(rows.map(|row| tenant.shown(row)), size);
            self.shelf.keep(path, offset, &page);
            page
        })
    }

    /// A page of a filtered list. It begins where the page before ended: what that has passed is not read again.
    fn selection<'a>(
        &self,
        rows: impl Iterator<Item = Row<'a>>,
        conditions: &Conditions,
        path: &str,
        cursor: &Cursor,
        size: usize,
    ) -> Page {
        let tenant = self.tenant;
        let mark = self.shelf.mark(path, &cursor.query, cursor.offset);
        let (mut passed, missing) = mark.map_or((0, cursor.offset), |place| (place, 0));
        let rows = rows.skip(passed).inspect(|_| passed += 1);
        let rows = rows.filter(|row| conditions.admit(|field| tenant.cell(row, field)));
        let page = page(rows.skip(missing).map(|row| tenant.shown(row)), size);
        if page.more {
            // The first row of the next page was looked at.
            self.shelf.remember(path, &cursor.query, cursor.offset + page.rows, passed - 1);
        }
        page
    }

    /// Where to read: at the beginning, or where `next` says, with the filters of the first page. `number` is that of the
    /// GET where they are counted.
    fn cursor(
        &self,
        endpoint: &'static Endpoint,
        asked: &Asked<'_>,
        number: Option<u64>,
    ) -> Result<Cursor, Reply> {
        let Some(token) = asked.query.split('&').find_map(|pair| pair.strip_prefix("next=")) else {
            return Ok(Cursor { offset: 0, query: asked.query.to_owned(), given: None });
        };
        if self.tenant.is(Variant::NextRefusesFilters) && filters(endpoint, asked.query) {
            return Err(Reply::refusal(400, "invalidFilter", "The next parameter brings its filters along."));
        }
        let cursor = Cursor::open(asked.path, &decoded(token)).ok_or_else(Reply::invalid_next)?;
        match cursor.given.zip(number) {
            Some((given, now)) if !self.nexts.admit(self.tenant, given, now) => Err(Reply::invalid_next()),
            _ => Ok(cursor),
        }
    }
}

fn page<'a>(mut rows: impl Iterator<Item = Row<'a>>, size: usize) -> Page {
    let mut body = vec![b'['];
    let mut count = 0;
    for row in rows.by_ref().take(size) {
        if count > 0 {
            body.push(b',');
        }
        // Rows have string keys and finite numbers: writing one to memory cannot fail.
        let _ = serde_json::to_writer(&mut body, &row);
        count += 1;
    }
    body.push(b']');
    Page { body: body.into(), more: rows.next().is_some(), rows: count }
}
