//! The limits of a request, and the name of its sender.

use std::time::Duration;

/// The name of the sender in every request, the same on every machine.
pub const USER_AGENT: &str = concat!("crawl4ai-telemetry/", env!("CARGO_PKG_VERSION"));

/// The longest time of a delivery, and the most bytes of an answer that are read.
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
    /// The limit for the connection with its TLS handshake.
    pub connect: Duration,
    /// The limit for everything, from the look-up of the host's name to the last byte of the answer.
    pub request: Duration,
    /// Most bytes of an answer's body that are read; with 0 the body is not waited for.
    pub response_bytes: u64,
}

impl RequestLimits {
    /// Limits of 2 s to connect, 10 s in all, and 64 KiB of an answer.
    #[must_use]
    pub const fn new() -> Self {
        Self { connect: Duration::from_secs(2), request: Duration::from_secs(10), response_bytes: 64 * 1024 }
    }

    /// Sets the limit for the connection with its TLS handshake.
    #[must_use]
    pub const fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets the limit for everything.
    #[must_use]
    pub const fn request(mut self, limit: Duration) -> Self {
        self.request = limit;
        self
    }

    /// Sets the limit for the body of an answer, in bytes.
    #[must_use]
    pub const fn response_bytes(mut self, most: u64) -> Self {
        self.response_bytes = most;
        self
    }
}

impl Default for RequestLimits {
    /// As [`new`](Self::new).
    fn default() -> Self {
        Self::new()
    }
}
