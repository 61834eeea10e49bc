//! The delivery of reports to the provider, one at a time: first those in the spool, oldest first, then those in memory
//! that could not be stored.

mod ended;
mod stored;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, Report, ReportId, SendError, TelemetryProvider};

use super::commands::{Flushed, UnstoredReport, UnstoredReports, UploadCommand};
use super::delivered::Delivered;
use super::sync::mpsc::SyncSender;
use super::turn::Turn;
use super::upload_loop::{Accepted, AfterDelivery, Delivery, Kept, Verdict};
use super::{Pipeline, retry};
use crate::consent::config::StoredConfig;
use crate::consent::{Decision, Rule};
use crate::store::crash_loop::CrashLoop;
use crate::store::delivery_state::DeliveryState;
use crate::store::sent_log::DeliveryOutcome;
use crate::store::spool::{Clearance, StoredName};

/// Failures in a row after which sending waits for the next run.
const TRIES: u32 = 8;

/// Longest wait before sending in a crash loop. Each process waits a random part of it.
pub(super) const LOOPING: Duration = Duration::from_secs(5 * 60);

/// Time until this process tries again to get the lock of the spool's sender, after it could not get it.
const BUSY: Duration = Duration::from_secs(30);

/// Delivers the reports of one process.
pub(super) struct ReportDelivery {
    pipeline: Arc<Pipeline>,
    memory: UnstoredReports,
    /// Reports in the spool that this delivery has not reached yet.
    stored: VecDeque<StoredName>,
    /// Has a delivery failed since the last success, in this process or an earlier one?
    is_failing: bool,
    turn: Turn,
    /// The moment of the clock at which this process tries again to get its turn.
    look_again: Duration,
    delivered: Delivered,
    refusals: u64,
}

/// A report that waits.
pub(super) enum WaitingReport {
    Stored(StoredName),
    Unstored(UnstoredReport),
}

/// A report as it leaves, and its file, if it has one.
pub(super) struct ReadyReport {
    report: Box<Report>,
    name: Option<StoredName>,
    /// How often the user had said no before the report was read from its file or made.
    refusals: u64,
}

/// A caller that waits for a flush.
pub(super) struct Asked {
    answer: SyncSender<Flushed>,
    /// The reports that waited in the spool when the flush began. Later ones do not count in its result.
    waiting: Vec<ReportId>,
    ends: bool,
}

impl ReportDelivery {
    pub(super) fn new(pipeline: Arc<Pipeline>, memory: UnstoredReports) -> Self {
        Self {
            pipeline,
            memory,
            stored: VecDeque::new(),
            is_failing: false,
            turn: Turn::Own,
            look_again: Duration::ZERO,
            delivered: Delivered::default(),
            refusals: 0,
        }
    }

    fn decide_about(&self, name: Option<&StoredName>) -> Verdict<(StoredConfig, Decision)> {
        let (stored, mut decision) = self.pipeline.policy.admission.decide();
        if decision.shows_only {
            return Verdict::Show;
        }
        // A stored report that a person carries is never sent here, so that a yes from an earlier run, or for another
        // provider, opens no page.
        let is_carried = name.is_some() && self.pipeline.sender.by_hand;
        if name.is_some_and(|name| name.clearance == Clearance::Agreed) {
            decision = decision.agreed();
        }
        if decision.allowed && !is_carried && self.pipeline.policy.may_spend(&decision) {
            Verdict::Send((stored, decision))
        } else {
            Verdict::Denied((stored, decision))
        }
    }

    fn remove(&mut self, name: Option<&StoredName>) {
        if let (Some(spool), Some(name)) = (&self.pipeline.store.spool, name) {
            self.delivered.remove(&self.pipeline.store, spool, name);
        }
    }

    /// Did the user say no after the report was read or made? A later yes is for later reports.
    fn was_refused(&self, ready: &ReadyReport) -> bool {
        ready.refusals != self.pipeline.policy.admission.refusals()
    }

    fn keep_in_memory(&self, unstored: UnstoredReport) -> AfterDelivery {
        self.memory.lock().push_front(unstored);
        AfterDelivery::Stop
    }
}

impl Delivery for ReportDelivery {
    type Command = UploadCommand;
    type Asked = Asked;
    type Item = WaitingReport;
    type Ready = ReadyReport;
    type Decision = (StoredConfig, Decision);

    const KEPT: Kept = Kept::OnDisk { tries: TRIES };

    fn accept(&mut self, command: UploadCommand) -> Accepted<Asked> {
        let accepted = match command {
            UploadCommand::Wake(woken) => {
                woken.store(false, Ordering::Release);
                Accepted::Wake
            }
            UploadCommand::Flush { answer, until, ends } => {
                let waiting = self.pipeline.store.waiting();
                Accepted::Flush { asked: Asked { answer, waiting, ends }, until }
            }
        };
        self.pipeline.hand_over();
        accepted
    }

    fn due_in(&self, now: Duration, wait: Option<Duration>) -> Option<Duration> {
        wait.or_else(|| (self.turn != Turn::Own).then(|| self.look_again.saturating_sub(now)))
    }

    fn has_work(&self) -> bool {
        !self.pipeline.policy.shows_only()
    }

    /// The wait that earlier failures, a server or a crash loop ask for.
    fn look_back(&mut self) -> Option<Duration> {
        let state = self.pipeline.store.delivery_state.read();
        self.is_failing = state.failures > 0 || state.trouble().is_some();
        let wait = state.left_to_wait(self.pipeline.clock.now());
        let wait = match self.pipeline.store.crash_loop() {
            CrashLoop::None => wait,
            CrashLoop::Slow | CrashLoop::Silent => wait.max(Some(LOOPING.mul_f64(retry::fraction()))),
        };
        if wait.is_some() {
            self.note_terms();
        }
        wait
    }

    fn begin(&mut self) {
        self.turn = Turn::Own;
        let pipeline = Arc::clone(&self.pipeline);
        if let Some(spool) = &pipeline.store.spool {
            self.begin_stored(spool);
        }
    }

    fn next(&mut self) -> Option<WaitingReport> {
        self.refusals = self.pipeline.policy.admission.refusals();
        if let Some(name) = self.next_stored() {
            return Some(WaitingReport::Stored(name));
        }
        self.finish();
        let mut memory = self.memory.lock();
        memory.retain(|unstored| unstored.refusals == self.refusals);
        memory.pop_front().map(WaitingReport::Unstored)
    }

    fn decide(&self, item: &WaitingReport) -> Verdict<Self::Decision> {
        self.decide_about(if let WaitingReport::Stored(name) = item { Some(name) } else { None })
    }

    /// Keeps the report and ends the delivery. Nothing is shown here, because reports are shown when they are captured.
    fn show(&mut self, item: WaitingReport) -> AfterDelivery {
        match item {
            WaitingReport::Stored(_) => AfterDelivery::Stop,
            WaitingReport::Unstored(unstored) => self.keep_in_memory(unstored),
        }
    }

    fn denied(&mut self, item: WaitingReport, (_, decision): Self::Decision) -> AfterDelivery {
        match item {
            WaitingReport::Stored(_) => {
                // Only the user's own no deletes reports. A kill switch holds them back and writes nothing.
                if decision.rule == Rule::StoredDenial {
                    self.pipeline.store.delete_waiting();
                }
                // The delivery goes on, because a report that the user agreed to may come after this one.
                AfterDelivery::Go
            }
            // Another process stored this no.
            WaitingReport::Unstored(_) if decision.rule == Rule::StoredDenial => {
                self.memory.lock().clear();
                AfterDelivery::Stop
            }
            WaitingReport::Unstored(unstored) => self.keep_in_memory(unstored),
        }
    }

    fn prepare(&mut self, item: WaitingReport, (stored, decision): &Self::Decision) -> Option<ReadyReport> {
        let name = match item {
            WaitingReport::Stored(name) => name,
            // The report was made at a privacy level that is not strict enough any more, and cannot be made again,
            // because its raw texts are gone.
            WaitingReport::Unstored(unstored) if unstored.report.privacy() < decision.privacy => {
                self.lose(Loss::SpoolUnwritable, &unstored.report);
                return None;
            }
            WaitingReport::Unstored(UnstoredReport { report, refusals }) => {
                return Some(ReadyReport { report, name: None, refusals });
            }
        };
        let spool = self.pipeline.store.spool.as_ref()?;
        let report = self.pipeline.revalidate_or_set_aside(spool, &name, stored, decision).map(Box::new)?;
        let name = Some(self.pipeline.settle(spool, name, &report)?);
        Some(ReadyReport { report, name, refusals: self.refusals })
    }

    fn may_still_leave(&self, ready: &ReadyReport) -> bool {
        let (holds, now) = (ready.report.privacy(), self.decide_about(ready.name.as_ref()));
        matches!(now, Verdict::Send((_, now)) if holds >= now.privacy) && !self.was_refused(ready)
    }

    /// Shows the notice at the send too, because no notice was shown for a report of an earlier run or of phase 1 of a
    /// panic.
    fn show_opt_out_notice(&mut self, (_, decision): &Self::Decision) {
        self.pipeline.policy.show_opt_out_notice(decision, self.pipeline.sender.destination());
    }

    fn send(
        &mut self,
        provider: &dyn TelemetryProvider,
        ready: &ReadyReport,
        _: Duration,
    ) -> Result<(), SendError> {
        provider.send_exception(&ready.report)
    }

    fn taken(&mut self, ready: ReadyReport, (_, decision): &Self::Decision) -> AfterDelivery {
        let state = &self.pipeline.store.delivery_state;
        if std::mem::take(&mut self.is_failing) {
            state.update(DeliveryState::went_well);
        } else if state.read().trouble().is_some() {
            // Another process noted this trouble while this one ran. A wait that a server asked for still holds.
            state.update(DeliveryState::forget_trouble);
        }
        self.pipeline.remember(&ready.report, DeliveryOutcome::Delivered);
        self.remove(ready.name.as_ref());
        self.spend(decision)
    }

    fn rejected(&mut self, ready: ReadyReport) {
        self.lose(Loss::Rejected, &ready.report);
        self.pipeline.remember(&ready.report, DeliveryOutcome::Refused);
        self.remove(ready.name.as_ref());
    }

    fn put_back(&mut self, ready: ReadyReport) -> AfterDelivery {
        let was_refused = self.was_refused(&ready);
        match ready.name {
            Some(name) => {
                if was_refused {
                    self.remove(Some(&name));
                }
                AfterDelivery::Go
            }
            None => self.keep_in_memory(UnstoredReport { report: ready.report, refusals: ready.refusals }),
        }
    }

    /// The wait after a first failure is not stored, so that the next start tries at once, because the cause may lie on
    /// this machine. A wait that the server asked for, and the wait after every further failure, hold for the next
    /// starts too.
    fn failed(&mut self, reason: &str, is_asked: bool, wait: &dyn Fn(u32) -> Duration) -> (u32, Duration) {
        self.is_failing = true;
        let now = self.pipeline.clock.now();
        self.pipeline.store.delivery_state.update(|state| {
            state.failures = state.failures.saturating_add(1);
            state.note_trouble(reason);
            let wait = wait(state.failures);
            if is_asked || state.failures > 1 {
                state.wait(now, wait);
            }
            (state.failures, wait)
        })
    }

    fn halted(&mut self, reason: &str) {
        self.is_failing = true;
        self.pipeline.store.delivery_state.update(|state| state.note_trouble(reason));
    }

    /// Stops trying to get a turn, because nothing more is sent in this run. Waiting reports stay where they are.
    fn drop_all(&mut self) {
        self.turn = Turn::Own;
    }

    /// Lets other processes deliver.
    fn finish(&mut self) {
        self.stored.clear();
        self.pipeline.sender.health.release();
    }

    fn is_elsewhere(&self) -> bool {
        self.turn == Turn::AnotherProcess
    }

    /// Flushes the provider. The answer is the number of reports that waited when the caller asked and still wait.
    fn answer(&mut self, asked: Asked, left: Duration) {
        let now = self.pipeline.clock.monotonic();
        let sender = &self.pipeline.sender;
        let is_delivered = sender.flush(now, left);
        if asked.ends {
            sender.shutdown(now, left);
        }
        let memory = self.memory.lock().len();
        if asked.ends {
            self.count_what_ends();
        }
        let waits = self.pipeline.store.waiting().iter().filter(|id| asked.waiting.contains(id)).count();
        // The caller may have stopped waiting.
        let _ = asked.answer.try_send(Flushed { waiting: waits + memory + usize::from(!is_delivered) });
    }
}

#[cfg(test)]
mod tests;
