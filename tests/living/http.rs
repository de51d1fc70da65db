//! HTTP/1.1 on a port of this machine: as much of it as a client of the platform needs, and faults.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::platform::Platform;

/// A request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

/// How a response ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// After its last byte.
    Whole,
    /// In the middle of its body.
    Cut,
    /// Before its first byte.
    Reset,
}

/// A response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) end: End,
}

impl Reply {
    pub(crate) fn json(body: String) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status: 200, headers, body, end: End::Whole }
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned(), end: End::Whole }
    }

    /// An error in the API's form.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = match status {
            401 | 403 | 429 => serde_json::json!({"error": code}),
            _ => serde_json::json!({"error": {"code": code, "message": "a message"}}),
        };
        Self { status, ..Self::json(body.to_string()) }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For people who read the log of requests.
    pub(crate) fn summary(&self) -> String {
        let next = if self.headers.iter().any(|(name, _)| name == "Link") { " and a next page" } else { "" };
        format!("{}{next}", self.body.chars().take(700).collect::<String>())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Status\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if self.status != 204 {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend_from_slice(self.body.as_bytes());
        bytes
    }
}

/// Serves a platform until it is dropped.
pub(crate) async fn serve(listener: TcpListener, platform: Arc<Mutex<Platform>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&platform)));
    }
}

async fn connection(mut stream: TcpStream, platform: Arc<Mutex<Platform>>) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let reply = platform.lock().unwrap().answer(&request);
        let mut bytes = reply.bytes();
        match reply.end {
            End::Whole => {}
            End::Reset => return,
            End::Cut => bytes.truncate(bytes.len() - 3),
        }
        if stream.write_all(&bytes).await.is_err() || reply.end == End::Cut {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head: String = String::from_utf8(buffer.drain(..end).collect()).ok()?;
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method, target, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    request.body = buffer.drain(..length).collect();
    Some(request)
}
