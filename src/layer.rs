//! Layers: operations whose errors are reported as they leave. What `#[telemetry]`, the telemetry contexts and
//! `run` share.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{self, Poll};

use crawl4ai_telemetry_core::{Context, Level};

use crate::capture::error::{Capturable, Chain};
use crate::capture::operations::Suspended;
use crate::capture::seen::Asked;
use crate::global;
use crate::telemetry::{Outcome, Reason};

/// Captures for the telemetry that counts here. One relaxed load while there is none.
///
/// The place of the call is where the reporter's frames end, so everything between the program and here is
/// `#[track_caller]`, and no closure.
#[inline]
#[track_caller]
pub(crate) fn capture(asked: Asked, level: Level, taken: impl FnOnce() -> (Chain, Context)) -> Outcome {
    if global::is_reachable() {
        capture_now(asked, level, Location::caller(), taken)
    } else {
        Outcome::Suppressed(Reason::NotInstalled)
    }
}

#[inline(never)]
fn capture_now(
    asked: Asked,
    level: Level,
    place: &'static Location<'static>,
    taken: impl FnOnce() -> (Chain, Context),
) -> Outcome {
    global::current().map_or(Outcome::Suppressed(Reason::NotInstalled), |telemetry| {
        telemetry.capture(asked, level, place, taken)
    })
}

/// Reports an error that is leaving the innermost operation.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn report_leaving<Via, E: Capturable<Via> + ?Sized>(level: Level, error: &E) {
    // The outcome concerns nobody here: the error itself goes on to the caller.
    let _ = capture(Asked::Leaving, level, || (error.chain(), Context::new()));
}

/// Reports an error that an operation sees and keeps.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn report_passing<Via, E: Capturable<Via> + ?Sized>(error: &E, context: impl FnOnce() -> Context) {
    // As above.
    let _ = capture(Asked::Passing, Level::Error, || (error.chain(), context()));
}

/// Polls a future in its operation. `leave` sees the output while the operation is still open.
#[inline]
pub fn poll_in<F: Future>(
    name: &'static str,
    operation: &mut Suspended,
    body: Pin<&mut F>,
    cx: &mut task::Context<'_>,
    leave: impl FnOnce(&F::Output),
) -> Poll<F::Output> {
    operation.run(name, || {
        body.poll(cx).map(|output| {
            leave(&output);
            output
        })
    })
}
