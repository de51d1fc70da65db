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
use crate::filter::{Conditions, Unreadable, decoded};
use crate::log::Log;
use crate::lookup::{Found, Refusal};
use crate::options::Options;
use crate::pages::{Cursor, Page, Shelf};

/// An id that nothing has.
const NOBODY: &str = "000000000000000000000000";

/// One 360Learning company, as its API sees it.
pub(crate) struct Platform {
    pub(crate) options: Options,
    pub(crate) log: Log,
    pub(crate) tokens: Tokens,
    pub(crate) fate: Fate,
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
        Self {
            log: Log::default(),
            tokens: Tokens::new(&options),
            fate: Fate::new(options.seed, options.faults.clone()),
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
        Reply::json(200, &json!({"token_type": "Bearer", "access_token": token, "expires_in": "3600"}))
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
        let lacking = |scope: &&str| self.options.missing_scopes.iter().any(|missing| missing == scope);
        if let Some(scope) = endpoint.scope.filter(lacking) {
            let message = format!("The access token does not have the scope {scope}.");
            return Err(Reply::refusal(403, "invalid_scope", &message));
        }
        Ok(())
    }

    /// The answer to an admitted GET.
    pub(crate) fn read(&self, endpoint: &'static Endpoint, ids: &[&str], asked: &Asked<'_>) -> Reply {
        let world = self.world();
        let gone = self.vanished.read().unwrap_or_else(PoisonError::into_inner);
        let ids: Vec<&str> = ids.iter().map(|id| if gone.contains(*id) { NOBODY } else { id }).collect();
        drop(gone);
        let found = match world.find(endpoint.resource, &ids) {
            Ok(found) => found,
            Err(Refusal { status, code }) => {
                let message = "The resource of this path cannot be read.";
                return Reply::refusal(status, code, message);
            }
        };
        let rows = match found {
            Found::Object(object) => return Reply::json(200, &object),
            Found::Rows(rows) => rows,
        };
        let Some(cursor) = cursor(asked) else {
            return Reply::invalid_next();
        };
        let conditions = match Conditions::read(endpoint, &cursor.query) {
            Ok(conditions) => conditions,
            Err(Unreadable(filter)) => {
                let message = format!("{filter} must be a date such as 2026-11-02T08:00:00.000Z.");
                return Reply::refusal(400, "invalidFilter", &message);
            }
        };
        let size = endpoint.page_size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let offset = cursor.offset;
        let page = if conditions.is_empty() {
            self.shelf.get(asked.path, offset).unwrap_or_else(|| {
                let page = page(rows.skip(offset), size);
                self.shelf.keep(asked.path, offset, &page);
                page
            })
        } else {
            page(rows.filter(|row| conditions.admit(row)).skip(offset), size)
        };
        let next =
            page.more.then(|| Cursor { offset: offset + page.rows, query: cursor.query }.token(asked.path));
        Reply { status: 200, body: page.body, next: next.map(|token| format!("{}?next={token}", asked.path)) }
    }
}

/// Where to read: at the beginning, or where `next` says, with the filters of the first page. None if `next` is
/// not a token of this path.
fn cursor(asked: &Asked<'_>) -> Option<Cursor> {
    match asked.query.split('&').find_map(|pair| pair.strip_prefix("next=")) {
        Some(token) => Cursor::open(asked.path, &decoded(token)),
        None => Some(Cursor { offset: 0, query: asked.query.to_owned() }),
    }
}

fn page<'a>(mut rows: impl Iterator<Item = crate::row::Row<'a>>, size: usize) -> Page {
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
