//! The outcome of a capture, and the errors of a choice.

use crawl4ai_telemetry_core::ReportId;

use crate::admission::refusal_cache::Refusal;
use crate::consent::{ActionError, Rule};

/// The outcome of a capture.
///
/// ```
/// use crawl4ai_telemetry::{Outcome, Reason, capture_exception, context};
///
/// match capture_exception(&std::io::Error::other("no answer"), context! {}) {
///     Outcome::Queued(id) => println!("reported as {id}"),
///     Outcome::AwaitingConsent(id) => println!("{id} waits for your answer"),
///     Outcome::Suppressed(Reason::NotInstalled) => {}
///     other => println!("not reported: {other:?}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The report is on its way to the spool, under this id.
    Queued(ReportId),
    /// The report, or one of the same bug, waits in the spool until the user has answered whether it may be sent.
    AwaitingConsent(ReportId),
    /// The capture was not taken.
    Suppressed(Reason),
}

/// Why a capture was not taken; part of an [`Outcome`].
///
/// ```
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Outcome, Reason, Rule, Telemetry, context};
///
/// # let folder = tempfile::tempdir()?;
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(MemoryProvider::default())
///     .config_folder(folder.path())
///     .env(Env::from_pairs("WEATHER", [("DO_NOT_TRACK", "1")]))
///     .build()?;
/// let outcome = telemetry.capture_exception(&"no answer", context! {});
/// assert_eq!(outcome, Outcome::Suppressed(Reason::NoConsent(Rule::DoNotTrack)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No telemetry is installed in this process.
    NotInstalled,
    /// There is no consent; the rule says why.
    NoConsent(Rule),
    /// There is no provider to send to.
    NoProvider,
    /// There were too many captures in too short a time. This one was counted.
    RateLimited,
    /// The queue was full. The capture was counted.
    QueueFull,
    /// It was captured while this thread was inside the reporter.
    Reentrant,
    /// The same error has been reported where it first left an operation.
    AlreadyReported,
    /// The program [does not want it reported](crate::Builder::ignore), or it is a pipe whose reader has gone.
    Ignored,
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Nobody => Self::NotInstalled,
            Refusal::NoProvider => Self::NoProvider,
            Refusal::NoConsent(rule) => Self::NoConsent(rule),
        }
    }
}

/// Why a decision of the user was not stored or not carried out.
///
/// ```
/// use crawl4ai_telemetry::{ChoiceStoreError, disable};
///
/// assert!(matches!(disable(), Err(ChoiceStoreError::NotInstalled)), "no telemetry is installed here");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceStoreError {
    /// No telemetry is installed in this process, so there is no configuration file to write.
    #[error("telemetry: no telemetry is installed in this process")]
    NotInstalled,
    /// The configuration file was not changed.
    #[error(transparent)]
    Store(#[from] ActionError),
    /// Something that was to be deleted is still there: reports, their log, ids or the page.
    #[error("telemetry: not everything could be deleted: {0}")]
    NotDeleted(String),
    /// The configuration file was not changed, and something that was to be deleted is still there.
    #[error("{0}; and not everything could be deleted: {1}")]
    NotStoredNorDeleted(#[source] ActionError, String),
}
