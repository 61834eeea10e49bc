//! The disk fills up while reports are stored. The program continues, completely stored reports stay intact, and those
//! that could not be stored leave from memory or are counted. Needs root, for a disk of 64 KiB.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::process::Command;
use std::time::Duration;

use crawl4ai_telemetry::{Limits, Outcome, capture_exception, context};
use scenario::harness::{Need, root, tools};
use scenario::{Stage, builder, no_provider_that_answers};

const REPORTS: usize = 40;

fn program(part: &str) {
    let builder = if part == "fills" { no_provider_that_answers() } else { builder() };
    let telemetry = builder.limits(Limits::none()).install().expect("installed");
    if part == "fills" {
        for n in 0..REPORTS {
            let outcome = capture_exception(&std::io::Error::other("filling"), context! { "n" => n });
            assert!(matches!(outcome, Outcome::Queued(_)));
            telemetry.flush(Duration::from_secs(5));
        }
        let _ = std::panic::catch_unwind(|| panic!("on a full disk"));
        let status = crawl4ai_telemetry::status().expect("installed");
        assert!(status.last_failure.is_some_and(|failure| failure.contains("spool")), "status tells");
    }
    telemetry.flush(Duration::from_secs(20));
}

fn test(stage: &Stage) {
    let disk = stage.folder().join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mount = ["-t", "tmpfs", "-o", "size=64k", "tmpfs"];
    assert!(Command::new("mount").args(mount).arg(&disk).status().expect("mount runs").success());
    let fill = stage.command("fills").env("CRAWL4AI_CONFIG_DIR", &disk).output().expect("runs");
    let stored = std::fs::read_dir(disk.join("telemetry/spool")).map_or(0, |e| e.flatten().count());
    // After some space is freed, the next start delivers the stored reports. The ledger is removed, because the earlier
    // failures would delay the delivery by a random time of up to a minute.
    let _ = std::fs::remove_file(disk.join("telemetry/ledger.json"));
    let remounted = Command::new("mount").args(["-o", "remount,size=4m"]).arg(&disk).status();
    let deliver = stage.command("delivers").env("CRAWL4AI_CONFIG_DIR", &disk).output().expect("runs");
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(fill.status.success(), "{}", String::from_utf8_lossy(&fill.stderr));
    assert!(remounted.is_ok_and(|s| s.success()) && unmounted.is_ok_and(|s| s.success()));
    assert!(deliver.status.success(), "{}", String::from_utf8_lossy(&deliver.stderr));

    let delivered = stage.delivered();
    assert!(stored > 2 && stored < REPORTS, "the disk was full: {stored} files");
    assert!(delivered.len() >= 3, "{}", delivered.len());
    assert!(delivered.iter().all(|report| report["exceptions"][0]["frames"].is_array()), "each is whole");
}

/// Checks for the right to mount, which containers mostly lack even as root.
fn may_mount() -> Need {
    root().and_then(|()| tools(&[&["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]]))
}

fn main() {
    scenario::main_where(may_mount, program, test);
}
