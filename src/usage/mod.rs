//! Usage telemetry, the program's side: what a program says of how it is used.
//!
//! It is off unless the program asks for it ([`Builder::usage`](crate::Builder::usage)), has a consent of its own
//! behind the same kill switches as crash reports, and holds what is declared free text only where a crew is shared
//! on purpose ([`Crew::share_crew`]). What is collected is a list, and the list is code:
//! [`SCHEMA`], [`table`], `docs/usage-data.md`.
//!
//! Recording costs a look at the clock and one message to a thread of the library's own; that thread cleans the
//! spans and sends them in batches. Nothing waits for it, and what does not fit is dropped and counted.
//!
//! ```
//! use crawl4ai_telemetry::usage::{Agent, Crew, Llm, Settings, Task};
//! use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
//!
//! let telemetry = Telemetry::builder(App::new("my-crews", "1.0.0"))
//!     .usage(Settings::provider(MemoryProvider::default()).on_by_default())
//!     .build()?;
//! let usage = telemetry.usage();
//!
//! let researcher = Agent::new("Researcher", "find facts", "was a librarian").llm(Llm::new("gpt-9"));
//! let task = Task::new("find out about bees", "ten facts").agent(&researcher);
//! let crew = Crew::new().agent(researcher).task(task.clone());
//! usage.crew_creation(&crew, None);
//!
//! let span = usage.task_started(&crew, &task);
//! usage.task_ended(span, Some("bees dance"));    // not sent: the crew is not shared
//! # Ok::<(), crawl4ai_telemetry::BuildError>(())
//! ```
//!
//! A span that was ended cannot be ended again:
//!
//! ```compile_fail,E0382
//! # use crawl4ai_telemetry::usage::{Crew, Task, Usage};
//! fn twice(usage: &Usage, crew: &Crew, task: &Task) {
//!     let span = usage.task_started(crew, task);
//!     usage.task_ended(span, None);
//!     usage.task_ended(span, None);
//! }
//! ```
//!
//! A program declares spans of its own with [`usage_span!`](crate::usage_span) and hands them to
//! [`Usage::record`] or [`Usage::start`].

mod agent;
mod crew;
mod crew_spans;
mod environment;
mod flow;
mod open;
mod program_spans;
mod queue;
mod recorder;
mod settings;
mod shared;
mod span_delivery;
mod task;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crawl4ai_telemetry_core::usage::*;

pub use agent::{Agent, Llm};
pub use crew::Crew;
pub use crew_spans::{CrewSpan, TaskSpan};
pub use flow::Flow;
pub use open::OpenSpan;
pub use recorder::UsageStatus;
pub use settings::Settings;
pub use task::Task;

use crate::consent::config::UsageConsent;
use crate::consent::{ActionError, set_usage};
use crate::deliver::Pipeline;
use queue::Flushing;
use recorder::Recorder;
pub(crate) use settings::{Chosen, choose};

/// How often a full queue is tried again while somebody waits for a flush.
const POLL: Duration = Duration::from_millis(5);

/// Records usage spans. Clones share everything; one that belongs to no telemetry records nothing.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::usage::{Settings, UsageValue};
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
///
/// # let folder = tempfile::tempdir()?;
/// let memory = MemoryProvider::default();
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .usage(Settings::provider(memory.clone()).on_by_default())
///     .config_folder(folder.path())
/// #   .env(Env::from_pairs("WEATHER", [("TERM", "dumb")]))
///     .build()?;
/// telemetry.usage().feature_usage_span("forecast:week");
/// telemetry.usage().flush(Duration::from_secs(20));
/// assert_eq!(memory.spans()[0].attribute("feature"), Some(UsageValue::Text("forecast:week")));
///
/// telemetry.usage().disable()?;
/// assert!(telemetry.usage().status().is_some_and(|status| !status.enabled));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Usage {
    recorder: Option<Arc<Recorder>>,
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").field("records", &self.recorder.is_some()).finish()
    }
}

impl Usage {
    pub(crate) fn new(pipeline: &Arc<Pipeline>, chosen: Option<Chosen>) -> Self {
        let recorder =
            |Chosen { provider, settings }| Recorder::new(Arc::clone(pipeline), provider, settings);
        Self { recorder: chosen.map(recorder).map(Arc::new) }
    }

    /// Records a span that begins and ends now. What it has in the shared tier stays behind.
    pub fn record<S: DeclaredSpan>(&self, span: S) {
        self.put(false, || span);
    }

    /// Begins a span, which ends when the returned value is [ended](OpenSpan::end). `shared` says whether the
    /// user agreed to share what this span has in the shared tier.
    pub fn start<S: DeclaredSpan>(&self, shared: bool, span: S) -> OpenSpan<S> {
        self.begin(shared, || span)
    }

    /// Would a span be recorded now? What was decided counts for a second; see
    /// [`refresh_environment`](crate::Telemetry::refresh_environment).
    ///
    /// Nobody has to ask: a span that is not recorded costs one look at the clock. It is for bindings that read what a
    /// span holds off another language's objects, and do that only where it is recorded.
    ///
    /// ```
    /// use crawl4ai_telemetry::usage::Usage;
    ///
    /// assert!(!Usage::default().wants_spans(), "one that belongs to no telemetry");
    /// ```
    #[must_use]
    pub fn wants_spans(&self) -> bool {
        self.recorder.as_ref().is_some_and(|recorder| recorder.admits())
    }

    fn begin<S: DeclaredSpan>(&self, shared: bool, span: impl FnOnce() -> S) -> OpenSpan<S> {
        let admitted = self.recorder.as_ref().filter(|recorder| recorder.admits());
        OpenSpan::new(admitted.map(|recorder| (Arc::clone(recorder), span())), shared)
    }

    /// The span is only made when it may leave.
    fn put<S: DeclaredSpan>(&self, shared: bool, span: impl FnOnce() -> S) {
        self.put_as(shared, false, span);
    }

    fn put_as<S: DeclaredSpan>(&self, shared: bool, failed: bool, span: impl FnOnce() -> S) {
        if let Some(recorder) = self.recorder.as_ref().filter(|recorder| recorder.admits()) {
            let draft = UsageDraft::new(span(), shared, recorder.new_ids(), recorder.clock().now());
            recorder.put(draft.failed(failed));
        }
    }

    /// Waits until everything recorded so far was delivered, at most `timeout`. True when nothing waits any more.
    pub fn flush(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let left = || timeout.saturating_sub(start.elapsed());
        loop {
            let Some(flushing) = self.begin_flush(left()) else { return true };
            if flushing.was_asked() || left().is_zero() {
                return flushing.wait(left());
            }
            crate::deliver::sync::sleep(POLL.min(left()));
        }
    }

    /// Asks for a delivery without waiting for it.
    pub(crate) fn begin_flush(&self, within: Duration) -> Option<Flushing> {
        self.recorder.as_ref()?.begin_flush(within)
    }

    /// Stores the user's yes to usage telemetry.
    ///
    /// # Errors
    /// When the configuration file cannot be written.
    pub fn enable(&self) -> Result<(), ActionError> {
        self.decide(UsageConsent::Always)
    }

    /// Stores the user's no to usage telemetry. What waits is dropped; nothing of it was on a disk.
    ///
    /// # Errors
    /// When the configuration file cannot be written. Recording has stopped in this process either way.
    pub fn disable(&self) -> Result<(), ActionError> {
        self.close();
        self.decide(UsageConsent::Denied)
    }

    fn decide(&self, consent: UsageConsent) -> Result<(), ActionError> {
        let Some(recorder) = &self.recorder else { return Ok(()) };
        set_usage(recorder.store(), recorder.clock(), consent)?;
        if consent == UsageConsent::Always {
            recorder.reopen();
        }
        Ok(())
    }

    /// Records nothing more in this process: the user has just said no, whether or not that could be stored.
    pub(crate) fn close(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.close();
        }
    }

    /// Forgets the last answer: something has just been decided.
    pub(crate) fn forget(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.forget();
        }
    }

    /// The environment was read again.
    pub(crate) fn refreshed(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.refreshed();
        }
    }

    /// Where usage telemetry stands; `None` when the program has not asked for it.
    #[must_use]
    pub fn status(&self) -> Option<UsageStatus> {
        self.recorder.as_ref().map(|recorder| recorder.status())
    }
}

#[cfg(test)]
mod tests;
