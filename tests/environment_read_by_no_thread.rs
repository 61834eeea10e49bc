//! No thread of the library reads the environment, because a host that calls C's `setenv` during a read would crash.
//! The test makes the page with the list of variables unreadable and names each thread that reads it. A second run
//! captures and sends while its environment changes all the time.
//!
//! Each run takes two seconds; `ENVIRON_SECONDS=60` makes it a minute.

#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "how many reports arrived is worth reading, and why no more"
)]
#![allow(clippy::disallowed_methods, reason = "the hook is silenced")]
#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;

use std::io::Error;
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::{Limits, capture_exception, context, telemetry_context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use scenario::{Stage, sentry_builder};

fn seconds() -> u64 {
    std::env::var("ENVIRON_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(2)
}

fn program(part: &str) {
    let until = Instant::now() + Duration::from_secs(seconds());
    // The standard library's own hook reads a variable. Starting a thread without an explicit stack size does too.
    std::panic::set_hook(Box::new(|_| {}));
    let guard = sentry_builder().limits(Limits::none()).install().expect("installed");
    let _ = parent_id();
    // The second call starts the trap or the storm.
    let _ = parent_id();
    if part == "reads" {
        let _ = std::env::var_os("HOME");
    }
    let threads: Vec<_> = (0..3)
        .map(|thread| std::thread::Builder::new().stack_size(1 << 21).spawn(move || capture(thread, until)))
        .collect();
    for thread in threads {
        thread.expect("a thread").join().expect("it ends");
    }
    // Long enough for fifty reports in a debug build on a busy machine.
    guard.flush(Duration::from_secs(120));
    // A last panic runs the hook, its helper thread, and the exit of the program.
    let _ = std::panic::catch_unwind(|| panic!("the last word"));
    let status = guard.status();
    eprintln!("delivery: {}; lost: {:?}; {:?}", status.provider_health, status.losses, status.last_failure);
    drop(guard);
}

fn capture(thread: u64, until: Instant) {
    let mut turn = 0;
    while Instant::now() < until {
        turn += 1;
        let error = Error::other(format!("turn {turn} of {thread}"));
        match turn % 3 {
            0 => drop(capture_exception(&error, context! { "turn" => turn })),
            1 => drop(telemetry_context("around", || Err::<(), _>(error))),
            _ => drop(std::panic::catch_unwind(|| panic!("turn {turn}"))),
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// Builds the library that is preloaded.
fn library(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/environ/environ.c");
    let library = folder.join("environ.so");
    let mut compiler = Command::new("cc");
    compiler
        .args(["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-lpthread");
    assert!(compiler.status().expect("Rust itself links with `cc`").success());
    library
}

/// The names of the threads that read the environment, the number of delivered reports, and standard error.
fn run(stage: &Stage, library: &Path, part: &str, mode: &str) -> (Vec<String>, usize, String) {
    let server = Server::always(Reply::status(200));
    let mut command = stage.command_to(&server);
    command.env("SCENARIO_PART", part).env("LD_PRELOAD", library).env("ENVIRON_MODE", mode);
    let output = command.env("ENVIRON_SECONDS", seconds().to_string()).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{mode}: {:?}\n{said}", output.status);
    let readers = said.lines().filter_map(|line| line.strip_prefix("read by ")).map(str::to_owned).collect();
    (readers, server.requests().len(), said.into_owned())
}

fn test(stage: &Stage) {
    let library = library(stage.folder());
    let (readers, arrived, said) = run(stage, &library, "", "trap");
    println!("{arrived} reports arrived, and nobody read");
    assert_eq!(readers, [""; 0], "threads that read the environment:\n{said}");
    assert!(arrived > 3, "{arrived}:\n{said}");

    // The trap works: a program that reads the environment is named once.
    let (readers, ..) = run(&Stage::new(), &library, "reads", "trap");
    assert_eq!(readers.len(), 1, "{readers:?}");

    let (_, arrived, said) = run(&Stage::new(), &library, "", "storm");
    println!("{arrived} reports arrived while the environment changed");
    assert!(arrived > 3, "{arrived}:\n{said}");
}

fn main() {
    scenario::main(program, test);
}
