//! HTTP: requests in, answers out, spoilt ones included.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HOST, LINK, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use futures_util::{StreamExt, stream};

use crate::control;
use crate::endpoints::Endpoint;
use crate::faults::FaultKind;
use crate::platform::{Asked, Platform, Reply};

const BASE: &str = "/api/v2";
const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const GATEWAY_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sandbox</title></head><body><h1>Something is in the way</h1></body></html>\n";
const LARGEST_TOKEN_BODY: usize = 64 * 1024;

pub(crate) fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .merge(control::router())
        .fallback(answer)
        .layer(map_response_with_state(Arc::clone(&platform), date))
        .with_state(platform)
}

/// The clock of the sandbox on every answer.
async fn date(State(platform): State<Arc<Platform>>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&platform.world().clock.http_date()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

async fn answer(State(platform): State<Arc<Platform>>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    match (&request.method, request.uri.path().strip_prefix(BASE)) {
        (&Method::POST, Some("/oauth2/token")) => {
            let body = to_bytes(body, LARGEST_TOKEN_BODY).await.unwrap_or_default();
            http(platform.token(&body), None)
        }
        (&Method::GET, Some(path)) => get(&platform, path, &request).await,
        _ => http(Reply::refusal(404, "notFound", "No such route."), None),
    }
}

async fn get(platform: &Platform, path: &str, request: &Parts) -> Response {
    let version = HeaderName::from_static("360-api-version");
    let asked = Asked {
        path,
        query: request.uri.query().unwrap_or_default(),
        authorization: text(&request.headers, &AUTHORIZATION),
        version: text(&request.headers, &version),
    };
    let url = request.uri.path_and_query().map_or(path, |url| url.as_str());
    let route = Endpoint::find(path);
    let ticket = platform.log.arrive(route.as_ref().map_or("(unknown)", |(endpoint, _)| endpoint.path), url);
    let admitted = route.as_ref().map(|(endpoint, _)| platform.admit(endpoint, &asked));
    if !platform.options.latency.is_zero() {
        tokio::time::sleep(platform.options.latency).await;
    }
    let mut fault = None;
    let reply = match (route, admitted) {
        (Some((endpoint, ids)), Some(Ok(()))) => {
            fault = platform.fate.of(url);
            platform.read(endpoint, &ids, &asked)
        }
        (_, Some(Err(reply))) => reply,
        _ => Reply::refusal(404, "notFound", "No such route."),
    };
    let response = match fault {
        Some(fault) => spoilt(fault, reply, text(&request.headers, &HOST)),
        None => http(reply, text(&request.headers, &HOST)),
    };
    platform.log.answered(ticket, response.status().as_u16());
    response
}

/// A reply as HTTP; `host` is what the client called this server.
fn http(reply: Reply, host: Option<&str>) -> Response {
    let mut response = plain(reply.status, JSON, reply.body);
    let link =
        reply.next.map(|next| format!("<http://{}{BASE}{next}>; rel=\"next\"", host.unwrap_or("127.0.0.1")));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(LINK, link);
    }
    response
}

fn plain(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn spoilt(fault: FaultKind, mut reply: Reply, host: Option<&str>) -> Response {
    let half = reply.body.slice(..reply.body.len() / 2);
    match fault {
        FaultKind::TooMany => http(Reply::error(429, "tooManyRequests"), host),
        FaultKind::TooManyRetryAfter => {
            let mut response = http(Reply::error(429, "tooManyRequests"), host);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        FaultKind::Internal => {
            http(Reply::refusal(500, "internalServerError", "Something went wrong."), host)
        }
        FaultKind::BadGatewayHtml => plain(502, HTML, GATEWAY_PAGE),
        FaultKind::Unavailable => plain(503, HTML, Body::empty()),
        FaultKind::Html => plain(200, HTML, GATEWAY_PAGE),
        FaultKind::Truncated => {
            reply.body = half;
            http(reply, host)
        }
        FaultKind::Reset => {
            let announced = HeaderValue::from(reply.body.len());
            let mut response = http(reply, host);
            let broken = [Ok::<Bytes, io::Error>(half), Err(io::ErrorKind::ConnectionReset.into())];
            // The wait lets the first half leave; hyper drops what it holds when the body fails.
            let broken = stream::iter(broken).then(async |piece| {
                if piece.is_err() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                piece
            });
            *response.body_mut() = Body::from_stream(broken);
            response.headers_mut().insert(CONTENT_LENGTH, announced);
            response
        }
    }
}
