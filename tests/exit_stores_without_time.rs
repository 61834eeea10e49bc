//! A program that ends right after a capture, with no time for a server: what it captured is stored all the same, also
//! where looking names up takes many times as long as the program wants to wait.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, no_provider_that_answers};

fn program(_: &str) {
    let wait = Duration::from_millis(1);
    let _telemetry = no_provider_that_answers().exit_timeout(wait).install().expect("installed");
    for n in 0..3 {
        let _ = capture_exception(&std::io::Error::other("left"), context! { "n" => n });
    }
}

fn test(stage: &Stage) {
    assert!(stage.run("").status.success());
    assert_eq!(stage.waiting().len(), 3, "{:?}", stage.files());
}

fn main() {
    scenario::main(program, test);
}
