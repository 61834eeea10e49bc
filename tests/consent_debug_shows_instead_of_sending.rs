//! `CRAWL4AI_TELEMETRY_DEBUG=1` shows every report on standard error. It neither stores nor sends any report, not even
//! those stored by an earlier run.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    if part == "stores" {
        let _telemetry = no_provider_that_answers().install().expect("installed");
        let _ = capture_exception(&std::io::Error::other("for later"), context! {});
        return;
    }
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

    assert!(stage.run("stores").status.success());
    let (waits, files) = (stage.waiting(), stage.files());
    assert_eq!(waits.len(), 1);
    let again = stage.command("").env("CRAWL4AI_TELEMETRY_DEBUG", "1").output().expect("runs");
    assert!(again.status.success());
    assert_eq!((stage.waiting(), stage.files()), (waits, files), "what waits is left alone");
    assert!(stage.delivered().is_empty());
}

fn main() {
    scenario::main(program, test);
}
