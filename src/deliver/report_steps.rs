//! Makes a clean report in the spool from a capture, in two steps. It is first stored with addresses only, then with
//! names and words.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crawl4ai_telemetry_core::{Loss, Privacy, Report};

use super::Pipeline;
use super::commands::UnstoredReport;
use super::partial::PartialReport;
use crate::capture::Captured;
use crate::consent::Decision;
use crate::store::delivery_state::EndWithout;
use crate::store::spool::{Clearance, ReportState};

/// Makes a report of a capture and stores it. Returns the report when it could not be stored, to be sent from memory.
pub(super) fn persist_capture(
    pipeline: &Pipeline,
    captured: Captured,
    privacy: Privacy,
    refusals: u64,
) -> Option<UnstoredReport> {
    finish_capture(pipeline, begin_capture(pipeline, captured, privacy, refusals)?, || ())
}

/// A capture of which a report is made. If possible, it is already on the disk with addresses only.
pub(super) struct Begun<'a> {
    captured: Captured,
    level: Privacy,
    partial: Option<PartialReport<'a>>,
    /// How often the user had said no at the capture.
    refusals: u64,
}

/// Puts a capture on the disk before names and words are looked for. `None` where no report of it may be made.
pub(super) fn begin_capture(
    pipeline: &Pipeline,
    captured: Captured,
    privacy: Privacy,
    refusals: u64,
) -> Option<Begun<'_>> {
    unless_it_panics(pipeline, || begin(pipeline, captured, privacy, refusals))
}

/// Makes the report and stores it. Returns the report when it could not be stored, to be sent from memory. Calls
/// `waits` every few milliseconds while names and words are looked for.
pub(super) fn finish_capture(
    pipeline: &Pipeline,
    begun: Begun<'_>,
    waits: impl FnMut(),
) -> Option<UnstoredReport> {
    unless_it_panics(pipeline, || finish(pipeline, begun, waits))
}

/// Runs a step, and counts its panic as a loss. The program's own detectors run in a step, and a sanitizer that failed
/// must not let anything through.
fn unless_it_panics<T>(pipeline: &Pipeline, step: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
        pipeline.diagnostics.lost(Loss::Internal, 1);
        None
    })
}

fn begin(pipeline: &Pipeline, mut captured: Captured, privacy: Privacy, refusals: u64) -> Option<Begun<'_>> {
    // The decision is read again, because the user may have changed their mind since the capture.
    let decided = pipeline.policy.admission.decide();
    let decision = &decided.1;
    // If the user has said no since the capture, a yes after that no covers later captures only.
    if !decision.allowed || refusals != pipeline.policy.admission.refusals() {
        return None;
    }
    let level = privacy.max(decision.privacy);
    captured.event = pipeline.complete_event(captured.event, &decided);
    let partial =
        if decision.shows_only { None } else { pipeline.store_partial(&captured, level, Clearance::Rules) };
    Some(Begun { captured, level, partial, refusals })
}

fn finish(pipeline: &Pipeline, begun: Begun<'_>, waits: impl FnMut()) -> Option<UnstoredReport> {
    let Begun { captured, level, partial, refusals } = begun;
    let decision: Decision = pipeline.policy.admission.decide().1;
    // The decision was read again, because the capture may have waited for others. Otherwise the return drops `partial`,
    // which deletes its file.
    if !decision.allowed
        && decision.rule.may_be_of_a_moment()
        && let Some(partial) = partial
    {
        keep(pipeline, partial, refusals);
        return None;
    }
    if !decision.allowed || refusals != pipeline.policy.admission.refusals() {
        pipeline.diagnostics.restore_unreported(&captured.event.losses);
        return None;
    }
    let (app, level) = (pipeline.policy.admission.app(), level.max(decision.privacy));
    if decision.shows_only {
        let event = pipeline.cleaning.symbolication.resolve(captured, pipeline.words_reader());
        pipeline.policy.show(&pipeline.sanitizer().report(app, event, level));
        return None;
    }
    // The program ends, so that there is no time for names and words. The next start looks for them.
    if pipeline.cleaning.symbolication.is_over()
        && let Some(partial) = partial
    {
        keep(pipeline, partial, refusals);
        return None;
    }
    let event = pipeline.cleaning.symbolication.resolve_while(captured, pipeline.words_reader(), waits);
    let mut in_time = false;
    let report = if pipeline.cleaning.symbolication.is_over() {
        if let Some(partial) = partial {
            keep(pipeline, partial, refusals);
            return None;
        }
        pipeline.sanitizer().report_without_signature(app, event, level)
    } else {
        in_time = true;
        pipeline.sanitizer().report(app, event, level)
    };
    let stored = put(pipeline, &report);
    if in_time {
        // The ends are forgotten only when the report is stored, because a program that ends before that had no time.
        pipeline.store.forget_ends(EndWithout::Words);
    }
    if stored.is_none()
        && let Some(partial) = partial
    {
        // The partial report says less than the one that could not be stored, but its file outlives the process, and
        // memory does not. It is counted when it is settled.
        keep(pipeline, partial, refusals);
        return None;
    }
    let is_admitted = pipeline.store.admits(&report);
    if is_admitted {
        pipeline.policy.show_opt_out_notice(&decision, pipeline.sender.destination());
    }
    match stored {
        Some(stored) if is_admitted => {
            keep(pipeline, stored, refusals);
            None
        }
        // The return drops the stored report and the partial one, which deletes both files.
        Some(_) => None,
        None => is_admitted.then(|| UnstoredReport::new(report, refusals)),
    }
}

fn keep(pipeline: &Pipeline, partial: PartialReport<'_>, refusals: u64) {
    // If the user said no while names were looked up, that deleted all reports except this one, which is deleted here.
    // Under a yes to one report, it is also deleted if another report has spent that yes. A rule that only holds
    // reports back deletes nothing.
    let decision = pipeline.policy.admission.decide().1;
    if !decision.allowed && !decision.rule.only_holds_back() {
        return;
    }
    // If the user said no meanwhile and then yes, that yes covers later reports only.
    if pipeline.policy.admission.refusals() != refusals {
        return;
    }
    partial.keep();
    if let Some(spool) = &pipeline.store.spool {
        pipeline.make_room(spool);
    }
}

/// Stores the report under its fingerprint before it is counted, so that it is not counted twice if the process is
/// killed in between. No sender takes the report while it is partial.
fn put<'a>(pipeline: &'a Pipeline, report: &Report) -> Option<PartialReport<'a>> {
    let spool = pipeline.store.spool.as_ref()?;
    let bytes = report.to_stored().unwrap_or_default();
    let key = (report.id(), report.time(), Some(report.fingerprint()));
    let stored = spool.put(key, ReportState::Partial, &bytes);
    let held = stored.map_err(|error| pipeline.diagnostics.note(error.to_string())).ok()?;
    Some(PartialReport::holding(spool, held))
}
