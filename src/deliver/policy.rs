//! Whether a report may be made, and how the user is told and asked.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{Event, Loss, Losses, Report, ReportId};

use super::awaiting_limits::{AwaitingAdmission, AwaitingLimits};
use super::sync;
use crate::admission::AdmissionControl;
use crate::clock::Clock;
use crate::consent::{self, ConsentPrompt, Decision, Rule, way_out};
use crate::diagnostics::Diagnostics;
use crate::environment::is_main_thread;
use crate::fork_safe::ForkSafe;
use crate::printable;

/// Has this process asked the user? They are asked once per process, however many instances the program makes.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Time between two checks whether the reports that a person carries were handed over.
const POLL: Duration = Duration::from_millis(10);

/// Consent, admission and notices.
pub(crate) struct Policy {
    pub(crate) admission: AdmissionControl,
    pub(crate) awaiting_consent: AwaitingConsent,
    /// True once the notice for servers, or for notebooks, was shown in this process.
    pub(crate) notice_shown: AtomicBool,
    /// The path at which code of a notebook finds the program's functions for a decision.
    pub(crate) code_path: Option<&'static str>,
    clock: Arc<dyn Clock>,
    diagnostics: Diagnostics,
}

/// The prompt, and the state of this process's reports that wait for an answer.
pub(crate) struct AwaitingConsent {
    pub(super) prompt: Arc<dyn ConsentPrompt>,
    pub(super) limits: AwaitingLimits,
    /// The reports that the person agreed to carry, until they are handed over.
    by_hand: ForkSafe<Vec<ReportId>>,
    last: ForkSafe<Option<ReportId>>,
}

impl AwaitingConsent {
    fn new(prompt: Arc<dyn ConsentPrompt>) -> Self {
        Self {
            prompt,
            limits: AwaitingLimits::default(),
            by_hand: ForkSafe::default(),
            last: ForkSafe::default(),
        }
    }

    /// The last report of this process that waits.
    pub(crate) fn last(&self) -> Option<ReportId> {
        *self.last.lock()
    }

    pub(super) fn set_last(&self, id: ReportId) {
        *self.last.lock() = Some(id);
    }

    /// Notes that the person said yes to this report, which the uploader then hands over to them.
    pub(super) fn agree_by_hand(&self, id: ReportId) {
        self.by_hand.lock().push(id);
    }

    /// The reports that the person said yes to and that were not handed over yet.
    pub(super) fn agreed_by_hand(&self) -> Vec<ReportId> {
        self.by_hand.lock().clone()
    }

    /// Forgets reports that were handed over, or cannot be.
    pub(super) fn done_by_hand(&self, ids: &[ReportId]) {
        self.by_hand.lock().retain(|id| !ids.contains(id));
    }
}

impl Policy {
    pub(crate) fn new(
        admission: AdmissionControl,
        prompt: Arc<dyn ConsentPrompt>,
        code_path: Option<&'static str>,
        clock: Arc<dyn Clock>,
        diagnostics: Diagnostics,
    ) -> Self {
        let awaiting_consent = AwaitingConsent::new(prompt);
        let notice_shown = AtomicBool::new(false);
        Self { admission, awaiting_consent, notice_shown, code_path, clock, diagnostics }
    }

    /// Are reports shown instead of sent, according to the variables at the start of the program? This is for code that
    /// must not read the variables again. Each [decision](AdmissionControl::decide) contains a new answer.
    pub(crate) fn shows_only(&self) -> bool {
        consent::shows_only(self.admission.env())
    }

    /// Shows a report on standard error. Does not fail if nothing can be written there.
    pub(crate) fn show(&self, report: &Report) {
        if let Ok(json) = serde_json::to_string_pretty(report) {
            let name = self.admission.app().name();
            printable::say(&format!("{name} telemetry (shown, not sent):\n{json}\n"));
        }
    }

    /// Says once, if nobody was asked, that reports are sent to `destination`, and how to turn that off.
    pub(crate) fn show_opt_out_notice(&self, decision: &Decision, destination: &str) {
        if decision.opt_out_notice() && !self.notice_shown.swap(true, Ordering::Relaxed) {
            let app = self.admission.app();
            printable::tell(&format!(
                "{}: crash reports without any free text are sent to {destination}; {} turns this off\n",
                app.name(),
                way_out(app),
            ));
        }
    }

    /// Can the user be asked on this thread, now? Only the main thread may ask. If another thread waited for an answer,
    /// nobody would know why the program stands still.
    pub(crate) fn can_ask(&self) -> bool {
        let prompt = &self.awaiting_consent.prompt;
        !ASKED.load(Ordering::Relaxed)
            && is_main_thread()
            && catch_unwind(AssertUnwindSafe(|| prompt.is_ready())).unwrap_or(false)
    }

    /// Notes that the user is asked now. False when this process has asked before.
    pub(super) fn begin_to_ask(&self) -> bool {
        !ASKED.swap(true, Ordering::Relaxed)
    }

    /// Is the question shown on the terminal that the program prints on?
    pub(crate) fn asks_on_terminal(&self) -> bool {
        let prompt = &self.awaiting_consent.prompt;
        catch_unwind(AssertUnwindSafe(|| prompt.is_on_terminal())).unwrap_or(false)
    }

    /// May one more error with this signature wait? If not, it is counted as lost. A repeat of an error is answered
    /// with the id of that error's first report.
    pub(super) fn admit_awaiting(&self, signature: u64, id: ReportId) -> AwaitingAdmission {
        let admitted = self.awaiting_consent.limits.admit(signature, id);
        if admitted == AwaitingAdmission::TooMany {
            self.diagnostics.lost(Loss::RateLimited, 1);
        }
        admitted
    }

    /// May one more panic wait? If not, it is counted as lost. Panics have their own limit, because the panic that ends
    /// the program must not be lost to errors before it. Lock-free.
    pub(crate) fn admit_awaiting_panic(&self) -> bool {
        let is_admitted = self.awaiting_consent.limits.admit_panic();
        if !is_admitted {
            self.diagnostics.lost(Loss::RateLimited, 1);
        }
        is_admitted
    }

    /// The event with the environment that the report would contain if the user agreed.
    pub(super) fn event_if_agreed(&self, mut event: Event) -> Event {
        let agreed = self.admission.decide().1.agreed();
        self.admission.note_environment(&mut event, &agreed);
        // The losses go into a report that leaves for certain. The e-mail address is added when this report leaves.
        event.losses = Losses::default();
        event
    }

    /// Notes the person's yes to a report that they named on a terminal. False if the rule is not to ask.
    pub(super) fn agree_by_hand_at_terminal(&self, id: ReportId) -> bool {
        let asks = self.admission.decide().1.rule == Rule::TerminalUnanswered;
        if asks {
            self.awaiting_consent.agree_by_hand(id);
        }
        asks
    }

    /// Waits, but not longer than `longest`, until the reports that a person carries were handed over. Does not wait
    /// for a server, which has its own time limit.
    pub(crate) fn await_hand_over(&self, longest: Duration) {
        let until = self.clock.monotonic().saturating_add(longest);
        while !self.awaiting_consent.agreed_by_hand().is_empty() && self.clock.monotonic() < until {
            sync::sleep(POLL);
        }
    }

    /// May a report leave under this decision? A yes to one report does not count if it cannot be marked as used
    /// afterwards, because every process could then send one report under it.
    pub(super) fn may_spend(&self, decision: &Decision) -> bool {
        let spendable = if decision.once { self.admission.store().check_writable() } else { Ok(()) };
        if let Err(error) = &spendable {
            self.diagnostics.note(format!(
                "a yes to one report does not count, because it cannot be marked as used: {error}"
            ));
        }
        spendable.is_ok()
    }

    /// Spends the yes to one report, because a provider took a report.
    pub(super) fn spend_once(&self) {
        match consent::spend_once(self.admission.store()) {
            Ok(_) => self.admission.forget(),
            // If it cannot be stored that the yes is spent, at least this process sends nothing more.
            Err(error) => {
                self.diagnostics.note(error.to_string());
                self.admission.close();
            }
        }
    }

    /// How long the ids of sent reports are remembered, which is as long as their destination may keep the reports.
    pub(crate) fn remembers_ids_for(&self) -> Duration {
        /// The time if the program declares none. A year is four times what Sentry keeps reports for by default, and
        /// the file stays small.
        const UNDECLARED: Duration = Duration::from_secs(365 * 24 * 60 * 60);

        self.admission.app().retention_time().unwrap_or(UNDECLARED)
    }
}
