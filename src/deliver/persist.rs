//! The thread that stores: from a capture to a clean report in the spool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crawl4ai_telemetry_core::{Loss, Privacy, Report};

use super::commands::StoreCommand;
use super::partial::PartialReport;
use super::sync::mpsc::Receiver;
use super::unresolved_panic::Watch;
use super::uploader::Uploader;
use super::{Pipeline, next};
use crate::capture::Captured;
use crate::consent::Rule;
use crate::store::spool::{Clearance, ReportState};

pub(super) fn run(pipeline: &Arc<Pipeline>, queue: &Receiver<StoreCommand>) {
    let uploader = Uploader::new(Arc::clone(pipeline));
    let mut watch = Watch::default();
    loop {
        let now = pipeline.clock.monotonic();
        // A provider that hangs is noticed here, whether or not anything else is captured.
        let due = [watch.due_in(now), pipeline.sender.health.late_in(now)].into_iter().flatten().min();
        let Some(command) = next(queue, due) else { break };
        match command {
            Some(StoreCommand::Store(captured, privacy)) => {
                if let Some(report) = persist_capture(pipeline, *captured, privacy) {
                    uploader.keep(report);
                }
                uploader.wake();
            }
            Some(StoreCommand::AwaitConsent(captured)) => {
                if let Some(captured) = pipeline.hold(*captured) {
                    if let Some(report) = persist_capture(pipeline, captured, Privacy::Standard) {
                        uploader.keep(report);
                    }
                    uploader.wake();
                }
            }
            Some(StoreCommand::KeepInMemory(report)) => {
                uploader.keep(*report);
                uploader.wake();
            }
            Some(StoreCommand::WatchPanic(panic)) => watch.add(panic, now),
            Some(StoreCommand::ResolvePanics(ending)) => {
                watch.resolve_all(&pipeline.store, ending);
                pipeline.store.leave_unreported();
                uploader.wake();
            }
            Some(StoreCommand::Wake) => {
                if let Some(spool) = &pipeline.store.spool {
                    pipeline.make_room(spool);
                }
                uploader.wake();
            }
            Some(StoreCommand::ConfirmStored(answer)) => drop(answer.try_send(())),
            Some(StoreCommand::Flush { answer, until, ends }) => uploader.flush(answer, until, ends),
            None => {}
        }
        if watch.resolve_due(&pipeline.store, pipeline.clock.monotonic()) {
            uploader.wake();
        }
        pipeline.sender.health.release_if_stuck(pipeline.clock.monotonic());
    }
}

/// Fallback when the thread that stores cannot be started: runs on the calling thread. Gives the report back when it
/// could not be stored.
pub(super) fn run_here(pipeline: &Pipeline, command: StoreCommand) -> Option<Report> {
    if let StoreCommand::AwaitConsent(captured) = command {
        return persist_capture(pipeline, pipeline.hold(*captured)?, Privacy::Standard);
    }
    let StoreCommand::Store(captured, privacy) = command else { return None };
    persist_capture(pipeline, *captured, privacy)
}

/// Makes the report and stores it. Gives it back when it could not be stored, to be sent from memory.
pub(super) fn persist_capture(pipeline: &Pipeline, captured: Captured, privacy: Privacy) -> Option<Report> {
    // The program's own detectors run in here, and a sanitizer that failed must not let anything through.
    let stored = catch_unwind(AssertUnwindSafe(|| sanitize_and_persist(pipeline, captured, privacy)));
    stored.unwrap_or_else(|_| {
        pipeline.diagnostics.lost(Loss::Internal, 1);
        None
    })
}

fn sanitize_and_persist(pipeline: &Pipeline, mut captured: Captured, privacy: Privacy) -> Option<Report> {
    // Read again: the user may have changed their mind since the capture.
    let decided = pipeline.policy.admission.decide();
    let decision = &decided.1;
    if !decision.allowed {
        return None;
    }
    let (app, level) = (pipeline.policy.admission.app(), privacy.max(decision.privacy));
    captured.event = pipeline.complete_event(captured.event, &decided);
    if decision.shows_only {
        let event = pipeline.cleaning.symbolication.resolve(captured, pipeline.words_reader());
        pipeline.policy.show(&pipeline.sanitizer().report(app, event, level));
        return None;
    }
    let partial = pipeline.store_partial(&captured, level, Clearance::Rules);
    let event = pipeline.cleaning.symbolication.resolve(captured, pipeline.words_reader());
    let report = if pipeline.cleaning.symbolication.is_over() {
        // The program ends, and there is no time for its words.
        if let Some(partial) = partial {
            keep(pipeline, partial);
            return None;
        }
        pipeline.sanitizer().report_without_signature(app, event, level)
    } else {
        pipeline.store.forget_ends();
        pipeline.sanitizer().report(app, event, level)
    };
    let stored = put(pipeline, &report);
    if stored.is_none()
        && let Some(partial) = partial
    {
        // Less is on the disk than could not be stored, and it lasts longer than what is kept in memory. It is counted when it is
        // settled.
        keep(pipeline, partial);
        return None;
    }
    let is_admitted = pipeline.store.admits(&report);
    if is_admitted {
        pipeline.policy.show_opt_out_notice(decision, pipeline.sender.destination());
    }
    match stored {
        Some(stored) if is_admitted => {
            keep(pipeline, stored);
            None
        }
        // Goes, and what has no names with it.
        Some(_) => None,
        None => is_admitted.then_some(report),
    }
}

fn keep(pipeline: &Pipeline, partial: PartialReport<'_>) {
    // A no that came while names were looked for has deleted everything but this, which goes too.
    if pipeline.policy.admission.decide().1.rule == Rule::StoredDenial {
        return;
    }
    partial.keep();
    if let Some(spool) = &pipeline.store.spool {
        pipeline.make_room(spool);
    }
}

/// Stores it under its fingerprint, before it is counted: what is killed in between must not be counted again. No sender takes
/// it while it is partial.
fn put<'a>(pipeline: &'a Pipeline, report: &Report) -> Option<PartialReport<'a>> {
    let spool = pipeline.store.spool.as_ref()?;
    let bytes = report.to_stored().unwrap_or_default();
    let key = (report.id(), report.time(), Some(report.fingerprint()));
    let stored = spool.put(key, ReportState::Partial, &bytes);
    let held = stored.map_err(|error| pipeline.diagnostics.note(error.to_string())).ok()?;
    Some(PartialReport::holding(spool, held))
}

#[cfg(test)]
mod tests;
