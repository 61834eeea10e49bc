//! A child of a fork never sends its parent's spans, and sends its own.

#![cfg(unix)]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program reads where its parent's server is")]

mod scenario;
mod usage_sample;
use std::time::Duration;

use crawl4ai_telemetry::usage::{Settings, Usage};
use crawl4ai_telemetry::{App, Telemetry};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::Stage;

const PATIENCE: Duration = Duration::from_secs(20);

fn program(_: &str) {
    let collector = std::env::var("COLLECTOR").expect("the address of the collector");
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .usage(Settings::otlp(collector, usage_sample::SPANS).on_by_default())
        .build()
        .expect("built");
    let usage: &Usage = telemetry.usage();
    usage.record(usage_sample::feature("of-the-parent"));
    // The server refuses the span, so that the provider still holds it during the fork.
    assert!(!usage.flush(PATIENCE));
    match fork::fork().expect("a fork") {
        fork::Fork::Child => {
            usage.record(usage_sample::feature("of-the-child"));
            assert!(usage.flush(PATIENCE), "{:?}", usage.status());
            std::process::exit(0);
        }
        fork::Fork::Parent(child) => {
            fork::waitpid(child).expect("the child ends");
            assert!(usage.flush(PATIENCE), "{:?}", usage.status());
        }
    }
}

fn test(stage: &Stage) {
    let server = Server::start([Reply::status(503), Reply::status(200)]);
    let mut command = stage.command("");
    command.env("COLLECTOR", server.url());
    let output = command.output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sent: Vec<(bool, bool)> = server
        .requests()
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body).into_owned())
        .map(|body| (body.contains("of-the-parent"), body.contains("of-the-child")))
        .collect();
    assert_eq!(sent, [(true, false), (false, true), (true, false)], "refused, the child's, the parent's");
}

fn main() {
    scenario::main(program, test);
}
