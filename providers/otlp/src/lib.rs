//! Usage spans and crash reports to an OpenTelemetry collector, for `crawl4ai-telemetry`.
//!
//! The protocol is OTLP over HTTP with protobuf (<https://opentelemetry.io/docs/specs/otlp/>). Spans go in batches to
//! `/v1/traces`. Reports go one by one to `/v1/logs`, by OpenTelemetry's conventions for exceptions.
//!
//! The OpenTelemetry SDK is not used, because its stock exporter merges the headers, the endpoint and the resource of
//! the *host* program's `OTEL_*` variables, and its providers easily become global. This crate reads no variable and
//! has no global. Its resource names only the service. The only header that can be added is `Authorization`, by the
//! code that makes the provider.
//!
//! ```
//! use crawl4ai_telemetry_core::TelemetryProvider;
//! use crawl4ai_telemetry_otlp::OtlpProvider;
//!
//! let provider = OtlpProvider::new("https://collector.example.com:4318")?;
//! assert_eq!(provider.name(), "otlp");
//!
//! let error = OtlpProvider::new("http://collector.example.com:4318").unwrap_err();
//! assert!(error.to_string().contains("https://"));
//! # Ok::<(), crawl4ai_telemetry_otlp::AddressError>(())
//! ```

mod batch;
mod log;
mod proto;
mod response;
mod stack;
mod trace;
mod value;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crawl4ai_telemetry_core::{Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan};
use crawl4ai_telemetry_http::{Endpoint, EndpointError, Sender};

use batch::Batch;
pub use batch::LARGEST_BATCH;
pub use crawl4ai_telemetry_http::{CaCertificates, CaCertificatesError, Proxy, ProxyError, RequestLimits};

/// The provider's name in `status`, in the log of what was sent and in errors.
const NAME: &str = "otlp";

/// The media type of OTLP's binary form.
const MEDIA_TYPE: &str = "application/x-protobuf";

/// Largest answer, in bytes: it holds only the number of refused items and the reason.
const RESPONSE_BYTES: u64 = 16 * 1024;

/// Limits for spans: more time than for a report, because a batch is larger and the program does not wait for it.
const SPANS: RequestLimits = RequestLimits::new()
    .connect(Duration::from_secs(5))
    .request(Duration::from_secs(30))
    .response_bytes(RESPONSE_BYTES);

const REPORTS: RequestLimits = RequestLimits::new().response_bytes(RESPONSE_BYTES);

/// A collector's address cannot be used. The text says what to do; it quotes no path and no key.
///
/// ```
/// use crawl4ai_telemetry_otlp::{AddressError, OtlpProvider};
///
/// let refused = OtlpProvider::new("https://collector.example.com:4318/?key=4711");
/// assert_eq!(refused.err(), Some(AddressError::Query));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is not an address that reports may be sent to.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The address has a query string, so no path can be appended.
    #[error("the address holds a query string: take away the ? and what follows it")]
    Query,
}

/// Delivers usage spans and reports to a collector.
///
/// A new provider opens no connection, starts no thread and reads no file. Its `Debug` shows the host only.
///
/// ```
/// use crawl4ai_telemetry_otlp::OtlpProvider;
///
/// let provider = OtlpProvider::new("https://collector.example.com:4318")?
///     .with_authorization("Bearer 4711");
/// assert_eq!(provider.host(), "collector.example.com");
/// assert!(!format!("{provider:?}").contains("4711"));
/// # Ok::<(), crawl4ai_telemetry_otlp::AddressError>(())
/// ```
pub struct OtlpProvider {
    traces: Sender,
    logs: Sender,
    authorization: Option<String>,
    batch: Batch,
}

impl OtlpProvider {
    /// A provider for the collector at `base`, to which `/v1/traces` and `/v1/logs` are added, as OTLP says. The
    /// resource of each span and report holds the program's name as `service.name`.
    ///
    /// # Errors
    /// When `base` is not a URL, names a host other than this machine without HTTPS, or holds a user name, a query or a
    /// fragment.
    pub fn new(base: &str) -> Result<Self, AddressError> {
        if base.contains('?') {
            return Err(AddressError::Query);
        }
        let base = base.trim_end_matches('/');
        let sender = |path: &str, limits| Ok(Sender::new(Endpoint::parse(&format!("{base}{path}"))?, limits));
        Ok(Self {
            traces: sender("/v1/traces", SPANS).map_err(AddressError::Endpoint)?,
            logs: sender("/v1/logs", REPORTS).map_err(AddressError::Endpoint)?,
            authorization: None,
            batch: Batch::default(),
        })
    }

    /// Sets the value of the header `Authorization`, such as `Bearer …`. White space around it is left out, because a
    /// token that is read from a file often ends with a line break. No other header can be added.
    #[must_use]
    pub fn with_authorization(mut self, value: impl Into<String>) -> Self {
        self.authorization = Some(value.into().trim().to_owned());
        self
    }

    /// Sets other limits. The default for spans is 5 s to connect and 30 s in all, for reports 2 s and 10 s.
    ///
    /// ```
    /// use std::time::Duration;
    /// use crawl4ai_telemetry_otlp::{OtlpProvider, RequestLimits};
    ///
    /// let patient = RequestLimits::new().request(Duration::from_secs(60));
    /// let provider = OtlpProvider::new("https://collector.example.com:4318")?.with_limits(patient);
    /// # drop(provider);
    /// # Ok::<(), crawl4ai_telemetry_otlp::AddressError>(())
    /// ```
    #[must_use]
    pub fn with_limits(mut self, limits: RequestLimits) -> Self {
        self.traces = self.traces.with_limits(limits);
        self.logs = self.logs.with_limits(limits);
        self
    }

    /// Also trusts these authorities, besides the public ones and those of an earlier call. A server with a private
    /// authority needs this, and so does a proxy that ends TLS.
    ///
    /// # Errors
    /// When the program's built-in certificates are invalid. A file is read only at each delivery. An error in it stops
    /// sending for this run, and reports are kept.
    pub fn with_ca_certificates(mut self, authorities: CaCertificates) -> Result<Self, CaCertificatesError> {
        self.traces = self.traces.with_ca_certificates(authorities.clone())?;
        self.logs = self.logs.with_ca_certificates(authorities)?;
        Ok(self)
    }

    /// Uses this proxy, unless the server is on this machine or among the proxy's exceptions.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.traces = self.traces.with_proxy(proxy.clone());
        self.logs = self.logs.with_proxy(proxy);
        self
    }

    /// The host that spans and reports are sent to, as `status` shows it.
    #[must_use]
    pub fn host(&self) -> &str {
        self.traces.endpoint().host()
    }

    fn post(&self, sender: &Sender, within: Duration, what: &str, bytes: Vec<u8>) -> Result<(), SendError> {
        let headers = self.authorization.as_ref().map(|value| ("Authorization", value.clone()));
        let delivered = sender.post_within(within, headers.as_slice(), MEDIA_TYPE, bytes)?;
        response::interpret(&delivered.body, what)
    }

    fn export(&self, within: Duration) -> Result<(), SendError> {
        self.batch.export(|spans| self.post(&self.traces, within, "spans", trace::request(spans)))
    }
}

impl TelemetryProvider for OtlpProvider {
    fn name(&self) -> &str {
        NAME
    }

    fn destination(&self) -> Cow<'_, str> {
        self.host().into()
    }

    fn render(&self, report: &Report) -> Result<Payload, ProviderError> {
        Ok(Payload::new(MEDIA_TYPE, log::request(report)))
    }

    fn send_exception(&self, report: &Report) -> Result<(), SendError> {
        self.post(&self.logs, Duration::MAX, "reports", log::request(report))
    }

    /// Adds the span to a batch; a full batch is delivered first.
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> {
        if self.batch.is_full() {
            self.export(Duration::MAX)?;
        }
        self.batch.add(trace::owned(span));
        Ok(())
    }

    fn flush(&self, timeout: Duration) -> Result<(), SendError> {
        self.export(timeout)
    }

    fn discard(&self) {
        self.batch.discard();
    }

    fn shutdown(&self, timeout: Duration) -> Result<(), SendError> {
        self.export(timeout)
    }
}

impl fmt::Debug for OtlpProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpProvider").field("host", &self.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_waits_as_long_as_with_every_sender() {
        assert_eq!((REPORTS.connect.as_secs(), REPORTS.request.as_secs()), (2, 10));
        assert_eq!(SPANS.request.as_secs(), 30);
    }
}
