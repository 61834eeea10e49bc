//! Until something breaks, there is no thread, file, descriptor, connection, signal handler or output. After the guard
//! is dropped, everything is as it was.

#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

/// The kernel's data about this process: threads, descriptors, and the signals that are caught, ignored or blocked.
fn facts() -> (usize, Vec<String>, String) {
    let count = |folder: &str| std::fs::read_dir(folder).expect("a folder of /proc").count();
    let descriptors = std::fs::read_dir("/proc/self/fd").expect("descriptors").flatten();
    let mut open: Vec<String> = descriptors
        .filter_map(|d| Some(std::fs::read_link(d.path()).ok()?.to_string_lossy().into_owned()))
        .filter(|target| !target.contains("/proc/"))
        .collect();
    open.sort();
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    // `SigQ` counts the signals that are queued for the user, those of other processes too.
    let masks = ["SigPnd:", "SigBlk:", "SigIgn:", "SigCgt:"];
    let masks: Vec<_> =
        status.lines().filter(|line| masks.iter().any(|mask| line.starts_with(mask))).collect();
    assert_eq!(masks.len(), 4, "{status}");
    let signals = masks.join("\n");
    (count("/proc/self/task"), open, signals)
}

fn program(_: &str) {
    let before = facts();
    let telemetry = sentry_builder().install().expect("installed");
    assert_eq!(facts(), before, "installed");
    drop(telemetry);
    assert_eq!(facts(), before, "and gone");
}

fn test(stage: &Stage) {
    let server = Server::always(Reply::status(200));
    let output = stage.command_to(&server).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    assert_eq!(server.connections(), 0);
    assert!(stage.files().is_empty());
}

fn main() {
    scenario::main(program, test);
}
