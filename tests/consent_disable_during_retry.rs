//! Another process stores a no while a report waits for its next attempt. No attempt follows, and no file remains.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the program starts itself again")]

mod scenario;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::{Timestamp, capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

fn program(part: &str) {
    if part == "says no" {
        return drop(sentry_builder().build().expect("built").disable().expect("stored"));
    }
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_763_683_200_000)));
    let telemetry = sentry_builder().clock(Arc::clone(&clock)).install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    assert!(!telemetry.flush(Duration::from_secs(20)), "the server is down: it waits");

    if part == "is told no" {
        let mut other = Command::new(std::env::current_exe().expect("this program"));
        assert!(other.env("SCENARIO_PART", "says no").status().expect("runs").success());
    }
    // Longer than any delay between two attempts.
    clock.advance(Duration::from_secs(25 * 60 * 60));
    telemetry.flush(Duration::from_secs(20));
}

fn test(_: &Stage) {
    // The first part shows that the count works: without a no, the second attempt arrives.
    for (part, connections) in [("is told nothing", 2), ("is told no", 1)] {
        let stage = Stage::new();
        let server = Server::start([Reply::status(503), Reply::status(200)]);
        let output = stage.command_to(&server).env("SCENARIO_PART", part).output().expect("runs");
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(server.connections(), connections, "{part}");
        assert!(stage.waiting().is_empty(), "{part}: {:?}", stage.waiting());
    }
}

fn main() {
    scenario::main(program, test);
}
