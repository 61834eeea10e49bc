//! In the panic hook runs no code of the program's: what it adds to the sanitizer runs on a thread of ours, which has a
//! quarter of a second. When it never comes back, what the hook stored first stands; when it panics, that is not reported
//! through itself. Nothing leaves before the hook is over.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has a hook of its own")]

mod scenario;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crawl4ai_telemetry::sanitize::{Detector, Span};
use scenario::{Stage, builder};

static PREVIOUS: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicUsize = AtomicUsize::new(0);

struct Bad(&'static str);

impl Detector for Bad {
    fn find(&self, text: &str, _: &mut Vec<Span>) {
        if !text.contains("computed") {
            return;
        }
        assert_ne!(std::thread::current().name(), Some("main"), "in the hook");
        ASKED.fetch_add(1, Ordering::SeqCst);
        match self.0 {
            "panics" => panic!("in a detector"),
            "hangs" => loop {
                std::thread::park();
            },
            _ => {}
        }
    }
}

fn await_that(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "phase 2 came in time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn waiting() -> Vec<String> {
    let entries = std::fs::read_dir(scenario::folder().join("telemetry/spool")).expect("a spool");
    entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

fn program(part: &str) {
    if part == "next start" {
        drop(builder().install().expect("installed"));
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PREVIOUS.fetch_add(1, Ordering::SeqCst);
        before(info);
    }));
    let own = Bad(if part == "hangs" { "hangs" } else { "panics" });
    let _telemetry = builder().detector(own).install().expect("installed");
    let start = Instant::now();
    assert!(catch_unwind(|| panic!("computed: {}", part.len())).is_err());
    assert!(start.elapsed() < Duration::from_secs(3), "the hook held the program {:?}", start.elapsed());
    assert!(PREVIOUS.load(Ordering::SeqCst) >= 1, "the previous hook runs");
    await_that(|| ASKED.load(Ordering::SeqCst) >= 1);
    if part == "panics" {
        // What the detector could not look at is dropped, and the full report stands.
        await_that(|| waiting().iter().all(|name| !name.contains("_----------------_")));
    }
    scenario::kill_self();
}

fn test(_: &Stage) {
    for part in ["hangs", "panics"] {
        let stage = Stage::new();
        let output = stage.run(part);
        assert_eq!(
            output.status.code(),
            scenario::KILLED,
            "{part}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(stage.waiting().len(), 1, "{part}: the program's panic, and no other");
        assert!(stage.delivered().is_empty(), "{part}");
        assert!(stage.run("next start").status.success());
        let reports = stage.delivered();
        assert_eq!(reports.len(), 1, "{part}");
        assert_eq!(
            reports[0]["exceptions"][0]["location"]["file"],
            "tests/panic_hook_runs_no_foreign_code.rs"
        );
        let value = &reports[0]["exceptions"][0]["value"];
        let expected = if part == "hangs" { serde_json::Value::Null } else { "[unscrubbed]".into() };
        assert_eq!(*value, expected, "{part}: what was not cleaned did not leave");
    }
}

fn main() {
    scenario::main(program, test);
}
