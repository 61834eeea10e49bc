//! The thread that stores: from a capture to a clean report in the spool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crawl4ai_telemetry_core::{Loss, Privacy, Report, ReportId};

use super::backlog::{Backlog, Step};
use super::partial::PartialReport;
use super::sync::mpsc::Receiver;
use super::unresolved_panic::Watch;
use super::uploader::Uploader;
use super::{Pipeline, StoreCommand};
use crate::capture::Captured;
use crate::consent::{Decision, Rule};
use crate::store::spool::{Clearance, ReportState, StoredName};

pub(super) fn run(pipeline: &Arc<Pipeline>, queue: &Receiver<StoreCommand>) {
    let uploader = Uploader::new(Arc::clone(pipeline));
    let mut watch = Watch::default();
    let mut backlog = Backlog::new(pipeline, queue);
    loop {
        let now = pipeline.clock.monotonic();
        // A provider that hangs is noticed here, whether or not anything else is captured.
        let due = [watch.due_in(now), pipeline.sender.health.late_in(now)].into_iter().flatten().min();
        let Some(step) = backlog.next(due) else { break };
        match step {
            Some(Step::Finish(begun)) => {
                if let Some(report) = finish_capture(pipeline, *begun, || backlog.look()) {
                    uploader.keep(report);
                }
                uploader.wake();
            }
            Some(Step::Obey(command)) => obey(pipeline, &uploader, &mut watch, command),
            Some(Step::Nothing) | None => {}
        }
        if watch.resolve_due(pipeline, pipeline.clock.monotonic()) {
            uploader.wake();
        }
        pipeline.sender.health.release_if_stuck(pipeline.clock.monotonic());
    }
}

fn obey(pipeline: &Pipeline, uploader: &Uploader, watch: &mut Watch, command: StoreCommand) {
    match command {
        StoreCommand::Store(captured, privacy) => {
            if let Some(report) = persist_capture(pipeline, *captured, privacy) {
                uploader.keep(report);
            }
            uploader.wake();
        }
        StoreCommand::AwaitConsent(captured) => {
            if let Some(captured) = pipeline.hold(*captured) {
                if let Some(report) = persist_capture(pipeline, captured, Privacy::Standard) {
                    uploader.keep(report);
                }
                uploader.wake();
            }
        }
        StoreCommand::KeepInMemory(report) => {
            uploader.keep(*report);
            uploader.wake();
        }
        StoreCommand::WatchPanic(panic) => watch.add(panic, pipeline.clock.monotonic()),
        StoreCommand::ResolvePanics(ending) => {
            watch.resolve_all(pipeline, ending);
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
    finish_capture(pipeline, begin_capture(pipeline, captured, privacy)?, || ())
}

/// A capture on its way to a report: on the disk by its addresses, where that is possible.
pub(super) struct Begun<'a> {
    captured: Captured,
    level: Privacy,
    partial: Option<PartialReport<'a>>,
}

/// Puts it on the disk before names and words are looked for. `None` where nothing may be stored.
pub(super) fn begin_capture(pipeline: &Pipeline, captured: Captured, privacy: Privacy) -> Option<Begun<'_>> {
    unless_it_panics(pipeline, || begin(pipeline, captured, privacy))
}

/// Makes the report, and stores it. Gives it back when it could not be stored, to be sent from memory. Calls `waits` every few
/// milliseconds of the wait for names and words.
fn finish_capture(pipeline: &Pipeline, begun: Begun<'_>, waits: impl FnMut()) -> Option<Report> {
    unless_it_panics(pipeline, || finish(pipeline, begun, waits))
}

/// The program's own detectors run in there, and a sanitizer that failed must not let anything through.
fn unless_it_panics<T>(pipeline: &Pipeline, step: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
        pipeline.diagnostics.lost(Loss::Internal, 1);
        None
    })
}

fn begin(pipeline: &Pipeline, mut captured: Captured, privacy: Privacy) -> Option<Begun<'_>> {
    // Read again: the user may have changed their mind since the capture.
    let decided = pipeline.policy.admission.decide();
    let decision = &decided.1;
    if !decision.allowed {
        return None;
    }
    let level = privacy.max(decision.privacy);
    captured.event = pipeline.complete_event(captured.event, &decided);
    let partial =
        if decision.shows_only { None } else { pipeline.store_partial(&captured, level, Clearance::Rules) };
    Some(Begun { captured, level, partial })
}

fn finish(pipeline: &Pipeline, begun: Begun<'_>, waits: impl FnMut()) -> Option<Report> {
    let Begun { captured, level, partial } = begun;
    let decision: Decision = pipeline.policy.admission.decide().1;
    // It may have waited for others, and what is dropped here is deleted.
    if !decision.allowed {
        return None;
    }
    let (app, level) = (pipeline.policy.admission.app(), level.max(decision.privacy));
    if decision.shows_only {
        let event = pipeline.symbolication.resolve(captured, pipeline.words_reader());
        pipeline.show(&pipeline.sanitizer().report(app, event, level));
        return None;
    }
    // The program ends, and there is no time for names and words: the next start has it.
    if pipeline.symbolication.is_over()
        && let Some(partial) = partial
    {
        keep(pipeline, partial);
        return None;
    }
    let event = pipeline.symbolication.resolve_while(captured, pipeline.words_reader(), waits);
    let report = if pipeline.symbolication.is_over() {
        if let Some(partial) = partial {
            keep(pipeline, partial);
            return None;
        }
        pipeline.sanitizer().report_without_signature(app, event, level)
    } else {
        pipeline.forget_ends();
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
    let is_admitted = pipeline.admits(&report);
    if is_admitted {
        pipeline.show_opt_out_notice(&decision);
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

/// The reports that wait in the spool for delivery.
pub(super) fn waiting(pipeline: &Pipeline) -> Vec<ReportId> {
    let Some(spool) = &pipeline.store.spool else { return Vec::new() };
    // A panic that is not resolved yet waits for time to pass, not for delivery.
    // And what waits for the user's answer waits for no server.
    let waits =
        |name: &&StoredName| name.clearance != Clearance::AwaitingConsent && !spool.is_process_alive(name);
    spool.list().iter().filter(waits).map(|name| name.id).collect()
}

#[cfg(test)]
mod tests;
