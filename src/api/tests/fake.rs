//! A small HTTP/1.1 server for the tests of this module: every byte that it sends is the test's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep};
use url::Url;

use crate::api::{Client, Event, Timing};
use crate::config::{Config, Settings};

/// One request.
#[derive(Debug, Clone)]
pub(in crate::api) struct Request {
    pub(in crate::api) method: String,
    /// Path and query.
    pub(in crate::api) target: String,
    /// In lower case.
    pub(in crate::api) head: String,
    /// When it arrived.
    pub(in crate::api) at: Instant,
}

impl Request {
    pub(in crate::api) fn is_token(&self) -> bool {
        self.method == "POST"
    }

    /// The number of the token that it carries.
    pub(in crate::api) fn token(&self) -> usize {
        let (_, rest) = self.head.split_once("bearer token-").unwrap();
        rest.split("\r\n").next().unwrap().parse().unwrap()
    }
}

/// One response: bytes, each piece after a pause.
#[derive(Debug, Clone, Default)]
pub(in crate::api) struct Reply(Vec<(Duration, Vec<u8>)>);

impl Reply {
    pub(in crate::api) fn new(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length =
            if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        Self::raw([format!("HTTP/1.1 {status} X\r\n{length}{headers}\r\n").as_bytes(), body].concat())
    }

    /// Closes the connection after these bytes if they say so.
    pub(in crate::api) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self(vec![(Duration::ZERO, bytes.into())])
    }

    pub(in crate::api) fn page(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, "", body)
    }

    pub(in crate::api) fn error(status: u16, code: &str) -> Self {
        Self::new(status, "", json!({"error": {"code": code, "message": "for people"}}).to_string())
    }

    pub(in crate::api) fn html(status: u16) -> Self {
        Self::new(status, "content-type: text/html\r\n", "<html>Request blocked</html>")
    }

    /// Waits before it begins.
    pub(in crate::api) fn after(mut self, pause: Duration) -> Self {
        self.0[0].0 = pause;
        self
    }

    /// Sends more after a pause.
    pub(in crate::api) fn then(mut self, pause: Duration, bytes: &[u8]) -> Self {
        self.0.push((pause, bytes.to_vec()));
        self
    }
}

type Answer = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

/// A server on loopback. It issues `token-1`, `token-2` … unless the test answers.
pub(in crate::api) struct Server {
    pub(in crate::api) url: Url,
    pub(in crate::api) requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(in crate::api) async fn start(
        answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self::slow_to_connect(Duration::ZERO, answer).await
    }

    /// Each connection needs so long until it carries its first request.
    pub(in crate::api) async fn slow_to_connect(
        opens: Duration,
        answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (log, answer): (_, Arc<Answer>) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    sleep(opens).await;
                    // The client may close the connection at any time.
                    let _ = serve(connection, &log, &*answer).await;
                });
            }
        });
        Self { url: url.parse().unwrap(), requests }
    }

    /// Answers each GET with the next of these; the last one again and again.
    pub(in crate::api) async fn sequence(replies: Vec<Reply>) -> Self {
        let left = Mutex::new(replies.into_iter().rev().collect::<Vec<_>>());
        Self::start(move |request| {
            let mut left = left.lock().unwrap();
            let reply = if left.len() > 1 && !request.is_token() { left.pop() } else { None };
            if request.is_token() { None } else { reply.or_else(|| left.last().cloned()) }
        })
        .await
    }

    pub(in crate::api) fn settings(&self) -> Settings {
        let config = json!({
            "client_id": "id", "client_secret": "secret", "base_url": self.url.as_str(),
            "requests_per_second": 1000,
        });
        Config::parse(&config.to_string()).unwrap().validate().unwrap()
    }

    pub(in crate::api) fn client(&self, timing: Timing) -> (Client, UnboundedReceiver<Event>) {
        let (events, received) = unbounded_channel();
        (Client::new(&self.settings(), timing, events, false).unwrap(), received)
    }

    pub(in crate::api) fn tokens(&self) -> usize {
        self.count(Request::is_token)
    }

    pub(in crate::api) fn gets(&self) -> usize {
        self.count(|request| !request.is_token())
    }

    fn count(&self, test: impl Fn(&Request) -> bool) -> usize {
        self.requests.lock().unwrap().iter().filter(|request| test(request)).count()
    }
}

/// Delays that tests can wait for.
pub(in crate::api) fn quick() -> Timing {
    let millis = Duration::from_millis;
    Timing {
        connect: millis(2000),
        idle: millis(2000),
        answer: millis(5000),
        base: millis(2),
        cap: millis(10),
        budget: millis(10_000),
        firewall: millis(10_000),
        ..Timing::default()
    }
}

async fn serve(mut connection: TcpStream, log: &Mutex<Vec<Request>>, answer: &Answer) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut received = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = memchr::memmem::find(&received, b"\r\n\r\n") {
                let rest = received.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut received, rest)).unwrap();
            }
            if connection.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        let mut words = head.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let request = Request { method, target, head: head.to_ascii_lowercase(), at: Instant::now() };
        let length = request
            .head
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split("\r\n").next().and_then(|length| length.parse().ok()).unwrap());
        while received.len() < length {
            connection.read_buf(&mut received).await?;
        }
        received.drain(..length);
        let number = {
            let mut log = log.lock().unwrap();
            log.push(request.clone());
            log.iter().filter(|request| request.is_token()).count()
        };
        let token = || {
            let body = json!({"access_token": format!("token-{number}"), "expires_in": "3600"});
            Reply::new(200, "date: Mon, 02 Nov 2026 12:00:00 GMT\r\n", body.to_string())
        };
        let reply =
            answer(&request).unwrap_or_else(|| if request.is_token() { token() } else { Reply::page("[]") });
        for (pause, bytes) in reply.0 {
            sleep(pause).await;
            connection.write_all(&bytes).await?;
            if memchr::memmem::find(&bytes, b"connection: close").is_some() {
                return Ok(());
            }
        }
    }
}
