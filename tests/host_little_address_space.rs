//! A host that lives in little address space (`ulimit -v`) is not ended by a report, and the report is kept.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod scenario;
use std::time::Duration;

use crawl4ai_telemetry::{Privacy, capture_exception, context};
use rustix::process::{Resource, Rlimit, setrlimit};
use scenario::{Stage, builder};

fn program(part: &str) {
    if let Ok(megabytes) = part.parse::<u64>() {
        let limit = Some(megabytes << 20);
        setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }).expect("a limit");
    }
    let builder = builder().privacy(Privacy::OwnWords);
    let is_first = part != "next";
    let builder = if is_first { builder.exit_timeout(Duration::from_millis(250)) } else { builder };
    let _telemetry = builder.install().expect("installed");
    if is_first {
        let _ = capture_exception(&std::io::Error::other("the disk is on fire"), context! { "n" => 1 });
    }
}

fn test(_: &Stage) {
    for megabytes in ["50", "60", "70", "80", "100", "120", "200"] {
        let stage = Stage::new();
        let output = stage.run(megabytes);
        assert!(output.status.success(), "{megabytes}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(stage.run("next").status.success());
        assert_eq!(stage.delivered().len(), 1, "{megabytes}: {:?}", stage.files());
    }
}

fn main() {
    scenario::main(program, test);
}
