//! The routes for tests, under `/__sandbox`: what is served, the log of requests, the truth, and time.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json};
use axum::routing::{get, post};
use serde::Serializer;
use serde_json::{Map, Value, json};

use super::api::Api;
use super::auth::{CLIENT_ID, CLIENT_SECRET};
use super::locked;
use crate::data::time;
use crate::endpoints::{ENDPOINTS, Endpoint, STREAMS};

type Shared = State<Arc<Api>>;

pub(super) fn router() -> Router<Arc<Api>> {
    let requests = async |State(api): Shared| Json(locked(&api.log).requests());
    let urls = async |State(api): Shared| Json(locked(&api.log).urls());
    let change = async |State(api): Shared| Json(api.account_mut().change());
    let reset = async |State(api): Shared| {
        locked(&api.log).reset();
        StatusCode::NO_CONTENT
    };
    Router::new()
        .route("/__sandbox", get(description))
        .route("/__sandbox/requests", get(requests).delete(reset))
        .route("/__sandbox/requests/urls", get(urls))
        .route("/__sandbox/change", post(change))
        .route("/__sandbox/vanish/{id}", post(vanish))
        .route("/__sandbox/feedback/{file}", get(feedback))
        .route("/__sandbox/truth", get(counts))
        .route("/__sandbox/truth/{stream}", get(truth))
}

async fn description(State(api): Shared) -> Json<Value> {
    let mut description = json!({
        "scale": api.options.scale,
        "seed": api.options.seed,
        "clock": time::text(api.account().clock()),
        "credentials": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        "streams": *STREAMS,
        "endpoints": ENDPOINTS.iter().map(describe).collect::<Vec<_>>(),
    });
    let variants: Vec<String> = api.options.variants.iter().map(ToString::to_string).collect();
    if !variants.is_empty() {
        description["variants"] = json!(variants);
    }
    Json(description)
}

fn describe(endpoint: &Endpoint) -> Value {
    let Endpoint { method, path, scope, page_size, filters, .. } = endpoint;
    json!({"method": method, "path": path, "scope": scope, "page_size": page_size, "filters": filters})
}

async fn vanish(State(api): Shared, Path(id): Path<String>) -> StatusCode {
    let mut account = api.account_mut();
    if !account.has_row(&id) {
        return StatusCode::NOT_FOUND;
    }
    account.vanished.insert(id);
    StatusCode::NO_CONTENT
}

async fn feedback(State(api): Shared, Path(file): Path<String>) -> Result<impl IntoResponse, StatusCode> {
    let body = api.account().feedback(&file).ok_or(StatusCode::NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, "text/csv")], body))
}

async fn counts(State(api): Shared) -> Json<Map<String, Value>> {
    let account = api.account();
    Json(STREAMS.iter().map(|stream| ((*stream).to_owned(), json!(account.count(stream)))).collect())
}

async fn truth(State(api): Shared, Path(stream): Path<String>) -> Result<impl IntoResponse, StatusCode> {
    if !STREAMS.contains(&stream.as_str()) {
        return Err(StatusCode::NOT_FOUND);
    }
    let mut body = Vec::new();
    // Row by row: a million of them as values would take gigabytes. Writing to memory cannot fail.
    let _ = serde_json::Serializer::new(&mut body).collect_seq(api.account().truth(&stream));
    Ok(([(CONTENT_TYPE, "application/json")], body))
}
