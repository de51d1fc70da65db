//! Responses, as bodies and as HTTP.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::endpoints::Refusal;

pub(super) const BASE: &str = "/api/v2";
const JSON: &str = "application/json; charset=utf-8";

/// A response before it is put into HTTP.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Bytes,
    /// The path and query of the next page.
    pub(super) next: Option<String>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string().into(), next: None }
    }

    /// An error of the gateway: a bare word.
    pub(super) fn error(status: u16, error: &str) -> Self {
        Self::json(status, &json!({"error": error}))
    }

    /// A domain error: a code and a message.
    pub(super) fn refusal(refusal: Refusal, message: &str) -> Self {
        Self::json(refusal.status, &json!({"error": {"code": refusal.code, "message": message}}))
    }

    /// This reply as HTTP. Its link has no origin yet.
    pub(super) fn http(self) -> Response {
        let response = plain(self.status, JSON, self.body);
        let Some(next) = self.next else { return response };
        with(response, LINK, &format!("<{BASE}{next}>; rel=\"next\""))
    }
}

pub(super) fn plain(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, content_type)], body.into()).into_response()
}

/// The response with a header; without it if its value cannot be sent.
pub(super) fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A header of a request, as text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
