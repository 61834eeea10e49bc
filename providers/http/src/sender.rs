//! Sends a request, returns within its time limit, and obeys rate limits.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant, SystemTime};

use crawl4ai_telemetry_core::SendError;

use crate::limits::RequestLimits;
use crate::request::{PostRequest, RequestDefaults};
use crate::response::interpret_response;
use crate::{CaCertificates, CaCertificatesError, Endpoint, Proxy, ResponseHead, ResponseMeaning};

/// The stack of the sending thread, in bytes: the default of the standard library. It is set, because the standard
/// library would otherwise read an environment variable for it.
const STACK: usize = 2 * 1024 * 1024;

/// The server has accepted a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// The body of the answer, up to [`RequestLimits::response_bytes`]; empty when it did not come in time.
    pub body: Vec<u8>,
}

/// Posts to one [`Endpoint`].
///
/// A new sender opens no connection, starts no thread and reads no file; [`post`](Self::post) does. The HTTP library
/// reads its environment variables when the sender is made, and never later.
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
    defaults: RequestDefaults,
    /// The end of a pause that the server asked for. Nothing is sent before it. A server may ask even if it accepts a
    /// report.
    not_before: Mutex<Option<Instant>>,
}

impl Sender {
    /// A sender to `endpoint`.
    #[must_use]
    pub fn new(endpoint: Endpoint, limits: RequestLimits) -> Self {
        let (authorities, not_before) = (CaCertificates::default(), Mutex::new(None));
        Self { endpoint, limits, authorities, proxy: None, defaults: RequestDefaults::read(), not_before }
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: RequestLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Also trusts these authorities, besides the public ones and those of an earlier call.
    ///
    /// # Errors
    /// When the program's built-in certificates are invalid. A file is read for each delivery; an error in it is then a
    /// [`SendError::Halt`].
    pub fn with_ca_certificates(mut self, authorities: CaCertificates) -> Result<Self, CaCertificatesError> {
        authorities.check()?;
        self.authorities = self.authorities.and(authorities);
        Ok(self)
    }

    /// Uses this proxy. It replaces the proxy of an earlier call.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The proxy that was set, even if it is not used for this [`endpoint`](Self::endpoint).
    #[must_use]
    pub const fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// The address that this sender posts to.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Posts `body` and returns when the server has answered, at the latest when [`RequestLimits::request`] is over.
    ///
    /// While the server asks for a pause (429, `X-Sentry-Rate-Limits`), no request is made, and the result is
    /// [`SendError::Retry`] with the rest of the time.
    ///
    /// # Errors
    /// The result of [`interpret_response`] for the answer; [`SendError::Retry`] without an answer; [`SendError::Halt`]
    /// when a header holds a character that headers must not have, such as a line break, when the authorities to trust
    /// cannot be read, or when the proxy refuses the credentials or the connection to the server.
    pub fn post(
        &self,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Delivered, SendError> {
        self.post_within(self.limits.request, headers, media_type, body)
    }

    /// Like [`post`](Self::post), but returns after `limit` at the latest. A flush at the end of a program needs this,
    /// because it has less time than a delivery.
    ///
    /// # Errors
    /// Those of [`post`](Self::post).
    pub fn post_within(
        &self,
        limit: Duration,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Delivered, SendError> {
        if let Some(left) = self.remaining_wait() {
            return Err(SendError::retry_after(left, "the server asked to be left alone for a while"));
        }
        let limit = limit.min(self.limits.request);
        let request = PostRequest {
            urls: self.endpoint.urls(),
            host: self.endpoint.host_header(),
            headers: headers.to_vec(),
            media_type,
            body,
            encrypted: self.endpoint.is_encrypted(),
            authorities: self.authorities.clone(),
            proxy: self.tunnel(),
            limits: self.limits,
            defaults: self.defaults.clone(),
        };
        let (head, body) = self.exchange(request, limit)?;
        #[expect(clippy::disallowed_methods, reason = "only for a Retry-After date without a Date header")]
        let now = SystemTime::now();
        let ResponseMeaning { outcome, retry_after } = interpret_response(&head, now.into());
        if let Some(wait) = retry_after {
            *self.not_before() = Instant::now().checked_add(wait);
        }
        outcome.map(|()| Delivered { body })
    }

    /// Makes the request on its own thread, because the system's lookup of host names has no time limit. On an offline
    /// machine the lookup may take far longer than a report may. A late request is abandoned, and its own limits end it
    /// soon after. If a proxy sends the head of its answer byte by byte, the request ends only when the buffer is full.
    fn exchange(&self, request: PostRequest, limit: Duration) -> Result<(ResponseHead, Vec<u8>), SendError> {
        let start = Instant::now();
        let (head_to, heads) = sync_channel(1);
        let (body_to, bodies) = sync_channel(1);
        // Sending on a channel fails when the time is over, because the receiver is then dropped.
        let act = move || match request.send() {
            Ok((head, body)) => {
                let _ = head_to.send(Ok(head));
                let _ = body_to.send(request.read_body(body));
            }
            Err(error) => {
                let _ = head_to.send(Err(error));
            }
        };
        // The handle is dropped, because the channels say how the thread ended.
        let _ = Builder::new()
            .name("telemetry-http".into())
            .stack_size(STACK)
            .spawn(act)
            .map_err(|_| SendError::retry("no thread could be started"))?;
        match heads.recv_timeout(limit) {
            Ok(Ok(head)) if self.limits.response_bytes == 0 => Ok((head, Vec::new())),
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

    /// The tunnel to the server. It is `None` if the server is this machine, because to a proxy `localhost` is the
    /// proxy's machine.
    fn tunnel(&self) -> Option<ureq::Proxy> {
        let proxy = self.proxy.as_ref().filter(|_| !self.endpoint.is_this_machine())?;
        proxy.tunnel_to(self.endpoint.host(), self.endpoint.port())
    }

    fn remaining_wait(&self) -> Option<Duration> {
        let left = (*self.not_before())?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }

    fn not_before(&self) -> MutexGuard<'_, Option<Instant>> {
        // The lock is usable after a panic, because a time is never half-written.
        self.not_before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
