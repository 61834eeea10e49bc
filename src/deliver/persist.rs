//! The thread that stores.

use std::sync::Arc;

use crawl4ai_telemetry_core::Privacy;

use super::Pipeline;
use super::backlog::{Backlog, Step};
use super::commands::{StoreCommand, UnstoredReport};
use super::report_steps::{finish_capture, persist_capture};
use super::sync::mpsc::Receiver;
use super::unresolved_panic::Watch;
use super::uploader::Uploader;

pub(super) fn run(pipeline: &Arc<Pipeline>, queue: &Receiver<StoreCommand>) {
    let uploader = Uploader::new(Arc::clone(pipeline));
    let mut watch = Watch::default();
    let mut backlog = Backlog::new(pipeline, queue);
    loop {
        let now = pipeline.clock.monotonic();
        // The wait ends early enough to notice a provider that hangs, even if nothing is captured.
        let due = [watch.due_in(now), pipeline.sender.health.late_in(now)].into_iter().flatten().min();
        let Some(step) = backlog.next(due) else { break };
        match step {
            Some(Step::Finish(begun)) => {
                send_on(&uploader, finish_capture(pipeline, *begun, || backlog.look()));
            }
            Some(Step::Obey(command)) => obey(pipeline, &uploader, &mut watch, command),
            Some(Step::Nothing) | None => {}
        }
        if watch.resolve_due(&pipeline.store, pipeline.clock.monotonic()) {
            uploader.wake();
        }
        pipeline.sender.health.release_if_stuck(pipeline.clock.monotonic());
    }
}

/// Wakes the uploader for a report in the spool, or in memory if it could not be stored.
fn send_on(uploader: &Uploader, unstored: Option<UnstoredReport>) {
    if let Some(unstored) = unstored {
        uploader.keep(unstored);
    }
    uploader.wake();
}

fn obey(pipeline: &Pipeline, uploader: &Uploader, watch: &mut Watch, command: StoreCommand) {
    match command {
        // Never reached, because the backlog turns this command into another step.
        StoreCommand::Store(captured, privacy, refusals) => {
            send_on(uploader, persist_capture(pipeline, *captured, privacy, refusals))
        }
        StoreCommand::AwaitConsent(captured, refusals) => {
            if let Some(captured) = pipeline.hold(*captured) {
                send_on(uploader, persist_capture(pipeline, captured, Privacy::Standard, refusals));
            }
        }
        StoreCommand::KeepInMemory(unstored) => {
            uploader.keep(unstored);
            uploader.wake();
        }
        StoreCommand::WatchPanic(panic) => watch.add(panic, pipeline.clock.monotonic()),
        StoreCommand::ResolvePanics(ending) => {
            watch.resolve_all(&pipeline.store, ending);
            pipeline.leave_unreported();
            uploader.wake();
        }
        StoreCommand::Wake => {
            if let Some(spool) = &pipeline.store.spool {
                pipeline.make_room(spool);
            }
            uploader.wake();
        }
        StoreCommand::ConfirmStored(answer) => drop(answer.try_send(())),
        StoreCommand::Flush { answer, until, ends } => uploader.flush(answer, until, ends),
    }
}

/// Stores a capture on the calling thread, because the thread that stores cannot be started. Returns the report when it
/// could not be stored. Other commands do nothing.
pub(super) fn run_here(pipeline: &Pipeline, command: StoreCommand) -> Option<UnstoredReport> {
    if let StoreCommand::AwaitConsent(captured, refusals) = command {
        return persist_capture(pipeline, pipeline.hold(*captured)?, Privacy::Standard, refusals);
    }
    let StoreCommand::Store(captured, privacy, refusals) = command else { return None };
    persist_capture(pipeline, *captured, privacy, refusals)
}

#[cfg(test)]
mod tests;
