//! A disk becomes read-only while reports wait on it. No process becomes their sender, so that a flush does not wait
//! for one. Both the program and `send` can tell the reason. Needs root, for a disk of its own.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::process::Command;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::{Need, root, tools};
use scenario::{Stage, builder, no_provider_that_answers};

/// How long a user of `send` is ready to wait.
const PATIENCE: Duration = Duration::from_secs(60);

fn program(part: &str) {
    if part == "stores" {
        let telemetry = no_provider_that_answers().install().expect("installed");
        let _ = capture_exception(&std::io::Error::other("stored"), context! {});
        telemetry.flush(Duration::from_secs(5));
        return;
    }
    let telemetry = builder().install().expect("installed");
    let start = Instant::now();
    assert!(!telemetry.flush(PATIENCE), "it waits still");
    assert!(start.elapsed() < PATIENCE / 2, "nobody delivers, so there is nobody to wait for");
    let failure = crawl4ai_telemetry::status().expect("installed").last_failure;
    assert!(failure.is_some_and(|failure| failure.contains("lock")), "status tells");
}

fn test(stage: &Stage) {
    let disk = stage.folder().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mount = ["-t", "tmpfs", "-o", "size=4m", "tmpfs"];
    assert!(Command::new("mount").args(mount).arg(&disk).status().expect("mount runs").success());
    let stores = stage.command("stores").env("CRAWL4AI_CONFIG_DIR", &disk).output().expect("runs");
    let _ = std::fs::remove_file(disk.join("telemetry/ledger.json"));
    let unlocked = std::fs::remove_file(disk.join("telemetry/spool/sender.lock"));
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status();
    let finds = stage.command("finds").env("CRAWL4AI_CONFIG_DIR", &disk).output().expect("runs");
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(stores.status.success(), "{}", String::from_utf8_lossy(&stores.stderr));
    assert!(unlocked.is_ok(), "an earlier sender left its file");
    assert!(remounted.is_ok_and(|s| s.success()) && unmounted.is_ok_and(|s| s.success()));
    assert!(finds.status.success(), "{}", String::from_utf8_lossy(&finds.stderr));
    assert!(stage.delivered().is_empty(), "what cannot be noted as sent would be sent again by each start");
}

/// Checks for the right to mount, which containers mostly lack even as root.
fn may_mount() -> Need {
    root().and_then(|()| tools(&[&["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]]))
}

fn main() {
    scenario::main_where(may_mount, program, test);
}
