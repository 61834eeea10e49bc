//! What bounds a request, and how it names its sender.

use std::time::Duration;

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
    pub response_bytes: u64,
}

impl RequestLimits {
    /// 2 s to connect, 10 s in all, 64 KiB of an answer.
    #[must_use]
    pub const fn new() -> Self {
        Self { connect: Duration::from_secs(2), request: Duration::from_secs(10), response_bytes: 64 * 1024 }
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
