//! Responses that fail on request.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, LINK, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::api::{Api, invalid_next};
use super::auth::bearer;
use super::response::{BASE, Reply, header, plain, with};
use crate::endpoints::Refusal;
use crate::faults::{AGAIN, FaultKind};

const HTML: &str = "text/html; charset=utf-8";
const GATEWAY_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sandbox</title></head><body><h1>A proxy answers</h1></body></html>\n";

/// A port without a listener.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A body that trickles is sent in so many pieces, with this pause before each.
const PIECES: usize = 20;
const PAUSE: Duration = Duration::from_millis(15);

/// The reply with this fault.
pub(super) async fn respond(fault: FaultKind, reply: Reply, api: &Api, request: &Parts) -> Response {
    let here = request.uri.path_and_query().map_or("", |here| here.as_str());
    let here = here.strip_prefix(BASE).unwrap_or(here).to_owned();
    let half = reply.body.slice(..reply.body.len() / 2);
    let too_many = || Reply::error(429, "tooManyRequests").http();
    let broken = || Err(io::ErrorKind::ConnectionReset.into());
    match fault {
        FaultKind::TooMany => too_many(),
        FaultKind::TooManyRetryAfter => with(too_many(), RETRY_AFTER, "1"),
        FaultKind::TooManyDate => with(too_many(), RETRY_AFTER, &api.date(1)),
        FaultKind::Internal => {
            let refusal = Refusal { status: 500, code: "internalServerError" };
            Reply::refusal(refusal, "Something went wrong.").http()
        }
        FaultKind::Echo => echo(request),
        FaultKind::BadGatewayHtml => plain(502, HTML, GATEWAY_PAGE),
        FaultKind::Unavailable => plain(503, HTML, Body::empty()),
        FaultKind::GatewayTimeoutHtml => plain(504, HTML, GATEWAY_PAGE),
        FaultKind::Html => plain(200, HTML, GATEWAY_PAGE),
        FaultKind::Truncated => Reply { body: half, ..reply }.http(),
        FaultKind::Invalid => {
            // JSON text has no control characters.
            let rest = reply.body.get(half.len() + 1..).unwrap_or_default();
            Reply { body: [&half[..], b"\0", rest].concat().into(), ..reply }.http()
        }
        // The wait lets the first half leave; hyper drops what it holds when the body fails.
        FaultKind::Reset => pieces(reply, vec![Ok(half), broken()], Duration::from_millis(5)),
        FaultKind::ResetEarly => pieces(reply, vec![broken()], Duration::ZERO),
        FaultKind::Trickle => {
            let size = reply.body.len().div_ceil(PIECES).max(1);
            let parts = reply.body.chunks(size).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
            pieces(reply, parts, PAUSE)
        }
        FaultKind::Hang => std::future::pending().await,
        FaultKind::EmptyPage if reply.status == 200 => {
            let joint = if here.contains('?') { '&' } else { '?' };
            let next = Some(format!("{here}{joint}{AGAIN}"));
            Reply { next, body: Bytes::from_static(b"[]"), ..reply }.http()
        }
        // A refusal has no rows to hold back.
        FaultKind::EmptyPage => reply.http(),
        FaultKind::ExpiredNext => invalid_next().http(),
        FaultKind::LinkLoop => {
            // A next page without a query would not be a next page.
            let next = Some(if here.contains('?') { here } else { format!("{here}?{AGAIN}") });
            Reply { next, ..reply }.http()
        }
        FaultKind::ForeignLink => {
            let Some(next) = reply.next.clone() else { return reply.http() };
            let foreign = api.options.foreign_origin.as_deref().unwrap_or(NOWHERE);
            with(reply.http(), LINK, &format!("<{foreign}{BASE}{next}>; rel=\"next\""))
        }
    }
}

/// The reply's head with a body that is sent in these pieces.
fn pieces(reply: Reply, pieces: Vec<io::Result<Bytes>>, pause: Duration) -> Response {
    let announced = HeaderValue::from(reply.body.len());
    let mut response = reply.http();
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

/// An error that repeats the token of the request in every form.
fn echo(request: &Parts) -> Response {
    let sent = header(&request.headers, &AUTHORIZATION).unwrap_or_default();
    let token = bearer(Some(sent)).unwrap_or_default();
    let percent = token.bytes().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "%{byte:02X}");
        text
    });
    let message = format!("{sent} {} {percent} {}", STANDARD.encode(token), request.uri);
    let body = json!({"error": {"code": token, "message": message}});
    with(Reply::json(500, &body).http(), HeaderName::from_static("x-echo"), sent)
}
