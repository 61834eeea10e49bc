//! A panic while standard error is closed or is a full device: the program ends as it would without the library, and
//! the report is made.

#![cfg(target_os = "linux")]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::fs::File;
use std::process::Stdio;

use scenario::{Stage, builder};

fn program(part: &str) {
    let _telemetry = builder().install().expect("installed");
    assert!(std::thread::Builder::new().spawn(|| panic!("in a thread")).expect("a thread").join().is_err());
    if part == "ends" {
        panic!("in main");
    }
}

fn test(_: &Stage) {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("/dev/full"));
    for part in ["lives", "ends"] {
        let (code, reports) = if part == "ends" { (101, 2) } else { (0, 1) };

        let stage = Stage::new();
        let status = stage.command(part).stderr(full()).stdout(full()).status().expect("runs");
        assert_eq!(status.code(), Some(code), "full device, {part}");

        // `2>&-` leaves the descriptor closed, which no `Stdio` can do.
        let mut shell = std::process::Command::new("sh");
        let inner = stage.command(part);
        shell.arg("-c").arg("exec \"$0\" 2>&- >&- <&-").arg(inner.get_program()).env_clear();
        shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        assert_eq!(shell.status().expect("runs").code(), Some(code), "closed, {part}");

        assert_eq!(stage.delivered().len(), 2 * reports, "{part}");
    }
}

fn main() {
    scenario::main(program, test);
}
