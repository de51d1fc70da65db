//! A sandbox that runs.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::data::Changes;
use crate::log::Requests;
use crate::options::Options;
use crate::platform::Platform;
use crate::server;
use crate::variant::Variant;

/// A 360Learning API on localhost. Dropping it stops it.
pub struct Sandbox {
    platform: Arc<Platform>,
    address: SocketAddr,
    /// Dropped to stop the server.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Makes the data and starts to listen.
    ///
    /// The server has threads of its own, so a test may block on the program that reads from it.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (ready, made) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            let platform = Arc::new(Platform::new(options));
            let router = server::router(Arc::clone(&platform));
            let served = runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|connection| {
                    // Without it, small answers wait for the client's acknowledgement; the answer is right anyway.
                    let _ = connection.set_nodelay(true);
                });
                let undated = platform.tenant.is(Variant::NoDateHeader);
                // A caller that gave up has dropped `stop` too.
                let _ = ready.send(platform);
                let served = async {
                    if undated {
                        server::serve_undated(listener, router).await
                    } else {
                        axum::serve(listener, router).await
                    }
                };
                tokio::select! {
                    served = served => served,
                    _ = stopped => Ok(()),
                }
            });
            // Connections are cut here, not waited for. An error of `served` shows as a refused connection.
            drop(served);
            runtime.shutdown_background();
        })?;
        let platform = made.await.map_err(|_| io::Error::other("the server did not start"))?;
        Ok(Self { platform, address, stop: Some(stop), thread: Some(thread) })
    }

    /// The base URL: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked since the start or the last reset.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.platform.log.requests()
    }

    /// Empties the log.
    pub fn reset_requests(&self) {
        self.platform.log.reset();
    }

    /// Lives through one day: the clock moves, rows are born, edited and deleted.
    #[must_use = "the changes say which rows to look for"]
    pub fn change(&self) -> Changes {
        self.platform.change()
    }

    /// Every day that passed so far, in order: those of [`change`](Self::change), and one that passed by itself.
    #[must_use]
    pub fn changes(&self) -> Vec<Changes> {
        self.platform.history().clone()
    }

    /// From now on nothing is found under this id, although lists still show it: a parent that is deleted between the list
    /// and the reads under it. The truth does not know.
    pub fn vanish(&self, id: &str) {
        self.platform.vanish(id.to_owned());
    }

    /// Every token issued so far, for tests that look for leaks.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        self.platform.tokens.issued()
    }

    /// The rows of a stream as a connector should emit them; none for a stream that is not in
    /// [`STREAMS`](crate::STREAMS).
    #[must_use]
    pub fn truth(&self, stream: &str) -> Vec<Value> {
        self.platform.world().truth(stream).collect()
    }

    /// How many rows a stream has.
    #[must_use]
    pub fn count(&self, stream: &str) -> usize {
        self.platform.world().count(stream)
    }

    /// The instant at which the sandbox stands still until the next change.
    #[must_use]
    pub fn clock(&self) -> String {
        self.platform.world().clock.to_string()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A server that panicked has stopped as well.
            let _ = thread.join();
        }
    }
}
