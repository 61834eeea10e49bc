//! Two nested annotated functions and a context make one report, ten thousand times, in tasks that move between
//! threads and fail word for word alike.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod layers;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crawl4ai_telemetry::{async_telemetry_context, telemetry};
use layers::{Fixed, path, reports};

const TASKS: usize = 10_000;

/// How many run at once: the queue to the store holds 64, and what does not fit would rightly be dropped.
const AT_ONCE: usize = 50;

/// How often a task was continued by another thread than the one it stopped on.
static MOVED: AtomicUsize = AtomicUsize::new(0);

/// Gives the others a chance to take the task over.
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

#[test]
fn each_makes_one_report() {
    layers::install();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
    for _ in 0..TASKS / AT_ONCE {
        let tasks: Vec<_> = (0..AT_ONCE).map(|_| runtime.spawn(fetch())).collect();
        for task in tasks {
            assert!(runtime.block_on(task).expect("no panic").is_err());
        }
        // Also waits until the store has taken them.
        layers::flush();
    }
    let reports = reports("no table in the page");
    assert_eq!(reports.len(), TASKS);
    assert_eq!(reports.iter().map(|report| report.id()).collect::<HashSet<_>>().len(), TASKS);
    assert!(reports.iter().all(|report| path(report) == "fetch > page > parse"));
    assert!(MOVED.load(Ordering::Relaxed) > 0, "no task was ever taken over");
}
