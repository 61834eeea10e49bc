//! If the home folder cannot be written, the program continues, and a report still leaves while it runs. A folder that
//! cannot be read may contain a no, so that nothing leaves.

#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{Outcome, Reason, Rule, capture_exception, context};
use scenario::{Stage, builder};

fn program(part: &str) {
    let telemetry = builder().install().expect("installed");
    let error = "x".parse::<u32>().expect_err("no number");
    let outcome = capture_exception(&error, context! {});
    if part == "unwritable" {
        assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
        assert!(telemetry.flush(std::time::Duration::from_secs(20)), "delivered from memory");
    } else {
        // The unreadable file may contain a decision, so that it counts as a no.
        assert_eq!(outcome, Outcome::Suppressed(Reason::NoConsent(Rule::Unreadable)), "{part}");
    }
    let status = crawl4ai_telemetry::status().expect("installed");
    let told = status.config_problem.map(|problem| problem.to_string()).or(status.last_failure);
    assert!(told.is_some(), "{part}: status tells");
    let enabled = crawl4ai_telemetry::enable();
    assert!(enabled.is_err(), "{part}: there is nowhere to remember it");
    let _ = std::panic::catch_unwind(|| panic!("survived"));
}

fn test(stage: &Stage) {
    let blocked = stage.folder().join("blocked");
    std::fs::write(&blocked, "a file where a folder should be").expect("written");
    for (part, folder) in [("unwritable", "/proc/self/nothing"), ("a device", "/dev/null"), ("a file", "")] {
        let folder = if folder.is_empty() { blocked.as_path() } else { std::path::Path::new(folder) };
        let output = stage.command(part).env("CRAWL4AI_CONFIG_DIR", folder).output().expect("runs");
        assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let reports = stage.delivered();
    let types: Vec<_> =
        reports.iter().map(|r| r["exceptions"][0]["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(types, ["std::num::ParseIntError", "panic"]);
}

fn main() {
    scenario::main(program, test);
}
