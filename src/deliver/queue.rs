//! The handle of the thread that stores. Captures and commands are sent through it.

use std::sync::Arc;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crawl4ai_telemetry_core::{Loss, Privacy};

use super::commands::{Flushed, StoreCommand, UnstoredReport};
use super::persist;
use super::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use super::sync::{self, Mutex};
use super::{Pipeline, UnresolvedPanic, spawn};
use crate::capture::Captured;

/// The number of commands that may wait for the store. A capture takes a few kilobytes, and the limits admit fewer
/// captures an hour.
const QUEUE: usize = sync::bound(64);

/// Time between two tries of a full queue while a caller waits for an answer.
const POLL: Duration = Duration::from_millis(5);

/// The handle, which starts the thread that stores with the first command.
pub(crate) struct CaptureQueue {
    pipeline: Arc<Pipeline>,
    pub(super) running: Mutex<Option<StoreThread>>,
    /// Called before the thread is started in a process, and when the panic hook has stored a panic.
    on_start: fn(),
}

pub(super) struct StoreThread {
    /// The process that started the thread. A forked child has a copy of this memory, but not the thread.
    pub(super) process: u32,
    pub(super) commands: SyncSender<StoreCommand>,
}

impl CaptureQueue {
    pub(crate) fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, running: Mutex::new(None), on_start: || () }
    }

    /// Sets the function that is called before the thread is started in a process, and when a panic was stored.
    pub(crate) fn on_start(self, on_start: fn()) -> Self {
        Self { on_start, ..self }
    }

    /// Calls the function of `on_start`, because something was stored and the process may end before the thread starts.
    pub(crate) fn announce(&self) {
        (self.on_start)();
    }

    /// Has the thread been started in this process?
    pub(crate) fn is_running(&self) -> bool {
        let running = self.running.lock();
        running.as_ref().is_some_and(|r| r.process == std::process::id())
    }

    /// Hands a capture over without waiting for the queue. False when the queue was full, which is counted as a loss.
    /// `refusals` is how often the user had said no before the capture was admitted.
    pub(crate) fn enqueue(&self, captured: Captured, privacy: Privacy, refusals: u64) -> bool {
        self.hand_over(StoreCommand::Store(Box::new(captured), privacy, refusals))
    }

    /// As [`enqueue`](Self::enqueue), for a capture that waits for the user's answer.
    pub(crate) fn enqueue_awaiting(&self, captured: Captured, refusals: u64) -> bool {
        self.hand_over(StoreCommand::AwaitConsent(Box::new(captured), refusals))
    }

    fn hand_over(&self, command: StoreCommand) -> bool {
        match self.send(command) {
            Ok(()) => true,
            Err(Refused::Full(_)) => {
                self.pipeline.diagnostics.lost(Loss::QueueFull, 1);
                false
            }
            // No thread can be started, so that the capture is stored on this one. That is slow, but a report is worth
            // the wait.
            Err(Refused::NoThread(command)) => {
                if let Some(unstored) = persist::run_here(&self.pipeline, command) {
                    // The report cannot be sent from memory either, because that needs a thread too.
                    self.pipeline.diagnostics.restore_unreported(unstored.report.losses());
                    self.pipeline.diagnostics.lost(Loss::SpoolUnwritable, 1);
                }
                true
            }
        }
    }

    /// Sends from memory a report that could not be stored.
    pub(crate) fn keep(&self, unstored: UnstoredReport) {
        if let Err(Refused::Full(command) | Refused::NoThread(command)) =
            self.send(StoreCommand::KeepInMemory(unstored))
            && let StoreCommand::KeepInMemory(unstored) = command
        {
            self.pipeline.diagnostics.restore_unreported(unstored.report.losses());
            self.pipeline.diagnostics.lost(Loss::SpoolUnwritable, 1);
        }
    }

    /// Watches over a panic until it is known whether the program survived it.
    pub(crate) fn watch(&self, panic: UnresolvedPanic) {
        if let Err(Refused::Full(command) | Refused::NoThread(command)) =
            self.send(StoreCommand::WatchPanic(panic))
            && let StoreCommand::WatchPanic(panic) = command
        {
            // No thread of this process will settle the panic. Its lock is kept, to tell other processes that this one
            // still lives.
            panic.keep_locked();
        }
    }

    /// Settles all panics, because the program ends. A panic of the thread `ending` ends the program. The program
    /// survived the others.
    pub(crate) fn resolve(&self, ending: Option<ThreadId>) {
        if self.is_running() {
            // A full queue leaves the panics to the next start.
            let _ = self.send(StoreCommand::ResolvePanics(ending));
        }
    }

    /// Asks for the delivery of what waits in the spool.
    pub(crate) fn wake(&self) {
        // If the command cannot be sent now, the next report wakes the uploader.
        let _ = self.send(StoreCommand::Wake);
    }

    /// Waits, but not longer than `timeout`, until all captures so far are stored and a delivery was tried.
    ///
    /// `None` when the time was up first; nothing is lost by that.
    pub(crate) fn flush(&self, timeout: Duration) -> Option<Flushed> {
        self.flush_and(timeout, false)
    }

    /// As [`flush`](Self::flush), and shuts the provider down, because the telemetry ends.
    pub(crate) fn end(&self, timeout: Duration) -> Option<Flushed> {
        self.flush_and(timeout, true)
    }

    fn flush_and(&self, timeout: Duration, ends: bool) -> Option<Flushed> {
        let until = self.pipeline.clock.monotonic().saturating_add(timeout);
        self.ask(timeout, |answer| StoreCommand::Flush { answer, until, ends })
    }

    /// Waits, but not longer than `timeout`, until all captures so far are stored. False when the time was up first.
    pub(crate) fn await_stored(&self, timeout: Duration) -> bool {
        self.ask(timeout, StoreCommand::ConfirmStored).is_some()
    }

    /// Sends a command and waits for its answer, which comes after all earlier commands. `None` when the time was up
    /// first.
    fn ask<T>(&self, timeout: Duration, command: impl FnOnce(SyncSender<T>) -> StoreCommand) -> Option<T> {
        let deadline = Instant::now().checked_add(timeout);
        let left = || deadline.map_or(timeout, |d| d.saturating_duration_since(Instant::now()));
        let (answer, wait) = sync_channel(1);
        let mut command = command(answer);
        while let Err(refused) = self.send(command) {
            match refused {
                Refused::Full(back) if left() > POLL => command = back,
                Refused::Full(_) | Refused::NoThread(_) => return None,
            }
            sync::sleep(POLL);
        }
        wait.recv_timeout(left()).ok()
    }

    fn send(&self, command: StoreCommand) -> Result<(), Refused> {
        let mut running = self.running.lock();
        let process = std::process::id();
        if running.as_ref().is_none_or(|r| r.process != process) {
            self.announce();
            match start(&self.pipeline) {
                Some(commands) => *running = Some(StoreThread { process, commands }),
                None => return Err(Refused::NoThread(command)),
            }
        }
        let Some(commands) = running.as_ref().map(|r| &r.commands) else {
            return Err(Refused::NoThread(command));
        };
        match commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(command)) => Err(Refused::Full(command)),
            Err(TrySendError::Disconnected(command)) => {
                // The store's thread is gone; the next report starts another.
                *running = None;
                Err(Refused::NoThread(command))
            }
        }
    }
}

/// Why a command was not taken.
enum Refused {
    Full(StoreCommand),
    NoThread(StoreCommand),
}

fn start(pipeline: &Arc<Pipeline>) -> Option<SyncSender<StoreCommand>> {
    // The sanitizer is made before the thread starts, because otherwise this thread and the new one may each make one.
    let _ = pipeline.sanitizer();
    let (commands, queue) = sync_channel(QUEUE);
    let own = Arc::clone(pipeline);
    let started = spawn("telemetry-store", move || persist::run(&own, &queue));
    if !started {
        pipeline
            .diagnostics
            .note("no thread could be started: the program's own threads store reports".to_owned());
    }
    started.then_some(commands)
}
