//! HTTP: requests in, answers out, spoilt ones included.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, DATE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::answer::{BASE, http, text};
use crate::control;
use crate::platform::{Asked, Platform, Reply};
use crate::spoilt::spoilt;
use crate::variant::Variant;

const LARGEST_TOKEN_BODY: usize = 64 * 1024;

/// Smaller answers are sent as they are.
const WORTH_COMPRESSING: u16 = 1024;

pub(crate) fn router(platform: Arc<Platform>) -> Router {
    let tenant = platform.tenant;
    let mut router = Router::new().merge(control::router()).fallback(answer);
    if !tenant.is(Variant::NoDateHeader) {
        router = router.layer(map_response_with_state(Arc::clone(&platform), date));
    }
    let router = router.with_state(platform);
    if tenant.is(Variant::Gzip) {
        return router.layer(CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING)));
    }
    router
}

/// The clock of the sandbox on every answer.
async fn date(State(platform): State<Arc<Platform>>, mut response: Response) -> Response {
    if let Ok(date) = HeaderValue::from_str(&platform.date().http_date()) {
        response.headers_mut().insert(DATE, date);
    }
    response
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
    let route = platform.route(path);
    let ticket = platform.log.arrive(route.as_ref().map_or("(unknown)", |(endpoint, _)| endpoint.path), url);
    let admitted = route.as_ref().map(|(endpoint, _)| platform.admit(endpoint, &asked));
    if !platform.options.latency.is_zero() {
        tokio::time::sleep(platform.options.latency).await;
    }
    let refused = matches!(admitted, Some(Err(_)));
    let mut fault = None;
    let reply = match (route, admitted) {
        (Some((endpoint, ids)), Some(Ok(()))) => {
            fault = platform.fate.of(endpoint.path, url);
            let reply = platform.read(endpoint, &ids, &asked);
            platform.answered();
            reply
        }
        (_, Some(Err(reply))) => reply,
        _ => Reply::refusal(404, "notFound", "No such route."),
    };
    let mut response = match fault {
        Some(fault) => spoilt(fault, reply, platform, request).await,
        None => http(reply, text(&request.headers, &HOST)),
    };
    if !platform.tenant.is_plain() {
        platform.tenant.dress(&mut response, text(&request.headers, &HOST), refused);
    }
    platform.log.answered(ticket, response.status().as_u16());
    response
}

/// Serves without the date that the HTTP library writes where an answer has none.
pub(crate) async fn serve_undated(mut listener: impl Listener, router: Router) -> ! {
    loop {
        let (connection, _) = listener.accept().await;
        let service = TowerToHyperService::new(router.clone());
        let served =
            http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(connection), service);
        // A client that goes away concerns nobody else.
        tokio::spawn(async { drop(served.await) });
    }
}
