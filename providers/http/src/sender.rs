//! Sends, comes back in time, and keeps away when told.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant, SystemTime};

use crawl4ai_telemetry_core::SendError;

use crate::answer::read_answer;
use crate::request::Request;
use crate::{CaCertificates, CaCertificatesError, Endpoint, Head, Proxy, Reading};

/// How every request names its sender; the same on every machine.
pub const USER_AGENT: &str = concat!("crawl4ai-telemetry/", env!("CARGO_PKG_VERSION"));

/// How long a delivery may take and how much of an answer is read.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_http::RequestLimits;
///
/// let patient = RequestLimits::new().request(Duration::from_secs(30));
/// assert_eq!(patient.connect, Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLimits {
    /// For the connection with its TLS handshake.
    pub connect: Duration,
    /// For everything, from the look-up of the host's name to the last byte of the answer.
    pub request: Duration,
    /// How many bytes of an answer's body are read; with 0 it is not waited for.
    pub answer_bytes: u64,
}

impl RequestLimits {
    /// 2 s to connect, 10 s in all, 64 KiB of an answer.
    #[must_use]
    pub const fn new() -> Self {
        Self { connect: Duration::from_secs(2), request: Duration::from_secs(10), answer_bytes: 64 * 1024 }
    }

    /// With another limit for the connection with its TLS handshake.
    #[must_use]
    pub const fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// With another limit for everything.
    #[must_use]
    pub const fn request(mut self, limit: Duration) -> Self {
        self.request = limit;
        self
    }

    /// With another limit for the body of an answer, in bytes.
    #[must_use]
    pub const fn answer_bytes(mut self, most: u64) -> Self {
        self.answer_bytes = most;
        self
    }
}

impl Default for RequestLimits {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}

/// The other side has taken what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// What it answered, up to [`RequestLimits::answer_bytes`]; empty when it did not come in time.
    pub body: Vec<u8>,
}

/// Posts to one [`Endpoint`].
///
/// Making one costs nothing: nothing is opened, started or read before the first [`post`](Self::post).
///
/// ```
/// use crawl4ai_telemetry_http::{Endpoint, RequestLimits, Sender};
///
/// let endpoint = Endpoint::parse("https://sentry.example.com/api/1/envelope/")?;
/// let sender = Sender::new(endpoint, RequestLimits::default());
/// assert_eq!(sender.endpoint().host(), "sentry.example.com");
/// # Ok::<(), crawl4ai_telemetry_http::EndpointError>(())
/// ```
#[derive(Debug)]
pub struct Sender {
    endpoint: Endpoint,
    limits: RequestLimits,
    authorities: CaCertificates,
    proxy: Option<Proxy>,
    /// The server's wish, kept here because it can come with a report that was delivered.
    not_before: Mutex<Option<Instant>>,
}

impl Sender {
    /// A sender to `endpoint`.
    #[must_use]
    pub fn new(endpoint: Endpoint, limits: RequestLimits) -> Self {
        let (authorities, not_before) = (CaCertificates::default(), Mutex::new(None));
        Self { endpoint, limits, authorities, proxy: None, not_before }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: RequestLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Trusts these authorities too, besides the public ones and those of an earlier call.
    ///
    /// # Errors
    /// When certificates that the program carries are none. A file is read for each delivery; what is wrong with it then
    /// is a [`SendError::Halt`].
    pub fn with_ca_certificates(mut self, authorities: CaCertificates) -> Result<Self, CaCertificatesError> {
        authorities.check()?;
        self.authorities = self.authorities.and(authorities);
        Ok(self)
    }

    /// Goes through this proxy, in place of one of an earlier call.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The proxy that was named, whether or not it is used for this [`endpoint`](Self::endpoint).
    #[must_use]
    pub const fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// Where it goes.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Posts `body` and returns when the server has answered, at the latest when [`RequestLimits::request`] is over.
    ///
    /// While the server wants to be left alone (429, `X-Sentry-Rate-Limits`) it is not asked: the answer is
    /// then [`SendError::Retry`] with what is left of the time.
    ///
    /// # Errors
    /// What [`read_answer`] makes of the answer; [`SendError::Retry`] when there is none; [`SendError::Halt`] when the
    /// authorities to trust cannot be read, or the proxy refuses its credentials or the server.
    pub fn post(
        &self,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Delivered, SendError> {
        self.post_within(self.limits.request, headers, media_type, body)
    }

    /// As [`post`](Self::post), but returns when `limit` is over if that is earlier: a flush at the end of a
    /// program has less time than a delivery.
    ///
    /// # Errors
    /// As for [`post`](Self::post).
    pub fn post_within(
        &self,
        limit: Duration,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Delivered, SendError> {
        if let Some(left) = self.time_to_keep_away() {
            return Err(SendError::retry_after(left, "the server asked to be left alone for a while"));
        }
        let limit = limit.min(self.limits.request);
        let request = Request {
            urls: self.endpoint.urls(),
            host: self.endpoint.host_header(),
            headers: headers.to_vec(),
            media_type,
            body,
            encrypted: self.endpoint.is_encrypted(),
            authorities: self.authorities.clone(),
            proxy: self.tunnel(),
            limits: self.limits,
        };
        let (head, body) = self.exchange(request, limit)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "only where a server names a date and not its own time"
        )]
        let now = SystemTime::now();
        let Reading { outcome, keep_away } = read_answer(&head, now.into());
        if let Some(wait) = keep_away {
            *self.not_before() = Instant::now().checked_add(wait);
        }
        outcome.map(|()| Delivered { body })
    }

    /// Makes the request on a thread of its own, because the system's look-up of host names knows no time
    /// limit: a machine that is offline may wait for it far longer than a report may take. A request that is
    /// late is left to itself; the limits within it end it soon after, but for a proxy that drips the head of its answer,
    /// which can take until the buffer is full.
    fn exchange(&self, request: Request, limit: Duration) -> Result<(Head, Vec<u8>), SendError> {
        let start = Instant::now();
        let (head_to, heads) = sync_channel(1);
        let (body_to, bodies) = sync_channel(1);
        // Nobody listens any more when the time is over.
        let act = move || match request.run() {
            Ok((head, body)) => {
                let _ = head_to.send(Ok(head));
                let _ = body_to.send(request.read(body));
            }
            Err(error) => {
                let _ = head_to.send(Err(error));
            }
        };
        // The handle is dropped: the thread ends by itself, and the channels tell whether it did its work.
        let _ = Builder::new()
            .name("telemetry-http".into())
            .spawn(act)
            .map_err(|_| SendError::retry("no thread could be started"))?;
        match heads.recv_timeout(limit) {
            Ok(Ok(head)) if self.limits.answer_bytes == 0 => Ok((head, Vec::new())),
            Ok(Ok(head)) => {
                let left = limit.saturating_sub(start.elapsed());
                Ok((head, bodies.recv_timeout(left).unwrap_or_default()))
            }
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Timeout) => {
                Err(SendError::retry(format!("no answer within {:.1} s", limit.as_secs_f64())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(SendError::retry("the HTTP client failed")),
        }
    }

    /// A proxy would take this machine for its own.
    fn tunnel(&self) -> Option<ureq::Proxy> {
        let proxy = self.proxy.as_ref().filter(|_| !self.endpoint.is_this_machine())?;
        proxy.tunnel_to(self.endpoint.host(), self.endpoint.port())
    }

    fn time_to_keep_away(&self) -> Option<Duration> {
        let left = (*self.not_before())?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }

    fn not_before(&self) -> MutexGuard<'_, Option<Instant>> {
        // One word is written at once: a panic elsewhere cannot leave half of it.
        self.not_before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
