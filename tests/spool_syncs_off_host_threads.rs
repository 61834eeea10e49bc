//! Checks the system calls that write a report to the disk. The file is new, is never opened through a link, and is
//! renamed from a temporary name. It is synced by a thread of the library and not of the program.
//!
//! Needs `strace`, which shows the folder of a descriptor.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod scenario;
use std::process::Command;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::tools;
use scenario::{Stage, no_provider_that_answers};

fn program(_: &str) {
    let telemetry = no_provider_that_answers().install().expect("installed");
    let _ = capture_exception(&std::io::Error::other("x"), context! {});
    let _ = std::panic::catch_unwind(|| panic!("y"));
    telemetry.flush(std::time::Duration::from_secs(20));
}

fn test(stage: &Stage) {
    let trace = stage.folder().join("trace");
    let program = stage.command("");
    let mut traced = Command::new("strace");
    let calls = "trace=openat,rename,renameat,renameat2,fsync,fdatasync,execve,exit_group";
    traced.args(["-f", "-y", "-e", calls, "-o"]).arg(&trace).arg(program.get_program()).env_clear();
    traced.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = traced.output().expect("strace runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let trace = std::fs::read_to_string(&trace).expect("a trace");
    let main = trace.lines().next().and_then(|line| line.split(' ').next()).expect("the first thread");

    let created: Vec<&str> =
        trace.lines().filter(|line| line.contains("O_CREAT") && line.contains("/spool>")).collect();
    let reports: Vec<_> = created.iter().filter(|line| !line.contains("sender.lock")).collect();
    assert!(reports.len() >= 3, "an error and the two phases of a panic: {trace}");
    for line in reports {
        assert!(line.contains("O_EXCL") && line.contains("O_NOFOLLOW") && line.contains(".tmp\""), "{line}");
    }
    assert!(created.iter().all(|line| line.contains("O_NOFOLLOW")), "{created:#?}");
    let renamed =
        |line: &&str| line.contains("rename") && line.contains(".tmp\"") && line.contains("/spool>");
    assert!(trace.lines().filter(renamed).count() >= 3, "{trace}");

    let synced: Vec<&str> = trace.lines().filter(|line| line.contains("sync(")).collect();
    assert!(synced.len() >= 4, "each report and its folder: {synced:#?}");
    let by_the_program = |line: &&&str| line.split(' ').next() == Some(main);
    assert_eq!(synced.iter().find(by_the_program), None);
}

fn main() {
    scenario::main_where(|| tools(&[&["strace", "-o", "/dev/null", "true"]]), program, test);
}
