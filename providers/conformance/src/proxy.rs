//! A proxy on the loopback interface that makes tunnels, as HTTP proxies do (RFC 9110, section 9.3.6).

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::Request;

/// Longest time that either side of a tunnel may be silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// The answer to wrong or missing credentials.
const UNAUTHORIZED: &[u8] =
    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"tests\"\r\nContent-Length: 0\r\n\r\n";

/// Makes tunnels to one address, whatever host a client asks for, so that a test can use any host name. It records the
/// requests and the bytes that it receives from clients.
///
/// ```
/// use crawl4ai_telemetry_conformance::{ConnectProxy, Reply, Server};
///
/// let server = Server::always(Reply::status(200));
/// let proxy = ConnectProxy::start(server.address(), None);
/// assert!(proxy.url().starts_with("http://127.0.0.1:"));
/// assert!(proxy.requests().is_empty());
/// ```
#[derive(Debug)]
pub struct ConnectProxy {
    address: SocketAddr,
    shared: Arc<ProxyState>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct ProxyState {
    target: SocketAddr,
    authorization: Option<&'static str>,
    state: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    stopping: bool,
    requests: Vec<Request>,
    upstream: Vec<u8>,
}

impl ConnectProxy {
    /// Starts a proxy. `authorization` is the value of `Proxy-Authorization`, such as `Basic …`, that a client must
    /// send.
    #[must_use]
    pub fn start(target: SocketAddr, authorization: Option<&'static str>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        let address = listener.local_addr().expect("the address of a bound listener");
        let shared = Arc::new(ProxyState { target, authorization, state: Mutex::default() });
        let accepting = {
            let shared = Arc::clone(&shared);
            Builder::new().name("proxy".into()).spawn(move || accept(&listener, &shared)).expect("a thread")
        };
        Self { address, shared, accepting: Some(accepting) }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the proxy listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests of clients, oldest first, including refused ones.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// Every byte that clients sent through the tunnels. A proxy can read no more than this.
    #[must_use]
    pub fn upstream(&self) -> Vec<u8> {
        self.shared.state().upstream.clone()
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.shared.state().stopping = true;
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

impl ProxyState {
    fn state(&self) -> MutexGuard<'_, Seen> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<ProxyState>) {
    while let Ok((stream, _)) = listener.accept() {
        if shared.state().stopping {
            break;
        }
        let shared = Arc::clone(shared);
        // An error means that the client closed its tunnel.
        let _ = Builder::new().name("tunnel".into()).spawn(move || serve(stream, &shared));
    }
}

fn serve(mut client: TcpStream, shared: &Arc<ProxyState>) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let request = Request::read(&mut client)?;
    let given = request.header("Proxy-Authorization").map(str::to_owned);
    let method = request.method.clone();
    shared.state().requests.push(request);
    if method != "CONNECT" {
        return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
    }
    if shared.authorization.is_some() && given.as_deref() != shared.authorization {
        return client.write_all(UNAUTHORIZED);
    }
    let mut server = TcpStream::connect(shared.target)?;
    server.set_read_timeout(Some(PATIENCE))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let back = Builder::new().name("tunnel-back".into()).spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    })?;
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = client.read(&mut buffer) {
        let bytes = buffer.get(..read).unwrap_or_default();
        shared.state().upstream.extend_from_slice(bytes);
        server.write_all(bytes)?;
    }
    let _ = server.shutdown(Shutdown::Write);
    let _ = back.join();
    Ok(())
}
