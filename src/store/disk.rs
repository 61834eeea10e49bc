//! All that is kept on the disk, for one program of one user.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, Losses, Payload, Report, ReportId, Timestamp};
use crawl4ai_telemetry_files::LockError;

use super::crash_loop::{CrashHistory, CrashLoop, YOUNG};
use super::delivery_state::{DeliveryState, DeliveryStateFile, EndWithout};
use super::limits::Limits;
use super::page::Page;
use super::sent_log::{DeliveryOutcome, SentId, SentLog};
use super::spool::{Clearance, SenderLock, Spool, SpoolBounds, SpoolError, StoredName};
use crate::clock::Clock;
use crate::diagnostics::Diagnostics;

/// The spool, the sent log and the page that shows them; the limits that all processes share; the marks of crash loops.
pub(crate) struct Store {
    /// `None` where there is no folder to keep one in.
    pub(crate) spool: Option<Spool>,
    /// As above.
    pub(crate) sent_log: Option<SentLog>,
    /// As above.
    pub(crate) page: Option<Page>,
    pub(crate) delivery_state: DeliveryStateFile,
    /// `None` where there is no folder to keep the marks in.
    pub(crate) crash_history: Option<CrashHistory>,
    /// The limits for reports, which the delivery state counts.
    limits: Limits,
    clock: Arc<dyn Clock>,
    pub(crate) diagnostics: Diagnostics,
}

/// The provider and destination that a report went to, for the sent log.
pub(crate) struct SentTo<'a> {
    pub(crate) provider: &'a str,
    pub(crate) destination: &'a str,
    /// The bytes that left; `None` when the provider cannot show them.
    pub(crate) payload: Option<Payload>,
    /// Time for which the report's id is kept, so that it can be erased; `None` for a report that a person carried,
    /// because its id is not kept.
    pub(crate) keep_id_for: Option<Duration>,
}

impl Store {
    /// All of it below a program's configuration folder; touches nothing. `version` is the program's.
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

    /// Takes the losses that the next report has to tell: those of this process, and those of earlier ones that ended
    /// too soon.
    pub(crate) fn take_unreported(&self) -> Losses {
        let mut losses = Losses::default();
        if self.delivery_state.read().has_unreported() {
            losses = self.delivery_state.update(DeliveryState::take_unreported);
        }
        for (reason, n) in self.diagnostics.take_unreported().iter() {
            losses.add(reason, n);
        }
        losses
    }

    /// Leaves the losses that were not told to the next process.
    pub(crate) fn leave_unreported(&self) {
        let losses = self.diagnostics.take_unreported();
        if !losses.is_empty() {
            self.delivery_state.update(|state| state.keep_unreported(&losses));
        }
    }

    /// May this report leave, by the limits of all processes? A report that may not is counted as lost, and the losses
    /// that it would have told are left to the next.
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

    /// Marks a process that panics `age` after its start. Called in the panic hook.
    pub(crate) fn mark_death(&self, age: Duration, time: Timestamp) {
        if let Some(history) = self.crash_history.as_ref().filter(|_| age < YOUNG) {
            history.mark(time);
        }
    }

    /// Deletes what is too old or too much. `is_told` says whether the next report is to tell of it.
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
        // A panic that is not resolved yet waits for time to pass, not for delivery. A report that waits for the user's
        // answer waits for no server.
        let waits = |name: &&StoredName| {
            name.clearance != Clearance::AwaitingConsent && !spool.is_process_alive(name)
        };
        spool.list().iter().filter(waits).map(|name| name.id).collect()
    }

    /// Becomes the one sender of the spool. Notes why the lock cannot be had, or why it keeps no other process out.
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

    /// Remembers what was sent, for the user. A sent log that cannot be written is no reason to keep a report.
    pub(crate) fn remember(&self, report: &Report, outcome: DeliveryOutcome, sent: SentTo<'_>) {
        let Some(sent_log) = &self.sent_log else { return };
        let now = self.clock.now();
        // The entry first: a report that has one is not sent again, and the ids may wait for a lock.
        let noted = match &sent.payload {
            Some(payload) => {
                sent_log.add(report, payload, sent.provider, outcome, now).map_err(|error| error.to_string())
            }
            None => Err("the provider cannot show what it sends".to_owned()),
        };
        let id_kept = match (outcome, sent.keep_id_for) {
            (DeliveryOutcome::Delivered, Some(keep)) => {
                let (provider, destination) = (sent.provider.to_owned(), sent.destination.to_owned());
                let id = SentId { id: report.id(), sent_at: now, provider, destination };
                sent_log.add_id(id, keep).map_err(|error| error.to_string())
            }
            (DeliveryOutcome::Delivered | DeliveryOutcome::Refused, _) => Ok(()),
        };
        for error in [noted.err(), id_kept.err()].into_iter().flatten() {
            self.diagnostics.note(error);
        }
    }

    /// Deletes the reports that wait, because the user said no.
    pub(crate) fn delete_waiting(&self) {
        if let Some(Err(error)) = self.spool.as_ref().map(Spool::purge) {
            self.diagnostics.note(error.to_string());
        }
    }

    /// Deletes the reports that nobody was asked about.
    pub(crate) fn delete_unasked(&self) {
        let Some(spool) = &self.spool else { return };
        for name in spool.list().iter().filter(|name| name.clearance == Clearance::Rules) {
            spool.remove(name);
        }
    }

    /// Deletes the page that shows what waits.
    pub(crate) fn delete_page(&self) -> Result<(), SpoolError> {
        let deleted = self.page.as_ref().map_or(Ok(()), Page::delete);
        deleted.map_err(|source| SpoolError::Io { operation: "delete the page that shows them", source })
    }

    /// Counts an end of the program that had no time for this, once a process: `counted` remembers that. Says how many
    /// there were in a row.
    pub(crate) fn count_end(&self, without: EndWithout, counted: &AtomicBool) -> u32 {
        let is_first = !counted.swap(true, Ordering::AcqRel);
        self.delivery_state.update(|state| {
            let ends = state.ends_without(without);
            *ends = ends.saturating_add(u32::from(is_first));
            *ends
        })
    }

    /// Resets the count of ends without time for this, because there was time.
    pub(crate) fn forget_ends(&self, without: EndWithout) {
        if *self.delivery_state.read().ends_without(without) > 0 {
            self.delivery_state.update(|state| *state.ends_without(without) = 0);
        }
    }
}
