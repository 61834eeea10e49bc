//! A panic that ends the program is reported as fatal, at the program's end or at the next start. A survived panic is
//! reported as an error. Each report names the function that panicked, and Rust's own message still appears.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use scenario::{Stage, builder, culprit};

#[inline(never)]
fn parse_page(page: u32) {
    panic!("page {page} has no table");
}

fn program(part: &str) {
    let _telemetry = builder().install().expect("installed");
    match part {
        "survives" => assert!(std::panic::catch_unwind(|| parse_page(7)).is_err()),
        "aborts" => {
            let _ = std::panic::catch_unwind(|| parse_page(7));
            scenario::kill_self();
        }
        "ends" => parse_page(7),
        _ => {}
    }
}

fn test(stage: &Stage) {
    let ended = stage.run("ends");
    assert_eq!(ended.status.code(), Some(101), "Rust's own exit code");
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert!(stderr.contains("page 7 has no table"), "the previous hook ran: {stderr}");

    let survived = stage.run("survives");
    assert_eq!(survived.status.code(), Some(0));

    let aborted = stage.run("aborts");
    assert_eq!(aborted.status.code(), scenario::KILLED, "killed");
    assert_eq!(stage.waiting().len(), 1, "it waits for the next start");
    assert!(stage.waiting()[0].ends_with(".panic"));

    assert!(stage.run("next start").status.success());
    assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());

    let reports = stage.delivered();
    let levels: Vec<_> = reports.iter().map(|r| r["level"].as_str().unwrap_or_default()).collect();
    assert_eq!(levels, ["fatal", "error", "fatal"]);
    for (at, report) in reports.iter().enumerate() {
        // The process that was killed may have reached phase 1 only, whose report has no names and no computed text.
        if at < 2 {
            assert_eq!(culprit(report), "panic_fatal_or_survived::parse_page");
            assert_eq!(report["exceptions"][0]["value"], "page 7 has no table");
        }
        assert_eq!(report["exceptions"][0]["type"], "panic");
        assert_eq!(report["exceptions"][0]["location"]["file"], "tests/panic_fatal_or_survived.rs");
    }
    let mut ids: Vec<_> = reports.iter().map(|r| r["id"].to_string()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each once");
}

fn main() {
    scenario::main(program, test);
}
