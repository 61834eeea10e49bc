//! What the store, the uploader and the panic hook share: who reports, the rules, the spool, the provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::own_words::WordSource;
use crawl4ai_telemetry_core::sanitize::SanitizerBuilder;
use crawl4ai_telemetry_core::{Event, Loss, Losses, Privacy, Report, ReportId, Sanitizer};
use crawl4ai_telemetry_files::LockError;
use once_cell::race::OnceBox;

use super::awaiting_consent::AwaitingConsent;
use super::sender::Sender;
use super::symbolication::SymbolicationDeadline;
use super::words_reading::WordsReading;
use crate::admission::AdmissionControl;
use crate::clock::Clock;
use crate::consent::config::StoredConfig;
use crate::consent::{self, Decision, way_out};
use crate::diagnostics::Diagnostics;
use crate::environment::known_values;
use crate::printable;
use crate::store::crash_loop::{CrashHistory, CrashLoop};
use crate::store::delivery_state::{DeliveryState, DeliveryStateFile};
use crate::store::limits::Limits;
use crate::store::page::Page;
use crate::store::sent_log::{DeliveryOutcome, SentId, SentLog};
use crate::store::spool::{SenderLock, Spool};
#[cfg(not(shuttle))]
use crate::words;

/// Everything that the stages behind admission need; made once, shared by all.
pub(crate) struct Pipeline {
    pub(crate) policy: Policy,
    pub(crate) store: Store,
    pub(crate) sender: Sender,
    /// Where a person may carry a report instead, where the program offers that beside its provider.
    pub(crate) beside: Option<Sender>,
    pub(crate) sanitizer: LazySanitizer,
    /// Until when the names of functions may be looked up.
    pub(crate) symbolication: SymbolicationDeadline,
    pub(crate) words: Arc<WordsReading>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) diagnostics: Diagnostics,
    /// When this was made, on the clock's monotonic scale: as good as the process's start.
    pub(crate) started: Duration,
}

/// Whether a report may be made, and how the user is told and asked.
pub(crate) struct Policy {
    pub(crate) admission: AdmissionControl,
    pub(crate) awaiting_consent: AwaitingConsent,
    /// True once the notice of servers, or of notebooks, was shown in this process.
    pub(crate) notice_shown: AtomicBool,
    /// Where the code of a notebook reaches the library.
    pub(crate) code_path: Option<&'static str>,
}

/// What is kept on the disk.
pub(crate) struct Store {
    /// `None` where there is no folder to keep one in.
    pub(crate) spool: Option<Spool>,
    /// As above.
    pub(crate) sent_log: Option<SentLog>,
    /// As above.
    pub(crate) page: Option<Page>,
    pub(crate) delivery_state: DeliveryStateFile,
    /// `None` where there is no folder to keep marks in.
    pub(crate) crash_history: Option<CrashHistory>,
}

/// The sanitizer, made when the first text must be cleaned: it looks at the environment.
pub(crate) struct LazySanitizer {
    made: OnceBox<Sanitizer>,
    given: SanitizerBuilder,
    /// Words of other languages.
    #[cfg_attr(shuttle, expect(dead_code, reason = "no words are read there"))]
    words: Vec<Arc<dyn WordSource>>,
}

impl LazySanitizer {
    pub(crate) fn new(given: SanitizerBuilder, words: Vec<Arc<dyn WordSource>>) -> Self {
        Self { made: OnceBox::new(), given, words }
    }
}

impl Pipeline {
    /// Is there anywhere to send to? Without a provider nothing is stored either.
    pub(crate) fn sends(&self) -> bool {
        self.sender.provider.is_some() || self.shows_only()
    }

    /// The sanitizer, with the values of this machine.
    pub(crate) fn sanitizer(&self) -> &Sanitizer {
        self.sanitizer.made.get_or_init(|| {
            let around = self.policy.admission.run_environment();
            let known = known_values(self.policy.admission.env(), &around.host);
            let builder = self.sanitizer.given.clone().known(known);
            // Thousands of ways to take turns would each read the program.
            #[cfg(not(shuttle))]
            let builder = {
                let others = self.sanitizer.words.clone();
                builder.program_words(move || words::of_this_process(&others))
            };
            Box::new(builder.build())
        })
    }

    /// The event with what every report of this moment says.
    pub(super) fn complete_event(
        &self,
        mut event: Event,
        (stored, decision): &(StoredConfig, Decision),
    ) -> Event {
        self.policy.admission.note_surroundings(&mut event, decision);
        event.email = decision.email(self.policy.admission.env(), stored).map(str::to_owned);
        // What is only shown leaves no trace, not even of that.
        event.losses = self.take_unreported(decision.shows_only);
        event
    }

    /// The bytes of a report that waits for an answer, to be narrowed before they are shown: where the program ends and there
    /// is no time for its words.
    pub(super) fn awaiting_to_narrow(&self, event: &Event) -> Option<Vec<u8>> {
        let asks_for_words = self.policy.admission.privacy_if_agreed() == Privacy::OwnWords;
        if !(asks_for_words && self.symbolication.is_over()) {
            return None;
        }
        self.sanitizer().stored_to_narrow(self.policy.admission.app(), event.clone())
    }

    /// What the next report has to tell: of this process, and of those before it that ended too soon.
    fn take_unreported(&self, without_a_trace: bool) -> Losses {
        let mut losses = Losses::default();
        if !without_a_trace && self.store.delivery_state.read().has_unreported() {
            losses = self.store.delivery_state.update(DeliveryState::take_unreported);
        }
        for (reason, n) in self.diagnostics.take_unreported().iter() {
            losses.add(reason, n);
        }
        losses
    }

    /// Leaves what was not said to whoever comes next.
    pub(crate) fn leave_unreported(&self) {
        let losses = self.diagnostics.take_unreported();
        if !losses.is_empty() {
            self.store.delivery_state.update(|state| state.keep_unreported(&losses));
        }
    }

    /// May this report leave, by the limits of all processes? What may not is counted, and what it would have said
    /// is left to the next.
    pub(crate) fn admits(&self, report: &Report) -> bool {
        let (now, limits) = (self.clock.now(), self.limits());
        let admitted =
            self.store.delivery_state.update(|state| state.admit(report.fingerprint(), now, limits));
        if !admitted {
            self.diagnostics.restore_unreported(report.losses());
            self.diagnostics.lost(Loss::RateLimited, 1);
            self.leave_unreported();
        }
        admitted
    }

    fn limits(&self) -> Limits {
        let limits = self.policy.admission.rate.limits;
        match self.crash_loop() {
            CrashLoop::None => limits,
            CrashLoop::Slow | CrashLoop::Silent => {
                Limits { per_bug_and_hour: limits.per_bug_and_hour.min(1), ..limits }
            }
        }
    }

    /// Do the processes of this version die soon after their start?
    pub(crate) fn crash_loop(&self) -> CrashLoop {
        self.store
            .crash_history
            .as_ref()
            .map_or(CrashLoop::None, |crash_history| crash_history.judge(self.clock.now()))
    }

    /// Was every report to be shown instead of sent when the program started? For whoever must not read the variables
    /// again, or has nothing at hand yet; each [decision](AdmissionControl::decide) says it anew.
    pub(crate) fn shows_only(&self) -> bool {
        consent::shows_only(self.policy.admission.env())
    }

    /// Shows a report on standard error. A screen that is closed or full is no reason to fail.
    pub(crate) fn show(&self, report: &Report) {
        if let Ok(json) = serde_json::to_string_pretty(report) {
            let name = self.policy.admission.app().name();
            printable::say(&format!("{name} telemetry (shown, not sent):\n{json}\n"));
        }
    }

    /// Says once, where nobody was asked, that reports leave and how to turn that off.
    pub(crate) fn show_opt_out_notice(&self, decision: &Decision) {
        if decision.opt_out_notice && !self.policy.notice_shown.swap(true, Ordering::Relaxed) {
            let app = self.policy.admission.app();
            printable::tell(&format!(
                "{}: crash reports without any free text are sent to {}; {} ends that\n",
                app.name(),
                self.sender.destination(),
                way_out(app),
            ));
        }
    }

    /// Deletes what is too old or too much, and counts it.
    ///
    /// Under a kill switch too: what was to be deleted after a time is. But nothing is written then, not even a count.
    pub(crate) fn make_room(&self, spool: &Spool) {
        let (expired, crowded) = spool.evict(self.clock.now());
        if consent::kill_switch(self.policy.admission.env()).is_none() {
            self.diagnostics.lost(Loss::Expired, expired);
            self.diagnostics.lost(Loss::SpoolFull, crowded);
        }
    }

    /// Becomes the one sender of the spool. That the lock cannot be had is noted, and so is what makes it one that keeps
    /// nobody out.
    ///
    /// # Errors
    /// While another process is, or when the lock cannot be had now.
    pub(crate) fn lock_sender(&self, spool: &Spool) -> Result<SenderLock, LockError> {
        let lock = spool.lock_sender().inspect_err(|error| {
            if let LockError::Failed(error) = error {
                self.diagnostics.note(format!("spool: the lock of the sender cannot be had: {error}"));
            }
        })?;
        if let Some(obstacle) = lock.obstacle() {
            self.diagnostics.note(format!("spool: two processes may deliver the same report: {obstacle}"));
        }
        Ok(lock)
    }

    /// A yes to one report that could not be spent afterwards would be a yes to many, one a process: nothing leaves on the
    /// strength of it.
    pub(super) fn may_spend(&self, decision: &Decision) -> bool {
        let spendable = if decision.once { self.policy.admission.store().check_writable() } else { Ok(()) };
        if let Err(error) = &spendable {
            self.diagnostics.note(format!("a yes to one report that cannot be spent: {error}"));
        }
        spendable.is_ok()
    }

    /// Remembers what was sent, for the user. A sent log that cannot be written is no reason to keep a report.
    pub(crate) fn remember(&self, report: &Report, outcome: DeliveryOutcome) {
        self.remember_of(&self.sender, report, outcome);
    }

    /// The same for what this sender took. What a person carries has no id to ask for its erasure with: whether it arrived is
    /// known to them alone, and they ask for it where they wrote it.
    pub(super) fn remember_of(&self, sender: &Sender, report: &Report, outcome: DeliveryOutcome) {
        let Some(sent_log) = &self.store.sent_log else { return };
        // The entry first: a report that has one is not sent again, and the ids may wait for a lock.
        let noted = match sender.render(report) {
            Some(payload) => sent_log
                .add(report, &payload, sender.name(), outcome, self.clock.now())
                .map_err(|error| error.to_string()),
            None => Err("the provider cannot show what it sends".to_owned()),
        };
        let id_kept = match outcome {
            DeliveryOutcome::Delivered if !sender.by_hand => self.keep_id(sent_log, report.id()),
            DeliveryOutcome::Delivered | DeliveryOutcome::Refused => Ok(()),
        };
        for error in [noted.err(), id_kept.err()].into_iter().flatten() {
            self.diagnostics.note(error);
        }
    }

    /// Keeps the id of what was sent, so that it can be erased.
    fn keep_id(&self, sent_log: &SentLog, id: ReportId) -> Result<(), String> {
        let (provider, destination) = (self.sender.name().to_owned(), self.sender.destination().to_owned());
        let sent = SentId { id, sent_at: self.clock.now(), provider, destination };
        sent_log.add_id(sent, self.remembers_ids_for()).map_err(|error| error.to_string())
    }

    /// How long the ids of what was sent are remembered: as long as the reports may be kept where they went.
    pub(crate) fn remembers_ids_for(&self) -> Duration {
        /// Where nothing is declared, nobody knows how long they are kept. A year is four times what Sentry keeps them
        /// for by default, and the file stays small.
        const UNDECLARED: Duration = Duration::from_secs(365 * 24 * 60 * 60);

        self.policy.admission.app().retention_time().unwrap_or(UNDECLARED)
    }

    /// An id for a report.
    pub(crate) fn new_id(&self) -> ReportId {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // No random source: the time in nanoseconds and the process still tell reports apart.
            let nanos = self.clock.monotonic().as_nanos() ^ (u128::from(self.clock.now().as_millis()) << 64);
            bytes = (nanos ^ (u128::from(std::process::id()) << 96)).to_be_bytes();
        }
        ReportId::from_bytes(bytes)
    }
}
