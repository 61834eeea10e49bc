//! The thread that stores: from a capture to a clean report in the spool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crawl4ai_telemetry_core::{Loss, Privacy, Report, ReportId};

use super::courier::Courier;
use super::sync::mpsc::Receiver;
use super::unsettled::Watch;
use super::{Desk, Job, next};
use crate::capture::Captured;
use crate::spool::{Clearance, Name, State};

pub(super) fn run(desk: &Arc<Desk>, queue: &Receiver<Job>) {
    let courier = Courier::new(Arc::clone(desk));
    let mut watch = Watch::default();
    loop {
        let now = desk.clock.monotonic();
        let Some(job) = next(queue, watch.due_in(now)) else { break };
        match job {
            Some(Job::Store(captured, privacy)) => {
                if let Some(report) = store(desk, *captured, privacy) {
                    courier.keep(report);
                }
                courier.wake();
            }
            Some(Job::Hold(captured)) => {
                if let Some(captured) = desk.hold(*captured) {
                    if let Some(report) = store(desk, captured, Privacy::Standard) {
                        courier.keep(report);
                    }
                    courier.wake();
                }
            }
            Some(Job::Keep(report)) => {
                courier.keep(*report);
                courier.wake();
            }
            Some(Job::Watch(panic)) => watch.add(panic, now),
            Some(Job::Settle(ending)) => {
                watch.settle_all(desk, ending);
                desk.leave_untold();
                courier.wake();
            }
            Some(Job::Wake) => {
                if let Some(spool) = &desk.spool {
                    desk.make_room(spool);
                }
                courier.wake();
            }
            Some(Job::Stored(answer)) => drop(answer.try_send(())),
            Some(Job::Flush(answer, until)) => courier.flush(answer, until),
            None => {}
        }
        if watch.settle_due(desk, desk.clock.monotonic()) {
            courier.wake();
        }
        desk.health.release_if_stuck(desk.clock.monotonic());
    }
}

/// Does a capture's job where it is, for want of a thread. Gives the report back when it could not be stored.
pub(super) fn take(desk: &Desk, job: Job) -> Option<Report> {
    if let Job::Hold(captured) = job {
        return store(desk, desk.hold(*captured)?, Privacy::Standard);
    }
    let Job::Store(captured, privacy) = job else { return None };
    store(desk, *captured, privacy)
}

/// Makes the report and stores it. Gives it back when it could not be stored, to be sent from memory.
pub(super) fn store(desk: &Desk, captured: Captured, privacy: Privacy) -> Option<Report> {
    // The program's own detectors run in here, and a sanitizer that failed must not let anything through.
    let stored = catch_unwind(AssertUnwindSafe(|| try_store(desk, captured, privacy)));
    stored.unwrap_or_else(|_| {
        desk.log.lost(Loss::Internal, 1);
        None
    })
}

fn try_store(desk: &Desk, captured: Captured, privacy: Privacy) -> Option<Report> {
    // Read again: the user may have changed their mind since the capture.
    let decided = desk.gate.decide();
    if !decided.1.allowed {
        return None;
    }
    let report = desk.report(desk.haste.resolve(captured), privacy, &decided);
    if decided.1.shows_only {
        desk.show(&report);
        return None;
    }
    if !desk.admits(&report) {
        return None;
    }
    desk.tell_opt_out(&decided.1);
    put(desk, report)
}

fn put(desk: &Desk, report: Report) -> Option<Report> {
    let Some(spool) = &desk.spool else { return Some(report) };
    let bytes = serde_json::to_vec(&report).unwrap_or_default();
    let key = (report.id(), report.time(), Some(report.fingerprint()));
    match spool.put(key, State::Ready, &bytes) {
        Ok(stored) => {
            spool.sync(&stored);
            desk.make_room(spool);
            None
        }
        Err(error) => {
            desk.log.note(error.to_string());
            Some(report)
        }
    }
}

/// The reports that wait in the spool for delivery.
pub(super) fn waiting(desk: &Desk) -> Vec<ReportId> {
    let Some(spool) = &desk.spool else { return Vec::new() };
    // A panic that is not settled yet waits for time to pass, not for delivery.
    // And what waits for the user's answer waits for no server.
    let waits = |name: &&Name| name.clearance != Clearance::Awaited && !spool.is_held(name);
    spool.list().iter().filter(waits).map(|name| name.id).collect()
}

#[cfg(test)]
mod tests;
