//! Panics in destructors, during unwinding, in the destructor of a thread-local, with a payload that is not text, in a
//! thread whose name resembles those of the library, and in the program's code while the library calls it.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::panic::{catch_unwind, panic_any};

use crawl4ai_telemetry::{Limits, Outcome, Reason, capture_exception, context};
use scenario::{Stage, builder};

struct Bomb(&'static str);
impl Drop for Bomb {
    fn drop(&mut self) {
        // If the thread is already unwinding, this ends the process.
        panic!("{}", self.0);
    }
}

thread_local! {
    static LOCAL: std::cell::RefCell<Option<Reporter>> = const { std::cell::RefCell::new(None) };
}

/// Reports an error from the destructor of a thread-local, when the library's own thread-locals may already be
/// destroyed.
struct Reporter;
impl Drop for Reporter {
    fn drop(&mut self) {
        let outcome = capture_exception(&std::io::Error::other("in a local's destructor"), context! {});
        assert!(
            matches!(outcome, Outcome::Queued(_) | Outcome::Suppressed(Reason::Reentrant)),
            "{outcome:?}"
        );
    }
}

fn program(part: &str) {
    let telemetry = builder().limits(Limits::none()).install().expect("installed");
    match part {
        "odd" => {
            assert!(catch_unwind(|| drop(Bomb("in a destructor"))).is_err());
            assert!(catch_unwind(|| panic_any(7_u32)).is_err());
            assert!(catch_unwind(|| panic_any(Box::new("boxed"))).is_err());
            let local = || LOCAL.with(|local| *local.borrow_mut() = Some(Reporter));
            std::thread::Builder::new().spawn(local).expect("a thread").join().expect("joined");
            let named = std::thread::Builder::new().name("telemetry-exporter".to_owned());
            assert!(named.spawn(|| panic!("in the program's thread")).expect("a thread").join().is_err());
        }
        "twice" => {
            let _bomb = Bomb("while unwinding");
            panic!("first");
        }
        _ => {}
    }
    drop(telemetry);
}

fn test(stage: &Stage) {
    let output = stage.run("odd");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let values: Vec<_> = stage.delivered().iter().map(|r| r["exceptions"][0]["value"].clone()).collect();
    for told in ["in a destructor", "in the program's thread"] {
        assert!(values.contains(&told.into()), "{told}: {values:?}");
    }
    let empty = values.iter().filter(|value| value.is_null()).count();
    assert_eq!(empty, 2, "a payload that is no text has nothing to say: {values:?}");

    let stage = Stage::new();
    let aborted = stage.run("twice");
    assert_eq!(
        aborted.status.code(),
        scenario::KILLED,
        "a second panic while unwinding aborts, with and without us"
    );
    assert!(stage.run("next start").status.success());
    let reports = stage.delivered();
    // Rust itself may panic a third time, to say that it gives up.
    assert!((2..=3).contains(&reports.len()), "both panics were stored before the end: {reports:#?}");
    assert!(reports.iter().all(|report| report["level"] == "fatal"));
}

fn main() {
    scenario::main(program, test);
}
