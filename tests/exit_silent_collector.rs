//! A collector never answers, returns errors, or resets the connection. Usage spans block the program neither while it
//! runs nor at its end.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program reads where its parent's server is")]

mod scenario;
mod usage_sample;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{App, Telemetry, usage};
use crawl4ai_telemetry_conformance::{Reply, Server, refusing_url};
use scenario::Stage;

/// Longer than any of these steps takes, and shorter than the timeout of a request.
const AT_ONCE: Duration = Duration::from_secs(5);

fn program(_: &str) {
    let collector = std::env::var("COLLECTOR").expect("the address of the collector");
    let telemetry = Telemetry::builder(App::new("tool", "1.0.0").env_prefix("CRAWL4AI"))
        .exit_timeout(Duration::from_millis(250))
        .usage(Settings::otlp(collector, usage_sample::SPANS).on_by_default())
        .install()
        .expect("installed");
    let start = Instant::now();
    for _ in 0..100 {
        usage_sample::record_everything(&usage(), "text", true);
    }
    assert!(!telemetry.flush(Duration::from_millis(100)), "nothing can be delivered");
    usage_sample::record_everything(&usage(), "text", true);
    drop(telemetry);
    assert!(start.elapsed() < AT_ONCE, "held {:?}", start.elapsed());
}

fn test(stage: &Stage) {
    let bad = [Reply::HangAfterAccept, Reply::status(503), Reply::ResetHalfWay, Reply::Drip];
    let servers: Vec<Server> = bad.into_iter().map(Server::always).collect();
    let urls = servers.iter().map(Server::url).chain([refusing_url()]);
    for url in urls {
        let mut command = stage.command("");
        command.env("COLLECTOR", &url);
        let output = command.output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(stage.waiting().is_empty(), "usage spans are never on a disk");
}

fn main() {
    scenario::main(program, test);
}
