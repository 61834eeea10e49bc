//! Takes panics from the panic hook: phase 1 stores a first report in the spool, phase 2 makes and stores the full
//! report.

use std::sync::Arc;
use std::thread::{self, ThreadId};

use crawl4ai_telemetry_core::{App, Environment, Loss, Privacy, ReportId, Timestamp};

use super::awaiting_consent::Awaited;
use super::commands::UnstoredReport;
use super::{CaptureQueue, Pipeline, UnresolvedPanic};
use crate::admission::AdmissionDecision;
use crate::capture::Captured;
use crate::capture::panic::{Admitted, First, PanicSink};
use crate::consent::Rule;
use crate::store::crash_loop::CrashLoop;
use crate::store::spool::{Clearance, ReportState, Spool, StoredReport};

/// The [`PanicSink`] that the panic hook hands each panic to.
pub(crate) struct Panics {
    pipeline: Arc<Pipeline>,
    queue: Arc<CaptureQueue>,
}

impl Panics {
    pub(crate) fn new(pipeline: Arc<Pipeline>, queue: Arc<CaptureQueue>) -> Self {
        Self { pipeline, queue }
    }
}

impl PanicSink for Panics {
    fn admit(&self) -> Option<Privacy> {
        if !self.pipeline.sends() {
            return None;
        }
        match self.pipeline.policy.admission.admit(self.pipeline.clock.monotonic()) {
            AdmissionDecision::Go(privacy) => Some(privacy),
            AdmissionDecision::Denied(rule)
                if self.pipeline.may_await_consent(rule) && self.pipeline.policy.admit_awaiting_panic() =>
            {
                Some(self.pipeline.policy.admission.privacy_if_agreed())
            }
            AdmissionDecision::Denied(_) => None,
            AdmissionDecision::TooMany => {
                self.pipeline.diagnostics.lost(Loss::RateLimited, 1);
                None
            }
        }
    }

    fn refusals(&self) -> u64 {
        self.pipeline.policy.admission.refusals()
    }

    fn stamp(&self) -> (ReportId, Timestamp) {
        (self.pipeline.new_id(), self.pipeline.clock.now())
    }

    fn origin(&self) -> (&App, Environment) {
        (self.pipeline.policy.admission.app(), self.pipeline.policy.admission.run_environment().environment)
    }

    fn store_first(&self, id: ReportId, time: Timestamp, bytes: &[u8]) -> Option<Box<dyn First>> {
        if self.pipeline.policy.shows_only() {
            return None;
        }
        let spool = self.pipeline.store.spool.as_ref()?;
        let clearance = if self.pipeline.policy.admission.awaits_user() {
            Clearance::AwaitingConsent
        } else {
            Clearance::Rules
        };
        let stored = spool.put_for((id, time, None), ReportState::Unresolved, clearance, bytes).ok()?;
        self.queue.announce();
        let age = self.pipeline.clock.monotonic().saturating_sub(self.pipeline.started);
        self.pipeline.store.mark_death(age, time);
        let held = UnresolvedPanic { stored, thread: thread::current().id() };
        Some(Box::new(FirstReport { held: Some(held), spool: spool.clone() }))
    }

    fn complete(
        &self,
        first: Option<Box<dyn First>>,
        mut captured: Captured,
        admitted: Admitted,
        thread: ThreadId,
    ) {
        let Admitted { privacy, refusals } = admitted;
        if self.pipeline.store.crash_loop() == CrashLoop::Silent {
            return;
        }
        // The decision is read again, because the user may have changed their mind, or because the first decision was a
        // cached one.
        let decided = self.pipeline.policy.admission.decide();
        if !decided.1.allowed {
            if decided.1.rule == Rule::TerminalUnanswered && !decided.1.shows_only {
                self.hold(first, captured, thread);
            } else if let Some(first) = first.filter(|_| !decided.1.rule.may_be_of_a_moment()) {
                first.replaced();
            }
            return;
        }
        // A yes behind a no is for later reports.
        if refusals != self.pipeline.policy.admission.refusals() {
            if let Some(first) = first {
                first.replaced();
            }
            return;
        }
        captured.event = self.pipeline.complete_event(captured.event, &decided);
        let (app, level) = (self.pipeline.policy.admission.app(), privacy.max(decided.1.privacy));
        let made = |captured: Captured| self.pipeline.sanitizer().report(app, captured.resolve(), level);
        if decided.1.shows_only {
            if let Some(first) = first {
                first.replaced();
            }
            return self.pipeline.policy.show(&made(captured));
        }
        let (first, tells_losses) = match self.without_names(&captured, level, Clearance::Rules, thread) {
            Some(nameless) => {
                if let Some(first) = first {
                    first.replaced();
                }
                (Some(nameless), true)
            }
            None => (first, false),
        };
        let report = made(captured);
        // The report is stored before it is counted, so that it is not counted twice if the process is killed in
        // between. No sender takes the report while it is locked.
        let stored = self.put(&report);
        if stored.is_none() && first.is_some() {
            // The first report stays, and is counted when it is settled.
            if !tells_losses {
                self.pipeline.diagnostics.restore_unreported(report.losses());
            }
            return;
        }
        // If the user said no while names were looked up, that deleted all reports except this one.
        let is_denied = self.pipeline.policy.admission.decide().1.rule.leaves_nothing_behind();
        let is_admitted = !is_denied
            && refusals == self.pipeline.policy.admission.refusals()
            && self.pipeline.store.admits(&report);
        if let Some(first) = first {
            first.replaced();
        }
        match stored {
            Some(stored) if !is_admitted => {
                if let Some(spool) = &self.pipeline.store.spool {
                    spool.remove(&stored.name);
                }
                return;
            }
            None if !is_admitted => return,
            _ => {}
        }
        self.pipeline.policy.show_opt_out_notice(&decided.1, self.pipeline.sender.destination());
        let Some(stored) = stored else {
            // The report could not be stored, and is sent from memory if the program lives that long.
            self.queue.keep(UnstoredReport::new(report, refusals));
            return;
        };
        if let Some(spool) = &self.pipeline.store.spool {
            spool.sync(&stored);
        }
        self.queue.watch(UnresolvedPanic { stored, thread });
    }

    fn lost(&self, reason: Loss) {
        self.pipeline.diagnostics.lost(reason, 1);
    }
}

impl Panics {
    /// Stores the report without names, but with its message and every address. If the process ends before names are
    /// found, the next start looks for them.
    fn without_names(
        &self,
        captured: &Captured,
        level: Privacy,
        clearance: Clearance,
        thread: ThreadId,
    ) -> Option<Box<dyn First>> {
        let spool = self.pipeline.store.spool.as_ref()?;
        let stored = self.pipeline.put_without_names(captured, level, ReportState::Unresolved, clearance)?;
        let held = Some(UnresolvedPanic { stored, thread });
        Some(Box::new(FirstReport { held, spool: spool.clone() }))
    }

    /// Replaces the first report by the full one, which waits for the user's answer.
    fn hold(&self, mut first: Option<Box<dyn First>>, mut captured: Captured, thread: ThreadId) {
        captured.event = self.pipeline.policy.event_if_agreed(captured.event);
        let level = self.pipeline.policy.admission.privacy_if_agreed();
        if let Some(nameless) = self.without_names(&captured, level, Clearance::AwaitingConsent, thread)
            && let Some(first) = first.replace(nameless)
        {
            first.replaced();
        }
        let held = match self.pipeline.put_awaiting(captured.resolve(), ReportState::Unresolved) {
            Awaited::StoredReport(stored) => Some(stored),
            Awaited::Known => None,
            Awaited::Failed if first.is_some() => return,
            Awaited::Failed => return self.pipeline.diagnostics.lost(Loss::SpoolUnwritable, 1),
        };
        if let Some(first) = first {
            first.replaced();
        }
        if let Some(stored) = held {
            self.pipeline.sync_awaiting(&stored);
            self.queue.watch(UnresolvedPanic { stored, thread });
        }
    }

    fn put(&self, report: &crawl4ai_telemetry_core::Report) -> Option<StoredReport> {
        let spool = self.pipeline.store.spool.as_ref()?;
        let bytes = report.to_stored().ok()?;
        let key = (report.id(), report.time(), Some(report.fingerprint()));
        spool
            .put(key, ReportState::Unresolved, &bytes)
            .map_err(|error| self.pipeline.diagnostics.note(error.to_string()))
            .ok()
    }
}

/// The file of the first report, which is kept until the full one is stored.
struct FirstReport {
    held: Option<UnresolvedPanic>,
    spool: Spool,
}

impl First for FirstReport {
    fn replaced(mut self: Box<Self>) {
        if let Some(held) = self.held.take() {
            self.spool.remove(&held.stored.name);
        }
    }
}

impl Drop for FirstReport {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            held.keep_locked();
        }
    }
}

#[cfg(test)]
mod tests;
