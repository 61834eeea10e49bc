//! One round of deliveries: from the spool to the provider, one report at a time, oldest first.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, Report, ReportId, SendError};

use super::delivered::Delivered;
use super::provider_health::ProviderHealth;
use super::sync::{self, mpsc::Receiver};
use super::turn::Turn;
use super::uploader::{UnstoredReports, UploadCommand};
use super::{Flushed, Pipeline, next, persist, retry};
use crate::consent::{self, Decision};
use crate::store::crash_loop::CrashLoop;
use crate::store::delivery_state::DeliveryState;
use crate::store::sent_log::DeliveryOutcome;
use crate::store::spool::{Clearance, Spool, StoredName};

/// So many failures in a row, and sending waits for the next run.
const TRIES: u32 = 8;

/// How long sending waits in a crash loop, at most: a random part of it.
pub(super) const LOOPING: Duration = Duration::from_secs(5 * 60);

/// How soon to look again while it is not this process's turn.
const BUSY: Duration = Duration::from_secs(30);

/// The same, while somebody waits for a flush.
const POLL: Duration = Duration::from_millis(20);

/// The uploader's own state: the thread that may hang in a provider.
pub(super) struct UploadLoop {
    pipeline: Arc<Pipeline>,
    memory: UnstoredReports,
    /// Has anything failed that was not followed by a success?
    failing: bool,
    looked: bool,
    turn: Turn,
    not_before: Option<Duration>,
    delivered: Delivered,
}

/// What becomes of the rest of the round.
enum AfterDelivery {
    Go,
    Stop,
}

impl UploadLoop {
    pub(super) fn new(pipeline: Arc<Pipeline>, memory: UnstoredReports) -> Self {
        Self {
            pipeline,
            memory,
            failing: false,
            looked: false,
            turn: Turn::Own,
            not_before: None,
            delivered: Delivered::default(),
        }
    }

    pub(super) fn run(mut self, queue: &Receiver<UploadCommand>) {
        loop {
            let now = self.pipeline.clock.monotonic();
            let wait = self.not_before.map(|at| at.saturating_sub(now));
            let limit = if self.turn == Turn::Own { wait } else { Some(wait.unwrap_or(BUSY)) };
            self.pipeline.sender.health.schedule(limit.map(|limit| now.saturating_add(limit)));
            let Some(command) = next(queue, limit) else { break };
            let commanded = command.is_some();
            if let Some(UploadCommand::Wake(woken)) = &command {
                woken.store(false, Ordering::Release);
            }
            // Snapshot: reports captured during this flush are not counted in its result.
            let asked = match &command {
                Some(UploadCommand::Flush { .. }) => persist::waiting(&self.pipeline),
                Some(UploadCommand::Wake(_)) | None => Vec::new(),
            };
            self.pipeline.hand_over();
            self.deliver_when_due();
            if let Some(UploadCommand::Flush { answer, until, ends }) = command {
                // Whoever asked may have stopped waiting.
                let _ = answer.try_send(self.flush(&asked, until, ends));
            }
            if commanded {
                self.pipeline.sender.health.command_done();
            }
        }
    }

    /// Waits for another process that delivers, then for the provider. What waited when it was asked, and still does, is
    /// the answer.
    fn flush(&mut self, asked: &[ReportId], until: Duration, ends: bool) -> Flushed {
        while self.turn == Turn::AnotherProcess && self.pipeline.clock.monotonic() < until {
            sync::sleep(POLL);
            self.deliver_when_due();
        }
        let now = self.pipeline.clock.monotonic();
        let left = until.saturating_sub(now);
        let sender = &self.pipeline.sender;
        let delivered = sender.flush(now, left);
        if ends {
            sender.shutdown(now, left);
        }
        let memory = self.memory.lock().len();
        let waits = persist::waiting(&self.pipeline).iter().filter(|id| asked.contains(id)).count();
        Flushed { waiting: waits + memory + usize::from(!delivered) }
    }

    fn deliver_when_due(&mut self) {
        if self.not_before.is_none_or(|at| at <= self.pipeline.clock.monotonic()) {
            self.not_before = None;
            self.deliver();
        }
    }

    /// Delivers all that waits, oldest first, until something says stop.
    fn deliver(&mut self) {
        let nowhere = self.pipeline.sender.provider.is_none();
        if self.pipeline.sender.health.is_halted() || nowhere || self.pipeline.shows_only() {
            return;
        }
        let pipeline = Arc::clone(&self.pipeline);
        if !self.looked {
            self.look_back();
        }
        if self.not_before.is_some() {
            return;
        }
        if let Some(spool) = &pipeline.store.spool {
            self.deliver_spool(spool);
        }
        self.deliver_memory();
    }

    /// What earlier runs left behind: failures, a server's wish to be left alone, a crash loop.
    fn look_back(&mut self) {
        self.looked = true;
        let state = self.pipeline.store.delivery_state.read();
        self.failing = state.failures > 0 || state.trouble().is_some();
        let mut wait = state.left_to_wait(self.pipeline.clock.now());
        if self.pipeline.crash_loop() != CrashLoop::None {
            wait = wait.max(Some(LOOPING.mul_f64(retry::fraction())));
        }
        self.not_before = wait.map(|wait| self.pipeline.clock.monotonic().saturating_add(wait));
    }

    fn deliver_spool(&mut self, spool: &Spool) {
        self.turn = Turn::Own;
        if spool.list().is_empty() {
            return;
        }
        // A process that lives for months sends nothing that is older than what it may keep.
        self.pipeline.make_room(spool);
        let lock = match self.pipeline.lock_sender(spool) {
            Ok(lock) => lock,
            Err(error) => {
                self.turn = Turn::after(&error);
                return;
            }
        };
        self.pipeline.sender.health.hold(lock);
        self.delivered.begin_round(&self.pipeline);
        // Listed again under the lock: another process may have delivered since.
        for name in spool.list() {
            match self.deliver_one(spool, name) {
                AfterDelivery::Go if self.pipeline.sender.health.holds() => {}
                AfterDelivery::Go | AfterDelivery::Stop => break,
            }
        }
        self.pipeline.sender.health.release();
    }

    fn deliver_one(&mut self, spool: &Spool, name: StoredName) -> AfterDelivery {
        if name.clearance == Clearance::AwaitingConsent {
            return AfterDelivery::Go;
        }
        let Some(name) = spool.settled(&name) else { return AfterDelivery::Go };
        if self.delivered.has(&name) {
            self.delivered.remove(&self.pipeline, spool, &name);
            return AfterDelivery::Go;
        }
        let (stored, mut decision) = self.pipeline.policy.admission.decide();
        if decision.shows_only {
            return AfterDelivery::Stop;
        }
        if self.pipeline.sender.by_hand {
            self.pipeline.delete_denied(spool, &decision);
            // A yes that an earlier run, or another provider, got opens no page.
            return AfterDelivery::Go;
        }
        if name.clearance == Clearance::Agreed {
            decision = self.pipeline.policy.admission.agreed(decision);
        }
        if !decision.allowed {
            self.pipeline.delete_denied(spool, &decision);
            // What the user agreed to may stand behind what nobody agreed to.
            return AfterDelivery::Go;
        }
        if !self.pipeline.may_spend(&decision) {
            return AfterDelivery::Go;
        }
        let Some(report) = self.pipeline.revalidate_or_set_aside(spool, &name, &stored, &decision) else {
            return AfterDelivery::Go;
        };
        let Some(name) = self.pipeline.settle(spool, name, &report) else {
            return AfterDelivery::Go;
        };
        // What an earlier run stored, and a panic's first phase, was told by nobody.
        self.pipeline.show_opt_out_notice(&decision);
        match self.send(&report) {
            SendResult::Taken => {
                self.delivered.remove(&self.pipeline, spool, &name);
                self.spend(&decision)
            }
            SendResult::Refused => {
                self.delivered.remove(&self.pipeline, spool, &name);
                AfterDelivery::Go
            }
            SendResult::Later => AfterDelivery::Stop,
        }
    }

    /// `once` is spent when a provider took the report, and what else was captured under it was not agreed to.
    fn spend(&self, decision: &Decision) -> AfterDelivery {
        if !decision.once {
            return AfterDelivery::Go;
        }
        match consent::spend_once(self.pipeline.policy.admission.store()) {
            Ok(_) => self.pipeline.policy.admission.forget(),
            // What cannot be remembered holds for this process at least.
            Err(error) => {
                self.pipeline.diagnostics.note(error.to_string());
                self.pipeline.policy.admission.close();
            }
        }
        if let Some(spool) = &self.pipeline.store.spool {
            for name in spool.list().iter().filter(|name| name.clearance == Clearance::Rules) {
                spool.remove(name);
            }
        }
        self.memory.lock().clear();
        AfterDelivery::Stop
    }

    fn deliver_memory(&mut self) {
        loop {
            let next = self.memory.lock().pop_front();
            let Some(report) = next else { return };
            let decision = self.pipeline.policy.admission.decide().1;
            let may = self.not_before.is_none() && decision.allowed && !decision.shows_only;
            let sent = if may && self.pipeline.may_spend(&decision) {
                self.send(&report)
            } else {
                SendResult::Later
            };
            match sent {
                SendResult::Taken => {
                    self.spend(&decision);
                }
                SendResult::Refused => {}
                SendResult::Later => {
                    self.memory.lock().push_front(report);
                    return;
                }
            }
        }
    }

    fn send(&mut self, report: &Report) -> SendResult {
        let pipeline = Arc::clone(&self.pipeline);
        let now = pipeline.clock.monotonic();
        match pipeline.sender.call(now, |provider| provider.send_exception(report)) {
            Ok(()) => {
                if std::mem::take(&mut self.failing) {
                    pipeline.store.delivery_state.update(DeliveryState::went_well);
                } else if pipeline.store.delivery_state.read().trouble().is_some() {
                    // Another process met it while this one ran; a wait that it was asked for still holds.
                    pipeline.store.delivery_state.update(DeliveryState::forget_trouble);
                }
                pipeline.sender.health.set(ProviderHealth::Well);
                pipeline.remember(report, DeliveryOutcome::Delivered);
                SendResult::Taken
            }
            Err(SendError::Rejected { reason, .. }) => {
                pipeline.diagnostics.lost(Loss::Rejected, 1);
                pipeline.remember(report, DeliveryOutcome::Refused);
                pipeline.sender.health.set(ProviderHealth::Failing(reason));
                SendResult::Refused
            }
            Err(SendError::Retry { after, reason, .. }) => {
                self.failing = true;
                if self.put_off(after, &reason) >= TRIES {
                    return self.halt(reason);
                }
                pipeline.sender.health.set(ProviderHealth::Failing(reason));
                SendResult::Later
            }
            Err(SendError::Halt { reason, .. }) => self.halt(reason),
        }
    }

    /// Waits longer with every failure; returns how many there were in a row.
    ///
    /// A first failure may be this machine's own, and the next start tries again at once. What the server asked for,
    /// and every further failure, holds for the next starts too.
    fn put_off(&mut self, asked: Option<Duration>, reason: &str) -> u32 {
        let now = self.pipeline.clock.now();
        let (failures, wait) = self.pipeline.store.delivery_state.update(|state| {
            state.failures = state.failures.saturating_add(1);
            state.note_trouble(reason);
            let wait = retry::wait(state.failures, asked, retry::fraction());
            if asked.is_some() || state.failures > 1 {
                state.wait(now, wait);
            }
            (state.failures, wait)
        });
        self.not_before = Some(self.pipeline.clock.monotonic().saturating_add(wait));
        failures
    }

    fn halt(&mut self, reason: String) -> SendResult {
        self.failing = true;
        self.pipeline.store.delivery_state.update(|state| state.note_trouble(&reason));
        self.pipeline.sender.health.set(ProviderHealth::Halted(reason));
        SendResult::Later
    }
}

/// What became of one report.
enum SendResult {
    Taken,
    Refused,
    Later,
}

#[cfg(test)]
mod tests;
