//! Eight processes of one program share a spool, and every report leaves once.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::collections::HashSet;
use std::time::Duration;

use crawl4ai_telemetry::{Limits, Outcome, capture_exception, context};
use scenario::{Stage, builder};

const PROCESSES: usize = 8;
const EACH: usize = 5;

fn program(part: &str) {
    let telemetry = builder().limits(Limits::none()).install().expect("installed");
    for n in 0..if part == "last" { 0 } else { EACH } {
        let outcome = capture_exception(&std::io::Error::other("shared"), context! { "n" => n });
        assert!(matches!(outcome, Outcome::Queued(_)));
    }
    telemetry.flush(Duration::from_secs(30));
}

fn test(stage: &Stage) {
    let children: Vec<_> = (0..PROCESSES).map(|_| stage.command("shares").spawn().expect("runs")).collect();
    for mut child in children {
        assert!(child.wait().expect("ends").success());
    }
    assert!(stage.run("last").status.success());
    assert!(stage.waiting().is_empty());
    let ids: Vec<String> = stage.delivered().iter().map(|r| r["id"].to_string()).collect();
    assert_eq!(ids.len(), PROCESSES * EACH);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "none twice");
}

fn main() {
    scenario::main(program, test);
}
