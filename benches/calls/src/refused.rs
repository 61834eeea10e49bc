//! A capture that nobody wants. It is refused before anything is allocated or collected.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawl4ai_telemetry::{Outcome, Reason, capture_exception, context};

use crate::Part;
use crate::attribute::Odd;
use crate::meter::Meter;
use crate::world::Ours;

pub(crate) const PARTS: &[Part] = &[
    ("refused-load", |meter| {
        static FLAG: AtomicUsize = AtomicUsize::new(0);
        meter.each(|| {
            let _ = black_box(black_box(&FLAG).load(Ordering::Relaxed));
        });
    }),
    ("refused-ours-absent", |meter| {
        assert_eq!(capture(&Odd(7)), Outcome::Suppressed(Reason::NotInstalled));
        time(meter);
    }),
    ("refused-ours", |meter| {
        let _ours = Ours::refused();
        let outcome = capture(&Odd(7));
        assert!(matches!(outcome, Outcome::Suppressed(Reason::NoConsent(_))), "{outcome:?}");
        time(meter);
    }),
    ("refused-sentry", |meter| {
        meter.each(|| {
            let _ = sentry::capture_error(black_box(&Odd(7)));
        });
    }),
    ("refused-log", |meter| meter.each(|| log::error!("{}", black_box(&Odd(7))))),
    ("refused-tracing", |meter| {
        meter.each(|| {
            let error = Odd(7);
            tracing::error!(error = black_box(&error) as &dyn std::error::Error);
        });
    }),
];

#[inline]
fn capture(error: &Odd) -> Outcome {
    capture_exception(error, context! {})
}

#[inline(always)]
fn time(meter: &mut Meter) {
    meter.each(|| {
        // Programs usually ignore the outcome.
        let _ = capture(black_box(&Odd(7)));
    });
}
