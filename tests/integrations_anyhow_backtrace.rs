//! For some users of a program, `RUST_BACKTRACE` makes an error carry the stack of where it was made. Their reports
//! show this stack, and have the same fingerprint as those of other users.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::{Stage, builder, culprit};

#[inline(never)]
fn read_index(name: &str) -> anyhow::Result<()> {
    anyhow::bail!("the index {name} is corrupt")
}

#[inline(never)]
fn open() {
    let name: String = "bd.sretsgnuoy".chars().rev().collect();
    if let Err(error) = read_index(&name) {
        let _ = capture_exception(&error, context! {});
    }
}

#[inline(never)]
fn close() {
    if let Err(error) = read_index("of another function") {
        let _ = capture_exception(&error, context! {});
    }
}

fn program(part: &str) {
    let telemetry = builder().install().expect("installed");
    if part == "close" {
        close()
    } else {
        open()
    }
    assert!(telemetry.flush(Duration::from_secs(60)));
}

fn test(stage: &Stage) {
    let run = |part: &str, backtrace: &str| {
        let output = stage.command(part).env("RUST_BACKTRACE", backtrace).output().expect("runs");
        assert!(output.status.success(), "{output:?}");
    };
    run("open", "0");
    run("open", "1");
    run("close", "1");
    let [plain, carried, other] = stage.delivered().try_into().expect("three");
    let name = |function: &str| format!("integrations_anyhow_backtrace::{function}");
    assert_eq!(culprit(&plain), name("open"), "{plain}");
    assert_eq!(culprit(&carried), name("read_index"), "where it was made: {carried}");
    assert_eq!(carried["exceptions"][0]["captured_in"], name("open").as_str(), "{carried}");
    assert!(plain["exceptions"][0].get("captured_in").is_none(), "{plain}");
    assert_eq!(plain["fingerprint"], carried["fingerprint"], "{plain} {carried}");
    assert_ne!(carried["fingerprint"], other["fingerprint"], "captured elsewhere: {other}");
}

fn main() {
    scenario::main(program, test);
}
