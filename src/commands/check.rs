//! `check`: proves the credentials, and names what they cannot read.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::mpsc;

use super::{fail, patient, print, print_error, settings};
use crate::api::{ApiError, Client, Priority, Rows, Shape, Timing};
use crate::cli::ConfigFile;
use crate::config::Settings;
use crate::error::Error;
use crate::protocol::{FailureType, Message};
use crate::streams::{Body, STREAMS, Stream, request};

/// An id that no object has: enough to test a scope, since the API checks scopes first.
const UNKNOWN_ID: &str = "000000000000000000000000";

/// So many rows of each list are tried as parents.
const PARENTS: usize = 3;

/// The platform gives up after ten minutes.
const DEADLINE: Duration = Duration::from_mins(9);

/// Runs the check and prints its status. The exit code.
pub async fn run(config: &ConfigFile, timing: &Timing, out: &mut impl Write) -> u8 {
    let settings = match settings(config) {
        Ok(settings) => settings,
        Err(error) => return failed(out, &error.to_string()),
    };
    let hidden = |text: &str| settings.secrets.hide(text).into_owned();
    let checked = tokio::time::timeout(DEADLINE, check(&settings, patient(timing))).await;
    match checked {
        Ok(Ok(connection)) => {
            let message = hidden(&connection.message);
            print(out, &Message::ConnectionStatus { succeeded: connection.succeeded, message: &message })
        }
        // Only the user can fix it: that is a result, not a failure of the check.
        Ok(Err(error)) if error.failure_type() == FailureType::Config => {
            failed(out, &hidden(&error.to_string()))
        }
        // A FAILED would end the retries of a job during an outage.
        Ok(Err(error)) => {
            let (message, internal) = (hidden(&error.to_string()), hidden(&format!("{error:?}")));
            print_error(out, &message, &internal, error.failure_type())
        }
        Err(_) => fail(out, &Error::CheckTimeout { minutes: DEADLINE.as_secs() / 60 }),
    }
}

fn failed(out: &mut impl Write, message: &str) -> u8 {
    print(out, &Message::ConnectionStatus { succeeded: false, message })
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
    Readable,
    /// Its streams are read under others, and nothing shows that the scope is missing.
    NotRefused,
    /// The scope is not granted.
    NoScope,
    /// This stream's list cannot be read.
    Unreadable {
        stream: &'static Stream,
        error: ApiError,
    },
}

/// Proves the credentials, then requests one list for each scope.
///
/// # Errors
/// Wrong credentials, and an API of which no list could be read for a reason that may pass.
pub async fn check(settings: &Settings, timing: Timing) -> Result<Connection, Error> {
    // Retries are not logged here: the verdict says what matters.
    let (events, _) = mpsc::unbounded_channel();
    let client = Client::new(settings, timing, events, false)?;
    client.clocks().await?;
    let mut scopes: Vec<&'static str> = STREAMS.iter().map(|stream| stream.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let found = join_all(scopes.iter().map(|scope| access(&client, scope))).await;
    let mut missing = Vec::new();
    let mut unreadable = Vec::new();
    let mut is_any_readable = false;
    for (scope, access) in scopes.iter().zip(found) {
        match access {
            Access::Readable => is_any_readable = true,
            Access::NotRefused => {}
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
    Ok(connection(&missing, &unreadable, is_any_readable))
}

/// One request to a list that needs the scope.
async fn access(client: &Client, scope: &str) -> Access {
    let of_scope = || STREAMS.iter().copied().filter(|stream| stream.scope == scope);
    let Some(stream) = of_scope().find(|stream| stream.parent.is_none()).or_else(|| of_scope().next()) else {
        return Access::Readable;
    };
    let rows = request(client, stream, &BTreeMap::new()).await;
    let found = if stream.parent.is_some() && matches!(rows, Err(ApiError::Rejected { status: 404, .. })) {
        // The documentation does not say whether the API checks scopes before it misses the parent.
        under_a_parent(client, stream).await
    } else if stream.parent.is_none() {
        own_list(stream, rows)
    } else {
        granted(rows).map(|rows| rows.is_some())
    };
    match found {
        Ok(true) if stream.parent.is_some() => Access::NotRefused,
        Ok(true) => Access::Readable,
        Ok(false) => Access::NoScope,
        Err(error) => Access::Unreadable { stream, error },
    }
}

/// The same of a list that exists: only "the feature is off" is as good as a list.
fn own_list(stream: &Stream, rows: Result<Rows, ApiError>) -> Result<bool, ApiError> {
    match rows {
        Err(ApiError::Rejected { code, .. }) if stream.off_codes.contains(&code.as_str()) => Ok(true),
        Err(ApiError::Forbidden { .. }) => Ok(false),
        rows => rows.map(|_| true),
    }
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
    let readable = STREAMS.len() - without_scope.len() - failing.len();
    if missing.is_empty() && unreadable.is_empty() {
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
    if !unreadable.is_empty() {
        let names = failing.join(", ");
        sentences.push(format!(
            "These streams could not be read: {names} ({reasons}). Deselect them, or check again later."
        ));
    }
    Connection { succeeded: is_any_readable, message: sentences.join(" ") }
}
