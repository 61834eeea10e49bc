//! From a capture to a clean report in the spool, in two steps: stored by its addresses, then with names and words.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{Loss, Privacy, Report};

use super::Pipeline;
use super::partial::PartialReport;
use crate::capture::Captured;
use crate::consent::Decision;
use crate::store::delivery_state::EndWithout;
use crate::store::spool::{Clearance, ReportState};

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
pub(super) fn finish_capture(pipeline: &Pipeline, begun: Begun<'_>, waits: impl FnMut()) -> Option<Report> {
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
        pipeline.diagnostics.restore_unreported(&captured.event.losses);
        return None;
    }
    let (app, level) = (pipeline.policy.admission.app(), level.max(decision.privacy));
    if decision.shows_only {
        let event = pipeline.cleaning.symbolication.resolve(captured, pipeline.words_reader());
        pipeline.policy.show(&pipeline.sanitizer().report(app, event, level));
        return None;
    }
    // The program ends, and there is no time for names and words: the next start has it.
    if pipeline.cleaning.symbolication.is_over()
        && let Some(partial) = partial
    {
        keep(pipeline, partial);
        return None;
    }
    let event = pipeline.cleaning.symbolication.resolve_while(captured, pipeline.words_reader(), waits);
    let mut in_time = false;
    let report = if pipeline.cleaning.symbolication.is_over() {
        if let Some(partial) = partial {
            keep(pipeline, partial);
            return None;
        }
        pipeline.sanitizer().report_without_signature(app, event, level)
    } else {
        in_time = true;
        pipeline.sanitizer().report(app, event, level)
    };
    let stored = put(pipeline, &report);
    if in_time {
        // Not before it is stored: a program that ends in between had no time.
        pipeline.store.forget_ends(EndWithout::Words);
    }
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
        pipeline.policy.show_opt_out_notice(&decision, pipeline.sender.destination());
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
    // A no that came while names were looked for has deleted everything but this, which goes too; and a yes to one report that
    // was spent meanwhile was not one to this. What only holds a report back deletes nothing.
    let decision = pipeline.policy.admission.decide().1;
    if !decision.allowed && !decision.rule.only_holds_back() {
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
