//! Where nobody can be asked, reports hold no free text. One line on standard error says that they leave and how to
//! stop them, also for reports stored by an earlier run. No consent is stored, because a container must not opt its
//! user in.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{Environment, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    if part == "stores" || part == "delivers" {
        let builder = if part == "stores" { no_provider_that_answers() } else { builder() };
        let _telemetry = builder.environment(Environment::Docker).install().expect("installed");
        if part == "stores" {
            let _ = capture_exception(&std::io::Error::other("free text of a customer"), context! {});
        }
        return;
    }
    let _telemetry = builder().environment(Environment::Docker).install().expect("installed");
    let error = std::io::Error::other("free text of a customer");
    let _ = capture_exception(&error, context! { "status_code" => 404, "note" => "free text of a customer" });
    let thread = std::thread::Builder::new().name("customer-7".into());
    let customer = "customer";
    assert!(thread.spawn(move || panic!("free text of a {customer}")).expect("a thread").join().is_err());
    let _ = std::panic::catch_unwind(|| panic!("free text of a customer"));
}

/// Runs a part and checks that it says exactly once that reports leave.
fn run(stage: &Stage, part: &str) {
    let output = stage.command(part).env_remove("CRAWL4AI_TELEMETRY").output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let notices = stderr.lines().filter(|line| line.contains("CRAWL4AI_TELEMETRY=0")).count();
    assert_eq!(notices, 1, "{part}: {stderr}");
    let place = if part == "stores" { "sent to nowhere; " } else { "sent to the file " };
    assert!(stderr.contains(place) && !stderr.contains("`tool telemetry"), "{part}: {stderr}");
    assert!(output.stdout.is_empty());
}

fn what_an_earlier_run_stored_does_not_leave_unsaid() {
    let stage = Stage::new();
    run(&stage, "stores");
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1));
    run(&stage, "delivers");
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0));
}

fn test(stage: &Stage) {
    what_an_earlier_run_stored_does_not_leave_unsaid();
    run(stage, "");

    let reports = stage.delivered();
    assert_eq!(reports.len(), 3);
    for report in &reports {
        let text = report.to_string();
        assert!(!text.contains("customer"), "{text}");
        assert_eq!(report["privacy"], "strict");
        assert_eq!(report["platform"].get("os_version"), None, "{text}");
        assert!(
            report["platform"]["compiler"].as_str().is_some_and(|name| name.starts_with("rustc ")),
            "{text}"
        );
        assert!(report["exceptions"][0]["frames"].as_array().is_some_and(|frames| !frames.is_empty()));
    }
    assert_eq!(reports[0]["context"]["status_code"], 404);
    assert!(!stage.folder().join("config.json").exists());
}

fn main() {
    scenario::main(program, test);
}
