//! Layers: operations that report an error as it leaves them. Shared by `#[telemetry]`, the telemetry contexts and
//! `run`.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{self, Poll};

use crawl4ai_telemetry_core::{Context, Level};

use crate::admission::refusal_cache::CacheWord;
use crate::capture::duplicates::CaptureMode;
use crate::capture::error::{Capturable, Chain};
use crate::capture::operations::{OperationName, Suspended};
use crate::telemetry::global;
use crate::telemetry::{Outcome, Reason};

/// Captures for the current telemetry. Costs one relaxed load while there is none or while it refuses everything.
///
/// `call_site` is where the program handed the error over, when known: the reporter's frames end there. `taken` runs
/// only when reports may be made at all.
#[inline]
pub(crate) fn capture<'e>(
    asked: CaptureMode,
    level: Level,
    call_site: CallSite,
    taken: impl FnOnce() -> (Chain<'e>, Context),
) -> Outcome {
    let cached = CacheWord::now();
    if cached.is_open() {
        capture_now(asked, level, call_site, taken)
    } else if cached.is_reachable() {
        refused(cached)
    } else {
        Outcome::Suppressed(Reason::NotInstalled)
    }
}

#[inline(never)]
fn refused(cached: CacheWord) -> Outcome {
    Outcome::Suppressed(cached.refusal().into())
}

/// The place where the program handed an error over; `None` when other people's code lies in between.
pub(crate) type CallSite = Option<&'static Location<'static>>;

/// The place that called the caller. Every function between the program and here is `#[track_caller]`, and none is a
/// closure, because a closure would be that place.
#[inline]
#[track_caller]
pub(crate) fn here() -> CallSite {
    Some(Location::caller())
}

#[inline(never)]
fn capture_now<'e>(
    asked: CaptureMode,
    level: Level,
    call_site: CallSite,
    taken: impl FnOnce() -> (Chain<'e>, Context),
) -> Outcome {
    global::current().map_or(Outcome::Suppressed(Reason::NotInstalled), |telemetry| {
        telemetry.capture(asked, level, call_site, taken)
    })
}

/// Reports an error that is leaving the innermost layer.
#[cold]
#[inline(never)]
pub(crate) fn report_leaving<Via, E: Capturable<Via> + ?Sized>(level: Level, call_site: CallSite, error: &E) {
    // The outcome concerns nobody here, because the error itself goes on to the caller.
    let _ = capture(CaptureMode::Leaving, level, call_site, || (error.chain(), Context::new()));
}

/// Reports an error that the program sees and keeps.
#[cold]
#[inline(never)]
pub(crate) fn report_passing<Via, E: Capturable<Via> + ?Sized>(
    call_site: CallSite,
    error: &E,
    context: impl FnOnce() -> Context,
) {
    // The outcome concerns nobody here, because the program keeps the error.
    let _ = capture(CaptureMode::Observed, Level::Error, call_site, || (error.chain(), context()));
}

/// Polls a future in its operation. `leave` is given the output while the operation is still open.
#[inline]
pub(crate) fn poll_in<F: Future>(
    name: impl OperationName,
    operation: &mut Suspended,
    body: Pin<&mut F>,
    cx: &mut task::Context<'_>,
    leave: impl FnOnce(&F::Output),
) -> Poll<F::Output> {
    let _open = operation.open(name);
    // Only borrowed, because taking an output apart and putting it together again costs more than everything else.
    let polled = body.poll(cx);
    if let Poll::Ready(output) = &polled {
        leave(output);
    }
    polled
}

/// A future in its operation, to be awaited.
pub struct InOperation<'a, N, F, L> {
    name: N,
    operation: Suspended,
    body: Pin<&'a mut F>,
    leave: L,
}

/// A future that opens its operation whenever it is polled. It replaces those of the standard library, because they are
/// not inlined. It is small, because it becomes part of the program's future: `name` and `leave` have no size.
#[inline]
pub fn in_operation<'a, N, M, F, L>(
    name: N,
    operation: Suspended,
    body: Pin<&'a mut F>,
    leave: L,
) -> InOperation<'a, N, F, L>
where
    N: Fn() -> M,
    M: OperationName,
    F: Future,
    L: FnMut(&F::Output),
{
    InOperation { name, operation, body, leave }
}

impl<N, F, L> std::fmt::Debug for InOperation<'_, N, F, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InOperation").finish_non_exhaustive()
    }
}

/// The body is pinned elsewhere, and no other field needs to be.
impl<N, F, L> Unpin for InOperation<'_, N, F, L> {}

impl<N, M, F, L> Future for InOperation<'_, N, F, L>
where
    N: Fn() -> M,
    M: OperationName,
    F: Future,
    L: FnMut(&F::Output),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let Self { name, operation, body, leave } = self.get_mut();
        poll_in(name(), operation, body.as_mut(), cx, leave)
    }
}
