//! One round of deliveries: from the spool to the provider, one report at a time, oldest first.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, NullProvider, Report, SendError};

use super::courier::{Errand, Memory};
use super::isolate::Condition;
use super::sync::{self, mpsc::Receiver};
use super::{Desk, Flushed, next, retry, store};
use crate::consent::{self, Decision, Rule};
use crate::journal::Fate;
use crate::ledger::Book;
use crate::spool::{Clearance, CrashLoop, Name, Spool, State};

/// So many failures in a row, and sending waits for the next run.
const TRIES: u32 = 8;

/// How long sending waits in a crash loop, at most: a random part of it.
pub(super) const LOOPING: Duration = Duration::from_secs(5 * 60);

/// How soon to look again while another process delivers.
const BUSY: Duration = Duration::from_secs(30);

/// The same, while somebody waits for a flush.
const POLL: Duration = Duration::from_millis(20);

/// The courier's own state: the thread that may hang in a provider.
pub(super) struct Round {
    desk: Arc<Desk>,
    memory: Memory,
    ready: bool,
    /// Has anything failed that was not followed by a success?
    failing: bool,
    looked: bool,
    /// Did another process deliver when this one last looked?
    busy: bool,
    not_before: Option<Duration>,
}

/// What becomes of the rest of the round.
enum Next {
    Go,
    Stop,
}

impl Round {
    pub(super) fn new(desk: Arc<Desk>, memory: Memory) -> Self {
        Self { desk, memory, ready: false, failing: false, looked: false, busy: false, not_before: None }
    }

    pub(super) fn run(mut self, queue: &Receiver<Errand>) {
        loop {
            let now = self.desk.clock.monotonic();
            let wait = self.not_before.map(|at| at.saturating_sub(now));
            let limit = if self.busy { Some(wait.unwrap_or(BUSY)) } else { wait };
            let Some(errand) = next(queue, limit) else { break };
            if let Some(Errand::Wake(woken)) = &errand {
                woken.store(false, Ordering::Release);
            }
            // What is captured while this one is delivered is nobody's question yet.
            let asked = if matches!(errand, Some(Errand::Flush(..))) {
                store::waiting(&self.desk)
            } else {
                Vec::new()
            };
            self.deliver_when_due();
            if let Some(Errand::Flush(answer, until)) = errand {
                while self.busy && self.desk.clock.monotonic() < until {
                    sync::sleep(POLL);
                    self.deliver_when_due();
                }
                let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).len();
                let left = store::waiting(&self.desk);
                let waiting = left.iter().filter(|id| asked.contains(id)).count() + memory;
                // Whoever asked may have stopped waiting.
                let _ = answer.try_send(Flushed { waiting });
            }
        }
    }

    fn deliver_when_due(&mut self) {
        if self.not_before.is_none_or(|at| at <= self.desk.clock.monotonic()) {
            self.not_before = None;
            self.deliver();
        }
    }

    /// Delivers all that waits, oldest first, until something says stop.
    fn deliver(&mut self) {
        let nowhere = self.desk.provider.name() == NullProvider::NAME;
        if self.desk.health.is_halted() || nowhere || self.desk.shows_only() {
            return;
        }
        let desk = Arc::clone(&self.desk);
        if !self.looked {
            self.look_back();
        }
        if self.not_before.is_some() {
            return;
        }
        if let Some(spool) = &desk.spool {
            self.deliver_spool(spool);
        }
        self.deliver_memory();
    }

    /// What earlier runs left behind: failures, a server's wish to be left alone, a crash loop.
    fn look_back(&mut self) {
        self.looked = true;
        let book = self.desk.ledger.read();
        self.failing = book.failures > 0 || book.trouble().is_some();
        let mut wait = book.left_to_wait(self.desk.clock.now());
        if self.desk.crash_loop() != CrashLoop::None {
            wait = wait.max(Some(LOOPING.mul_f64(retry::fraction())));
        }
        self.not_before = wait.map(|wait| self.desk.clock.monotonic().saturating_add(wait));
    }

    fn deliver_spool(&mut self, spool: &Spool) {
        self.busy = false;
        if spool.list().is_empty() {
            return;
        }
        // A process that lives for months sends nothing that is older than what it may keep.
        self.desk.make_room(spool);
        let Some(lock) = spool.lock_sender() else {
            self.busy = true;
            return;
        };
        self.desk.health.hold(lock);
        // Listed again under the lock: another process may have delivered since.
        for name in spool.list() {
            match self.deliver_one(spool, name) {
                Next::Go if self.desk.health.holds() => {}
                Next::Go | Next::Stop => break,
            }
        }
        self.desk.health.let_go();
    }

    fn deliver_one(&mut self, spool: &Spool, name: Name) -> Next {
        if name.clearance == Clearance::Awaited {
            return Next::Go;
        }
        let unsettled = name.state == State::Unsettled;
        let name = match name.state {
            State::Ready | State::Fatal => name,
            State::Unsettled if spool.is_held(&name) => return Next::Go,
            State::Unsettled => match spool.settle(&name, State::Fatal) {
                Some(settled) => settled,
                None => return Next::Go,
            },
        };
        let (stored, mut decision) = self.desk.gate.decide();
        if decision.shows_only {
            return Next::Stop;
        }
        if name.clearance == Clearance::Agreed {
            decision = self.desk.gate.agreed(decision);
        }
        if !decision.allowed {
            self.denied(spool, &decision);
            // What the user agreed to may stand behind what nobody agreed to.
            return Next::Go;
        }
        if !self.may_spend(&decision) {
            return Next::Go;
        }
        let Some(report) = self.desk.restore_whole(spool, &name, &stored, &decision) else { return Next::Go };
        // Phase 1 of a process that died right then: no limit has seen it yet.
        if unsettled && name.fingerprint.is_none() && !self.desk.admits(&report) {
            spool.remove(&name);
            return Next::Go;
        }
        // What an earlier run stored, and a panic's first phase, was told by nobody.
        self.desk.tell_opt_out(&decision);
        match self.send(&report) {
            Sent::Taken => {
                spool.remove(&name);
                self.spend(&decision)
            }
            Sent::Refused => {
                spool.remove(&name);
                Next::Go
            }
            Sent::Later => Next::Stop,
        }
    }

    /// What was denied is deleted. A kill switch only holds it back: it writes nothing.
    fn denied(&self, spool: &Spool, decision: &Decision) {
        if decision.rule == Rule::StoredDenial
            && let Err(error) = spool.purge()
        {
            self.desk.log.note(error.to_string());
        }
    }

    /// A yes to one report that could not be spent afterwards would be a yes to many, one a process: nothing leaves on the
    /// strength of it.
    fn may_spend(&self, decision: &Decision) -> bool {
        let spendable = if decision.once { self.desk.gate.store().check_writable() } else { Ok(()) };
        if let Err(error) = &spendable {
            self.desk.log.note(format!("a yes to one report that cannot be spent: {error}"));
        }
        spendable.is_ok()
    }

    /// `once` is spent when a provider took the report, and what else was captured under it was not agreed to.
    fn spend(&self, decision: &Decision) -> Next {
        if !decision.once {
            return Next::Go;
        }
        match consent::spend_once(self.desk.gate.store()) {
            Ok(_) => self.desk.gate.forget(),
            // What cannot be remembered holds for this process at least.
            Err(error) => {
                self.desk.log.note(error.to_string());
                self.desk.gate.close();
            }
        }
        if let Some(spool) = &self.desk.spool {
            for name in spool.list().iter().filter(|name| name.clearance == Clearance::Rules) {
                spool.remove(name);
            }
        }
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Next::Stop
    }

    fn deliver_memory(&mut self) {
        loop {
            let next = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(report) = next else { return };
            let decision = self.desk.gate.decide().1;
            let may = self.not_before.is_none() && decision.allowed && !decision.shows_only;
            let sent = if may && self.may_spend(&decision) { self.send(&report) } else { Sent::Later };
            match sent {
                Sent::Taken => {
                    self.spend(&decision);
                }
                Sent::Refused => {}
                Sent::Later => {
                    self.memory.lock().unwrap_or_else(PoisonError::into_inner).push_front(report);
                    return;
                }
            }
        }
    }

    fn send(&mut self, report: &Report) -> Sent {
        let desk = Arc::clone(&self.desk);
        let now = desk.clock.monotonic();
        if !self.ready {
            match desk.health.call(now, || desk.provider.initialize()) {
                Some(Ok(())) => self.ready = true,
                Some(Err(error)) => return self.halt(error.to_string()),
                None => return self.halt("it panicked while it was initialized".to_owned()),
            }
        }
        match desk.health.call(now, || desk.provider.send_exception(report)) {
            Some(Ok(())) => {
                if std::mem::take(&mut self.failing) {
                    desk.ledger.update(Book::went_well);
                } else if desk.ledger.read().trouble().is_some() {
                    // Another process met it while this one ran; a wait that it was asked for still holds.
                    desk.ledger.update(Book::forget_trouble);
                }
                desk.health.set(Condition::Well);
                desk.remember(report, Fate::Delivered);
                Sent::Taken
            }
            Some(Err(SendError::Rejected { reason, .. })) => {
                desk.log.lost(Loss::Rejected, 1);
                desk.remember(report, Fate::Refused);
                desk.health.set(Condition::Failing(reason));
                Sent::Refused
            }
            Some(Err(SendError::Retry { after, reason, .. })) => {
                self.failing = true;
                if self.put_off(after, &reason) >= TRIES {
                    return self.halt(reason);
                }
                desk.health.set(Condition::Failing(reason));
                Sent::Later
            }
            Some(Err(SendError::Halt { reason, .. })) => self.halt(reason),
            None => self.halt("it panicked".to_owned()),
        }
    }

    /// Waits longer with every failure; returns how many there were in a row.
    ///
    /// A first failure may be this machine's own, and the next start tries again at once. What the server asked for,
    /// and every further failure, holds for the next starts too.
    fn put_off(&mut self, asked: Option<Duration>, reason: &str) -> u32 {
        let now = self.desk.clock.now();
        let (failures, wait) = self.desk.ledger.update(|book| {
            book.failures = book.failures.saturating_add(1);
            book.note_trouble(reason);
            let wait = retry::wait(book.failures, asked, retry::fraction());
            if asked.is_some() || book.failures > 1 {
                book.wait(now, wait);
            }
            (book.failures, wait)
        });
        self.not_before = Some(self.desk.clock.monotonic().saturating_add(wait));
        failures
    }

    fn halt(&mut self, reason: String) -> Sent {
        self.failing = true;
        self.desk.ledger.update(|book| book.note_trouble(&reason));
        self.desk.health.set(Condition::Halted(reason));
        Sent::Later
    }
}

/// What became of one report.
enum Sent {
    Taken,
    Refused,
    Later,
}

#[cfg(test)]
mod tests;
