//! `check`: proves the credentials, and names what they cannot read.

mod retries;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::mpsc;

use self::retries::Retries;
use super::{Console, patient, settings};
use crate::api::{ApiError, Client, Event, Priority, Rows, Shape, Timing};
use crate::cli::ConfigFile;
use crate::config::Settings;
use crate::error::Error;
use crate::notice::{Notice, ahead};
use crate::protocol::FailureType;
use crate::streams::{Body, STREAMS, Stream, WEBHOOK_SUBSCRIPTIONS, request};

/// An id that no object has: enough to test a scope, since the API checks scopes first.
const UNKNOWN_ID: &str = "000000000000000000000000";

/// So many rows of each list are tried as parents.
const PARENTS: usize = 3;

/// The platform gives up after ten minutes.
const DEADLINE: Duration = Duration::from_mins(9);

/// Runs the check and prints its status. The exit code.
pub async fn run(config: &ConfigFile, timing: &Timing, debug: bool, mut console: Console<impl Write>) -> u8 {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return console.result(false, &error.to_string()),
    };
    let hidden = |text: &str| settings.secrets.hide(text).into_owned();
    if !settings.unknown_keys.is_empty() {
        console.log(&Notice::UnknownConfigFields { fields: settings.unknown_keys.join(", ") }, &settings);
    }
    let (log, events) = mpsc::unbounded_channel();
    let checking = tokio::time::timeout(DEADLINE, check(&settings, patient(timing), log, debug));
    let mut retries = Retries::default();
    let checked = console.logging(checking, events, |event| retries.is_due(event) || debug, &settings).await;
    match checked.unwrap_or_else(|_| Err(retries.timeout(DEADLINE))) {
        Ok(connection) => console.result(connection.succeeded, &hidden(&connection.message)),
        // Only the user can fix it: that is a result, not a failure of the check.
        Err(error) if error.failure_type() == FailureType::Config => {
            console.result(false, &hidden(&error.to_string()))
        }
        // A FAILED would end the retries of a job during an outage.
        Err(error) => console.error(&error, &settings.secrets),
    }
}

/// What `check` found: whether a sync could start, and a sentence about it.
#[derive(Debug)]
pub struct Connection {
    /// At least one stream can be read.
    pub succeeded: bool,
    /// For the person who filled the form.
    pub message: String,
}

/// What one scope's list answered.
enum Access {
    Readable {
        stream: &'static Stream,
        rows: Rows,
    },
    /// Its streams are read under others, and nothing shows that the scope is missing.
    NotRefused,
    /// The scope is granted, and the feature is off for the whole account.
    Off(&'static Stream),
    /// The scope is not granted.
    NoScope,
    /// This stream's list cannot be read.
    Unreadable {
        stream: &'static Stream,
        error: ApiError,
    },
}

/// Proves the credentials, then requests one list for each scope. `log` receives every response and retry.
///
/// # Errors
/// Wrong credentials, and an API of which no list could be read for a reason that may pass.
pub async fn check(
    settings: &Settings,
    timing: Timing,
    log: mpsc::UnboundedSender<Event>,
    debug: bool,
) -> Result<Connection, Error> {
    let client = Client::new(settings, timing, log, debug)?;
    let clocks = client.clocks().await?;
    let mut scopes: Vec<&'static str> = STREAMS.iter().map(|stream| stream.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let found = join_all(scopes.iter().map(|scope| access(&client, scope))).await;
    let (mut missing, mut unreadable, mut off) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_any_readable = false;
    let mut subscriptions = None;
    for (scope, access) in scopes.iter().zip(found) {
        match access {
            Access::Readable { stream, rows } => {
                is_any_readable = true;
                if stream.name == WEBHOOK_SUBSCRIPTIONS.name && !settings.full_user_refresh.is_zero() {
                    subscriptions = Some(rows);
                }
            }
            Access::NotRefused => {}
            Access::Off(stream) => off.push(stream),
            Access::NoScope => missing.push(*scope),
            Access::Unreadable { stream, error } => unreadable.push((stream, error)),
        }
    }
    if !is_any_readable {
        let passing = unreadable
            .iter()
            .position(|(_, error)| Error::from(error.clone()).failure_type() != FailureType::Config);
        if let Some(at) = passing {
            return Err(unreadable.swap_remove(at).1.into());
        }
    }
    let mut connection = connection(&missing, &unreadable, &off, is_any_readable);
    if let Some(date) = settings.start_date.filter(|date| *date > clocks.later()) {
        connection.message += &[" ", &ahead(date), ". Set a date in the past."].concat();
    }
    connection.message += &subscriptions.map(|rows| visits(&rows, &missing)).unwrap_or_default();
    Ok(connection)
}

/// One request to a list that needs the scope.
async fn access(client: &Client, scope: &str) -> Access {
    let of_scope = || STREAMS.iter().copied().filter(|stream| stream.scope == scope);
    let Some(stream) = of_scope().find(|stream| stream.parent.is_none()).or_else(|| of_scope().next()) else {
        return Access::NotRefused;
    };
    let rows = request(client, stream, &BTreeMap::new()).await;
    if matches!(&rows, Err(ApiError::Rejected { code, .. }) if stream.off_codes.contains(&code.as_str())) {
        return Access::Off(stream);
    }
    if stream.parent.is_none() {
        // Any refusal of a list that exists, but that of the scope, is an error.
        return match rows {
            Ok(rows) => Access::Readable { stream, rows },
            Err(ApiError::Forbidden { .. }) => Access::NoScope,
            Err(error) => Access::Unreadable { stream, error },
        };
    }
    let found = if matches!(rows, Err(ApiError::Rejected { status: 404, .. })) {
        // The documentation does not say whether the API checks scopes before it misses the parent.
        under_a_parent(client, stream).await
    } else {
        granted(rows).map(|rows| rows.is_some())
    };
    match found {
        Ok(true) => Access::NotRefused,
        Ok(false) => Access::NoScope,
        Err(error) => Access::Unreadable { stream, error },
    }
}

/// Whom incremental syncs visit in the streams that can follow a log, after another sentence.
fn visits(subscriptions: &Rows, missing: &[&str]) -> String {
    let is_active = |event: &str| {
        subscriptions.iter().any(|row| {
            let row: Value = serde_json::from_str(row).unwrap_or_default();
            row["eventType"] == event && row["status"] == "active"
        })
    };
    let is_missing = |stream: &Stream| missing.contains(&stream.scope);
    let (mut followed, mut unlogged, mut events, mut blind) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for stream in STREAMS {
        let Some(feed) = stream.feed() else { continue };
        if is_missing(stream) || stream.ancestors().any(is_missing) {
            continue;
        }
        if let Some(of) = feed.definitions.filter(|of| is_missing(of.stream)) {
            blind.push((stream.name, of.stream));
        } else if is_active(feed.event) {
            followed.push(stream.name);
        } else {
            unlogged.push(stream.name);
            events.push(feed.event);
        }
    }
    let mut sentences = Vec::new();
    if !followed.is_empty() && unlogged.is_empty() && blind.is_empty() {
        sentences.push(" Incremental syncs visit only users who changed.".to_owned());
    }
    if !unlogged.is_empty() {
        let (streams, events) = (unlogged.join(", "), events.join(", "));
        sentences.push(format!(
            " Incremental syncs of {streams} visit all users, because no webhook subscription to {events} is active. To visit only users who changed, create it in 360Learning (Settings, Webhooks)."
        ));
    }
    for (stream, of) in blind {
        let (name, scope) = (of.name, of.scope);
        sentences.push(format!(
            " Incremental syncs of {stream} visit all users, because `{name}` cannot be read: add the scope {scope}."
        ));
    }
    sentences.concat()
}

/// The same under a parent that exists, where the first rows of the lists above have one.
async fn under_a_parent(client: &Client, stream: &'static Stream) -> Result<bool, ApiError> {
    let mut line: Vec<&'static Stream> = stream.ancestors().collect();
    line.reverse();
    let mut parents: Vec<BTreeMap<&str, String>> = vec![BTreeMap::new()];
    for (at, above) in line.iter().enumerate() {
        let child = line.get(at + 1).copied().unwrap_or(stream);
        let mut found = Vec::new();
        for parent in parents.iter().take(PARENTS) {
            let Some(rows) = granted(request(client, above, parent).await)? else { return Ok(true) };
            found.extend(rows.iter().take(PARENTS).map(|row| given(child, row)));
            if at > 0 && !found.is_empty() {
                break;
            }
        }
        parents = found;
    }
    match parents.first() {
        Some(parent) => Ok(granted(request(client, stream, parent).await)?.is_some()),
        // Without a parent nothing is refused.
        None => Ok(true),
    }
}

/// What a row gives to those below it, by their names for it.
fn given(child: &Stream, row: &str) -> BTreeMap<&'static str, String> {
    let row: Value = serde_json::from_str(row).unwrap_or_default();
    let fields = child.parent.iter().flat_map(|parent| parent.fields);
    fields.filter_map(|(from, to)| Some((*to, row[*from].as_str()?.to_owned()))).collect()
}

/// The first page of a stream under this parent; under one that does not exist where it is not known.
async fn request(
    client: &Client,
    stream: &'static Stream,
    parent: &BTreeMap<&str, String>,
) -> Result<Rows, ApiError> {
    let variant = request::variants(stream)[0];
    let id = |name: &str| Some(parent.get(name).map_or(UNKNOWN_ID, String::as_str).to_owned());
    let path = request::path(stream, variant, id).unwrap_or_default();
    let shape = match stream.body {
        Body::Objects => Shape::Objects,
        Body::Values(_) => Shape::Values,
        Body::Object => Shape::Object,
    };
    Ok(client.page(&client.url(&path, ""), shape, Priority::List).await?.rows)
}

/// The rows; nothing where the scope is missing. What is refused for another reason, such as an unknown parent, is granted.
fn granted(rows: Result<Rows, ApiError>) -> Result<Option<Rows>, ApiError> {
    match rows {
        Ok(rows) => Ok(Some(rows)),
        Err(ApiError::Rejected { status: 400 | 404, .. }) => Ok(Some(Rows::default())),
        Err(ApiError::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn connection(
    missing: &[&str],
    unreadable: &[(&'static Stream, ApiError)],
    off: &[&'static Stream],
    is_any_readable: bool,
) -> Connection {
    let lacks_scope = |stream: &Stream| {
        missing.contains(&stream.scope) || stream.ancestors().any(|above| missing.contains(&above.scope))
    };
    let is_unreadable = |stream: &Stream| {
        let is = |one: &Stream| unreadable.iter().any(|(other, _)| other.name == one.name);
        is(stream) || stream.ancestors().any(is)
    };
    let without_scope: Vec<&str> =
        STREAMS.iter().filter(|stream| lacks_scope(stream)).map(|stream| stream.name).collect();
    let failing: Vec<&str> = STREAMS
        .iter()
        .filter(|stream| is_unreadable(stream) && !lacks_scope(stream))
        .map(|stream| stream.name)
        .collect();
    let is_off = |stream: &Stream| {
        off.iter().any(|one| one.scope == stream.scope && one.off_codes == stream.off_codes)
    };
    let empty: Vec<&str> = STREAMS.iter().filter(|stream| is_off(stream)).map(|stream| stream.name).collect();
    let readable = STREAMS.len() - without_scope.len() - failing.len() - empty.len();
    if missing.is_empty() && unreadable.is_empty() && off.is_empty() {
        let message = format!("Connected. All {readable} streams can be read.");
        return Connection { succeeded: true, message };
    }
    let (scopes, add) = (missing.join(", "), "Add them to the API v2 credentials in 360Learning");
    let reasons: Vec<String> =
        unreadable.iter().map(|(_, error)| error.to_string().trim_end_matches('.').to_owned()).collect();
    let reasons = reasons.join("; ");
    let mut sentences = Vec::new();
    sentences.push(if is_any_readable {
        format!("Connected. {readable} of {} streams can be read.", STREAMS.len())
    } else {
        "The credentials work, but no stream can be read.".to_owned()
    });
    if !missing.is_empty() {
        let names = without_scope.join(", ");
        sentences.push(format!(
            "The credentials lack the scopes {scopes}, so these streams would fail: {names}. {add}, or deselect these streams."
        ));
    }
    if !off.is_empty() {
        let names = empty.join(", ");
        sentences.push(format!(
            "The feature of these streams is off for your account, so they would be empty: {names}. Deselect them, or ask 360Learning for the feature."
        ));
    }
    if !unreadable.is_empty() {
        let names = failing.join(", ");
        sentences.push(format!(
            "These streams could not be read: {names} ({reasons}). Deselect them, or check again later."
        ));
    }
    Connection { succeeded: is_any_readable, message: sentences.join(" ") }
}
