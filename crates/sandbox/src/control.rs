//! The tester's side door, `/__sandbox`: what is served, the log, the truth, and time.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Serializer;
use serde_json::{Map, Value, json};

use crate::auth::{CLIENT_ID, CLIENT_SECRET};
use crate::data::Changes;
use crate::endpoints::ENDPOINTS;
use crate::log::Requests;
use crate::platform::Platform;
use crate::truth::STREAMS;

type Shared = State<Arc<Platform>>;

pub(crate) fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/__sandbox", get(description))
        .route("/__sandbox/requests", get(requests).delete(reset))
        .route("/__sandbox/requests/urls", get(urls))
        .route("/__sandbox/change", post(change))
        .route("/__sandbox/vanish/{id}", post(vanish))
        .route("/__sandbox/truth", get(counts))
        .route("/__sandbox/truth/{stream}", get(truth))
}

async fn description(State(platform): Shared) -> Json<Value> {
    let mut description = json!({
        "scale": platform.options.scale,
        "seed": platform.options.seed,
        "clock": platform.world().clock,
        "credentials": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        "streams": STREAMS.as_slice(),
        "endpoints": ENDPOINTS,
    });
    let variants: Vec<String> = platform.options.variants.iter().map(ToString::to_string).collect();
    if !variants.is_empty() {
        description["variants"] = json!(variants);
    }
    Json(description)
}

async fn requests(State(platform): Shared) -> Json<Requests> {
    Json(platform.log.requests())
}

async fn urls(State(platform): Shared) -> Json<Vec<String>> {
    Json(platform.log.urls())
}

async fn reset(State(platform): Shared) -> StatusCode {
    platform.log.reset();
    StatusCode::NO_CONTENT
}

async fn change(State(platform): Shared) -> Json<Changes> {
    Json(platform.change())
}

async fn vanish(State(platform): Shared, Path(id): Path<String>) -> StatusCode {
    platform.vanish(id);
    StatusCode::NO_CONTENT
}

async fn counts(State(platform): Shared) -> Json<Value> {
    let world = platform.world();
    let counts: Map<String, Value> =
        STREAMS.iter().map(|stream| ((*stream).to_owned(), json!(world.count(stream)))).collect();
    Json(Value::Object(counts))
}

async fn truth(State(platform): Shared, Path(stream): Path<String>) -> Response {
    if !STREAMS.contains(&stream.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut body = Vec::new();
    // Row by row: a million of them as values would take gigabytes. Writing to memory cannot fail.
    let _ = serde_json::Serializer::new(&mut body).collect_seq(platform.world().truth(&stream));
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
