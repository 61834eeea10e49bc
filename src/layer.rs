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
/// `place` is where the program handed the error over, when that is known: the reporter's frames end there.
/// `taken` runs only when reports may be made at all.
#[inline]
pub(crate) fn capture(
    asked: Asked,
    level: Level,
    place: Place,
    taken: impl FnOnce() -> (Chain, Context),
) -> Outcome {
    if global::is_reachable() {
        capture_now(asked, level, place, taken)
    } else {
        Outcome::Suppressed(Reason::NotInstalled)
    }
}

/// Where the program handed an error over; nothing when it did so through somebody else's code.
pub(crate) type Place = Option<&'static Location<'static>>;

/// The place of whoever called the caller. All between the program and here is `#[track_caller]`, and no
/// closure of ours: that would be the place.
#[inline]
#[track_caller]
pub(crate) fn here() -> Place {
    Some(Location::caller())
}

#[inline(never)]
fn capture_now(
    asked: Asked,
    level: Level,
    place: Place,
    taken: impl FnOnce() -> (Chain, Context),
) -> Outcome {
    global::current().map_or(Outcome::Suppressed(Reason::NotInstalled), |telemetry| {
        telemetry.capture(asked, level, place, taken)
    })
}

/// Reports an error that is leaving the innermost layer.
#[cold]
#[inline(never)]
pub(crate) fn report_leaving<Via, E: Capturable<Via> + ?Sized>(level: Level, place: Place, error: &E) {
    // The outcome concerns nobody here: the error itself goes on to the caller.
    let _ = capture(Asked::Leaving, level, place, || (error.chain(), Context::new()));
}

/// Reports an error that the program sees and keeps.
#[cold]
#[inline(never)]
pub(crate) fn report_passing<Via, E: Capturable<Via> + ?Sized>(
    place: Place,
    error: &E,
    context: impl FnOnce() -> Context,
) {
    // As above.
    let _ = capture(Asked::Passing, Level::Error, place, || (error.chain(), context()));
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
