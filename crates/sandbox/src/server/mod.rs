//! HTTP: requests in, responses out.

mod api;
mod auth;
mod control;
mod faulty;
mod filters;
mod log;
mod pages;
mod response;
mod tls;

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, DATE, HOST, LINK, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::endpoints::absent;
use crate::variants::Variant;
use api::Get;
use response::{BASE, Reply, header, with};

pub(crate) use api::Api;
pub use auth::{CLIENT_ID, CLIENT_SECRET};
pub use log::Requests;
pub use tls::Tls;

const LARGEST_TOKEN_BODY: usize = 64 * 1024;

/// Smaller responses are not compressed.
const WORTH_COMPRESSING: u16 = 1024;

/// Serves until it is dropped.
pub(crate) async fn serve(mut listener: TcpListener, tls: Option<TlsAcceptor>, api: Arc<Api>) {
    let variants = api.variants;
    let mut router = Router::new().merge(control::router()).fallback(respond);
    if !variants.has(Variant::NoDateHeader) {
        router = router.layer(map_response_with_state(Arc::clone(&api), date));
    }
    let mut router = router.with_state(api);
    if variants.has(Variant::Gzip) {
        router = router.layer(CompressionLayer::new().compress_when(SizeAbove::new(WORTH_COMPRESSING)));
    }
    loop {
        let (connection, _) = Listener::accept(&mut listener).await;
        // Without it, small responses wait for the client's acknowledgement; they are right anyway.
        let _ = connection.set_nodelay(true);
        let (router, tls) = (router.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => serve_connection(connection, router).await,
                // A client that does not trust the certificate breaks off here.
                Some(tls) => {
                    if let Ok(connection) = tls.accept(connection).await {
                        serve_connection(connection, router).await;
                    }
                }
            }
        });
    }
}

/// Serves one client until it goes away.
async fn serve_connection(connection: impl AsyncRead + AsyncWrite + Unpin + 'static, router: Router) {
    // The library's date would be that of the machine.
    let mut http = http1::Builder::new();
    http.auto_date_header(false);
    let service = TowerToHyperService::new(router);
    // A client that goes away does not concern the others.
    let _ = http.serve_connection(TokioIo::new(connection), service).await;
}

/// The clock of the sandbox on every response.
async fn date(State(api): State<Arc<Api>>, response: Response) -> Response {
    with(response, DATE, &api.date(0))
}

fn no_route() -> Reply {
    Reply::refusal(absent("notFound"), "No such route.")
}

async fn respond(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let host = header(&request.headers, &HOST).unwrap_or("127.0.0.1");
    let origin = format!("{}://{host}", api.scheme());
    match (&request.method, request.uri.path().strip_prefix(BASE)) {
        (&Method::POST, Some("/oauth2/token")) => {
            let body = to_bytes(body, LARGEST_TOKEN_BODY).await.unwrap_or_default();
            api.token(&body).http(&origin)
        }
        (&Method::GET, Some(path)) => get(&api, path, &request, &origin).await,
        _ => no_route().http(&origin),
    }
}

async fn get(api: &Api, path: &str, request: &Parts, origin: &str) -> Response {
    let get = Get {
        path,
        query: request.uri.query().unwrap_or_default(),
        authorization: header(&request.headers, &AUTHORIZATION),
        version: header(&request.headers, &HeaderName::from_static("360-api-version")),
    };
    let url = request.uri.path_and_query().map_or(path, |url| url.as_str());
    let route = api.route(path);
    let ticket = api.log.arrive(route.as_ref().map_or("(unknown)", |(endpoint, _)| endpoint.path), url);
    let admitted = route.as_ref().map(|(endpoint, _)| api.admit(endpoint, &get));
    if !api.options.latency.is_zero() {
        tokio::time::sleep(api.options.latency).await;
    }
    let mut response = match (route, admitted) {
        (Some((endpoint, parameters)), Some(Ok(()))) => {
            let fault = api.faults.next(endpoint.path, url);
            let reply = api.read(endpoint, &parameters, &get);
            match fault {
                Some(fault) => faulty::respond(fault, reply, api, request, origin).await,
                None => reply.http(origin),
            }
        }
        (_, Some(Err(reply))) if reply.status == 429 && api.variants.has(Variant::RetryAfter) => {
            with(reply.http(origin), RETRY_AFTER, "1")
        }
        (_, Some(Err(reply))) => reply.http(origin),
        _ => no_route().http(origin),
    };
    if api.variants.has(Variant::RelativeLinks)
        && let Some(link) = header(response.headers(), &LINK).map(str::to_owned)
        && let Some(target) = link.strip_prefix(&format!("<{origin}"))
    {
        response = with(response, LINK, &format!("<{target}"));
    }
    api.log.set_status(ticket, response.status().as_u16());
    response
}
