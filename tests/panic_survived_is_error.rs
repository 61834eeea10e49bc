//! A panic that a task or `catch_unwind` caught is reported as an error ten seconds later, while the program still
//! runs.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::clock::{Clock, ManualClock, SystemClock};
use scenario::{Stage, builder, culprit};

#[inline(never)]
fn in_a_task(page: u32) {
    panic!("task {page}");
}

#[inline(never)]
fn in_a_closure(page: u32) {
    panic!("closure {page}");
}

fn program(_: &str) {
    let clock = Arc::new(ManualClock::new(SystemClock::new().now()));
    let telemetry = builder().clock(Arc::clone(&clock)).install().expect("installed");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    let task = runtime.block_on(async { tokio::spawn(async { in_a_task(1) }).await });
    assert!(task.expect_err("caught").is_panic());
    assert!(std::panic::catch_unwind(|| in_a_closure(2)).is_err());

    let reports = || std::fs::read_to_string(scenario::folder().join("reports.jsonl")).unwrap_or_default();
    clock.advance(Duration::from_secs(9));
    telemetry.flush(Duration::from_secs(20));
    assert!(reports().is_empty(), "not settled yet: {}", reports());
    // The store checks the kept panics when their time has come, or when it receives a message.
    let start = Instant::now();
    while reports().lines().count() < 2 && start.elapsed() < Duration::from_secs(60) {
        clock.advance(Duration::from_secs(2));
        telemetry.flush(Duration::from_secs(20));
    }
    // Neither the guard nor a next start may deliver the reports.
    scenario::kill_self();
}

fn test(stage: &Stage) {
    assert_eq!(stage.run("").status.code(), scenario::KILLED, "killed");
    let reports = stage.delivered();
    let mut found: Vec<_> = reports.iter().map(|r| (culprit(r), r["level"].to_string())).collect();
    found.sort();
    let own = |name: &str| (format!("panic_survived_is_error::{name}"), "\"error\"".to_owned());
    assert_eq!(found, [own("in_a_closure"), own("in_a_task")]);
}

fn main() {
    scenario::main(program, test);
}
