//! Two hundred threads panic at once. The program survives, and each panic is either reported or counted.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder};

const THREADS: usize = 200;

fn program(part: &str) {
    let clock = scenario::clock();
    if part == "tomorrow" {
        clock.advance(Duration::from_secs(25 * 60 * 60));
    }
    let _telemetry = builder().clock(clock).install().expect("installed");
    match part {
        "panics" => {
            let start = Arc::new(Barrier::new(THREADS));
            let threads: Vec<_> = (0..THREADS)
                .map(|n| {
                    let start = Arc::clone(&start);
                    let body = move || {
                        start.wait();
                        panic!("thread {n}");
                    };
                    std::thread::Builder::new().spawn(body).expect("a thread")
                })
                .collect();
            assert!(threads.into_iter().all(|thread| thread.join().is_err()));
        }
        "tomorrow" => {
            let _ = capture_exception(&std::io::Error::other("tells"), context! {});
        }
        _ => {}
    }
}

fn test(stage: &Stage) {
    let output = stage.run("panics");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stage.run("next start").status.success());
    assert!(stage.run("tomorrow").status.success());
    let reports = stage.delivered();
    let panics = reports.iter().filter(|r| r["exceptions"][0]["type"] == "panic").count();
    let told: u64 = reports.iter().filter_map(|r| r["losses"]["rate_limited"].as_u64()).sum();
    assert_eq!(panics as u64 + told, THREADS as u64, "{panics} reported, {told} counted");
    assert!(panics >= 3, "{panics}");
}

fn main() {
    scenario::main(program, test);
}
