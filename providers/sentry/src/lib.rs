//! Reports to Sentry, or to any server that speaks its protocol, for `crawl4ai-telemetry`.
//!
//! The event is built from the types of the `sentry` crate. Everything else is this crate's own, because the host
//! program may use Sentry too and must notice nothing: no client is bound to a hub, no option is read from the
//! environment, no integration is installed. [`Sender`] sends the event, because the server's answer decides what
//! happens to the report, and Sentry's transports do not return the answer.
//!
//! Only the content of the [`Report`] is sent: no server name, no IP address, no breadcrumb, no list of modules, no
//! address of this process. The field `infer_ip` asks the server not to record the address of the connection either.
//!
//! ```
//! use crawl4ai_telemetry_core::TelemetryProvider;
//! use crawl4ai_telemetry_sentry::SentryProvider;
//!
//! let provider = SentryProvider::new("https://0123456789abcdef@sentry.example.com/42")?;
//! assert_eq!(provider.name(), "sentry");
//!
//! let error = SentryProvider::new("http://0123456789abcdef@sentry.example.com/42").unwrap_err();
//! assert!(error.to_string().contains("https://"));
//! # Ok::<(), crawl4ai_telemetry_sentry::DsnError>(())
//! ```

mod address;
mod envelope;
mod event;
mod fields;
mod images;
mod stack;

use std::borrow::Cow;
use std::fmt;

use crawl4ai_telemetry_core::{Payload, ProviderError, Report, SendError, TelemetryProvider};
use crawl4ai_telemetry_http::Sender;

pub use address::DsnError;
pub use crawl4ai_telemetry_http::{CaCertificates, CaCertificatesError, Proxy, ProxyError, RequestLimits};

/// The provider's name in `status`, in the log of what was sent and in errors.
const NAME: &str = "sentry";

/// The body of Sentry's answer is not waited for, because the head alone decides the outcome.
const LIMITS: RequestLimits = RequestLimits::new().response_bytes(0);

/// Delivers reports to the project that a DSN names.
///
/// A new provider opens no connection, starts no thread and reads no file. Its `Debug` shows no key.
///
/// ```
/// use crawl4ai_telemetry_sentry::SentryProvider;
///
/// let provider = SentryProvider::new("https://0123456789abcdef@sentry.example.com/42")?;
/// assert_eq!(provider.host(), "sentry.example.com");
/// assert!(!format!("{provider:?}").contains("0123456789abcdef"));
/// # Ok::<(), crawl4ai_telemetry_sentry::DsnError>(())
/// ```
pub struct SentryProvider {
    sender: Sender,
    /// The value of `X-Sentry-Auth`.
    auth: String,
}

impl SentryProvider {
    /// A provider for a DSN, `https://KEY@HOST/PROJECT`.
    ///
    /// # Errors
    /// When the text is no DSN, or when it names a host other than this machine without HTTPS. The error says what to
    /// do and does not quote the key.
    pub fn new(dsn: &str) -> Result<Self, DsnError> {
        let (endpoint, auth) = address::read(dsn)?;
        Ok(Self { sender: Sender::new(endpoint, LIMITS), auth })
    }

    /// Sets other time limits than 2 s to connect and 10 s in all.
    ///
    /// ```
    /// use std::time::Duration;
    /// use crawl4ai_telemetry_sentry::{RequestLimits, SentryProvider};
    ///
    /// let quick = RequestLimits::new().request(Duration::from_secs(3));
    /// let provider = SentryProvider::new("https://0123456789abcdef@sentry.example.com/42")?.with_limits(quick);
    /// # drop(provider);
    /// # Ok::<(), crawl4ai_telemetry_sentry::DsnError>(())
    /// ```
    #[must_use]
    pub fn with_limits(mut self, limits: RequestLimits) -> Self {
        self.sender = self.sender.with_limits(limits);
        self
    }

    /// Also trusts these authorities, besides the public ones and those of an earlier call. A server with a private
    /// authority needs this, and so does a proxy that ends TLS.
    ///
    /// # Errors
    /// When the program's built-in certificates are invalid. A file is read only at each delivery. An error in it stops
    /// sending for this run, and reports are kept.
    pub fn with_ca_certificates(mut self, authorities: CaCertificates) -> Result<Self, CaCertificatesError> {
        self.sender = self.sender.with_ca_certificates(authorities)?;
        Ok(self)
    }

    /// Uses this proxy, unless the server is on this machine or among the proxy's exceptions.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.sender = self.sender.with_proxy(proxy);
        self
    }

    /// The host that reports are sent to, as `status` shows it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.sender.endpoint().host()
    }
}

impl TelemetryProvider for SentryProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn destination(&self) -> Cow<'_, str> {
        self.host().into()
    }

    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        let bytes = envelope::write(report)
            .map_err(|error| ProviderError::new(NAME, "write the report as an envelope", error))?;
        Ok(Payload::new(envelope::MEDIA_TYPE, bytes))
    }

    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        let payload = self.render(report)?;
        let headers = [("X-Sentry-Auth", self.auth.clone())];
        self.sender.post(&headers, payload.media_type, payload.bytes).map(drop)
    }
}

impl fmt::Debug for SentryProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentryProvider").field("host", &self.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_as_long_as_every_sender() {
        assert_eq!((LIMITS.connect.as_secs(), LIMITS.request.as_secs(), LIMITS.response_bytes), (2, 10, 0));
    }
}
