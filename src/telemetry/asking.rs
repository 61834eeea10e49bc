//! When the user is asked at the end: behind everything that the program prints.
//!
//! An `Err` that `main` returns is printed by the standard library when every variable of `main` is gone, the guard among
//! them. So a guard that is dropped leaves the question to the end of the process.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crate::consent::{Choice, Occasion};
use crate::fork_safe::ForkSafe;
use crate::telemetry::Telemetry;

/// How long the program may be held until a page is opened that the user has just asked for: no later run opens it. Some
/// hundred milliseconds as a rule; each of the commands that open files has two seconds to fail.
const FOR_A_PAGE: Duration = Duration::from_secs(15);

/// What ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The guard was dropped.
    GuardDropped,
    /// The process ends by `exit`, on this thread, whatever it was doing.
    ProcessExits,
}

/// Whose question waits for the end of the process. A child of a fork has no part in it.
static POSTPONED: ForkSafe<Option<Telemetry>> = ForkSafe::new(None);

/// May somebody be asked when all else is done? Then the provider is kept until they have answered.
pub(super) fn may_follow(telemetry: &Telemetry) -> bool {
    occasion(telemetry).is_some()
}

/// The telemetry of the process ends: asks about what waits, or leaves that to the end of the process. `hook` has
/// [`postponed`] called then; false where nothing is called when the process exits.
pub(super) fn at_the_end(telemetry: &Telemetry, cause: Cause, hook: fn() -> bool) {
    if occasion(telemetry).is_none() {
        return;
    }
    let is_printed = thread::panicking() || telemetry.inner.ask_at_end.load(Ordering::Relaxed);
    let is_on_terminal = telemetry.inner.pipeline.policy.asks_on_terminal();
    match cause {
        Cause::GuardDropped if is_printed || !is_on_terminal => ask(telemetry),
        Cause::GuardDropped if hook() => *POSTPONED.lock() = Some(telemetry.clone()),
        Cause::GuardDropped => ask(telemetry),
        Cause::ProcessExits if is_on_terminal => ask(telemetry),
        // A screen of the program's own is gone by then.
        Cause::ProcessExits => end_provider(telemetry, Duration::ZERO),
    }
}

/// The process ends, and all that the program printed stands on the screen.
pub(super) fn postponed() {
    let telemetry = POSTPONED.lock().take();
    if let Some(telemetry) = telemetry {
        ask(&telemetry);
    }
}

/// What there is to ask about: a report of this run, or one that an earlier run left.
fn occasion(telemetry: &Telemetry) -> Option<Occasion> {
    let inner = &telemetry.inner;
    if inner.pipeline.policy.awaiting_consent.last().is_some() {
        return Some(if thread::panicking() { Occasion::Panic } else { Occasion::Error });
    }
    (*inner.left_by_earlier_run.lock()).then_some(Occasion::EarlierRun)
}

fn ask(telemetry: &Telemetry) {
    let choice = occasion(telemetry).and_then(|occasion| telemetry.ask(occasion));
    let time = match choice {
        Some(Choice::Once | Choice::Always) => telemetry.inner.exit_timeout,
        // Nobody waits for what they said no to.
        Some(Choice::Never | Choice::NotNow | Choice::Unanswered | Choice::ByHand) | None => Duration::ZERO,
    };
    end_provider(telemetry, time);
}

/// Opens what the user has said yes to, now or while the program ran, delivers what there is time for, and lets the provider end.
fn end_provider(telemetry: &Telemetry, time: Duration) {
    // Without a thread nobody opens it.
    if telemetry.inner.queue.is_running() {
        telemetry.inner.pipeline.policy.await_hand_over(FOR_A_PAGE);
        let _ = telemetry.inner.queue.end(time);
    }
}
