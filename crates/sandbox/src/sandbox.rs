//! A sandbox that runs.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::account::Changes;
use crate::data::time;
use crate::options::Options;
use crate::server::{self, Api, Requests, Tls, locked};

/// A 360Learning API on localhost. Dropping it stops it.
pub struct Sandbox {
    api: Arc<Api>,
    address: SocketAddr,
    tls: Option<Tls>,
    running: Option<Running>,
}

/// The server's thread, and what is dropped to stop it.
type Running = (oneshot::Sender<()>, JoinHandle<()>);

/// A server that generates its data.
struct Starting {
    address: SocketAddr,
    tls: Option<Tls>,
    started: oneshot::Receiver<Arc<Api>>,
    running: Running,
}

impl Starting {
    /// Not async: an async function is compiled in every crate that awaits it, here with the whole server, and without
    /// this crate's optimization.
    fn new(options: Options) -> io::Result<Self> {
        let place = SocketAddr::new(options.host, options.port);
        let failed =
            |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {place}: {error}"));
        let listener = TcpListener::bind(place).map_err(failed)?;
        listener.set_nonblocking(true)?;
        let tls = options.tls.as_ref().map(|folder| Tls::create(folder, options.host, &options.tls_names));
        let (tls, acceptor) = tls.transpose()?.unzip();
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            let api = Arc::new(Api::new(options));
            runtime.block_on(async {
                // Without it, `started` fails.
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                // A caller that gave up has dropped `stop` too.
                let _ = ready.send(Arc::clone(&api));
                tokio::select! {
                    () = server::serve(listener, acceptor, api) => {}
                    _ = stopped => {}
                }
            });
            // Connections are cut here, not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Self { address, tls, started, running: (stop, thread) })
    }
}

impl Sandbox {
    /// Generates the data and starts to listen.
    ///
    /// The server has threads of its own, so a test may block on the program that reads from it.
    pub async fn start(options: Options) -> io::Result<Self> {
        let starting = Starting::new(options)?;
        let api = starting.started.await.map_err(|_| io::Error::other("the server did not start"))?;
        Ok(Self { api, address: starting.address, tls: starting.tls, running: Some(starting.running) })
    }

    /// The address of the server on this machine, such as `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            host => host,
        };
        format!("{}://{}", self.api.scheme(), SocketAddr::new(host, self.address.port()))
    }

    /// What a client needs to verify a server with `--tls`.
    #[must_use]
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// The requests since the start or the last reset.
    #[must_use]
    pub fn requests(&self) -> Requests {
        locked(&self.api.log).requests()
    }

    /// Empties the log of requests.
    pub fn reset_requests(&self) {
        locked(&self.api.log).reset();
    }

    /// Lives through one day: the clock moves, rows are created, edited and deleted.
    #[must_use = "the changes are the rows to look for"]
    pub fn change(&self) -> Changes {
        self.api.account_mut().change()
    }

    /// Every day that passed so far, in order: those of [`change`](Self::change), and one that passed by itself.
    #[must_use]
    pub fn changes(&self) -> Vec<Changes> {
        self.api.account().days.clone()
    }

    /// From now on requests under this id get a 404, although lists still show it: a parent that is deleted
    /// between the list and the requests under it. The truth keeps its rows.
    pub fn vanish(&self, id: &str) {
        self.api.account_mut().vanished.insert(id.to_owned());
    }

    /// Every token issued so far, for tests that look for leaks.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        locked(&self.api.tokens).issued.clone()
    }

    /// The rows of a stream as a connector should emit them; none for a name that is not in
    /// [`STREAMS`](crate::STREAMS).
    #[must_use]
    pub fn truth(&self, stream: &str) -> Vec<Value> {
        self.api.account().truth(stream).collect()
    }

    /// A CSV of learners' answers, such as `form.csv`, as bytes in its encoding; none for an unknown name.
    #[must_use]
    pub fn feedback(&self, file: &str) -> Option<Vec<u8>> {
        self.api.account().feedback(file)
    }

    /// How many rows a stream has.
    #[must_use]
    pub fn count(&self, stream: &str) -> usize {
        self.api.account().count(stream)
    }

    /// The clock, which stands still until the next change.
    #[must_use]
    pub fn clock(&self) -> String {
        time::text(self.api.account().clock())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            // A server that panicked has stopped as well.
            let _ = thread.join();
        }
    }
}
