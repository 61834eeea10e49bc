//! A function that returns `Ok`, without instrumentation and with each usual kind.

use std::fmt;
use std::hint::black_box;
use std::io;

use crawl4ai_telemetry::telemetry;
use tracing::instrument;
use tracing_subscriber::prelude::*;

use crate::Part;
use crate::meter::Meter;
use crate::world::{Ours, sentry};

pub(crate) const PARTS: &[Part] = &[
    ("sync-bare", |meter| time(meter, bare)),
    ("sync-ours-absent", |meter| time(meter, ours)),
    ("sync-ours", |meter| {
        let _ours = Ours::with_consent();
        time(meter, ours);
    }),
    ("sync-log", |meter| time(meter, logged)),
    ("sync-tracing-none", |meter| time(meter, traced)),
    ("sync-tracing-fmt", |meter| {
        subscribe_fmt();
        time(meter, traced);
    }),
    ("sync-tracing-sentry", |meter| {
        let _sentry = sentry(true);
        subscribe_sentry();
        time(meter, traced);
    }),
];

/// Installs a usual subscriber, whose output is discarded.
pub(crate) fn subscribe_fmt() {
    let output = tracing_subscriber::fmt::layer().with_writer(io::sink);
    tracing_subscriber::registry().with(output).init();
}

/// Installs Sentry's own layer for spans.
pub(crate) fn subscribe_sentry() {
    tracing_subscriber::registry().with(sentry_tracing::SpanLayer::new()).init();
}

/// An error that does not occur in this benchmark.
#[derive(Debug)]
pub(crate) struct Odd(pub(crate) u64);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

#[inline(always)]
pub(crate) fn work(n: u64) -> Result<u64, Odd> {
    if n & 1 == 0 { Ok(n / 2) } else { Err(Odd(n)) }
}

#[inline(never)]
fn bare(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[inline(never)]
#[telemetry]
fn ours(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[inline(never)]
#[instrument(err, skip_all)]
fn traced(n: u64) -> Result<u64, Odd> {
    work(n)
}

#[inline(never)]
fn logged(n: u64) -> Result<u64, Odd> {
    work(n).inspect_err(|error| log::error!("{error}"))
}

#[inline(always)]
fn time(meter: &mut Meter, call: impl Fn(u64) -> Result<u64, Odd>) {
    meter.each(|| {
        let _ = black_box(call(black_box(42)));
    });
}
