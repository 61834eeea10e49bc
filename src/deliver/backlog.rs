//! Captures that wait while the names and words for an earlier one are looked up. Meanwhile they are on the disk with
//! addresses only, so that none of a burst is lost when the process ends.

use std::collections::VecDeque;
use std::time::Duration;

use super::commands::StoreCommand;
use super::report_steps::{Begun, begin_capture};
use super::sync::mpsc::Receiver;
use super::{Pipeline, next, sync};

/// Longest backlog, in steps. It is short because each capture holds a file open and locked.
const AHEAD: usize = sync::bound(16);

/// The next step of the thread that stores.
pub(super) enum Step<'a> {
    Finish(Box<Begun<'a>>),
    Obey(StoreCommand),
    /// Nothing to do, because no report of the capture may be made.
    Nothing,
}

pub(super) struct Backlog<'a> {
    pipeline: &'a Pipeline,
    queue: &'a Receiver<StoreCommand>,
    waiting: VecDeque<Step<'a>>,
}

impl<'a> Backlog<'a> {
    pub(super) const fn new(pipeline: &'a Pipeline, queue: &'a Receiver<StoreCommand>) -> Self {
        Self { pipeline, queue, waiting: VecDeque::new() }
    }

    /// The next step, in the order of the commands. `Some(None)` when no command came within `limit`, `None` when no
    /// command can come any more.
    pub(super) fn next(&mut self, limit: Option<Duration>) -> Option<Option<Step<'a>>> {
        if self.waiting.is_empty() {
            match next(self.queue, limit)? {
                Some(command) => self.take(command),
                None => return Some(None),
            }
        }
        self.look();
        Some(self.waiting.pop_front())
    }

    /// Takes the commands that came meanwhile, and puts their captures on the disk.
    pub(super) fn look(&mut self) {
        while self.waiting.len() < AHEAD
            && let Ok(command) = self.queue.try_recv()
        {
            self.take(command);
        }
    }

    fn take(&mut self, command: StoreCommand) {
        let step = match command {
            StoreCommand::Store(captured, privacy, refusals) => {
                let begun = begin_capture(self.pipeline, *captured, privacy, refusals);
                begun.map_or(Step::Nothing, |begun| Step::Finish(Box::new(begun)))
            }
            StoreCommand::AwaitConsent(..)
            | StoreCommand::KeepInMemory(_)
            | StoreCommand::WatchPanic(_)
            | StoreCommand::ResolvePanics(_)
            | StoreCommand::Wake
            | StoreCommand::ConfirmStored(_)
            | StoreCommand::Flush { .. } => Step::Obey(command),
        };
        self.waiting.push_back(step);
    }
}
