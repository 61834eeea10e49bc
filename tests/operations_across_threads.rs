//! Two nested annotated functions and a context make one report. This is checked ten thousand times, in tasks that move
//! between threads and fail with identical texts.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod shared_telemetry;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crawl4ai_telemetry::{Limits, Loss, MemoryProvider, async_telemetry_context, telemetry};
use shared_telemetry::{Fixed, path, reports};

/// How many tasks fail while reports are only counted.
const COUNTED: usize = 10_000;

/// How many tasks fail while their reports are read.
const REPORTED: usize = 300;

/// How many tasks run at once. The queue to the store holds 64 reports and drops those that do not fit.
const AT_ONCE: usize = 50;

/// How often a task was continued by another thread than the one it stopped on.
static MOVED: AtomicUsize = AtomicUsize::new(0);

/// Yields, so that other threads may take the task over.
async fn travel() {
    for _ in 0..3 {
        let before = thread::current().id();
        tokio::task::yield_now().await;
        if thread::current().id() != before {
            MOVED.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[telemetry]
async fn parse() -> Result<(), Fixed> {
    travel().await;
    Err(Fixed("no table in the page"))
}

#[telemetry]
async fn fetch() -> anyhow::Result<()> {
    travel().await;
    let parsed = async_telemetry_context("page", parse()).await;
    travel().await;
    parsed.map_err(|error| anyhow::Error::new(error).context("cannot read the page"))
}

/// Spawns `tasks` tasks, [`AT_ONCE`] at a time, and waits for them.
fn fail(tasks: usize, between: impl Fn()) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    for _ in 0..tasks / AT_ONCE {
        let spawned: Vec<_> = (0..AT_ONCE).map(|_| runtime.spawn(fetch())).collect();
        for task in spawned {
            assert!(runtime.block_on(task).expect("no panic").is_err());
        }
        between();
    }
}

#[test]
fn each_makes_one_report() {
    // The limits admit nothing. Every error that would make a report is counted, and symbols need not be looked up ten
    // thousand times.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let none = Limits { per_hour: 0, ..Limits::none() };
    let guard = shared_telemetry::builder(folder.path())
        .limits(none)
        .provider(MemoryProvider::default())
        .install()
        .expect("installed");
    fail(COUNTED, || {});
    let losses = guard.status().losses;
    assert_eq!(losses.count(Loss::RateLimited), COUNTED as u64);
    assert!(MOVED.load(Ordering::Relaxed) > 0, "no task was ever taken over");
    drop(guard);

    shared_telemetry::install();
    fail(REPORTED, shared_telemetry::flush);
    let reports = reports("no table in the page");
    assert_eq!(reports.len(), REPORTED);
    assert_eq!(reports.iter().map(|report| report.id()).collect::<HashSet<_>>().len(), REPORTED);
    assert!(reports.iter().all(|report| path(report) == "fetch > page > parse"));
}
