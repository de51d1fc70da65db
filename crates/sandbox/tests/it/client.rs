//! A small HTTP client that shows everything a server sends, also what is no response.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sandbox_360learning::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use serde_json::{Value, json};

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn rows(&self) -> Vec<Value> {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) struct Client {
    authority: String,
    token: String,
    /// A server that sends nothing for so long hangs.
    pub(crate) patience: Duration,
}

impl Client {
    /// A client without a token.
    pub(crate) fn without_token(sandbox: &Sandbox) -> Self {
        Self {
            authority: sandbox.url().replace("http://", ""),
            token: String::new(),
            patience: Duration::from_mins(1),
        }
    }

    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let client = Self::without_token(sandbox);
        let issued = client.token(&credentials()).json();
        Self { token: issued["access_token"].as_str().unwrap().to_owned(), ..client }
    }

    pub(crate) fn token(&self, body: &str) -> Answer {
        self.send("POST", "/api/v2/oauth2/token", &[], body)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[&str]) -> Answer {
        let bearer = format!("authorization: Bearer {}", self.token);
        let headers = [&[bearer.as_str(), "360-api-version: v2.0"], headers].concat();
        self.send("GET", &format!("/api/v2{path}"), &headers, "")
    }

    /// All pages from `path` on, and how many there were.
    pub(crate) fn list(&self, path: &str) -> (Vec<Value>, usize) {
        let (mut rows, mut pages, mut path) = (Vec::new(), 0, path.to_owned());
        loop {
            let answer = self.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            rows.extend(answer.rows());
            pages += 1;
            let Some(link) = answer.header("link") else { return (rows, pages) };
            let target = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
            let base = format!("http://{}", self.authority);
            let target = target.strip_prefix(&base).unwrap_or(target);
            path = target.strip_prefix("/api/v2").map(str::to_owned).unwrap();
        }
    }

    pub(crate) fn send(&self, method: &str, target: &str, headers: &[&str], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.authority).unwrap();
        stream.set_read_timeout(Some(self.patience)).unwrap();
        let host = format!("host: {}", self.authority);
        let length = format!("content-length: {}", body.len());
        let lines = [&[host.as_str(), "connection: close", &length], headers].concat().join("\r\n");
        write!(stream, "{method} {target} HTTP/1.1\r\n{lines}\r\n\r\n{body}").unwrap();
        let mut answer = Vec::new();
        // A connection that the server resets has still sent something.
        let _ = stream.read_to_end(&mut answer);
        // No answer at all is status 0.
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let mut bytes = end.map_or(Vec::new(), |end| answer.split_off(end + 4));
        let head = String::from_utf8_lossy(&answer).trim_end().to_owned();
        if head.contains("transfer-encoding: chunked") {
            bytes = unchunked(&bytes);
        }
        let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
        Answer { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}

pub(crate) fn credentials() -> String {
    json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
        .to_string()
}

/// The pieces of a body whose length was not known when it began.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&rest[line + 2..line + 2 + length]);
        rest = &rest[line + 2 + length + 2..];
        if length == 0 {
            break;
        }
    }
    whole
}
