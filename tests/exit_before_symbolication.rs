//! A program that ends at once does not lose its last report, even if symbolication takes longer than the exit timeout.
//! The report is then sent without names. An `Err` from `main` is such a last report.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use scenario::{Stage, builder};

fn program(part: &str) {
    let timeout = Duration::from_millis(if part == "short" { 100 } else { 10_000 });
    let telemetry = builder().exit_timeout(timeout).init();
    if part == "next" {
        assert!(telemetry.flush(timeout));
        return;
    }
    let fails = || Err::<(), Box<dyn std::error::Error>>("no table".into());
    let _ = telemetry.run(fails);
}

fn run(stage: &Stage, part: &str) {
    let output = stage.run(part);
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
}

fn test(_: &Stage) {
    for part in ["short", "long"] {
        let stage = Stage::new();
        run(&stage, part);
        // The next run delivers reports that were stored but not delivered.
        run(&stage, "next");
        let reports = stage.delivered();
        assert!(!reports.is_empty(), "{part}: the report is lost");
        let frames = reports[0]["exceptions"][0]["frames"].as_array().expect("a stack");
        assert!(!frames.is_empty() && frames.iter().all(|frame| frame["address"].is_string()), "{frames:?}");
        if part == "long" {
            assert!(frames.iter().any(|frame| frame["function"].is_string()), "{frames:?}");
        }
    }
}

fn main() {
    scenario::main(program, test);
}
