//! One telemetry instance as a value. It has everything that the free functions use after [`init`](crate::init()).

mod admitted;
mod asking;
pub(crate) mod builder;
mod decisions;
mod ending;
pub(crate) mod global;
pub(crate) mod guard;
mod ignoring;
mod inspection;
mod notebook;
mod outcome;

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{App, Context, Event, Level, Loss, Privacy, ReportId, Sanitizer};

use crate::capture::duplicates::{CaptureMode, DuplicateCheck};
use crate::capture::error::{Capturable, Chain};
use crate::capture::reentrancy::ReentrancyGuard;
use crate::capture::{Captured, operations};
use crate::consent::config::ConfigStore;
use crate::consent::{Choice, Occasion, Rule};
use crate::deliver::{self, AwaitingAdmission, CaptureQueue, Panics, Pipeline};
use crate::fork_safe::ForkSafe;
use crate::usage::Usage;

pub use builder::{BuildError, Builder};
pub use global::with_telemetry;
pub use guard::Guard;
pub(crate) use ignoring::Ignoring;
pub use outcome::{ChoiceStoreError, Outcome, Reason};

/// A telemetry instance. Clones share everything.
///
/// Most programs need only [`init`](crate::init()); an instance serves libraries and tests that must not touch
/// the process.
///
/// ```
/// use std::time::Duration;
/// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry, context};
///
/// # let folder = tempfile::tempdir()?;
/// let memory = MemoryProvider::default();
/// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
///     .provider(memory.clone())
///     .config_folder(folder.path())
///     .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")]))
///     .build()?;
/// let error = std::io::Error::other("no answer from https://example.com/?key=4711");
/// let _ = telemetry.capture_exception(&error, context! { "attempt" => 3 });
/// telemetry.flush(Duration::from_secs(20));
/// assert_eq!(memory.reports()[0].exceptions()[0].value(), Some("no answer from [url]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Telemetry {
    pub(crate) inner: Arc<Instance>,
}

pub(crate) struct Instance {
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) queue: Arc<CaptureQueue>,
    pub(crate) panics: Arc<Panics>,
    pub(crate) usage: Usage,
    pub(crate) exit_timeout: Duration,
    /// The errors that the program does not want reported.
    pub(crate) ignoring: Ignoring,
    /// Is the user asked when the guard is dropped, instead of when an error happens or after the result of `main` is
    /// printed?
    pub(crate) ask_at_end: AtomicBool,
    /// Did an earlier run leave a report that waits for the user's answer? A forked child does not ask about it.
    pub(crate) left_by_earlier_run: ForkSafe<bool>,
    /// Is this telemetry in the process's slot? The answer is stored here, because a notebook gives each cell its own
    /// slot.
    pub(crate) installed: AtomicBool,
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telemetry")
            .field("app", &self.inner.pipeline.policy.admission.app().name())
            .field("provider", &self.inner.pipeline.sender.name())
            .finish_non_exhaustive()
    }
}

impl Telemetry {
    /// Collects settings; starts nothing.
    pub fn builder(app: App) -> Builder {
        Builder::new(app)
    }

    /// Captures an error with its chain and this thread's stack, whether or not it was reported before.
    #[track_caller]
    pub fn capture_exception<Via, E>(&self, error: &E, context: Context) -> Outcome
    where
        E: Capturable<Via> + ?Sized,
    {
        self.capture(CaptureMode::Explicit, Level::Error, Some(Location::caller()), || {
            (error.chain(), context)
        })
    }

    /// Captures a text that is worth a report.
    #[track_caller]
    pub fn capture_message(&self, level: Level, text: &str, context: Context) -> Outcome {
        self.capture(CaptureMode::Explicit, level, Some(Location::caller()), || {
            (Chain::message(text), context)
        })
    }

    /// Captures an error and its context, unless the error [was already reported](crate::capture::duplicates). `taken`
    /// runs only if a report may be made.
    #[inline(never)]
    pub(crate) fn capture<'e>(
        &self,
        asked: CaptureMode,
        level: Level,
        place: Option<&'static Location<'static>>,
        taken: impl FnOnce() -> (Chain<'e>, Context),
    ) -> Outcome {
        let Some(_inside) = ReentrancyGuard::enter() else { return Outcome::Suppressed(Reason::Reentrant) };
        let pipeline = &self.inner.pipeline;
        // Read before the decision and before the program's own code runs: a no behind it then counts as a later one.
        let refusals = pipeline.policy.admission.refusals();
        let privacy = match self.admitted() {
            Ok(privacy) => privacy,
            Err(reason) => return Outcome::Suppressed(reason),
        };
        let (chain, context) = taken();
        // An ignored error is remembered like a reported error, so that no log record and no failed answer of it is
        // reported either.
        let ignored = self.inner.ignoring.ignores(&chain);
        let arrived = DuplicateCheck::look(&chain, asked);
        let known = arrived.is_known();
        arrived.remember(asked);
        if known {
            return Outcome::Suppressed(Reason::AlreadyReported);
        }
        if ignored {
            return Outcome::Suppressed(Reason::Ignored);
        }
        if privacy.is_some() && !pipeline.policy.admission.rate.admit(pipeline.clock.monotonic()) {
            pipeline.diagnostics.lost(Loss::RateLimited, 1);
            return Outcome::Suppressed(Reason::RateLimited);
        }
        let id = pipeline.new_id();
        let captured = Captured::here(Event::new(id, pipeline.clock.now(), level), chain, context, place);
        match privacy {
            Some(privacy) => self.store(id, captured, privacy, refusals),
            None => match pipeline.admit_awaiting(&captured) {
                AwaitingAdmission::Go => self.hold(id, captured, refusals),
                AwaitingAdmission::Repeat(first) => Outcome::AwaitingConsent(first),
                AwaitingAdmission::TooMany => Outcome::Suppressed(Reason::RateLimited),
            },
        }
    }

    fn store(&self, id: ReportId, captured: Captured, privacy: Privacy, refusals: u64) -> Outcome {
        if self.inner.queue.enqueue(captured, privacy, refusals) {
            Outcome::Queued(id)
        } else {
            Outcome::Suppressed(Reason::QueueFull)
        }
    }

    /// Asks the user here and now if nobody but them has to wait for the answer, or else later.
    fn hold(&self, id: ReportId, captured: Captured, refusals: u64) -> Outcome {
        let (pipeline, queue) = (&self.inner.pipeline, &self.inner.queue);
        let here = self.is_installed()
            && !self.inner.ask_at_end.load(Ordering::Relaxed)
            && !std::thread::panicking()
            && !operations::is_polled()
            && !pipeline.policy.asks_on_terminal()
            && pipeline.policy.can_ask();
        if !here {
            let taken = queue.enqueue_awaiting(captured, refusals);
            return if taken { Outcome::AwaitingConsent(id) } else { Outcome::Suppressed(Reason::QueueFull) };
        }
        if let Some(captured) = pipeline.hold(captured) {
            return self.store(id, captured, Privacy::Standard, refusals);
        }
        let choice = deliver::ask(pipeline, queue, Occasion::Error, pipeline.policy.awaiting_consent.last());
        self.note_refusal(choice);
        match choice {
            Some(Choice::Once | Choice::Always | Choice::ByHand) => Outcome::Queued(id),
            Some(Choice::Never) => Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)),
            Some(Choice::NotNow) => Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)),
            Some(Choice::Unanswered) | None => Outcome::AwaitingConsent(id),
        }
    }

    /// Asks about a report that an earlier run left, or that this run has not asked about. `None` when the user was not
    /// asked.
    pub(crate) fn ask(&self, occasion: Occasion) -> Option<Choice> {
        let _inside = ReentrancyGuard::enter()?;
        let (pipeline, queue) = (&self.inner.pipeline, &self.inner.queue);
        let choice = deliver::ask(pipeline, queue, occasion, pipeline.policy.awaiting_consent.last());
        self.note_refusal(choice);
        choice
    }

    /// Stops usage figures too after a no to crash reports, even if the no could not be stored.
    fn note_refusal(&self, choice: Option<Choice>) {
        if choice == Some(Choice::Never) {
            self.inner.usage.close();
        }
    }

    pub(super) fn is_installed(&self) -> bool {
        self.inner.installed.load(Ordering::Relaxed)
    }

    /// Waits, but not longer than `timeout`, until everything captured so far is stored and one delivery was tried. One
    /// delivery of usage spans is tried too.
    ///
    /// True when nothing waits any more. Reports that still wait are not lost: they go out at the next start.
    pub fn flush(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let usage = self.inner.usage.begin_flush(timeout);
        let reports = self.flush_reports(timeout);
        let left = timeout.saturating_sub(start.elapsed());
        usage.is_none_or(|flushing| flushing.wait(left)) && reports
    }

    fn flush_reports(&self, timeout: Duration) -> bool {
        if !self.inner.queue.is_running()
            && self.inner.pipeline.store.spool.as_ref().is_none_or(|s| s.is_empty())
        {
            return true;
        }
        self.inner.queue.flush(timeout).is_some_and(|left| left.waiting == 0)
    }

    /// Records how the program is used, if the program asked for that with
    /// [`Builder::usage`](crate::Builder::usage).
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.inner.usage
    }

    /// The program that reports.
    #[must_use]
    pub fn app(&self) -> &App {
        self.inner.pipeline.policy.admission.app()
    }

    /// The configuration file with the user's decision.
    #[must_use]
    pub fn config(&self) -> &ConfigStore {
        self.inner.pipeline.policy.admission.store()
    }

    /// Reads the environment variables again, on the calling thread. Call it after the program has changed a variable
    /// that decides (`PREFIX_TELEMETRY`, `DO_NOT_TRACK` …).
    ///
    /// The variables are read here and when telemetry is set up, never by a thread of the library, because a host that
    /// calls C `setenv` at that moment would crash. The configuration file is read before each report is stored and
    /// sent.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use crawl4ai_telemetry::{App, Env, MemoryProvider, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// static TRACKING_FORBIDDEN: AtomicBool = AtomicBool::new(false);
    /// let env = Env::from_source("WEATHER", || {
    ///     let value = if TRACKING_FORBIDDEN.load(Ordering::Relaxed) { "1" } else { "0" };
    ///     vec![("DO_NOT_TRACK".to_owned(), value.to_owned())]
    /// });
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .provider(MemoryProvider::default())
    ///     .config_folder(folder.path())
    ///     .env(env)
    ///     .build()?;
    /// TRACKING_FORBIDDEN.store(true, Ordering::Relaxed);
    /// telemetry.refresh_environment();
    /// assert!(!telemetry.status().enabled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn refresh_environment(&self) {
        self.inner.pipeline.policy.admission.refresh_environment();
        self.inner.usage.refreshed();
    }

    /// Registers a value that is removed wherever a report contains it.
    pub fn protect(&self, value: &str) {
        self.inner.pipeline.sanitizer().protect(value);
    }

    /// The sanitizer that every report of this instance passes.
    #[must_use]
    pub fn sanitizer(&self) -> &Sanitizer {
        self.inner.pipeline.sanitizer()
    }
}

#[cfg(test)]
mod tests;
