//! A server accepts connections and never answers, or answers with errors. The program ends at once all the same, and
//! its reports are kept.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{capture_exception, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

fn program(part: &str) {
    let telemetry = sentry_builder().exit_timeout(Duration::from_millis(250)).install().expect("installed");
    if part == "next start" {
        assert!(telemetry.flush(Duration::from_secs(30)));
        return;
    }
    let _ = capture_exception(&std::io::Error::other("lost in the net"), context! {});
    // The report is stored regardless of the server, even if the flush times out.
    telemetry.flush(Duration::from_secs(2));
    panic!("the end");
}

fn test(_: &Stage) {
    for reply in [Reply::HangAfterAccept, Reply::status(503), Reply::ResetHalfWay] {
        let stage = Stage::new();
        let server = Server::always(reply.clone());
        let start = Instant::now();
        let output = stage.command_to(&server).output().expect("runs");
        assert_eq!(output.status.code(), Some(101));
        // With Sentry's own reporter this program never ended, and was killed after 180 s.
        assert!(
            start.elapsed() < Duration::from_secs(15),
            "{reply:?} held the program {:?}",
            start.elapsed()
        );
        assert_eq!(stage.waiting().len(), 2, "{reply:?}: nothing is lost");

        let server = Server::always(Reply::status(200));
        let mut command = stage.command_to(&server);
        command.env("SCENARIO_PART", "next start");
        assert!(command.status().expect("runs").success(), "{reply:?}");
        assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());
        assert_eq!(server.requests().len(), 2, "{reply:?}: the error and the panic, each once");
    }
}

fn main() {
    scenario::main(program, test);
}
