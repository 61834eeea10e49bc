//! Off the program's threads: one thread stores, one delivers. Both start with the first report.
//!
//! Storing never waits for the network: a server that hangs holds the courier, not the store, and nobody
//! waits for the courier longer than they said they would.

mod courier;
mod desk;
mod haste;
mod isolate;
mod panics;
mod pending;
mod restore;
mod retry;
mod round;
#[cfg(test)]
mod stampede;
mod store;
pub(crate) mod sync;
#[cfg(all(test, shuttle))]
mod tests;
mod unsettled;

use std::sync::{Arc, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{Loss, Privacy, Report};

pub(crate) use desk::{Desk, Rules, destination};
pub(crate) use isolate::{Condition, Health};
pub(crate) use panics::Panics;
pub(crate) use pending::{Pending, ask};
pub(crate) use retry::wait as wait_before_retry;
pub(crate) use unsettled::Unsettled;

use crate::capture::Captured;
use sync::Mutex;
use sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};

/// How many captures may wait for the store: each is a few kilobytes, and the limits admit fewer an hour.
const QUEUE: usize = sync::bound(64);

/// How often a full queue is tried again while somebody waits for a flush.
const POLL: Duration = Duration::from_millis(5);

/// What the store is asked to do.
enum Job {
    /// Make a report of it and store it.
    Store(Box<Captured>, Privacy),
    /// Make a report of it, which waits for the user's answer.
    Hold(Box<Captured>),
    /// Send it from memory: it could not be stored.
    Keep(Box<Report>),
    /// Settle this panic when its time has come.
    Watch(Unsettled),
    /// The program ends: settle every panic. The one of this thread, if any, is the end.
    Settle(Option<ThreadId>),
    /// Something may wait in the spool.
    Wake,
    /// Answer: all that came before is stored.
    Stored(SyncSender<()>),
    /// Answer when all that came before is stored, and a delivery was tried; somebody waits until this moment.
    Flush(SyncSender<Flushed>, Duration),
}

/// What a flush left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flushed {
    /// Reports that still wait in the spool.
    pub(crate) waiting: usize,
}

/// The handle: starts the threads when there is something to do.
pub(crate) struct Worker {
    desk: Arc<Desk>,
    running: Mutex<Option<Running>>,
}

struct Running {
    /// A child of a fork has the memory of the threads, but not the threads.
    process: u32,
    jobs: SyncSender<Job>,
}

impl Worker {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, running: Mutex::new(None) }
    }

    /// Has anything been started in this process?
    pub(crate) fn is_running(&self) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().is_some_and(|r| r.process == std::process::id())
    }

    /// Hands a capture over; never waits. False when the queue was full, which is counted.
    pub(crate) fn store(&self, captured: Captured, privacy: Privacy) -> bool {
        self.hand_over(Job::Store(Box::new(captured), privacy))
    }

    /// As [`store`](Self::store), for a capture that waits for the user's answer.
    pub(crate) fn hold(&self, captured: Captured) -> bool {
        self.hand_over(Job::Hold(Box::new(captured)))
    }

    fn hand_over(&self, job: Job) -> bool {
        match self.send(job) {
            Ok(()) => true,
            Err(Refused::Full(_)) => {
                self.desk.log.lost(Loss::QueueFull, 1);
                false
            }
            // No thread can be had: do it here. Slow, but a report is worth more than a moment.
            Err(Refused::NoThread(job)) => {
                if let Some(report) = store::take(&self.desk, job) {
                    // Whatever sends from memory is a thread too.
                    self.desk.log.untell(report.losses());
                    self.desk.log.lost(Loss::SpoolUnwritable, 1);
                }
                true
            }
        }
    }

    /// Sends a report from memory that could not be stored.
    pub(crate) fn keep(&self, report: Report) {
        if self.send(Job::Keep(Box::new(report))).is_err() {
            self.desk.log.lost(Loss::SpoolUnwritable, 1);
        }
    }

    /// Watches over a panic until it is known whether the program survived it.
    pub(crate) fn watch(&self, panic: Unsettled) {
        if let Err(Refused::Full(job) | Refused::NoThread(job)) = self.send(Job::Watch(panic))
            && let Job::Watch(panic) = job
        {
            // Nobody will settle it, so the next start must find it held until this process is gone.
            panic.keep_held();
        }
    }

    /// The program ends: what was caught was survived, but for the panic that ends it now.
    pub(crate) fn settle(&self, ending: Option<ThreadId>) {
        if self.is_running() {
            // A full queue leaves the panics to the next start.
            let _ = self.send(Job::Settle(ending));
        }
    }

    /// Something waits in the spool since an earlier run.
    pub(crate) fn wake(&self) {
        // When it cannot be sent now, the next report wakes the courier.
        let _ = self.send(Job::Wake);
    }

    /// Waits until all captures so far are stored and a delivery was tried, at most `timeout`.
    ///
    /// `None` when the time was up first; nothing is lost by that.
    pub(crate) fn flush(&self, timeout: Duration) -> Option<Flushed> {
        let until = self.desk.clock.monotonic().saturating_add(timeout);
        self.ask(timeout, |answer| Job::Flush(answer, until))
    }

    /// Waits until all captures so far are stored, at most `timeout`. False when the time was up first.
    pub(crate) fn await_stored(&self, timeout: Duration) -> bool {
        self.ask(timeout, Job::Stored).is_some()
    }

    /// The store's answer to a job, which comes after all jobs before it; `None` when the time was up first.
    fn ask<T>(&self, timeout: Duration, job: impl FnOnce(SyncSender<T>) -> Job) -> Option<T> {
        let deadline = Instant::now().checked_add(timeout);
        let left = || deadline.map_or(timeout, |d| d.saturating_duration_since(Instant::now()));
        let (answer, wait) = sync_channel(1);
        let mut job = job(answer);
        while let Err(refused) = self.send(job) {
            match refused {
                Refused::Full(back) if left() > POLL => job = back,
                Refused::Full(_) | Refused::NoThread(_) => return None,
            }
            sync::sleep(POLL);
        }
        wait.recv_timeout(left()).ok()
    }

    fn send(&self, job: Job) -> Result<(), Refused> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let process = std::process::id();
        if running.as_ref().is_none_or(|r| r.process != process) {
            match start(&self.desk) {
                Some(jobs) => *running = Some(Running { process, jobs }),
                None => return Err(Refused::NoThread(job)),
            }
        }
        let Some(jobs) = running.as_ref().map(|r| &r.jobs) else { return Err(Refused::NoThread(job)) };
        match jobs.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(job)) => Err(Refused::Full(job)),
            Err(TrySendError::Disconnected(job)) => {
                // The store's thread is gone; the next report starts another.
                *running = None;
                Err(Refused::NoThread(job))
            }
        }
    }
}

/// Why a job was not taken.
enum Refused {
    Full(Job),
    NoThread(Job),
}

fn start(desk: &Arc<Desk>) -> Option<SyncSender<Job>> {
    // Made before there is a thread: a process that is forked while one makes it would wait for it for ever.
    let _ = desk.sanitizer();
    let (jobs, queue) = sync_channel(QUEUE);
    let own = Arc::clone(desk);
    let started = spawn("telemetry-store", move || store::run(&own, &queue));
    if !started {
        desk.log.note("no thread could be started: reports are stored on the program's own".to_owned());
    }
    started.then_some(jobs)
}

/// Starts a thread of ours; its panics are its own.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> bool {
    let inside = || crate::capture::stage::Inside::enter();
    crate::capture::stack::threads_start();
    sync::Builder::new()
        .name(name.into())
        .spawn(move || {
            let _inside = inside();
            body();
        })
        .is_ok()
}

/// Waits for the next message, or until `limit`; `None` when nobody can send any more.
pub(crate) fn next<T>(queue: &Receiver<T>, limit: Option<Duration>) -> Option<Option<T>> {
    match limit {
        None => queue.recv().ok().map(Some),
        Some(limit) => match queue.recv_timeout(limit) {
            Ok(message) => Some(Some(message)),
            Err(RecvTimeoutError::Timeout) => Some(None),
            Err(RecvTimeoutError::Disconnected) => None,
        },
    }
}
