//! Everything that is stored on disk, for one program of one user.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, Losses, Payload, Report, ReportId, Timestamp};
use crawl4ai_telemetry_files::LockError;

use super::crash_loop::{CrashHistory, CrashLoop, YOUNG};
use super::delivery_state::{DeliveryStateFile, EndWithout};
use super::limits::Limits;
use super::page::Page;
use super::sent_log::{DeliveryOutcome, SentId, SentLog};
use super::spool::{Clearance, SenderLock, Spool, SpoolBounds, SpoolError, StoredName};
use crate::clock::Clock;
use crate::diagnostics::Diagnostics;

/// The spool, the sent log and its page, the limits that all processes share, and the marks of crash loops.
pub(crate) struct Store {
    /// `None` if there is no folder for it.
    pub(crate) spool: Option<Spool>,
    /// `None` if there is no folder for it.
    pub(crate) sent_log: Option<SentLog>,
    /// `None` if there is no folder for it.
    pub(crate) page: Option<Page>,
    pub(crate) delivery_state: DeliveryStateFile,
    /// `None` if there is no folder for it.
    pub(crate) crash_history: Option<CrashHistory>,
    /// The limits for reports, against which the delivery state counts.
    limits: Limits,
    clock: Arc<dyn Clock>,
    pub(crate) diagnostics: Diagnostics,
}

/// The provider and destination that a report went to, for the sent log.
pub(crate) struct SentTo<'a> {
    pub(crate) provider: &'a str,
    pub(crate) destination: &'a str,
    /// Did the program choose that destination?
    pub(crate) of_program: bool,
    /// The bytes that left; `None` when the provider cannot show them.
    pub(crate) payload: Option<Payload>,
    /// Time for which the report's id is kept, so that the report can be erased. `None` for a report that a person
    /// carries, because its id is not kept.
    pub(crate) keep_id_for: Option<Duration>,
}

impl Store {
    /// All stores below a program's configuration folder. Touches nothing. `version` is the program's.
    pub(crate) fn below(
        config: Option<&Path>,
        version: &str,
        limits: Limits,
        clock: Arc<dyn Clock>,
        diagnostics: Diagnostics,
    ) -> Self {
        Self {
            spool: config.map(|folder| Spool::below(folder, SpoolBounds::default())),
            sent_log: config.map(SentLog::below),
            page: config.map(Page::below),
            delivery_state: DeliveryStateFile::below(config),
            crash_history: config.map(|folder| CrashHistory::below(folder, version)),
            limits,
            clock,
            diagnostics,
        }
    }

    /// Takes the losses that the next report has to tell: those of this process, and those of earlier processes that
    /// ended before a report could tell them.
    pub(crate) fn take_unreported(&self) -> Losses {
        let mut losses = Losses::default();
        if self.delivery_state.read().has_unreported() {
            losses = self.delivery_state.take_unreported();
        }
        for (reason, n) in self.diagnostics.take_unreported().iter() {
            losses.add(reason, n);
        }
        losses
    }

    /// Leaves the losses that no report has told to the next process.
    pub(crate) fn leave_unreported(&self) {
        let losses = self.diagnostics.take_unreported();
        if !losses.is_empty() {
            self.delivery_state.keep_unreported(&losses);
        }
    }

    /// Do the limits of all processes let this report leave? A report that may not leave is counted as lost. The losses
    /// that it would have told are left to the next report.
    pub(crate) fn admits(&self, report: &Report) -> bool {
        let now = self.clock.now();
        let limits = match self.crash_loop() {
            CrashLoop::None => self.limits,
            CrashLoop::Slow | CrashLoop::Silent => {
                Limits { per_bug_and_hour: self.limits.per_bug_and_hour.min(1), ..self.limits }
            }
        };
        let is_admitted = self.delivery_state.update(|state| state.admit(report.fingerprint(), now, limits));
        if !is_admitted {
            self.diagnostics.restore_unreported(report.losses());
            self.diagnostics.lost(Loss::RateLimited, 1);
            self.leave_unreported();
        }
        is_admitted
    }

    /// Do the processes of this version die soon after their start?
    pub(crate) fn crash_loop(&self) -> CrashLoop {
        let judge = |history: &CrashHistory| history.judge(self.clock.now());
        self.crash_history.as_ref().map_or(CrashLoop::None, judge)
    }

    /// Marks a process that panics `age` after its start. The panic hook calls this.
    pub(crate) fn mark_death(&self, age: Duration, time: Timestamp) {
        if let Some(history) = self.crash_history.as_ref().filter(|_| age < YOUNG) {
            history.mark(time);
        }
    }

    /// Deletes reports that are too old or too many. `is_told` says whether the next report tells of these losses.
    pub(crate) fn make_room(&self, spool: &Spool, is_told: bool) {
        let (expired, crowded) = spool.evict(self.clock.now());
        if is_told {
            self.diagnostics.lost(Loss::Expired, expired);
            self.diagnostics.lost(Loss::SpoolFull, crowded);
        }
    }

    /// The reports that wait in the spool for delivery.
    pub(crate) fn waiting(&self) -> Vec<ReportId> {
        let Some(spool) = &self.spool else { return Vec::new() };
        // An unresolved panic waits for time to pass, not for delivery. A report that waits for the user's answer waits
        // for no server.
        let waits = |name: &&StoredName| {
            name.clearance != Clearance::AwaitingConsent && !spool.is_process_alive(name)
        };
        spool.list().iter().filter(waits).map(|name| name.id).collect()
    }

    /// Makes this process the one sender of the spool. Notes why the lock cannot be taken, or why it excludes no other
    /// process.
    ///
    /// # Errors
    /// While another process is the sender, or when the lock cannot be taken now.
    pub(crate) fn lock_sender(&self, spool: &Spool) -> Result<SenderLock, LockError> {
        let lock = spool.lock_sender().inspect_err(|error| {
            if let LockError::Failed(error) = error {
                self.diagnostics.note(format!("spool: the sender lock cannot be taken: {error}"));
            }
        })?;
        if let Some(obstacle) = lock.obstacle() {
            self.diagnostics.note(format!("spool: two processes may deliver the same report: {obstacle}"));
        }
        Ok(lock)
    }

    /// Adds a delivery to the sent log, for the user. If the sent log cannot be written, the report counts as sent
    /// nevertheless.
    pub(crate) fn remember(&self, report: &Report, outcome: DeliveryOutcome, sent: SentTo<'_>) {
        let Some(sent_log) = &self.sent_log else { return };
        let now = self.clock.now();
        // The entry is written first, because a report with an entry is not sent again, while the ids may have to wait
        // for a lock.
        let noted = match &sent.payload {
            Some(payload) => {
                sent_log.add(report, payload, sent.provider, outcome, now).map_err(|error| error.to_string())
            }
            None => Err("the provider cannot show what it sends".to_owned()),
        };
        let id_kept = match (outcome, sent.keep_id_for) {
            (DeliveryOutcome::Delivered, Some(keep)) => {
                let (provider, destination) = (sent.provider.to_owned(), sent.destination.to_owned());
                let of_program = Some(sent.of_program);
                let id = SentId { id: report.id(), sent_at: now, provider, destination, of_program };
                sent_log.add_id(id, keep).map_err(|error| error.to_string())
            }
            (DeliveryOutcome::Delivered | DeliveryOutcome::Refused, _) => Ok(()),
        };
        for error in [noted.err(), id_kept.err()].into_iter().flatten() {
            self.diagnostics.note(error);
        }
    }

    /// Deletes the waiting reports, because the user said no.
    pub(crate) fn delete_waiting(&self) {
        if let Some(Err(error)) = self.spool.as_ref().map(Spool::purge) {
            self.diagnostics.note(error.to_string());
        }
    }

    /// Deletes the reports about which nobody was asked.
    pub(crate) fn delete_unasked(&self) {
        let Some(spool) = &self.spool else { return };
        for name in spool.list().iter().filter(|name| name.clearance == Clearance::Rules) {
            spool.remove(name);
        }
    }

    /// Lets the reports wait for the user's answer that an earlier yes covered, because it does not count any more.
    pub(crate) fn ask_about_unasked(&self) {
        let Some(spool) = &self.spool else { return };
        for name in spool.list().iter().filter(|name| name.clearance == Clearance::Rules) {
            spool.ask_again(name);
        }
    }

    /// Deletes the pages that show the waiting reports.
    pub(crate) fn delete_page(&self) -> Result<(), SpoolError> {
        let deleted = self.page.as_ref().map_or(Ok(()), Page::delete);
        deleted.map_err(|source| SpoolError::Io { operation: "delete the page that shows them", source })
    }

    /// Counts that the program ended without time for this work, once for each process, which `counted` ensures.
    /// Returns the number of such ends in a row.
    pub(crate) fn count_end(&self, without: EndWithout, counted: &AtomicBool) -> u32 {
        let is_first = !counted.swap(true, Ordering::AcqRel);
        self.delivery_state.update(|state| {
            let ends = state.ends_without(without);
            *ends = ends.saturating_add(u32::from(is_first));
            *ends
        })
    }

    /// Resets the count of ends without time for this work, because there was time.
    pub(crate) fn forget_ends(&self, without: EndWithout) {
        if *self.delivery_state.read().ends_without(without) > 0 {
            self.delivery_state.update(|state| *state.ends_without(without) = 0);
        }
    }
}
