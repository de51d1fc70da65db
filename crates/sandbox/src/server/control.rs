//! The routes for tests, under `/__sandbox`: what is served, the log of requests, the truth, and time.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Serializer;
use serde_json::{Map, Value, json};

use super::api::Api;
use super::auth::{CLIENT_ID, CLIENT_SECRET};
use super::log::Requests;
use crate::account::Changes;
use crate::data::time;
use crate::endpoints::{ENDPOINTS, Endpoint, STREAMS};

type Shared = State<Arc<Api>>;

pub(super) fn router() -> Router<Arc<Api>> {
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

async fn requests(State(api): Shared) -> Json<Requests> {
    Json(api.log.requests())
}

async fn urls(State(api): Shared) -> Json<Vec<String>> {
    Json(api.log.urls())
}

async fn reset(State(api): Shared) -> StatusCode {
    api.log.reset();
    StatusCode::NO_CONTENT
}

async fn change(State(api): Shared) -> Json<Changes> {
    Json(api.change())
}

async fn vanish(State(api): Shared, Path(id): Path<String>) -> StatusCode {
    if !api.account().has_row(&id) {
        return StatusCode::NOT_FOUND;
    }
    api.vanish(id);
    StatusCode::NO_CONTENT
}

async fn feedback(State(api): Shared, Path(file): Path<String>) -> Response {
    match api.account().feedback(&file) {
        Some(body) => ([(CONTENT_TYPE, "text/csv")], body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn counts(State(api): Shared) -> Json<Value> {
    let account = api.account();
    let counts: Map<String, Value> =
        STREAMS.iter().map(|stream| ((*stream).to_owned(), json!(account.count(stream)))).collect();
    Json(Value::Object(counts))
}

async fn truth(State(api): Shared, Path(stream): Path<String>) -> Response {
    if !STREAMS.contains(&stream.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut body = Vec::new();
    // Row by row: a million of them as values would take gigabytes. Writing to memory cannot fail.
    let _ = serde_json::Serializer::new(&mut body).collect_seq(api.account().truth(&stream));
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
