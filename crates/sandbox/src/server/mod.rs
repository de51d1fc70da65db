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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// What a panic of another thread left is still of use.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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
            let Some(tls) = tls else { return serve_connection(connection, router).await };
            // A client that does not trust the certificate breaks off here.
            if let Ok(connection) = tls.accept(connection).await {
                serve_connection(connection, router).await;
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
    match (&request.method, request.uri.path().strip_prefix(BASE)) {
        (&Method::POST, Some("/oauth2/token")) => {
            let body = to_bytes(body, LARGEST_TOKEN_BODY).await.unwrap_or_default();
            api.token(&body).http()
        }
        (&Method::GET, Some(path)) => get(&api, path, &request).await,
        _ => no_route().http(),
    }
}

async fn get(api: &Api, path: &str, request: &Parts) -> Response {
    let get = api.route(path).map(|(endpoint, parameters)| Get {
        endpoint,
        parameters,
        path,
        query: request.uri.query().unwrap_or_default(),
        authorization: header(&request.headers, &AUTHORIZATION),
        version: header(&request.headers, &HeaderName::from_static("360-api-version")),
    });
    let url = request.uri.path_and_query().map_or(path, |url| url.as_str());
    let template = get.as_ref().map_or("(unknown)", |get| get.endpoint.path);
    let arrival = locked(&api.log).arrive(template, url);
    let admitted = get.as_ref().ok_or_else(no_route).and_then(|get| api.admit(get).map(|()| get));
    if !api.options.latency.is_zero() {
        tokio::time::sleep(api.options.latency).await;
    }
    let mut response = match admitted {
        Ok(get) => {
            let fault = locked(&api.faults).next(&api.options, template, url);
            let reply = api.read(get);
            match fault {
                Some(fault) => faulty::respond(fault, reply, api, request).await,
                None => reply.http(),
            }
        }
        Err(reply) if reply.status == 429 && api.variants.has(Variant::RetryAfter) => {
            with(reply.http(), RETRY_AFTER, "1")
        }
        Err(reply) => reply.http(),
    };
    if !api.variants.has(Variant::RelativeLinks)
        && let Some(target) = header(response.headers(), &LINK).and_then(|link| link.strip_prefix("</"))
    {
        let host = header(&request.headers, &HOST).unwrap_or("127.0.0.1");
        let link = format!("<{}://{host}/{target}", api.scheme());
        response = with(response, LINK, &link);
    }
    // It is set here only.
    let _ = arrival.status.set(response.status().as_u16());
    response
}
