//! The same function as an `async fn`. The time is measured per future that completes at its first poll, which is the
//! fastest case. The future is polled in place, as `.await` does, or moved first, as a runtime does with a task.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use crawl4ai_telemetry::telemetry;
use tracing::instrument;

use crate::Part;
use crate::attribute::{Odd, subscribe_fmt, subscribe_sentry, work};
use crate::meter::Meter;
use crate::world::{Ours, sentry};

pub(crate) const PARTS: &[Part] = &[
    ("async-bare", |meter| time(meter, bare)),
    ("async-ours-absent", |meter| time(meter, ours)),
    ("async-ours", |meter| {
        let _ours = Ours::with_consent();
        time(meter, ours);
    }),
    ("async-tracing-none", |meter| time(meter, traced)),
    ("async-tracing-fmt", |meter| {
        subscribe_fmt();
        time(meter, traced);
    }),
    ("async-tracing-sentry", |meter| {
        let _sentry = sentry(true);
        subscribe_sentry();
        time(meter, traced);
    }),
    ("moved-bare", |meter| time_moved(meter, bare)),
    ("moved-ours-absent", |meter| time_moved(meter, ours)),
    ("moved-ours", |meter| {
        let _ours = Ours::with_consent();
        time_moved(meter, ours);
    }),
    ("moved-tracing-none", |meter| time_moved(meter, traced)),
];

async fn bare(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[telemetry]
async fn ours(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[instrument(err, skip_all)]
async fn traced(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[inline(never)]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[inline(always)]
fn time<F: Future<Output = Result<u64, Odd>>>(meter: &mut Meter, call: impl Fn(u64) -> F) {
    meter.each(|| {
        let mut future = pin!(call(black_box(42)));
        let _ = black_box(poll(future.as_mut()));
    });
}

#[inline(never)]
fn complete<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[inline(always)]
fn time_moved<F: Future<Output = Result<u64, Odd>>>(meter: &mut Meter, call: impl Fn(u64) -> F) {
    meter.each(|| {
        let _ = black_box(complete(call(black_box(42))));
    });
}
