//! Answers that are spoilt on request.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, LINK, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::answer::{BASE, http, plain, text};
use crate::auth::bearer;
use crate::data::moment::SECOND;
use crate::faults::{AGAIN, FaultKind};
use crate::platform::{Platform, Reply};

const HTML: &str = "text/html; charset=utf-8";
const GATEWAY_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sandbox</title></head><body><h1>Something is in the way</h1></body></html>\n";

/// A port without a listener.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A body that trickles leaves in so many pieces, with this pause before each.
const PIECES: usize = 20;
const PAUSE: Duration = Duration::from_millis(15);

/// The reply, spoilt in this way.
pub(crate) async fn spoilt(
    fault: FaultKind,
    mut reply: Reply,
    platform: &Platform,
    request: &Parts,
) -> Response {
    let host = text(&request.headers, &HOST);
    let here = request.uri.path_and_query().map_or("", |here| here.as_str());
    let here = here.strip_prefix(BASE).unwrap_or(here).to_owned();
    let half = reply.body.slice(..reply.body.len() / 2);
    match fault {
        FaultKind::TooMany => http(Reply::error(429, "tooManyRequests"), host),
        FaultKind::TooManyRetryAfter => too_many("1", host),
        FaultKind::TooManyDate => too_many(&platform.date().plus(SECOND).http_date(), host),
        FaultKind::Internal => {
            http(Reply::refusal(500, "internalServerError", "Something went wrong."), host)
        }
        FaultKind::Echo => echo(request, host),
        FaultKind::BadGatewayHtml => plain(502, HTML, GATEWAY_PAGE),
        FaultKind::Unavailable => plain(503, HTML, Body::empty()),
        FaultKind::GatewayTimeoutHtml => plain(504, HTML, GATEWAY_PAGE),
        FaultKind::Html => plain(200, HTML, GATEWAY_PAGE),
        FaultKind::Truncated => {
            reply.body = half;
            http(reply, host)
        }
        FaultKind::Invalid => {
            // No JSON text holds a control character.
            let mut body = reply.body.to_vec();
            let middle = body.len() / 2;
            body.iter_mut().skip(middle).take(1).for_each(|byte| *byte = 0);
            reply.body = body.into();
            http(reply, host)
        }
        // The wait lets the first half leave; hyper drops what it holds when the body fails.
        FaultKind::Reset => pieces(reply, vec![Ok(half), broken()], Duration::from_millis(5), host),
        FaultKind::ResetEarly => pieces(reply, vec![broken()], Duration::ZERO, host),
        FaultKind::Trickle => {
            let size = reply.body.len().div_ceil(PIECES).max(1);
            let parts = reply.body.chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
            pieces(reply, parts, PAUSE, host)
        }
        FaultKind::Hang => std::future::pending().await,
        FaultKind::EmptyPage if reply.status == 200 => {
            let joint = if here.contains('?') { '&' } else { '?' };
            reply.next = Some(format!("{here}{joint}{AGAIN}"));
            reply.body = Bytes::from_static(b"[]");
            http(reply, host)
        }
        // A refusal has no rows to put off.
        FaultKind::EmptyPage => http(reply, host),
        FaultKind::ExpiredNext => http(Reply::invalid_next(), host),
        FaultKind::LinkLoop => {
            // A next page without a query would be no next page.
            reply.next = Some(if here.contains('?') { here } else { format!("{here}?{AGAIN}") });
            http(reply, host)
        }
        FaultKind::ForeignLink => {
            let Some(next) = reply.next.take() else { return http(reply, host) };
            let origin = platform.options.foreign_origin.as_deref().unwrap_or(NOWHERE);
            let link = format!("<{origin}{BASE}{next}>; rel=\"next\"");
            with(http(reply, host), LINK, &link)
        }
    }
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn too_many(retry_after: &str, host: Option<&str>) -> Response {
    with(http(Reply::error(429, "tooManyRequests"), host), RETRY_AFTER, retry_after)
}

fn broken() -> io::Result<Bytes> {
    Err(io::ErrorKind::ConnectionReset.into())
}

/// The reply's head with a body that leaves in these pieces.
fn pieces(reply: Reply, pieces: Vec<io::Result<Bytes>>, pause: Duration, host: Option<&str>) -> Response {
    let announced = HeaderValue::from(reply.body.len());
    let mut response = http(reply, host);
    let slow = stream::iter(pieces).then(move |piece| async move {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        piece
    });
    *response.body_mut() = Body::from_stream(slow);
    response.headers_mut().insert(CONTENT_LENGTH, announced);
    response
}

/// An error that repeats what the request carried, in every form.
fn echo(request: &Parts, host: Option<&str>) -> Response {
    let header = text(&request.headers, &AUTHORIZATION).unwrap_or_default();
    let token = bearer(Some(header)).unwrap_or_default();
    let percent = token.bytes().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
        text
    });
    let message = format!("{header} {} {percent} {}", STANDARD.encode(token), request.uri);
    let body = json!({"error": {"code": token, "message": message}});
    with(http(Reply::json(500, &body), host), HeaderName::from_static("x-echo"), header)
}
