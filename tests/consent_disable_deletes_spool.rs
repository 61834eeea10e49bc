//! A no deletes the stored reports, prevents new ones, and stays in effect at every later start.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{Outcome, Reason, Rule, capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

fn program(part: &str) {
    let telemetry = sentry_builder().install().expect("installed");
    let capture = || capture_exception(&std::io::Error::other("x"), context! {});
    if part == "later" {
        assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)));
        return;
    }
    assert!(matches!(capture(), Outcome::Queued(_)));
    assert!(!telemetry.flush(Duration::from_secs(20)), "the server is down: it waits");
    assert_eq!(crawl4ai_telemetry::status().expect("installed").pending, Some(1));
    crawl4ai_telemetry::disable().expect("stored");
    assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial)));
    assert_eq!(crawl4ai_telemetry::status().expect("installed").pending, Some(0));
}

fn test(stage: &Stage) {
    let server = Server::start([Reply::status(503), Reply::status(200)]);
    let run = |part: &str| {
        let mut command = stage.command_to(&server);
        let output = command.env("SCENARIO_PART", part).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run("now");
    assert_eq!(server.connections(), 1);
    assert!(stage.waiting().is_empty());
    // What remains is the decision, two locks, and counters without personal data.
    let ours = ["config.json", "config.json.lock", "telemetry/ledger.json", "telemetry/ledger.lock"];
    let left: Vec<_> = stage.files().into_iter().filter(|f| !ours.iter().any(|o| f.ends_with(o))).collect();
    assert!(left.is_empty(), "{left:?}");
    run("later");
    run("later");
    assert_eq!(server.connections(), 1, "nothing after the no");
}

fn main() {
    scenario::main(program, test);
}
