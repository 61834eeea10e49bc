//! The store's handle to the thread that delivers.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crawl4ai_telemetry_core::Loss;

use super::commands::{Flushed, UnstoredReport, UnstoredReports, UploadCommand};
use super::report_delivery::ReportDelivery;
use super::sync;
use super::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use super::upload_loop::UploadLoop;
use super::{Pipeline, spawn};

/// The number of reports that may wait in memory because they could not be stored.
const IN_MEMORY: usize = 10;

/// The number of commands that may wait: one wake-up, because a second one would change nothing, and one flush for each
/// caller that waits or that gave up while a server was slow. The last flush of a program must fit into the queue.
/// Otherwise the report that is being sent when the program ends is sent again by the next start.
const COMMANDS: usize = sync::bound(64);

/// The store's handle to the uploader. The thread starts with the first command.
pub(super) struct Uploader {
    pipeline: Arc<Pipeline>,
    memory: UnstoredReports,
    commands: RefCell<Option<SyncSender<UploadCommand>>>,
    /// Does a wake-up wait?
    woken: Arc<AtomicBool>,
}

impl Uploader {
    pub(super) fn new(pipeline: Arc<Pipeline>) -> Self {
        Self {
            pipeline,
            memory: UnstoredReports::default(),
            commands: RefCell::new(None),
            woken: Arc::default(),
        }
    }

    /// Keeps a report that could not be stored.
    pub(super) fn keep(&self, unstored: UnstoredReport) {
        let mut memory = self.memory.lock();
        if memory.len() >= IN_MEMORY
            && let Some(oldest) = memory.pop_front()
        {
            self.pipeline.diagnostics.restore_unreported(oldest.report.losses());
            self.pipeline.diagnostics.lost(Loss::SpoolUnwritable, 1);
        }
        memory.push_back(unstored);
    }

    pub(super) fn wake(&self) {
        // More than one wake-up would fill the queue, so that a flush would be refused.
        if !self.woken.swap(true, Ordering::AcqRel)
            && self.send(UploadCommand::Wake(Arc::clone(&self.woken))).is_err()
        {
            self.woken.store(false, Ordering::Release);
        }
    }

    /// Passes the flush on to the uploader. If the uploader cannot take it, the answer is the number of reports that
    /// wait now.
    pub(super) fn flush(&self, answer: SyncSender<Flushed>, until: Duration, ends: bool) {
        if let Err(UploadCommand::Flush { answer, .. }) =
            self.send(UploadCommand::Flush { answer, until, ends })
        {
            // The caller may have stopped waiting.
            let _ = answer.try_send(Flushed { waiting: self.pipeline.store.waiting().len() });
        }
    }

    fn send(&self, command: UploadCommand) -> Result<(), UploadCommand> {
        let mut slot = self.commands.borrow_mut();
        if slot.is_none() {
            let (commands, queue) = sync_channel(COMMANDS);
            let (pipeline, memory) = (Arc::clone(&self.pipeline), Arc::clone(&self.memory));
            let (sender, clock) = (Arc::clone(&pipeline.sender), Arc::clone(&pipeline.clock));
            let delivery = ReportDelivery::new(pipeline, memory);
            if spawn("telemetry-send", move || UploadLoop::new(delivery, sender, clock).run(&queue)) {
                *slot = Some(commands);
            }
        }
        let Some(commands) = &*slot else { return Err(command) };
        let health = &self.pipeline.sender.health;
        health.command_sent(self.pipeline.clock.monotonic());
        commands.try_send(command).map_err(|refused| {
            health.command_done();
            match refused {
                TrySendError::Full(command) | TrySendError::Disconnected(command) => command,
            }
        })
    }
}
