//! The errors of a provider: it cannot work, or it did not deliver.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

/// A provider cannot work.
///
/// ```
/// use crawl4ai_telemetry_core::ProviderError;
///
/// let error = ProviderError::new("post", "parse the address", "it names no host");
/// assert_eq!(error.to_string(), "post: cannot parse the address: it names no host");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: cannot {operation}: {reason}")]
#[non_exhaustive]
pub struct ProviderError {
    /// The provider's name.
    pub provider: Cow<'static, str>,
    /// The failed action, as a verb and its object: `parse the address`.
    pub operation: Cow<'static, str>,
    /// The cause, and how to mend it.
    pub reason: String,
}

impl ProviderError {
    /// An error of the provider `provider`, which could not `operation` because of `reason`. People read the reason in
    /// `status`, so it must hold no key and no personal data.
    #[must_use]
    pub fn new(
        provider: impl Into<Cow<'static, str>>,
        operation: impl Into<Cow<'static, str>>,
        reason: impl Display,
    ) -> Self {
        Self { provider: provider.into(), operation: operation.into(), reason: reason.to_string() }
    }
}

/// A report was not delivered. The variant decides what happens to the report. People read the reason in `status`, so
/// it must hold no key and no personal data.
///
/// The constructors take any error as the reason:
///
/// ```
/// use std::io::{self, Write};
/// use crawl4ai_telemetry_core::SendError;
///
/// fn send(mut to: impl Write, bytes: &[u8]) -> Result<(), SendError> {
///     to.write_all(bytes).map_err(SendError::retry)
/// }
/// # assert!(send(io::sink(), b"{}").is_ok());
/// ```
///
/// Every provider of this repository reads a server's answers like this:
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry_core::SendError;
///
/// fn read(status: u16) -> Result<(), SendError> {
///     let reason = format!("status {status}");
///     match status {
///         200..=299 => Ok(()),
///         401 | 403 | 404 => Err(SendError::halt(reason)),
///         429 => Err(SendError::retry_after(Duration::from_secs(60), reason)),
///         400..=499 => Err(SendError::rejected(reason)),
///         _ => Err(SendError::retry(reason)),
///     }
/// }
/// assert!(matches!(read(503), Err(SendError::Retry { after: None, .. })));
/// ```
///
/// Variants may get more fields, so patterns end with `..`. The list of variants is closed: the library matches it
/// without a wildcard, so that an outcome that the library cannot handle does not compile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The report cannot be delivered now (offline, a server error, too many requests). It is kept and tried again
    /// later.
    #[error("not delivered, will be tried again: {reason}")]
    #[non_exhaustive]
    Retry {
        /// The least time to wait, if the server asks for one.
        after: Option<Duration>,
        /// The cause.
        reason: String,
        /// What can be done about it, in a sentence; see [`with_advice`](Self::with_advice).
        advice: Option<String>,
    },
    /// No report can be delivered in this run (the key is wrong, the project is gone). Reports are kept, and sending
    /// stops.
    #[error("not delivered, sending stops for this run: {reason}")]
    #[non_exhaustive]
    Halt {
        /// The cause.
        reason: String,
        /// What can be done about it, in a sentence; see [`with_advice`](Self::with_advice).
        advice: Option<String>,
    },
    /// The receiver refuses this report for good. It is dropped and counted.
    #[error("refused: {reason}")]
    #[non_exhaustive]
    Rejected {
        /// The cause.
        reason: String,
        /// What can be done about it, in a sentence; see [`with_advice`](Self::with_advice).
        advice: Option<String>,
    },
}

impl SendError {
    /// The library keeps the report and tries again: after 30 seconds at first, then less and less often.
    #[must_use]
    pub fn retry(reason: impl Display) -> Self {
        Self::Retry { after: None, reason: reason.to_string(), advice: None }
    }

    /// The library keeps the report and tries again once `after` has passed, at most a day later.
    #[must_use]
    pub fn retry_after(after: Duration, reason: impl Display) -> Self {
        Self::Retry { after: Some(after), reason: reason.to_string(), advice: None }
    }

    /// The library keeps the report and sends nothing more in this run, because somebody has to change something first.
    #[must_use]
    pub fn halt(reason: impl Display) -> Self {
        Self::Halt { reason: reason.to_string(), advice: None }
    }

    /// The library drops the report and counts it as lost, because the receiver will never take it.
    #[must_use]
    pub fn rejected(reason: impl Display) -> Self {
        Self::Rejected { reason: reason.to_string(), advice: None }
    }

    /// The cause of the failure.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Retry { reason, .. } | Self::Halt { reason, .. } | Self::Rejected { reason, .. } => reason,
        }
    }

    /// Adds advice about what can be done, in a sentence. The self-test prints it instead of its own advice, which
    /// looks for the cause at the server. This is for causes elsewhere, such as a proxy. Like the reason, the advice
    /// must hold no key and no personal data.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::SendError;
    ///
    /// let error = SendError::retry("the modem does not answer").with_advice("Look whether the modem is on.");
    /// assert_eq!(error.advice(), Some("Look whether the modem is on."));
    /// ```
    #[must_use]
    pub fn with_advice(mut self, what: impl Display) -> Self {
        match &mut self {
            Self::Retry { advice, .. } | Self::Halt { advice, .. } | Self::Rejected { advice, .. } => {
                *advice = Some(what.to_string());
            }
        }
        self
    }

    /// What can be done about it, where the provider said so.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::Retry { advice, .. } | Self::Halt { advice, .. } | Self::Rejected { advice, .. } => {
                advice.as_deref()
            }
        }
    }
}

/// A provider that has no form for a report will never take it, so the error becomes [`SendError::Rejected`].
impl From<ProviderError> for SendError {
    fn from(error: ProviderError) -> Self {
        Self::rejected(error)
    }
}
