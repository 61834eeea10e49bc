//! A report does not end a host with little address space (`ulimit -v`), and the report is kept.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

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
    // With little address space the exit timeout is the default. Otherwise it is longer, so that there is time to look
    // names up.
    let is_little = part.parse::<u64>().is_ok_and(|megabytes| megabytes < 1000);
    let builder = if is_little { builder.exit_timeout(Duration::from_millis(250)) } else { builder };
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
    // Names are looked up if there is enough address space. Up to 1 GiB they are not.
    for (megabytes, named) in [("1000", false), ("8000", true)] {
        let stage = Stage::new();
        assert!(stage.run(megabytes).status.success());
        assert!(stage.run("next").status.success());
        let frames = stage.delivered()[0]["exceptions"][0]["frames"].clone();
        let functions = frames.as_array().expect("a stack").iter().filter(|f| f["function"].is_string());
        assert_eq!(functions.count() > 0, named, "{megabytes}: {frames}");
    }
}

fn main() {
    scenario::main(program, test);
}
