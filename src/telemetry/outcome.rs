//! What becomes of a capture and of a choice.

use crawl4ai_telemetry_core::ReportId;

use crate::admission::refusal_cache::Refusal;
use crate::consent::{ActionError, Rule};

/// What became of a capture.
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
    /// It is on its way to the spool, under this id.
    Queued(ReportId),
    /// It, or one of the same bug, waits in the spool until the user has answered whether it may be sent.
    AwaitingConsent(ReportId),
    /// It was not taken.
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
    /// There is nowhere to send to.
    NoProvider,
    /// Too many in too short a time; it was counted.
    RateLimited,
    /// The queue was full; it was counted.
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

/// What the user decided could not be stored or carried out.
///
/// ```
/// use crawl4ai_telemetry::{ChoiceStoreError, disable};
///
/// assert!(matches!(disable(), Err(ChoiceStoreError::NotInstalled)), "no telemetry is installed here");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceStoreError {
    /// There is no telemetry in this process whose configuration it could be.
    #[error("telemetry: none is installed in this process")]
    NotInstalled,
    /// The configuration file was not changed.
    #[error(transparent)]
    Store(#[from] ActionError),
    /// Reports that wait are still there.
    #[error("telemetry: reports that wait could not be deleted: {0}")]
    NotDeleted(String),
    /// The configuration file was not changed, and reports that wait are still there.
    #[error("{0}; and reports that wait could not be deleted: {1}")]
    NotStoredNorDeleted(#[source] ActionError, String),
}
