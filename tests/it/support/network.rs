//! What may be on the way to 360Learning: servers with any certificate, and proxies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, crypto, version};

use super::api::token;

/// A self-signed certificate with its key.
pub struct Certificate {
    pub pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certificate {
    pub fn new(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut parameters);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), key: key.serialize_der() }
    }

    /// For this host, and for a long time.
    pub fn of(name: &str) -> Self {
        Self::new(name, |_| {})
    }

    /// As `openssl req -x509` makes it: that of an authority.
    pub fn of_authority(name: &str) -> Self {
        Self::new(name, |made| made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
    }

    /// A TLS server with this certificate, and what it does when a connection is open.
    fn acceptor(&self, wants_client: bool, versions: &[&'static SupportedProtocolVersion]) -> TlsAcceptor {
        let provider = Arc::new(crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.clone()));
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap();
        let config = if wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            config.with_no_client_auth()
        };
        TlsAcceptor::from(Arc::new(config.with_single_cert(vec![self.der.clone()], key).unwrap()))
    }

    /// The port of a 360Learning with this certificate.
    pub async fn serve(&self, response: Response) -> u16 {
        let wants_client = response == Response::OnlyWithCertificate;
        let versions = [&version::TLS13, &version::TLS12];
        let acceptor = self.acceptor(wants_client, if wants_client { &versions[1..] } else { &versions });
        listen(move |connection| {
            let acceptor = acceptor.clone();
            async move {
                // A client that does not trust the certificate breaks off here.
                if let Ok(connection) = acceptor.accept(connection).await {
                    respond(connection, response).await;
                }
            }
        })
        .await
    }
}

/// What a server does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// A token, and pages with one row.
    Pages,
    /// A token, and a part of a page; then the connection ends, in TLS without a `close_notify`.
    Cut,
    /// The same, but the TLS handshake needs a certificate of the client.
    OnlyWithCertificate,
}

/// Serves each connection to a new port.
pub async fn listen<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection));
        }
    });
    port
}

/// A port that sends these bytes after a request, and ends the connection.
pub async fn raw(bytes: &'static [u8]) -> u16 {
    listen(move |mut connection| async move {
        let mut received = [0; 4096];
        let _ = connection.read(&mut received).await;
        let _ = connection.write_all(bytes).await;
    })
    .await
}

/// A port at which no server listens. It stays bound, so that no other test gets it.
pub fn closed_port() -> u16 {
    let socket = bound();
    let port = socket.local_addr().unwrap().port();
    std::mem::forget(socket);
    port
}

/// A port that accepts no connection, since its queue is full.
pub async fn full_port() -> u16 {
    let listener = bound().listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = vec![];
    while let Ok(connection) = timeout(Duration::from_millis(500), TcpStream::connect(address)).await {
        queue.push(connection.unwrap());
    }
    std::mem::forget((listener, queue));
    address.port()
}

fn bound() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket
}

/// Serves requests until the connection ends.
pub async fn respond(mut connection: impl AsyncRead + AsyncWrite + Unpin, response: Response) {
    let mut received = Vec::new();
    while let Ok(1..) = connection.read_buf(&mut received).await {
        let is_token = received.starts_with(b"POST");
        let is_complete = if is_token { received.ends_with(b"}") } else { received.ends_with(b"\r\n\r\n") };
        if !is_complete {
            continue;
        }
        received.clear();
        let body = if is_token { token("t").to_string() } else { r#"[{"_id":"a"}]"#.to_owned() };
        let is_cut = !is_token && response == Response::Cut;
        let length = if is_cut { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let sent = if is_cut { &body[..5] } else { &body };
        let head = format!("HTTP/1.1 200 OK\r\n{length}\r\n{sent}");
        if connection.write_all(head.as_bytes()).await.is_err() || connection.flush().await.is_err() || is_cut
        {
            return;
        }
    }
}

/// A proxy for CONNECT, which leads every host to one port of this machine.
#[derive(Debug, Clone, Default)]
pub struct Proxy {
    /// Where tunnels lead; none: it responds with this status line in place of a tunnel.
    pub to: Option<u16>,
    pub status: &'static str,
    /// The `user:password` that it requires, in base64.
    pub login: Option<&'static str>,
    /// What it received.
    pub received: Arc<Mutex<String>>,
}

impl Proxy {
    /// A proxy that refuses.
    pub fn with_status(status: &'static str) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn to(port: u16) -> Self {
        Self { to: Some(port), ..Self::default() }
    }

    /// Its address.
    pub async fn start(&self) -> String {
        let proxy = self.clone();
        let port = listen(move |connection| proxy.clone().connect(connection)).await;
        format!("127.0.0.1:{port}")
    }

    async fn connect(self, mut connection: TcpStream) {
        let mut head = Vec::new();
        while !head.windows(4).any(|part| part == b"\r\n\r\n") {
            let Ok(1..) = connection.read_buf(&mut head).await else { return };
        }
        let head = String::from_utf8(head).unwrap();
        self.received.lock().unwrap().push_str(&head);
        let is_admitted = self.login.is_none_or(|login| head.contains(&format!("Basic {login}\r\n")));
        let (status, to) = match self.to {
            Some(to) if is_admitted => ("200 OK", Some(to)),
            Some(_) => ("407 Proxy Authentication Required", None),
            None => (self.status, None),
        };
        let _ = connection.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await;
        if let Some(to) = to {
            let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut connection, &mut server).await;
        }
    }
}
