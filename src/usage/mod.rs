//! Usage telemetry: a program records how it is used.
//!
//! It is off unless the program asks for it ([`Builder::usage`](crate::Builder::usage)). It has its own consent, and
//! the same kill switches as crash reports stop it. Declared free text is sent only with spans that the user shares on
//! purpose. A program declares its own spans with [`usage_span!`](crate::usage_span), lists them when it
//! asks for usage telemetry, and hands them to [`Usage::record`] or [`Usage::start`]. A span outside the
//! list is not recorded. [`table`] makes a page of that list for users, and `telemetry schema` shows the list.
//!
//! Recording a span costs a look at the clock and one message to a thread of the library, which cleans the spans and
//! sends them in batches. The program does not wait for it. Spans that do not fit the queue are dropped and counted.
//!
//! ```
//! use crawl4ai_telemetry::usage::{DeclaredSpan, Name, Settings, SharedText};
//! use crawl4ai_telemetry::{App, MemoryProvider, Telemetry, usage_span};
//!
//! usage_span! {
//!     /// That a forecast was asked for.
//!     pub struct ForecastAsked = "Forecast Asked" {
//!         /// Which forecasts are used, to decide which to keep.
//!         kind: Name => Default since 1,
//!         /// How far people look ahead.
//!         days: u32 => Default since 1,
//!         /// What people ask, when they choose to show us.
//!         question: Option<SharedText> => Shared since 1,
//!     }
//! }
//!
//! // Or `Settings::otlp("https://collector.example.com:4318", …)` with the feature `otlp`, or `Settings::file`.
//! let settings = Settings::provider(MemoryProvider::default(), &[ForecastAsked::SPEC]).on_by_default();
//! let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).usage(settings).build()?;
//! let usage = telemetry.usage();
//!
//! let asked = ForecastAsked { kind: "week".into(), days: 7, question: None };
//! usage.record(asked.clone());
//!
//! let the_user_shares = false;
//! let span = usage.start(the_user_shares, asked);
//! span.end_with(|span| span.question = Some("Will it rain on Ada?".into())); // stays here: it is not shared
//! # Ok::<(), crawl4ai_telemetry::BuildError>(())
//! ```
//!
//! This library declares one span, [`ProgramStarted`], which is recorded by nobody but a program that lists it. With it
//! `crwl telemetry analyze` tells which share of a version's runs ended without a crash:
//!
//! ```
//! use crawl4ai_telemetry::usage::{DeclaredSpan, ProgramStarted, Settings};
//! use crawl4ai_telemetry::{App, MemoryProvider, Telemetry};
//!
//! let settings = Settings::provider(MemoryProvider::default(), &[ProgramStarted::SPEC]);
//! let telemetry = Telemetry::builder(App::new("weather", "1.4.0")).usage(settings).build()?;
//! telemetry.usage().record(ProgramStarted {}); // once, where the program starts
//! # Ok::<(), crawl4ai_telemetry::BuildError>(())
//! ```
//!
//! A span that was ended cannot be ended again:
//!
//! ```compile_fail,E0382
//! # use crawl4ai_telemetry::usage::{DeclaredSpan, OpenSpan};
//! fn twice<S: DeclaredSpan>(span: OpenSpan<S>) {
//!     span.end();
//!     span.end();
//! }
//! ```

mod open;
mod queue;
mod recorder;
mod run;
mod settings;
mod shared;
mod span_delivery;
mod started;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crawl4ai_telemetry_core::usage::*;

pub use open::OpenSpan;
pub use recorder::UsageStatus;
pub use run::ProgramRun;
pub use settings::Settings;
pub use started::ProgramStarted;

use crate::consent::config::UsageConsent;
use crate::consent::{ActionError, set_usage};
use crate::deliver::Pipeline;
use queue::Flushing;
use recorder::Recorder;
pub(crate) use settings::{Chosen, choose};

/// Time between two attempts of a flush to enter a full queue.
const POLL: Duration = Duration::from_millis(5);

/// Records usage spans. Clones share everything. The default belongs to no telemetry and records nothing.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::usage::{DeclaredSpan, Settings, UsageValue};
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
/// # use crawl4ai_telemetry::usage::Name;
/// # crawl4ai_telemetry::usage_span! {
/// #     /// That a forecast was asked for.
/// #     pub struct ForecastAsked = "Forecast Asked" {
/// #         /// Which forecasts are used, to decide which to keep.
/// #         kind: Name => Default since 1,
/// #     }
/// # }
///
/// # let folder = tempfile::tempdir()?;
/// let memory = MemoryProvider::default();
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .usage(Settings::provider(memory.clone(), &[ForecastAsked::SPEC]).on_by_default())
///     .config_folder(folder.path())
/// #   .env(Env::from_pairs("WEATHER", [("TERM", "dumb")]))
///     .build()?;
/// telemetry.usage().record(ForecastAsked { kind: "week".into() });
/// telemetry.usage().flush(Duration::from_secs(20));
/// assert_eq!(memory.spans()[0].attribute("kind"), Some(UsageValue::Text("week")));
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

    /// Records a span that begins and ends now. Its attributes of the shared tier are not sent. To record a span that
    /// the user shares, or that failed, [start](Self::start) it and end it at once.
    pub fn record<S: DeclaredSpan>(&self, span: S) {
        self.start(false, span).end();
    }

    /// Begins a span, which ends when the returned value is [ended](OpenSpan::end). `shared` says whether the user
    /// agreed to share the span's attributes of the shared tier.
    ///
    /// A span that is not in the list of the [`Settings`] is not recorded, and is counted among the
    /// [losses](UsageStatus::losses).
    pub fn start<S: DeclaredSpan>(&self, shared: bool, span: S) -> OpenSpan<S> {
        self.start_with(shared, || span)
    }

    /// Begins the span that `span` returns, for spans that are costly to make. `span` is called only if the span is
    /// recorded.
    pub fn start_with<S: DeclaredSpan>(&self, shared: bool, span: impl FnOnce() -> S) -> OpenSpan<S> {
        let admitted =
            self.recorder.as_ref().filter(|recorder| recorder.admits() && recorder.declares(S::SPEC));
        OpenSpan::new(admitted.map(|recorder| (Arc::clone(recorder), span())), shared)
    }

    /// Facts about this run of the program; `None` when the program has not asked for usage telemetry.
    #[must_use]
    pub fn run(&self) -> Option<ProgramRun<'_>> {
        self.recorder.as_ref().map(|recorder| recorder.run())
    }

    /// All spans that the program may record; `None` when the program has not asked for usage telemetry.
    #[must_use]
    pub fn schema(&self) -> Option<Schema> {
        self.recorder.as_ref().map(|recorder| recorder.schema())
    }

    /// Would a span be recorded now? The answer may be a second old; see
    /// [`refresh_environment`](crate::Telemetry::refresh_environment).
    ///
    /// Most programs need not ask, because a span that is not recorded costs one look at the clock. This method is for
    /// bindings of other languages, which read a span's values from foreign objects only if the span is recorded.
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

    /// Waits, but not longer than `timeout`, until every span recorded so far is delivered. True when no span waits any
    /// more.
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

    /// Stores the user's no to usage telemetry. Waiting spans are dropped; they were never written to a disk.
    ///
    /// # Errors
    /// When the configuration file cannot be written. Recording has stopped in this process even then.
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

    /// Stops recording in this process, because the user has just said no. It stops even if the no could not be stored.
    pub(crate) fn close(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.close();
        }
    }

    /// Forgets the cached answer, because the user has just decided.
    pub(crate) fn forget(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.forget();
        }
    }

    /// Makes the decision again, because the environment was read again.
    pub(crate) fn refreshed(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.refreshed();
        }
    }

    /// The state of usage telemetry; `None` when the program has not asked for it.
    #[must_use]
    pub fn status(&self) -> Option<UsageStatus> {
        self.recorder.as_ref().map(|recorder| recorder.status())
    }
}

#[cfg(test)]
mod tests;
