//! What the store, the courier and the panic hook share: who reports, the rules, the spool, the provider.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_core::sanitize::SanitizerBuilder;
use crawl4ai_telemetry_core::{
    Event, Loss, Losses, NullProvider, Privacy, Report, ReportId, Sanitizer, TelemetryProvider,
};
use once_cell::sync::OnceCell;

use super::haste::Haste;
use super::isolate::Health;
use super::pending::Pending;
use crate::clock::Clock;
use crate::config::Stored;
use crate::consent::{self, Decision, way_out};
use crate::environment::known_values;
use crate::gate::{Gate, Limits};
use crate::journal::{Fate, Journal};
use crate::ledger::{Book, Ledger};
use crate::selflog::SelfLog;
use crate::spool::{CrashLoop, Crashes, Spool};

/// Everything that the stages behind the gate need; made once, shared by all.
pub(crate) struct Desk {
    pub(crate) gate: Gate,
    pub(crate) rules: Rules,
    /// None where there is no folder to keep one in.
    pub(crate) spool: Option<Spool>,
    pub(crate) journal: Option<Journal>,
    pub(crate) provider: Arc<dyn TelemetryProvider>,
    /// Does the user name a server that has no say?
    pub(crate) overrules_user: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) log: SelfLog,
    pub(crate) ledger: Ledger,
    /// None where there is no folder to keep marks in.
    pub(crate) crashes: Option<Crashes>,
    /// When this was made, on the clock's monotonic scale: as good as the process's start.
    pub(crate) started: Duration,
    pub(crate) health: Health,
    /// Does the program end before names can be looked up?
    pub(crate) haste: Haste,
    pub(crate) pending: Pending,
    /// Has the notice of servers, or of notebooks, been shown in this process?
    pub(crate) told: AtomicBool,
    /// Where the code of a notebook reaches the library.
    pub(crate) code_path: Option<&'static str>,
}

/// The sanitizer, made when the first text must be cleaned: it looks at the environment.
pub(crate) struct Rules {
    made: OnceCell<Sanitizer>,
    given: Mutex<Option<SanitizerBuilder>>,
}

impl Rules {
    pub(crate) fn new(given: SanitizerBuilder) -> Self {
        Self { made: OnceCell::new(), given: Mutex::new(Some(given)) }
    }
}

/// Where a provider delivers, for people, on a line of their terminal. Its own code says so, and may fail; a path may
/// hold any character.
pub(crate) fn destination(provider: &dyn TelemetryProvider) -> String {
    let told = catch_unwind(AssertUnwindSafe(|| provider.destination().into_owned()));
    told.unwrap_or_else(|_| provider.name().to_owned()).replace(char::is_control, "\u{fffd}")
}

impl Desk {
    /// Is there anywhere to send to? Without a provider nothing is stored either.
    pub(crate) fn sends(&self) -> bool {
        self.provider.name() != NullProvider::NAME || self.shows_only()
    }

    /// Where reports go, for people.
    pub(crate) fn destination(&self) -> String {
        destination(&*self.provider)
    }

    /// The sanitizer, with the values of this machine.
    pub(crate) fn sanitizer(&self) -> &Sanitizer {
        self.rules.made.get_or_init(|| {
            let around = self.gate.surroundings();
            let given = self.rules.given.lock().unwrap_or_else(PoisonError::into_inner).take();
            given.unwrap_or_default().known(known_values(self.gate.env(), &around.host)).build()
        })
    }

    /// The clean report of an event.
    ///
    /// `decision` has just been made, and `privacy` is what the gate allowed at the capture.
    pub(crate) fn report(
        &self,
        mut event: Event,
        privacy: Privacy,
        (stored, decision): &(Stored, Decision),
    ) -> Report {
        event.environment = self.gate.surroundings().environment;
        event.email = decision.email(self.gate.env(), stored).map(str::to_owned);
        // What is only shown leaves no trace, not even of that.
        event.losses = self.take_untold(decision.shows_only);
        self.sanitizer().report(self.gate.app(), event, privacy.max(decision.privacy))
    }

    /// What the next report has to tell: of this process, and of those before it that ended too soon.
    fn take_untold(&self, without_a_trace: bool) -> Losses {
        let mut losses = Losses::default();
        if !without_a_trace && self.ledger.read().has_untold() {
            losses = self.ledger.update(Book::take_untold);
        }
        for (reason, n) in self.log.take_untold().iter() {
            losses.add(reason, n);
        }
        losses
    }

    /// Leaves what was not told to whoever comes next.
    pub(crate) fn leave_untold(&self) {
        let losses = self.log.take_untold();
        if !losses.is_empty() {
            self.ledger.update(|book| book.keep_untold(&losses));
        }
    }

    /// May this report leave, by the limits of all processes? What may not is counted, and what it would have told
    /// is left to the next.
    pub(crate) fn admits(&self, report: &Report) -> bool {
        let (now, limits) = (self.clock.now(), self.limits());
        let admitted = self.ledger.update(|book| book.admit(report.fingerprint(), now, limits));
        if !admitted {
            self.log.untell(report.losses());
            self.log.lost(Loss::RateLimited, 1);
            self.leave_untold();
        }
        admitted
    }

    fn limits(&self) -> Limits {
        let limits = self.gate.rate.limits;
        match self.crash_loop() {
            CrashLoop::None => limits,
            CrashLoop::Slow | CrashLoop::Silent => {
                Limits { per_bug_and_hour: limits.per_bug_and_hour.min(1), ..limits }
            }
        }
    }

    /// Do the processes of this version die soon after their start?
    pub(crate) fn crash_loop(&self) -> CrashLoop {
        self.crashes.as_ref().map_or(CrashLoop::None, |crashes| crashes.judge(self.clock.now()))
    }

    /// Was every report to be shown instead of sent when the program started? For whoever must not read the variables
    /// again, or has nothing at hand yet; each [decision](Gate::decide) says it anew.
    pub(crate) fn shows_only(&self) -> bool {
        consent::shows_only(self.gate.env())
    }

    /// Shows a report on standard error. A screen that is closed or full is no reason to fail.
    pub(crate) fn show(&self, report: &Report) {
        if let Ok(json) = serde_json::to_string_pretty(report) {
            let name = self.gate.app().name();
            let _ = writeln!(std::io::stderr().lock(), "{name} telemetry (shown, not sent):\n{json}");
        }
    }

    /// Says once, where nobody was asked, that reports leave and how to turn that off.
    pub(crate) fn tell_opt_out(&self, decision: &Decision) {
        if decision.opt_out_notice && !self.told.swap(true, Ordering::Relaxed) {
            let app = self.gate.app();
            let _ = writeln!(
                std::io::stderr().lock(),
                "{}: crash reports without any free text are sent to {}; {} ends that",
                app.name(),
                self.destination(),
                way_out(app),
            );
        }
    }

    /// Deletes what is too old or too much, and counts it.
    ///
    /// Under a kill switch too: what was to be deleted after a time is. But nothing is written then, not even a count.
    pub(crate) fn make_room(&self, spool: &Spool) {
        let (expired, crowded) = spool.evict(self.clock.now());
        if consent::kill_switch(self.gate.env()).is_none() {
            self.log.lost(Loss::Expired, expired);
            self.log.lost(Loss::SpoolFull, crowded);
        }
    }

    /// Remembers what was sent, for the user. A journal that cannot be written is no reason to keep a report.
    pub(crate) fn remember(&self, report: &Report, fate: Fate) {
        let Some(journal) = &self.journal else { return };
        let payload = catch_unwind(AssertUnwindSafe(|| self.provider.render(report)));
        let Ok(Ok(payload)) = payload else {
            self.log.note("the provider cannot show what it sends".to_owned());
            return;
        };
        if let Err(error) = journal.add(report, &payload, self.provider.name(), fate, self.clock.now()) {
            self.log.note(error.to_string());
        }
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
