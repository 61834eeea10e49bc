//! The contract: where reports go.

use std::borrow::Cow;
use std::time::Duration;

use crate::{Report, UsageSpan};

/// Where reports go. One screen, and but for [`discard`](Self::discard) no default bodies: a method that was forgotten
/// does not compile.
///
/// The library calls a provider from one thread of its own, never from the program's, catches its panics and
/// abandons it when it takes too long. A provider therefore need not be fast, but it must be honest: `Ok`
/// means that the other side has taken the report.
///
/// ```
/// use std::borrow::Cow;
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::{
///     MemoryProvider, Payload, ProviderError, Report, SendError, TelemetryProvider, UsageSpan,
/// };
///
/// /// Keeps reports of the worst kind, and lets the others go.
/// struct OnlyFatal(MemoryProvider);
///
/// impl TelemetryProvider for OnlyFatal {
///     fn name(&self) -> &str { "only-fatal" }
///     fn destination(&self) -> Cow<'_, str> { self.0.destination() }
///     fn initialize(&self) -> Result<(), ProviderError> { self.0.initialize() }
///     fn render(&self, report: &Report) -> Result<Payload, ProviderError> { self.0.render(report) }
///     fn send_exception(&self, report: &Report) -> Result<(), SendError> {
///         if report.level() == crawl4ai_telemetry_core::Level::Fatal {
///             return self.0.send_exception(report);
///         }
///         Err(SendError::Rejected { reason: "not fatal".into() })
///     }
///     fn send_event(&self, span: &UsageSpan) -> Result<(), SendError> { self.0.send_event(span) }
///     fn flush(&self, timeout: Duration) -> Result<(), SendError> { self.0.flush(timeout) }
///     fn discard(&self) { self.0.discard() }
///     fn shutdown(&self, timeout: Duration) -> Result<(), SendError> { self.0.shutdown(timeout) }
/// }
/// ```
pub trait TelemetryProvider: Send + Sync {
    /// A short lower-case name for `status` and the journal, for example `sentry`.
    fn name(&self) -> &str;

    /// Where reports go, for people: the host of a server, `the file reports.jsonl`. Whoever is asked whether a report
    /// may leave is told, and `status` says it. No key and no user name; it costs nothing and does not change.
    fn destination(&self) -> Cow<'_, str>;

    /// Called once, before the first delivery, on the library's thread.
    ///
    /// # Errors
    /// When the provider cannot work; the library then goes on without one and `status` shows why.
    fn initialize(&self) -> Result<(), ProviderError>;

    /// Exactly the bytes that [`send_exception`](Self::send_exception) transmits for this report.
    ///
    /// The journal keeps them, and `preview` shows them before anything is sent.
    ///
    /// # Errors
    /// When the report cannot be put into the provider's form.
    fn render(&self, report: &Report) -> Result<Payload, ProviderError>;

    /// Delivers one report and returns when the other side has answered.
    ///
    /// # Errors
    /// [`SendError`] says what becomes of the report: kept and tried again, kept until the next run, dropped.
    fn send_exception(&self, report: &Report) -> Result<(), SendError>;

    /// Delivers one usage span, or takes it into a batch.
    ///
    /// # Errors
    /// As for [`send_exception`](Self::send_exception).
    fn send_event(&self, span: &UsageSpan) -> Result<(), SendError>;

    /// Delivers what was taken into a batch, within `timeout`.
    ///
    /// # Errors
    /// When something is left.
    fn flush(&self, timeout: Duration) -> Result<(), SendError>;

    /// Forgets what was taken into a batch and is not delivered: somebody has said no, and a yes that comes later is none
    /// to what was recorded before. For a provider without batches there is nothing to do; one that hands on to another
    /// hands this on too.
    fn discard(&self) {}

    /// Ends the provider, within `timeout`; nothing is called after it.
    ///
    /// # Errors
    /// When something is left.
    fn shutdown(&self, timeout: Duration) -> Result<(), SendError>;
}

/// The bytes that leave, and their media type.
///
/// ```
/// use crawl4ai_telemetry_core::Payload;
///
/// let payload = Payload { media_type: "application/json", bytes: b"{}".to_vec() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// For example `application/json`.
    pub media_type: &'static str,
    /// Byte for byte what is transmitted.
    pub bytes: Vec<u8>,
}

impl Payload {
    /// Can a person read it? It is UTF-8, and no control characters stand in it but tabs and line ends.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::Payload;
    ///
    /// let payload = |bytes: &[u8]| Payload { media_type: "application/octet-stream", bytes: bytes.to_vec() };
    /// assert!(payload("{\"value\":\"größer\"}\n".as_bytes()).is_readable());
    /// assert!(!payload(b"\x0a\x07weather\x10\x02").is_readable(), "a message of protobuf");
    /// ```
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        std::str::from_utf8(&self.bytes).is_ok_and(|text| text.chars().all(plain))
    }
}

/// A provider cannot work.
///
/// ```
/// use crawl4ai_telemetry_core::ProviderError;
///
/// let error = ProviderError { provider: "post", operation: "parse the address", reason: "no host".into() };
/// assert!(error.to_string().contains("parse the address"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: cannot {operation}: {reason}")]
pub struct ProviderError {
    /// The provider's name.
    pub provider: &'static str,
    /// What it was doing.
    pub operation: &'static str,
    /// What went wrong, and what to do about it.
    pub reason: String,
}

/// A report was not taken. The variant decides what becomes of it; the text tells people why.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::SendError;
///
/// fn read(status: u16) -> Result<(), SendError> {
///     let reason = format!("status {status}");
///     match status {
///         200..=299 => Ok(()),
///         401 | 403 | 404 => Err(SendError::Halt { reason }),
///         429 => Err(SendError::Retry { after: Some(Duration::from_secs(60)), reason }),
///         400..=499 => Err(SendError::Rejected { reason }),
///         _ => Err(SendError::Retry { after: None, reason }),
///     }
/// }
/// assert!(matches!(read(503), Err(SendError::Retry { after: None, .. })));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Not now: offline, a server error, too many requests. The report is kept and tried again.
    #[error("not delivered, will be tried again: {reason}")]
    Retry {
        /// The server's wish: not before this much time has passed.
        after: Option<Duration>,
        /// What went wrong.
        reason: String,
    },
    /// Not in this run: the key is wrong, the project is gone. Reports are kept, sending stops.
    #[error("not delivered, sending stops for this run: {reason}")]
    Halt {
        /// What went wrong.
        reason: String,
    },
    /// Never: the other side refuses this report for good. It is dropped and counted.
    #[error("refused: {reason}")]
    Rejected {
        /// What went wrong.
        reason: String,
    },
}
