//! A capture that is wanted. The time is measured for which it holds the capturing thread.

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::time::Duration;

use crawl4ai_telemetry::{Outcome, capture_exception, context};

use crate::Part;
use crate::meter::Meter;
use crate::world::{Ours, sentry};

pub(crate) const PARTS: &[Part] = &[
    ("chain-ours", |meter| {
        let ours = Ours::with_consent();
        let act = |error: &Link| {
            let outcome = capture_exception(black_box(error), context! {});
            assert!(matches!(outcome, Outcome::Queued(_)), "not captured: {outcome:?}");
        };
        deep(&mut || meter.single(chain, act, || drain(&ours)));
    }),
    ("chain-sentry-stack", |meter| by_sentry(meter, true)),
    ("chain-sentry", |meter| by_sentry(meter, false)),
    ("anyhow-ours", |meter| {
        let ours = Ours::with_consent();
        let act = |error: &anyhow::Error| {
            let outcome = capture_exception(black_box(error), context! {});
            assert!(matches!(outcome, Outcome::Queued(_)), "not captured: {outcome:?}");
        };
        deep(&mut || meter.single(anyhow, act, || drain(&ours)));
    }),
    ("anyhow-sentry", |meter| {
        let _sentry = sentry(true);
        let act = |error: &anyhow::Error| {
            let _ = sentry_anyhow::capture_anyhow(black_box(error));
        };
        deep(&mut || meter.single(anyhow, act, || {}));
    }),
];

fn by_sentry(meter: &mut Meter, attach_stacktrace: bool) {
    let _sentry = sentry(attach_stacktrace);
    let act = |error: &Link| {
        let _ = sentry::capture_error(black_box(error));
    };
    deep(&mut || meter.single(chain, act, || {}));
}

/// An error that may have a source.
#[derive(Debug)]
struct Link {
    text: &'static str,
    source: Option<Box<Link>>,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|link| link as &(dyn Error + 'static))
    }
}

fn chain() -> Link {
    let refused = Link { text: "connection refused (os error 111)", source: None };
    let sent = Link { text: "error sending the request", source: Some(Box::new(refused)) };
    Link { text: "cannot fetch the list of pages", source: Some(Box::new(sent)) }
}

/// The same chain, with the backtrace that `RUST_BACKTRACE` asks for.
fn anyhow() -> anyhow::Error {
    let error = anyhow::Error::new(chain());
    let taken = error.backtrace().status() == std::backtrace::BacktraceStatus::Captured;
    assert!(taken, "RUST_BACKTRACE=1 is needed");
    error
}

/// Empties the queue, because a full queue would refuse captures, and a working thread would disturb the next call.
/// Undelivered reports do not matter here.
fn drain(ours: &Ours) {
    let _ = ours.guard.flush(Duration::from_secs(60));
}

/// Runs a closure at a stack depth as in a real program.
fn deep(run: &mut dyn FnMut()) {
    #[inline(never)]
    fn down(levels: u32, run: &mut dyn FnMut()) {
        if levels == 0 {
            run();
        } else {
            down(levels - 1, run);
        }
        // Prevents a tail call, which would remove the frame.
        black_box(levels);
    }
    down(black_box(12), run);
}
