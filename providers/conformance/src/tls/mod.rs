//! A TLS front, which passes requests on to the scripted server, as a reverse proxy does for a real server.

mod authority;

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{Request, Server};
pub use authority::{Authority, Identity};

/// Longest time that a client may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// Accepts TLS connections on a free port of 127.0.0.1 and passes their requests on to a [`Server`].
///
/// ```
/// use crawl4ai_telemetry_conformance::tls::{Authority, Front};
/// use crawl4ai_telemetry_conformance::{Reply, Server};
///
/// let server = Server::always(Reply::status(200));
/// let front = Front::start(&server, Authority::new("a company").certify("127.0.0.1"));
/// assert!(front.url().starts_with("https://127.0.0.1:"));
/// ```
#[derive(Debug)]
pub struct Front {
    address: SocketAddr,
    state: Arc<FrontState>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct FrontState {
    stopping: AtomicBool,
    connections: AtomicUsize,
}

impl Front {
    /// Starts a front that presents this identity to every client.
    #[must_use]
    pub fn start(server: &Server, identity: Identity) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let address = listener.local_addr().expect("the address of a bound listener");
        let state = Arc::new(FrontState::default());
        let (config, behind, shared) = (identity.into_config(), server.address(), Arc::clone(&state));
        let accepting = Builder::new()
            .name("tls-front".into())
            .spawn(move || accept(&listener, &config, behind, &shared))
            .expect("a thread for the front");
        Self { address, state, accepting: Some(accepting) }
    }

    /// The address that the front listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `https://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// The number of connections that were opened, including failed ones.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, config: &Arc<ServerConfig>, behind: SocketAddr, state: &FrontState) {
    while let Ok((stream, _)) = listener.accept() {
        if state.stopping.load(Ordering::SeqCst) {
            break;
        }
        state.connections.fetch_add(1, Ordering::SeqCst);
        let config = Arc::clone(config);
        // An error means that the client refused the certificate, which many tests intend.
        let _ = Builder::new().name("tls-connection".into()).spawn(move || pass_on(stream, config, behind));
    }
}

fn pass_on(stream: TcpStream, config: Arc<ServerConfig>, behind: SocketAddr) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut client = StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, stream);
    let request = Request::read(&mut client)?;
    let mut server = TcpStream::connect(behind)?;
    server.write_all(&request.raw)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}
