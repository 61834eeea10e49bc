//! The same error is captured ten thousand times, and many different ones, in many processes. As many reports leave as
//! the limits admit, and the next report tells how many did not.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{Outcome, Reason, capture_exception, context};
use scenario::{Stage, builder};

fn program(part: &str) {
    let clock = scenario::clock();
    if part == "tomorrow" {
        clock.advance(Duration::from_secs(25 * 60 * 60));
    }
    let telemetry = builder().clock(clock).install().expect("installed");
    let captures: u32 = if part == "burst" { 10_000 } else { 1 };
    let mut suppressed = 0;
    for _ in 0..captures {
        let outcome = capture_exception(&std::io::Error::other("again"), context! {});
        assert!(
            matches!(outcome, Outcome::Queued(_) | Outcome::Suppressed(Reason::RateLimited)),
            "{outcome:?}"
        );
        suppressed += u32::from(outcome == Outcome::Suppressed(Reason::RateLimited));
    }
    assert_eq!(suppressed, captures - captures.min(10));
    telemetry.flush(Duration::from_secs(30));
}

fn test(stage: &Stage) {
    let run = |part: &str| {
        let output = stage.run(part);
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run("burst");
    assert_eq!(stage.delivered().len(), 3, "three an hour of the same bug");
    run("again");
    assert_eq!(stage.delivered().len(), 3, "also in another process");
    run("tomorrow");
    let reports = stage.delivered();
    assert_eq!(reports.len(), 4);
    // Of the 10,000 errors 3 left, and one of the second process did not. Each dropped error is counted once, in some
    // report.
    let told: u64 = reports.iter().filter_map(|report| report["losses"]["rate_limited"].as_u64()).sum();
    assert_eq!(told, 10_000 - 3 + 1);
}

fn main() {
    scenario::main(program, test);
}
