//! `CRAWL4AI_TELEMETRY_DEBUG=1` shows every report on standard error, and neither stores nor sends any.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder};

fn program(_: &str) {
    let _telemetry = builder().install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("for ada@example.org"), context! {});
    let _ = std::panic::catch_unwind(|| panic!("shown too"));
}

fn test(stage: &Stage) {
    let output = stage.command("").env("CRAWL4AI_TELEMETRY_DEBUG", "1").output().expect("runs");
    assert!(output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("\"value\": \"for [email]\""), "{stderr}");
    assert!(stderr.contains("\"value\": \"shown too\""), "{stderr}");
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

fn main() {
    scenario::main(program, test);
}
