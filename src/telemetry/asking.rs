//! The question at the end, behind everything that the program prints.
//!
//! The standard library prints an `Err` that `main` returns after every variable of `main` is gone, the guard among
//! them. So a guard that is dropped leaves the question to the end of the process.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crate::consent::{Choice, Occasion};
use crate::fork_safe::ForkSafe;
use crate::telemetry::Telemetry;

/// How long the program waits at most for a page that the user has just asked for, because no later run opens it. Some
/// hundred milliseconds as a rule; each of the commands that open files has two seconds to fail.
const FOR_A_PAGE: Duration = Duration::from_secs(15);

/// The cause of the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The guard was dropped.
    GuardDropped,
    /// The process ends by `exit`, on this thread, whatever it was doing.
    ProcessExits,
}

/// The telemetry whose question waits for the end of the process. A child of a fork does not ask it.
static POSTPONED: ForkSafe<Option<Telemetry>> = ForkSafe::new(None);

/// May the user be asked when all else is done? Then the provider is kept until they have answered.
pub(super) fn may_follow(telemetry: &Telemetry) -> bool {
    occasion(telemetry).is_some()
}

/// Asks about a waiting report when telemetry ends, or leaves the question to the end of the process. `hook` registers
/// [`postponed`] for that end, and returns false where nothing is called when the process exits.
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
        // Nobody is asked, because a screen of the program's own is gone by then.
        Cause::ProcessExits => end_provider(telemetry, Duration::ZERO),
    }
}

/// Asks the postponed question, when the process ends and all that the program printed is on the screen.
pub(super) fn postponed() {
    let telemetry = POSTPONED.lock().take();
    if let Some(telemetry) = telemetry {
        ask(&telemetry);
    }
}

/// The occasion to ask: a report of this run, or one that an earlier run left.
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
        // No wait, because the answer lets nothing be delivered now.
        Some(Choice::Never | Choice::NotNow | Choice::Unanswered | Choice::ByHand) | None => Duration::ZERO,
    };
    end_provider(telemetry, time);
}

/// Waits for pages that the user asked for, delivers reports for as long as `time`, and shuts the provider down.
fn end_provider(telemetry: &Telemetry, time: Duration) {
    // Without a thread nothing opens a page.
    if telemetry.inner.queue.is_running() {
        telemetry.inner.pipeline.policy.await_hand_over(FOR_A_PAGE);
        let _ = telemetry.inner.queue.end(time);
    }
}
