//! The thread that delivers: from the spool to the provider, one report at a time.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_core::{Level, Loss, NullProvider, Report, SendError};

use super::isolate::Condition;
use super::{Desk, Flushed, next, retry, spawn, store};
use crate::config::Stored;
use crate::consent::{self, Decision, Rule};
use crate::journal::Fate;
use crate::spool::{Name, Spool, SpoolError, State};

/// How many reports wait in memory where there is no spool.
const IN_MEMORY: usize = 10;

/// How soon to look again while another process delivers.
const BUSY: Duration = Duration::from_secs(30);

type Memory = Arc<Mutex<VecDeque<Report>>>;

/// The store's handle of the courier; the thread starts with the first errand.
pub(super) struct Courier {
    desk: Arc<Desk>,
    memory: Memory,
    errands: std::cell::RefCell<Option<SyncSender<Errand>>>,
}

enum Errand {
    Wake,
    Flush(SyncSender<Flushed>),
}

impl Courier {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, memory: Memory::default(), errands: std::cell::RefCell::new(None) }
    }

    /// Keeps a report that could not be stored.
    pub(super) fn keep(&self, report: Report) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= IN_MEMORY {
            memory.pop_front();
            self.desk.log.lost(Loss::SpoolUnwritable, 1);
        }
        memory.push_back(report);
    }

    pub(super) fn wake(&self) {
        // A full queue holds a wake-up already.
        let _ = self.send(Errand::Wake);
    }

    /// Passes the question on; where there is no courier, the answer is what waits.
    pub(super) fn flush(&self, answer: SyncSender<Flushed>) {
        if let Err(Errand::Flush(answer)) = self.send(Errand::Flush(answer)) {
            // Whoever asked may have stopped waiting.
            let _ = answer.try_send(store::waiting(&self.desk));
        }
    }

    fn send(&self, errand: Errand) -> Result<(), Errand> {
        let mut slot = self.errands.borrow_mut();
        if slot.is_none() {
            let (errands, queue) = sync_channel(8);
            let (desk, memory) = (Arc::clone(&self.desk), Arc::clone(&self.memory));
            if spawn("telemetry-send", move || Round::new(desk, memory).run(&queue)) {
                *slot = Some(errands);
            }
        }
        match &*slot {
            Some(errands) => errands.try_send(errand).map_err(|refused| match refused {
                std::sync::mpsc::TrySendError::Full(e) | std::sync::mpsc::TrySendError::Disconnected(e) => e,
            }),
            None => Err(errand),
        }
    }
}

/// The courier's own state: the thread that may hang in a provider.
struct Round {
    desk: Arc<Desk>,
    memory: Memory,
    ready: bool,
    failures: u32,
    not_before: Option<Duration>,
}

/// What becomes of the rest of the round.
enum Next {
    Go,
    Stop,
}

impl Round {
    fn new(desk: Arc<Desk>, memory: Memory) -> Self {
        Self { desk, memory, ready: false, failures: 0, not_before: None }
    }

    fn run(mut self, queue: &Receiver<Errand>) {
        loop {
            let now = self.desk.clock.monotonic();
            let limit = self.not_before.map(|at| at.saturating_sub(now));
            let Some(errand) = next(queue, limit) else { break };
            if self.not_before.is_none_or(|at| at <= self.desk.clock.monotonic()) {
                self.not_before = None;
                self.deliver();
            }
            if let Some(Errand::Flush(answer)) = errand {
                let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).len();
                let waiting = store::waiting(&self.desk).waiting + memory;
                // Whoever asked may have stopped waiting.
                let _ = answer.try_send(Flushed { waiting });
            }
        }
    }

    /// Delivers all that waits, oldest first, until something says stop.
    fn deliver(&mut self) {
        if self.desk.health.is_halted() || self.desk.provider.name() == NullProvider::NAME {
            return;
        }
        let desk = Arc::clone(&self.desk);
        if let Some(spool) = &desk.spool {
            self.deliver_spool(spool);
        }
        self.deliver_memory();
    }

    fn deliver_spool(&mut self, spool: &Spool) {
        let names = spool.list();
        if names.is_empty() {
            return;
        }
        let Some(lock) = spool.lock_sender() else {
            self.not_before = Some(self.desk.clock.monotonic().saturating_add(BUSY));
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
        let name = match name.state {
            State::Ready | State::Fatal => name,
            State::Unsettled if spool.is_held(&name) => return Next::Go,
            State::Unsettled => match spool.settle(&name, State::Fatal) {
                Some(settled) => settled,
                None => return Next::Go,
            },
        };
        let (stored, decision) = self.desk.gate.decide();
        if !decision.allowed {
            self.denied(spool, &decision);
            return Next::Stop;
        }
        let Some(report) = self.restore(spool, &name, &stored, &decision) else { return Next::Go };
        match self.send(&report) {
            Sent::Taken => {
                spool.remove(&name);
                self.spend(spool, &decision)
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

    fn restore(&self, spool: &Spool, name: &Name, stored: &Stored, decision: &Decision) -> Option<Report> {
        let bytes = match spool.read(name) {
            Ok(bytes) => bytes,
            Err(error) => {
                if let SpoolError::Damaged = error {
                    self.desk.log.lost(Loss::Damaged, 1);
                }
                self.desk.log.note(error.to_string());
                return None;
            }
        };
        let email = decision.email(self.desk.gate.env(), stored);
        match self.desk.sanitizer().restore(&bytes, email, decision.privacy) {
            Ok(report) if name.state == State::Fatal => Some(report.with_level(Level::Fatal)),
            Ok(report) => Some(report),
            Err(error) => {
                self.desk.log.note(error.to_string());
                self.desk.log.lost(Loss::Damaged, 1);
                spool.quarantine(name);
                None
            }
        }
    }

    /// `once` is spent when a provider took the report, and what else was captured under it was not agreed to.
    fn spend(&self, spool: &Spool, decision: &Decision) -> Next {
        if !decision.once {
            return Next::Go;
        }
        if let Err(error) = consent::spend_once(self.desk.gate.store()) {
            self.desk.log.note(error.to_string());
        }
        self.desk.gate.forget();
        for name in spool.list() {
            spool.remove(&name);
        }
        Next::Stop
    }

    fn deliver_memory(&mut self) {
        loop {
            let next = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(report) = next else { return };
            if self.not_before.is_some() || !self.desk.gate.decide().1.allowed {
                self.memory.lock().unwrap_or_else(PoisonError::into_inner).push_front(report);
                return;
            }
            if let Sent::Later = self.send(&report) {
                self.memory.lock().unwrap_or_else(PoisonError::into_inner).push_front(report);
                return;
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
                self.failures = 0;
                desk.health.set(Condition::Well);
                desk.remember(report, Fate::Delivered);
                Sent::Taken
            }
            Some(Err(SendError::Rejected { reason })) => {
                desk.log.lost(Loss::Rejected, 1);
                desk.remember(report, Fate::Refused);
                desk.health.set(Condition::Failing(reason));
                Sent::Refused
            }
            Some(Err(SendError::Retry { after, reason })) => {
                self.failures = self.failures.saturating_add(1);
                let random = getrandom::u32().unwrap_or(u32::MAX / 2);
                let wait = retry::wait(self.failures, after, random);
                self.not_before = Some(desk.clock.monotonic().saturating_add(wait));
                desk.health.set(Condition::Failing(reason));
                Sent::Later
            }
            Some(Err(SendError::Halt { reason })) => self.halt(reason),
            None => self.halt("it panicked".to_owned()),
        }
    }

    fn halt(&self, reason: String) -> Sent {
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
