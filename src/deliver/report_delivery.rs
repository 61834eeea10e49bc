//! Reports on their way to the provider: from the spool, one at a time, oldest first, and then from memory what could not be
//! stored.

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

/// So many failures in a row, and sending waits for the next run.
const TRIES: u32 = 8;

/// How long sending waits in a crash loop, at most: a random part of it.
pub(super) const LOOPING: Duration = Duration::from_secs(5 * 60);

/// How soon to look again while it is not this process's turn.
const BUSY: Duration = Duration::from_secs(30);

/// The reports of one process, and what it knows of those that it delivered.
pub(super) struct ReportDelivery {
    pipeline: Arc<Pipeline>,
    memory: UnstoredReports,
    /// What is left of this delivery in the spool.
    stored: VecDeque<StoredName>,
    /// Has anything failed that was not followed by a success?
    is_failing: bool,
    turn: Turn,
    /// When to look again whose turn it is.
    look_again: Duration,
    delivered: Delivered,
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
    /// How often the user had said no, where it has none.
    refusals: u64,
}

/// Whoever waits for a flush.
pub(super) struct Asked {
    answer: SyncSender<Flushed>,
    /// Snapshot: reports captured during this flush are not counted in its result.
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
        }
    }

    fn decide_about(&self, name: Option<&StoredName>) -> Verdict<(StoredConfig, Decision)> {
        let (stored, mut decision) = self.pipeline.policy.admission.decide();
        if decision.shows_only {
            return Verdict::Show;
        }
        // A yes that an earlier run, or another provider, got opens no page.
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

    /// `once` is spent when a provider took the report, and what else was captured under it was not agreed to.
    fn spend(&self, decision: &Decision) -> AfterDelivery {
        if !decision.once {
            return AfterDelivery::Go;
        }
        self.pipeline.policy.spend_once();
        self.pipeline.store.delete_unasked();
        self.memory.lock().clear();
        AfterDelivery::Stop
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

    /// Failures, a server's wish to be left alone, a crash loop.
    fn look_back(&mut self) -> Option<Duration> {
        let state = self.pipeline.store.delivery_state.read();
        self.is_failing = state.failures > 0 || state.trouble().is_some();
        let wait = state.left_to_wait(self.pipeline.clock.now());
        match self.pipeline.store.crash_loop() {
            CrashLoop::None => wait,
            CrashLoop::Slow | CrashLoop::Silent => wait.max(Some(LOOPING.mul_f64(retry::fraction()))),
        }
    }

    fn begin(&mut self) {
        self.turn = Turn::Own;
        let pipeline = Arc::clone(&self.pipeline);
        if let Some(spool) = &pipeline.store.spool {
            self.begin_stored(spool);
        }
    }

    fn next(&mut self) -> Option<WaitingReport> {
        if let Some(name) = self.next_stored() {
            return Some(WaitingReport::Stored(name));
        }
        self.finish();
        let mut memory = self.memory.lock();
        // What was captured before a no does not leave after a later yes.
        let refusals = self.pipeline.policy.admission.refusals();
        memory.retain(|unstored| unstored.refusals == refusals);
        memory.pop_front().map(WaitingReport::Unstored)
    }

    fn decide(&self, item: &WaitingReport) -> Verdict<Self::Decision> {
        self.decide_about(if let WaitingReport::Stored(name) = item { Some(name) } else { None })
    }

    /// It was shown when it was captured.
    fn show(&mut self, item: WaitingReport) -> AfterDelivery {
        match item {
            WaitingReport::Stored(_) => AfterDelivery::Stop,
            WaitingReport::Unstored(unstored) => self.keep_in_memory(unstored),
        }
    }

    fn denied(&mut self, item: WaitingReport, (_, decision): Self::Decision) -> AfterDelivery {
        match item {
            WaitingReport::Stored(_) => {
                // A kill switch only holds it back: it writes nothing.
                if decision.rule == Rule::StoredDenial {
                    self.pipeline.store.delete_waiting();
                }
                // What the user agreed to may stand behind what nobody agreed to.
                AfterDelivery::Go
            }
            // A no that another process stored.
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
            // Made at a level that no longer holds, it has lost its raw text, so that it cannot be made again.
            WaitingReport::Unstored(unstored) if unstored.report.privacy() < decision.privacy => {
                self.pipeline.diagnostics.lost(Loss::SpoolUnwritable, 1);
                return None;
            }
            WaitingReport::Unstored(UnstoredReport { report, refusals }) => {
                return Some(ReadyReport { report, name: None, refusals });
            }
        };
        let spool = self.pipeline.store.spool.as_ref()?;
        let report = self.pipeline.revalidate_or_set_aside(spool, &name, stored, decision).map(Box::new)?;
        let name = Some(self.pipeline.settle(spool, name, &report)?);
        Some(ReadyReport { report, name, refusals: 0 })
    }

    fn may_still_leave(&self, ready: &ReadyReport) -> bool {
        let (holds, now) = (ready.report.privacy(), self.decide_about(ready.name.as_ref()));
        matches!(now, Verdict::Send((_, now)) if holds >= now.privacy)
    }

    /// What an earlier run stored, and a panic's first phase, was told by nobody.
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
            // Another process met it while this one ran; a wait that it was asked for still holds.
            state.update(DeliveryState::forget_trouble);
        }
        self.pipeline.remember(&ready.report, DeliveryOutcome::Delivered);
        self.remove(ready.name.as_ref());
        self.spend(decision)
    }

    fn rejected(&mut self, ready: ReadyReport) {
        self.pipeline.diagnostics.lost(Loss::Rejected, 1);
        self.pipeline.remember(&ready.report, DeliveryOutcome::Refused);
        self.remove(ready.name.as_ref());
    }

    fn put_back(&mut self, ready: ReadyReport) -> AfterDelivery {
        match ready.name {
            Some(_) => AfterDelivery::Go,
            None => self.keep_in_memory(UnstoredReport { report: ready.report, refusals: ready.refusals }),
        }
    }

    /// A first failure may be this machine's own, and the next start tries again at once. What the server asked for,
    /// and every further failure, holds for the next starts too.
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

    /// It stays where it waits, and nothing more is looked at in this run.
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

    /// Waits for the provider. What waited when it was asked, and still does, is the answer.
    fn answer(&mut self, asked: Asked, left: Duration) {
        let now = self.pipeline.clock.monotonic();
        let sender = &self.pipeline.sender;
        let is_delivered = sender.flush(now, left);
        if asked.ends {
            sender.shutdown(now, left);
        }
        let memory = self.memory.lock().len();
        let waits = self.pipeline.store.waiting().iter().filter(|id| asked.waiting.contains(id)).count();
        // Whoever asked may have stopped waiting.
        let _ = asked.answer.try_send(Flushed { waiting: waits + memory + usize::from(!is_delivered) });
    }
}

#[cfg(test)]
mod tests;
