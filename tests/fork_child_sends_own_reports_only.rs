//! A child of a fork never sends what its parent captured, and can report on its own.

#![cfg(unix)]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the child of a fork ends itself")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{Outcome, capture_exception, context};
use scenario::{Stage, builder};

fn program(_: &str) {
    let telemetry = builder().install().expect("installed");
    let capture = |of: &'static str| capture_exception(&std::io::Error::other(of), context! { "of" => of });
    assert!(matches!(capture("parent"), Outcome::Queued(_)));
    // Forks at once, while the parent's capture may still be in memory.
    match fork::fork().expect("forked") {
        fork::Fork::Child => {
            assert!(matches!(capture("child"), Outcome::Queued(_)));
            assert!(telemetry.flush(Duration::from_secs(20)));
            std::process::exit(0);
        }
        fork::Fork::Parent(child) => {
            let child = rustix::process::Pid::from_raw(child).expect("a process");
            rustix::process::waitpid(Some(child), rustix::process::WaitOptions::empty()).expect("ended");
        }
    }
    assert!(telemetry.flush(Duration::from_secs(20)));
}

fn test(stage: &Stage) {
    let output = stage.run("");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut of: Vec<String> = stage.delivered().iter().map(|r| r["context"]["of"].to_string()).collect();
    of.sort();
    assert_eq!(of, ["\"child\"", "\"parent\""]);
}

fn main() {
    scenario::main(program, test);
}
