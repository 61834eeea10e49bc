//! What the panic hook reaches: the spool for phase 1, the whole road for phase 2.

use std::sync::Arc;
use std::thread::{self, ThreadId};

use crawl4ai_telemetry_core::{App, Environment, Loss, Privacy, ReportId, Timestamp};

use super::pending::Held;
use super::{Desk, Unsettled, Worker};
use crate::capture::Captured;
use crate::capture::panic::{First, PanicSink};
use crate::consent::Rule;
use crate::gate::Admission;
use crate::spool::{Clearance, CrashLoop, Spool, State, Stored, YOUNG};

/// The sink behind the hook.
pub(crate) struct Panics {
    desk: Arc<Desk>,
    worker: Arc<Worker>,
}

impl Panics {
    pub(crate) fn new(desk: Arc<Desk>, worker: Arc<Worker>) -> Self {
        Self { desk, worker }
    }
}

impl PanicSink for Panics {
    fn admit(&self) -> Option<Privacy> {
        if !self.desk.sends() {
            return None;
        }
        match self.desk.gate.admit(self.desk.clock.monotonic()) {
            Admission::Go(privacy) => Some(privacy),
            Admission::Denied(rule) if self.desk.may_hold(rule) && self.desk.hold_one() => {
                Some(self.desk.gate.privacy_if_agreed())
            }
            Admission::Denied(_) => None,
            Admission::TooMany => {
                self.desk.log.lost(Loss::RateLimited, 1);
                None
            }
        }
    }

    fn stamp(&self) -> (ReportId, Timestamp) {
        (self.desk.new_id(), self.desk.clock.now())
    }

    fn origin(&self) -> (&App, Environment) {
        (self.desk.gate.app(), self.desk.gate.surroundings().environment)
    }

    fn store_first(&self, id: ReportId, time: Timestamp, bytes: &[u8]) -> Option<Box<dyn First>> {
        if self.desk.shows_only() {
            return None;
        }
        let spool = self.desk.spool.as_ref()?;
        let clearance = if self.desk.gate.awaits_user() { Clearance::Awaited } else { Clearance::Rules };
        let stored = spool.put_for((id, time, None), State::Unsettled, clearance, bytes).ok()?;
        if let Some(crashes) = &self.desk.crashes
            && self.desk.clock.monotonic().saturating_sub(self.desk.started) < YOUNG
        {
            crashes.mark(time);
        }
        let held = Unsettled { stored, thread: thread::current().id() };
        Some(Box::new(FirstReport { held: Some(held), spool: spool.clone() }))
    }

    fn complete(
        &self,
        first: Option<Box<dyn First>>,
        captured: Captured,
        privacy: Privacy,
        thread: ThreadId,
    ) {
        if self.desk.crash_loop() == CrashLoop::Silent {
            return;
        }
        // Read again: the user may have changed their mind, or the first look was a remembered answer.
        let decided = self.desk.gate.decide();
        if !decided.1.allowed {
            if decided.1.rule == Rule::TerminalUnanswered && !decided.1.shows_only {
                self.hold(first, captured, thread);
            } else if let Some(first) = first {
                first.replaced();
            }
            return;
        }
        let report = self.desk.report(captured.resolve(), privacy, &decided);
        if decided.1.shows_only {
            if let Some(first) = first {
                first.replaced();
            }
            return self.desk.show(&report);
        }
        if !self.desk.admits(&report) {
            if let Some(first) = first {
                first.replaced();
            }
            return;
        }
        self.desk.tell_opt_out(&decided.1);
        let Some(stored) = self.put(&report) else {
            // What could not be stored as a file is sent from memory, as far as the program lives.
            self.desk.log.untell(report.losses());
            if first.is_none() {
                self.worker.keep(report);
            }
            return;
        };
        if let Some(first) = first {
            first.replaced();
        }
        if let Some(spool) = &self.desk.spool {
            spool.sync(&stored);
        }
        self.worker.watch(Unsettled { stored, thread });
    }

    fn lost(&self, reason: Loss) {
        self.desk.log.lost(reason, 1);
    }
}

impl Panics {
    /// Puts the full report in the place of the first, to wait for the user's answer.
    fn hold(&self, first: Option<Box<dyn First>>, captured: Captured, thread: ThreadId) {
        let held = match self.desk.put_pending(captured.resolve(), State::Unsettled) {
            Held::Stored(stored) => Some(stored),
            Held::Known => None,
            Held::Failed if first.is_some() => return,
            Held::Failed => return self.desk.log.lost(Loss::SpoolUnwritable, 1),
        };
        if let Some(first) = first {
            first.replaced();
        }
        if let Some(stored) = held {
            self.desk.sync_pending(&stored);
            self.worker.watch(Unsettled { stored, thread });
        }
    }

    fn put(&self, report: &crawl4ai_telemetry_core::Report) -> Option<Stored> {
        let spool = self.desk.spool.as_ref()?;
        let bytes = serde_json::to_vec(report).ok()?;
        let key = (report.id(), report.time(), Some(report.fingerprint()));
        spool.put(key, State::Unsettled, &bytes).map_err(|error| self.desk.log.note(error.to_string())).ok()
    }
}

/// The file that phase 1 wrote.
struct FirstReport {
    held: Option<Unsettled>,
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
            held.keep_held();
        }
    }
}

#[cfg(test)]
mod tests;
