//! If the file system has no locks, or something else is in the place of a lock file, reports are stored and delivered
//! all the same. `status` says that nothing keeps two processes apart.
//!
//! Needs a C compiler to simulate the file system without locks.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crawl4ai_telemetry::{capture_exception, context};
use scenario::harness::{Test, tools};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    let builder = if part == "stores" { no_provider_that_answers() } else { builder() };
    let telemetry = builder.install().expect("installed");
    if part != "delivers" {
        let _ = capture_exception(&std::io::Error::other("x"), context! {});
    }
    if part == "panics" {
        let _ = std::panic::catch_unwind(|| panic!("y"));
    }
    let done = telemetry.flush(std::time::Duration::from_secs(20));
    if part != "stores" {
        assert!(done, "{}", crawl4ai_telemetry::status().expect("installed"));
        let told = crawl4ai_telemetry::status().expect("installed").to_string();
        assert!(told.contains("lock"), "it is told: {told}");
    }
    if part == "decides" {
        crawl4ai_telemetry::enable().expect("a yes can be stored");
        crawl4ai_telemetry::disable().expect("and a no");
    }
}

/// A library that makes every `flock` fail with `error`, as a network file system does.
fn without_locks(stage: &Stage, error: &str) -> PathBuf {
    let (source, library) = (stage.folder().join("flock.c"), stage.folder().join("flock.so"));
    let text = format!("#include <errno.h>\nint flock(int fd, int how) {{ errno = {error}; return -1; }}\n");
    fs::write(&source, text).expect("written");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(compiled.expect("cc runs").success());
    library
}

fn a_file_system_without_locks(_: &Stage) {
    for error in ["ENOLCK", "EOPNOTSUPP", "ENOSYS"] {
        let stage = Stage::new();
        let library = without_locks(&stage, error);
        for (part, delivered) in [("captures", 1), ("panics", 3), ("decides", 4)] {
            let output = stage.command(part).env("LD_PRELOAD", &library).output().expect("runs");
            assert!(output.status.success(), "{error} {part}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(stage.delivered().len(), delivered, "{error} {part}: {:?}", stage.waiting());
        }
    }
}

fn something_else_in_its_place(_: &Stage) {
    for what in ["a pipe", "a folder", "a link"] {
        let stage = Stage::new();
        assert!(stage.run("stores").status.success());
        let lock = stage.folder().join("telemetry/spool/sender.lock");
        fs::remove_file(&lock).expect("there was one");
        match what {
            "a pipe" => {
                let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
                rustix::fs::mknodat(rustix::fs::CWD, &lock, rustix::fs::FileType::Fifo, mode, 0)
                    .expect("a pipe");
            }
            "a folder" => fs::create_dir(&lock).expect("made"),
            _ => std::os::unix::fs::symlink("nowhere", &lock).expect("linked"),
        }
        // After the first failure of a run, the next run tries again at once.
        let output = stage.command("delivers").output().expect("runs");
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (1, 0), "{what}");
    }
}

fn main() {
    scenario::main_of(program, || {
        let compiler = tools(&[&["cc", "--version"]]);
        vec![
            Test::new("a_file_system_without_locks", a_file_system_without_locks).needs(compiler),
            Test::new("something_else_in_its_place", something_else_in_its_place),
        ]
    });
}
