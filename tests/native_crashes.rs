//! A process that crashes by a signal ends as it would without the library. Its next start delivers a report of the
//! crash, with names.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program aborts on purpose")]

mod scenario;
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;

use crawl4ai_telemetry::{Builder, Privacy, native};
use scenario::{Stage, builder};

fn with_native_crashes() -> Builder {
    let administrators = scenario::folder().join("telemetry.json");
    builder().privacy(Privacy::OwnWords).machine_policy(administrators).native_crashes(native::handler())
}

#[inline(never)]
fn breaks_an_invariant() -> i32 {
    std::process::abort()
}

#[inline(never)]
fn recurses(n: u64) -> u64 {
    let kept = black_box([n; 64]);
    if n == u64::MAX { 0 } else { recurses(n + 1) + kept[(n % 64) as usize] }
}

fn program(part: &str) {
    let telemetry = with_native_crashes().install().expect("installed");
    // The mask has a bit for each caught signal, starting with signal 1 (proc_pid_status(5)).
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask").trim();
    let caught = u64::from_str_radix(caught, 16).expect("a number");
    // SIGILL and SIGFPE are checked, because the standard library catches neither.
    let has_handler = caught & (1 << 3) != 0 && caught & (1 << 7) != 0;
    assert_eq!(has_handler, part != "denied", "{caught:x}");
    match part {
        "aborts" | "denied" => {
            black_box(breaks_an_invariant());
        }
        "no after the start" => {
            telemetry.disable().expect("stored");
            black_box(breaks_an_invariant());
        }
        "forbidden after the start" => {
            std::fs::write(scenario::folder().join("telemetry.json"), r#"{"reports": "forbidden"}"#)
                .expect("written");
            black_box(breaks_an_invariant());
        }
        "overflows" => {
            black_box(recurses(0));
        }
        _ => {}
    }
}

fn test(_: &Stage) {
    for (part, signal, kind, function) in [
        ("aborts", 6, "SIGABRT: abort", "native_crashes::breaks_an_invariant"),
        ("overflows", 6, "SIGSEGV: stack overflow", "native_crashes::recurses"),
    ] {
        let stage = Stage::new();
        let output = stage.run(part);
        assert_eq!(output.status.signal(), Some(signal), "{part}: it ends as it would have");
        assert_eq!(stage.waiting().len(), 1, "{part}: {:?}", stage.files());
        assert!(stage.run("next start").status.success());
        let reports = stage.delivered();
        assert_eq!(reports.len(), 1, "{part}: {:?}", stage.files());
        let (report, exception) = (&reports[0], &reports[0]["exceptions"][0]);
        assert_eq!((&report["level"], &exception["kind"]), (&"fatal".into(), &"signal".into()), "{report}");
        assert_eq!(exception["type"], kind, "{report}");
        let frames = exception["frames"].as_array().expect("a stack");
        assert!(frames.iter().any(|frame| frame["function"] == function), "{report}");
        assert!(
            frames.iter().any(|frame| frame["function"] == function && frame["in_app"] == true),
            "{report}"
        );
        assert!(exception.get("value").is_none() && report.get("thread").is_none(), "{report}");
        assert!(stage.run("and another").status.success());
        assert_eq!(stage.delivered().len(), 1, "{part}: once");
    }
    // With a no, no handler is installed. After a no during the run, the handler writes nothing.
    let stage = Stage::new();
    let output = stage.command("denied").env("CRAWL4AI_TELEMETRY", "0").output().expect("it runs");
    assert_eq!(output.status.signal(), Some(6));
    assert!(stage.files().is_empty(), "{:?}", stage.files());
    let stage = Stage::new();
    assert_eq!(stage.run("no after the start").status.signal(), Some(6));
    assert!(stage.waiting().is_empty(), "{:?}", stage.files());
    // After an administrator's no during the run, it writes nothing either, although the library has not read that no
    // yet.
    let stage = Stage::new();
    assert_eq!(stage.run("forbidden after the start").status.signal(), Some(6));
    assert!(stage.waiting().is_empty(), "{:?}", stage.files());
}

fn main() {
    scenario::main(program, test);
}
