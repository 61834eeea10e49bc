//! An error is on the disk before its names and own words are found, so that a signal in between loses nothing. No
//! other process takes the report while the process that completes it lives. A report that is completed later has the
//! same names and, at levels that store texts, the same fingerprint.
//!
//! The same holds for each error of a burst, while the names of the first one are looked up. A panic's names are as
//! safe, and so is its message, although the first record leaves out computed text.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry::{Limits, Outcome, Privacy, capture_exception, context};
use scenario::harness::Test;
use scenario::{Stage, builder};

/// How many errors are captured at once.
const BURST: usize = 12;

/// A source of words that takes longer than the program lives, if it is `endless`.
struct Words {
    endless: bool,
}

impl WordSource for Words {
    fn name(&self) -> &str {
        "words"
    }
    fn bytes(&self) -> u64 {
        0
    }
    fn visit(&self, _: Look, _: &mut Visitor<'_>) -> Result<(), Unreadable> {
        if self.endless {
            for_ever();
        }
        Ok(())
    }
    fn prepare(&self, _: Look) {
        if self.endless {
            for_ever();
        }
    }
}

fn program(part: &str) {
    let privacy = if part.ends_with("standard") { Privacy::Standard } else { Privacy::OwnWords };
    let is_killed = part.starts_with("killed");
    // All parts have the same words, because they would count as different builds otherwise.
    let builder = builder().limits(Limits::none()).privacy(privacy).own_words(Words { endless: is_killed });
    if part.starts_with("next") {
        let telemetry = builder.install().expect("installed");
        assert!(telemetry.flush(Duration::from_secs(60)));
        return;
    }
    let telemetry = builder.install().expect("installed");
    if part.contains("panic") {
        let _ = std::panic::catch_unwind(|| fail_by_panic(&computed()));
    } else {
        fail();
        if part.contains("burst") {
            // After this time the names of the first error are being looked up.
            std::thread::sleep(Duration::from_millis(300));
            (1..BURST).for_each(|_| fail());
        }
    }
    if is_killed {
        for_ever();
    }
    assert!(telemetry.flush(Duration::from_secs(60)));
}

#[inline(never)]
fn fail() {
    let error = std::io::Error::other(format!("the ledger of {} cannot be opened", computed()));
    let outcome = capture_exception(&error, context! {});
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
}

#[inline(never)]
#[allow(clippy::panic, reason = "that is the test")]
fn fail_by_panic(who: &str) {
    panic!("the ledger of {who} cannot be opened");
}

/// A text that no constant of the program equals.
fn computed() -> String {
    "ecalevoL adA".chars().rev().collect()
}

fn for_ever() {
    loop {
        std::thread::park();
    }
}

fn test(_: &Stage) {
    for (part, culprit) in [
        ("own words", "spool_holds_error_before_its_names::fail"),
        ("standard", "spool_holds_error_before_its_names::fail"),
        ("panic own words", "spool_holds_error_before_its_names::fail_by_panic"),
        ("panic standard", "spool_holds_error_before_its_names::fail_by_panic"),
    ] {
        let stage = Stage::new();
        let (is_panic, next) = (part.starts_with("panic"), format!("next {part}"));
        let mut child = stage.command(&format!("killed {part}")).spawn().expect("runs");
        let start = Instant::now();
        while !is_partly_stored(&stage, is_panic) {
            assert!(start.elapsed() < Duration::from_secs(60), "{part}: {:?}", stage.waiting());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(stage.run(&next).status.success());
        assert!(stage.delivered().is_empty(), "{part}: taken from the process that completes it");
        assert_eq!(stage.waiting().len(), 1, "{part}: {:?}", stage.waiting());

        child.kill().expect("killed");
        child.wait().expect("dead");
        assert!(stage.run(&next).status.success());
        assert!(stage.waiting().is_empty(), "{part}: {:?}", stage.waiting());
        assert!(stage.run(&format!("in time {part}")).status.success());
        let [late, timely] = stage.delivered().try_into().expect("two");
        // The process died before it was known whether it survived the panic.
        assert_eq!(late["level"], if is_panic { "fatal" } else { "error" }, "{part}: {late}");
        assert_eq!(scenario::culprit(&late), culprit, "{part}: {late}");
        assert_eq!(scenario::culprit(&timely), culprit, "{part}: {timely}");
        if part.ends_with("own words") {
            for report in [&late, &timely] {
                let text = &report["exceptions"][0]["value"];
                assert_eq!(text, "the ledger of [text] cannot be opened", "{part}: {report}");
            }
        }
        assert_eq!(late["fingerprint"], timely["fingerprint"], "{part}: {late} {timely}");
    }
}

fn burst(_: &Stage) {
    let stage = Stage::new();
    let mut child = stage.command("killed burst").spawn().expect("runs");
    let start = Instant::now();
    while stage.waiting().len() < BURST {
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", stage.waiting());
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("dead");
    assert!(stage.run("next burst").status.success());
    assert!(stage.waiting().is_empty(), "{:?}", stage.waiting());
    assert_eq!(stage.delivered().len(), BURST);
}

/// Whether a report is stored that already has its texts. The first record of a panic has no computed text.
fn is_partly_stored(stage: &Stage, is_panic: bool) -> bool {
    let spool = stage.folder().join("telemetry/spool");
    let extension = if is_panic { ".panic" } else { ".partial" };
    let mut names = stage.waiting().into_iter().filter(|name| name.ends_with(extension));
    names.any(|name| {
        std::fs::read_to_string(spool.join(name)).is_ok_and(|report| report.contains("the ledger of"))
    })
}

fn main() {
    scenario::main_of(program, || {
        vec![
            Test::new(env!("CARGO_CRATE_NAME"), test),
            Test::new("spool_holds_burst_before_its_names", burst),
        ]
    });
}
