//! The store's handle of the thread that delivers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use crawl4ai_telemetry_core::{Loss, Report};

use super::round::Round;
use super::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use super::sync::{self, Mutex};
use super::{Desk, Flushed, spawn, store};

/// How many reports wait in memory where there is no spool.
const IN_MEMORY: usize = 10;

/// Errands that may wait: one wake-up, which is as good as many, and those who flush at the same time.
const ERRANDS: usize = sync::bound(8);

/// Reports that could not be stored.
pub(super) type Memory = Arc<Mutex<VecDeque<Report>>>;

/// The store's handle of the courier; the thread starts with the first errand.
pub(super) struct Courier {
    desk: Arc<Desk>,
    memory: Memory,
    errands: RefCell<Option<SyncSender<Errand>>>,
    /// Does a wake-up wait?
    woken: Arc<AtomicBool>,
}

/// What the courier is asked to do.
pub(super) enum Errand {
    /// Deliver. What is set is to be cleared before anybody looks for reports.
    Wake(Arc<AtomicBool>),
    /// Deliver, and answer; while another process delivers, wait for it until this moment of the clock.
    Flush(SyncSender<Flushed>, Duration),
}

impl Courier {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, memory: Memory::default(), errands: RefCell::new(None), woken: Arc::default() }
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
        // More than one would fill the queue, and whoever flushes would be turned away.
        if !self.woken.swap(true, Ordering::AcqRel)
            && self.send(Errand::Wake(Arc::clone(&self.woken))).is_err()
        {
            self.woken.store(false, Ordering::Release);
        }
    }

    /// Passes the question on; where there is no courier, the answer is what waits.
    pub(super) fn flush(&self, answer: SyncSender<Flushed>, until: Duration) {
        if let Err(Errand::Flush(answer, _)) = self.send(Errand::Flush(answer, until)) {
            // Whoever asked may have stopped waiting.
            let _ = answer.try_send(Flushed { waiting: store::waiting(&self.desk).len() });
        }
    }

    fn send(&self, errand: Errand) -> Result<(), Errand> {
        let mut slot = self.errands.borrow_mut();
        if slot.is_none() {
            let (errands, queue) = sync_channel(ERRANDS);
            let (desk, memory) = (Arc::clone(&self.desk), Arc::clone(&self.memory));
            if spawn("telemetry-send", move || Round::new(desk, memory).run(&queue)) {
                *slot = Some(errands);
            }
        }
        match &*slot {
            Some(errands) => errands.try_send(errand).map_err(|refused| match refused {
                TrySendError::Full(e) | TrySendError::Disconnected(e) => e,
            }),
            None => Err(errand),
        }
    }
}
