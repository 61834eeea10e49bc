//! Layers: operations whose errors are reported as they leave. What `#[telemetry]`, the telemetry contexts and
//! `run` share.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;

use crawl4ai_telemetry_core::{Context, Level};

use crate::capture::error::{Capturable, Chain};
use crate::capture::operations::Suspended;
use crate::capture::polled;
use crate::capture::seen::Asked;
use crate::global;
use crate::telemetry::{Outcome, Reason};

/// Captures for the telemetry that counts here. One relaxed load while there is none.
///
/// The place of the call is where the reporter's frames end, so everything between the program and here is
/// `#[track_caller]`, and no closure.
#[inline]
#[track_caller]
pub(crate) fn capture(
    asked: Asked,
    level: Level,
    context: Context,
    chain: impl FnOnce() -> Chain,
) -> Outcome {
    if global::is_reachable() {
        capture_now(asked, level, context, Location::caller(), chain)
    } else {
        Outcome::Suppressed(Reason::NotInstalled)
    }
}

#[inline(never)]
fn capture_now(
    asked: Asked,
    level: Level,
    context: Context,
    place: &'static Location<'static>,
    chain: impl FnOnce() -> Chain,
) -> Outcome {
    global::current().map_or(Outcome::Suppressed(Reason::NotInstalled), |telemetry| {
        telemetry.capture(asked, level, context, place, chain)
    })
}

/// Reports an error that is leaving the innermost operation.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn report_leaving<Via, E: Capturable<Via> + ?Sized>(level: Level, error: &E) {
    // The outcome concerns nobody here: the error itself goes on to the caller.
    let _ = capture(Asked::Leaving, level, Context::new(), || error.chain());
}

/// Runs a future in an operation: it is open whenever the future runs, on whatever thread. `leave` sees the
/// output while the operation is still open.
#[inline]
pub async fn in_future<F: Future>(
    name: &'static str,
    context: Option<Context>,
    body: F,
    leave: impl FnOnce(&F::Output),
) -> F::Output {
    let mut operation = Suspended::new(name, context);
    let mut leave = Some(leave);
    let mut body = pin!(body);
    poll_fn(move |cx| {
        let _open = operation.resume();
        let _polled = polled::enter();
        body.as_mut().poll(cx).map(|output| {
            if let Some(leave) = leave.take() {
                leave(&output);
            }
            output
        })
    })
    .await
}
