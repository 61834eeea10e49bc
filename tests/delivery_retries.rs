//! If a server is down, a run tries eight times at most, never before the delay has passed. Then the report is left to
//! the next run.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::{Report, SendError, Timestamp, capture_exception, context, status};
use scenario::{Sends, Stage, builder, no_connection};

static TRIES: AtomicUsize = AtomicUsize::new(0);

/// The first try of the next week waits until the status of the last one was read.
static MAY_TRY: AtomicBool = AtomicBool::new(true);

fn down(report: &Report) -> Result<(), SendError> {
    while !MAY_TRY.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1));
    }
    TRIES.fetch_add(1, Ordering::SeqCst);
    no_connection(report)
}

fn program(part: &str) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_763_683_200_000)));
    if part == "next week" {
        clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
        MAY_TRY.store(false, Ordering::SeqCst);
    }
    let telemetry = builder().provider(Sends(down)).clock(Arc::clone(&clock)).install().expect("installed");
    let tries = || {
        assert!(!telemetry.flush(Duration::from_secs(20)), "it waits");
        TRIES.load(Ordering::SeqCst)
    };
    if part == "next week" {
        let health = status().expect("installed").provider_health.to_string();
        assert_eq!(health, "failing at the last try: no connection", "told before it is met again");
        MAY_TRY.store(true, Ordering::SeqCst);
        assert_eq!((tries(), tries()), (1, 1), "one more a run, as long as it is down");
        return;
    }
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    for expected in 1..=8 {
        assert_eq!((tries(), tries()), (expected, expected), "the second came before its time");
        // The longest delay of all.
        clock.advance(Duration::from_secs(6 * 60 * 60));
    }
    assert_eq!((tries(), tries()), (8, 8));
    let health = status().expect("installed").provider_health.to_string();
    assert_eq!(health, "stopped for this run: no connection");
}

fn test(stage: &Stage) {
    for part in ["today", "next week"] {
        let output = stage.run(part);
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(stage.waiting().len(), 1, "{part}: kept");
    }
}

fn main() {
    scenario::main(program, test);
}
