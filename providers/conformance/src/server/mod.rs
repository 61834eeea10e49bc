//! A scripted HTTP server on the loopback interface: it misbehaves as scripted and records requests.

mod reply;
mod request;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

pub use reply::Reply;
pub use request::Request;

/// A server on a free port of 127.0.0.1 that answers each connection by its script.
///
/// Dropping the server stops it: connections are cut, threads are joined.
///
/// ```
/// use crawl4ai_telemetry_conformance::{Reply, Server};
///
/// let server = Server::start([Reply::status(503), Reply::status(200)]);
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(server.connections(), 0);
/// ```
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    script: Vec<Reply>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopping: bool,
    connections: usize,
    requests: Vec<Request>,
    written: u64,
    /// Second handles of the open connections. Shutting one down wakes the thread that reads or writes this connection.
    open: BTreeMap<usize, TcpStream>,
}

impl Server {
    /// Starts a server. The first connection gets the first reply, the second connection the second one, and so on.
    /// When the script ends, its last reply is repeated.
    #[must_use]
    pub fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let script: Vec<Reply> = script.into_iter().collect();
        assert!(!script.is_empty(), "a server needs something to say");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let address = listener.local_addr().expect("the address of a bound listener");
        let shared = Arc::new(Shared { script, state: Mutex::default(), changed: Condvar::new() });
        let accepting = {
            let shared = Arc::clone(&shared);
            Builder::new()
                .name("scripted-server".into())
                .spawn(move || accept(&listener, &shared))
                .expect("a thread for the server")
        };
        Self { address, shared, accepting: Some(accepting) }
    }

    /// Starts a server with the same reply for every connection.
    #[must_use]
    pub fn always(reply: Reply) -> Self {
        Self::start([reply])
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the server listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of connections that were opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// The requests that arrived whole, oldest first. A request is listed before it is answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// Bytes of answers that the client, or an operating system in between, has accepted.
    #[must_use]
    pub fn bytes_written(&self) -> u64 {
        self.shared.state().written
    }

    /// Waits for at most `patience` until `n` requests have arrived. Have they arrived?
    #[must_use]
    pub fn wait_for_requests(&self, n: usize, patience: Duration) -> bool {
        let state = self.shared.state();
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(state, patience, |s| s.requests.len() < n)
            .unwrap_or_else(PoisonError::into_inner);
        state.requests.len() >= n
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.stopping = true;
            for stream in state.open.values() {
                // An error means that the client has closed the connection.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server stops, for at most `patience` if there is one. Has the server stopped?
    fn wait_for_stop(&self, patience: Option<Duration>) -> bool {
        let state = self.state();
        match patience {
            None => {
                let _state = self.changed.wait_while(state, |s| !s.stopping);
                true
            }
            Some(patience) => match self.changed.wait_timeout_while(state, patience, |s| !s.stopping) {
                Ok((state, _)) => state.stopping,
                Err(_) => true,
            },
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut handlers = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        let (number, reply) = {
            let mut state = shared.state();
            if state.stopping {
                break;
            }
            let number = state.connections;
            state.connections += 1;
            state.open.extend(stream.try_clone().map(|second| (number, second)));
            (number, shared.script.get(number).or(shared.script.last()).cloned())
        };
        let Some(reply) = reply else { break };
        let shared = Arc::clone(shared);
        let handler = Builder::new().name("scripted-reply".into()).spawn(move || {
            reply.play(&stream, &shared);
            // The connection ends when its last handle is dropped. The second handle is dropped here, the first one at
            // the end of this thread.
            shared.state().open.remove(&number);
        });
        handlers.extend(handler);
    }
    for handler in handlers {
        let _ = handler.join();
    }
}

/// The URL of a port of 127.0.0.1 on which no server listens.
#[must_use]
pub fn refusing_url() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
    let address = listener.local_addr().expect("the address of a bound listener");
    format!("http://{address}")
}

#[cfg(test)]
mod tests;
