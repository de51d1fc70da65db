//! Answers as HTTP.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use crate::platform::Reply;

pub(crate) const BASE: &str = "/api/v2";
const JSON: &str = "application/json; charset=utf-8";

/// A header of a request, as text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A reply as HTTP; `host` is what the client called this server.
pub(crate) fn http(reply: Reply, host: Option<&str>) -> Response {
    let mut response = plain(reply.status, JSON, reply.body);
    let link =
        reply.next.map(|next| format!("<http://{}{BASE}{next}>; rel=\"next\"", host.unwrap_or("127.0.0.1")));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(LINK, link);
    }
    response
}

pub(crate) fn plain(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
