//! One telemetry instance: everything that [`init`](crate::init) puts behind the free functions, as a value.

mod notebook;
mod outcome;

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{App, Context, Event, Level, Loss, Privacy, ReportId, Sanitizer};

use crate::builder::Builder;
use crate::capture::error::{Born, Capturable, Chain};
use crate::capture::seen::{Arrived, Asked};
use crate::capture::stack::Stack;
use crate::capture::stage::Inside;
use crate::capture::{Captured, operations};
use crate::config::ConfigStore;
use crate::consent::{self, Choice, Occasion, Rule};
use crate::gate::at_once::{Refusal, Seen};
use crate::journal::{Entry, Journal, JournalError};
use crate::spool::Spool;
use crate::status::Status;
use crate::usage::Usage;
use crate::worker::{self, Desk, Panics, Worker};

pub use outcome::{ChoiceStoreError, Outcome, Reason};

/// A telemetry instance. Clones share everything.
///
/// Most programs need only [`init`](crate::init); an instance serves libraries and tests that must not touch
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
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) desk: Arc<Desk>,
    pub(crate) worker: Arc<Worker>,
    pub(crate) panics: Arc<Panics>,
    pub(crate) usage: Usage,
    pub(crate) exit_timeout: Duration,
    /// Are errors asked about when the program ends, not when they happen?
    pub(crate) ask_at_end: AtomicBool,
    /// Does it hold the process's slot? Known here, because a notebook gives each cell a slot of its own.
    pub(crate) installed: AtomicBool,
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telemetry")
            .field("app", &self.inner.desk.gate.app().name())
            .field("provider", &self.inner.desk.provider.name())
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
        self.capture(Asked::Expressly, Level::Error, Some(Location::caller()), || (error.chain(), context))
    }

    /// Captures a text that is worth a report.
    #[track_caller]
    pub fn capture_message(&self, level: Level, text: &str, context: Context) -> Outcome {
        self.capture(Asked::Expressly, level, Some(Location::caller()), || (Chain::message(text), context))
    }

    /// Captures an error and its context, unless it is [one that was reported](crate::capture::seen). `taken`
    /// runs only when reports may be made at all.
    #[inline(never)]
    pub(crate) fn capture<'e>(
        &self,
        asked: Asked,
        level: Level,
        place: Option<&'static Location<'static>>,
        taken: impl FnOnce() -> (Chain<'e>, Context),
    ) -> Outcome {
        let Some(_inside) = Inside::enter() else { return Outcome::Suppressed(Reason::Reentrant) };
        let seen = Seen::before_asking();
        let desk = &self.inner.desk;
        if !desk.sends() {
            return self.refuse(seen, Refusal::NoProvider);
        }
        let privacy = match desk.gate.allowed() {
            Ok(privacy) => Some(privacy),
            Err(rule) if desk.may_hold(rule) => None,
            Err(rule) => {
                if rule == Rule::NotebookUnanswered {
                    self.tell_notebook();
                }
                return self.refuse(seen, Refusal::NoConsent(rule));
            }
        };
        let (chain, context) = taken();
        let arrived = Arrived::look(&chain, asked);
        let known = arrived.is_known();
        arrived.remember(asked);
        if known {
            return Outcome::Suppressed(Reason::AlreadyReported);
        }
        if privacy.is_some() && !desk.gate.rate.admit(desk.clock.monotonic()) {
            desk.log.lost(Loss::RateLimited, 1);
            return Outcome::Suppressed(Reason::RateLimited);
        }
        if privacy.is_none() && !desk.hold_one() {
            return Outcome::Suppressed(Reason::RateLimited);
        }
        let id = desk.new_id();
        let mut event = Event::new(id, desk.clock.now(), level);
        event.exceptions = chain.exceptions;
        event.exceptions_cut = chain.cut;
        event.thread = std::thread::current().name().map(str::to_owned);
        event.operations = operations::current();
        event.context = operations::context_under(context);
        let stack = chain.born.and_then(Born::print).map_or_else(Stack::here, Stack::Text);
        if let (Stack::Addresses(_), Some(raised)) = (&stack, event.exceptions.first_mut()) {
            raised.captured_at = place.map(|place| (place.file().into(), place.line()));
        }
        let captured = Captured { event, stack };
        match privacy {
            Some(privacy) => self.store(id, captured, privacy),
            None => self.hold(id, captured),
        }
    }

    /// A no, and the same for all that are captured from here on, where it is for good.
    fn refuse(&self, seen: Seen, refusal: Refusal) -> Outcome {
        let for_good = match refusal {
            Refusal::Nobody | Refusal::NoProvider => true,
            Refusal::NoConsent(rule) => !matches!(rule, Rule::TerminalUnanswered | Rule::NotebookUnanswered),
        };
        if for_good && seen.is_one() && self.is_installed() {
            seen.settle(refusal);
        }
        Outcome::Suppressed(refusal.into())
    }

    fn store(&self, id: ReportId, captured: Captured, privacy: Privacy) -> Outcome {
        if self.inner.worker.store(captured, privacy) {
            Outcome::Queued(id)
        } else {
            Outcome::Suppressed(Reason::QueueFull)
        }
    }

    /// The user has to be asked: here and now, where that holds up nobody but them, else later.
    fn hold(&self, id: ReportId, captured: Captured) -> Outcome {
        let (desk, worker) = (&self.inner.desk, &self.inner.worker);
        let here = self.is_installed()
            && !self.inner.ask_at_end.load(Ordering::Relaxed)
            && !std::thread::panicking()
            && !operations::is_polled()
            && desk.pending.can_ask();
        if !here {
            let taken = worker.hold(captured);
            return if taken { Outcome::Pending(id) } else { Outcome::Suppressed(Reason::QueueFull) };
        }
        if let Some(captured) = desk.hold(captured) {
            return self.store(id, captured, Privacy::Standard);
        }
        let choice = worker::ask(desk, worker, Occasion::Error, desk.pending.last());
        self.note_refusal(choice);
        match choice {
            Some(Choice::Once | Choice::Always) => Outcome::Queued(id),
            Some(Choice::Never) => Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)),
            Some(Choice::NotNow) => Outcome::Suppressed(Reason::NoConsent(Rule::TerminalUnanswered)),
            Some(Choice::Unanswered) | None => Outcome::Pending(id),
        }
    }

    /// Asks about a report that an earlier run left, or that this one could not ask about before its end. True when
    /// the user agreed.
    pub(crate) fn ask(&self, occasion: Occasion) -> bool {
        let Some(_inside) = Inside::enter() else { return false };
        let (desk, worker) = (&self.inner.desk, &self.inner.worker);
        let choice = worker::ask(desk, worker, occasion, desk.pending.last());
        self.note_refusal(choice);
        matches!(choice, Some(Choice::Once | Choice::Always))
    }

    /// A no to crash reports covers usage figures, whether or not it could be stored.
    fn note_refusal(&self, choice: Option<Choice>) {
        if choice == Some(Choice::Never) {
            self.inner.usage.close();
        }
    }

    fn is_installed(&self) -> bool {
        self.inner.installed.load(Ordering::Relaxed)
    }

    /// Waits until everything captured so far is stored and one delivery was tried, of usage spans too, at most
    /// `timeout`.
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
        if !self.inner.worker.is_running() && self.inner.desk.spool.as_ref().is_none_or(|s| s.is_empty()) {
            return true;
        }
        self.inner.worker.flush(timeout).is_some_and(|left| left.waiting == 0)
    }

    /// Stores the user's yes.
    ///
    /// # Errors
    /// When the configuration file cannot be written.
    pub fn enable(&self) -> Result<(), ChoiceStoreError> {
        let desk = &self.inner.desk;
        consent::enable(desk.gate.store(), &*desk.clock, None, false)?;
        desk.gate.reopen();
        self.inner.usage.forget();
        Ok(())
    }

    /// Stores the user's yes to the next report only.
    ///
    /// # Errors
    /// When the configuration file cannot be written.
    pub fn enable_once(&self) -> Result<(), ChoiceStoreError> {
        let desk = &self.inner.desk;
        consent::enable(desk.gate.store(), &*desk.clock, None, true)?;
        desk.gate.reopen();
        Ok(())
    }

    /// Stores the user's no, and deletes what waits.
    ///
    /// # Errors
    /// When the configuration file cannot be written, or what waits cannot be deleted. Sending has stopped in
    /// this process either way.
    pub fn disable(&self) -> Result<(), ChoiceStoreError> {
        self.inner.usage.close();
        let (stored, deleted) = self.inner.desk.refuse();
        deleted.map_err(|error| ChoiceStoreError::NotDeleted(error.to_string()))?;
        Ok(stored?)
    }

    /// Deletes what waits and what is remembered of what was sent. The decision stays as it is.
    ///
    /// Returns how many reports waited.
    ///
    /// # Errors
    /// When something could not be deleted.
    pub fn purge(&self) -> Result<usize, ChoiceStoreError> {
        let desk = &self.inner.desk;
        let not_deleted = |error: &dyn std::error::Error| ChoiceStoreError::NotDeleted(error.to_string());
        let journal = desk.journal.as_ref().map_or(Ok(0), Journal::purge).map_err(|e| not_deleted(&e));
        let waited = desk.spool.as_ref().map_or(Ok(0), Spool::purge).map_err(|e| not_deleted(&e));
        journal.and(waited)
    }

    /// What was sent from this machine, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Entry> {
        self.inner.desk.journal.as_ref().map(Journal::list).unwrap_or_default()
    }

    /// One delivery, and exactly the bytes that left; `None` when none of that id is remembered.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn sent_bytes(&self, id: ReportId) -> Result<Option<(Entry, Vec<u8>)>, JournalError> {
        self.inner.desk.journal.as_ref().map_or(Ok(None), |journal| journal.show(id))
    }

    /// What `crwl telemetry status` shows.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.inner.desk, self.inner.usage.status())
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
        self.inner.desk.gate.app()
    }

    /// The configuration file that the user's decision stands in.
    #[must_use]
    pub fn config(&self) -> &ConfigStore {
        self.inner.desk.gate.store()
    }

    /// Registers a value that must never leave, wherever it stands.
    pub fn protect(&self, value: &str) {
        self.inner.desk.sanitizer().protect(value);
    }

    /// The sanitizer that every report of this instance passes.
    #[must_use]
    pub fn sanitizer(&self) -> &Sanitizer {
        self.inner.desk.sanitizer()
    }
}

#[cfg(test)]
mod tests;
