//! An error is on the disk before its names and its words are found: a signal in between loses nothing, and no other
//! process takes the report while the one lives that completes it. Late it has the same names and the same fingerprint.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod scenario;
use std::time::{Duration, Instant};

use crawl4ai_telemetry::own_words::{Look, Unreadable, Visitor, WordSource};
use crawl4ai_telemetry::{Outcome, Privacy, capture_exception, context};
use scenario::{Stage, builder};

/// Words that may take longer to find than the program lives.
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
    // The same words in all, or they would be other builds.
    let builder = builder().privacy(privacy).own_words(Words { endless: is_killed });
    if part.starts_with("next") {
        let telemetry = builder.install().expect("installed");
        assert!(telemetry.flush(Duration::from_secs(60)));
        return;
    }
    let telemetry = builder.install().expect("installed");
    fail();
    if is_killed {
        for_ever();
    }
    assert!(telemetry.flush(Duration::from_secs(60)));
}

#[inline(never)]
fn fail() {
    let who: String = "ecalevoL adA".chars().rev().collect();
    let error = std::io::Error::other(format!("the ledger of {who} cannot be opened"));
    let outcome = capture_exception(&error, context! {});
    assert!(matches!(outcome, Outcome::Queued(_)), "{outcome:?}");
}

fn for_ever() {
    loop {
        std::thread::park();
    }
}

fn test(_: &Stage) {
    for level in ["own words", "standard"] {
        let stage = Stage::new();
        let mut child = stage.command(&format!("killed {level}")).spawn().expect("runs");
        let start = Instant::now();
        while !stage.waiting().iter().any(|name| name.ends_with(".partial")) {
            assert!(start.elapsed() < Duration::from_secs(60), "{level}: {:?}", stage.waiting());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(stage.run(&format!("next {level}")).status.success());
        assert!(stage.delivered().is_empty(), "{level}: taken from the process that completes it");
        assert_eq!(stage.waiting().len(), 1, "{level}: {:?}", stage.waiting());

        child.kill().expect("killed");
        child.wait().expect("dead");
        assert!(stage.run(&format!("next {level}")).status.success());
        assert!(stage.waiting().is_empty(), "{level}: {:?}", stage.waiting());
        assert!(stage.run(&format!("in time {level}")).status.success());
        let [late, timely] = stage.delivered().try_into().expect("two");
        assert_eq!(late["level"], "error", "it is not what ended the program: {late}");
        assert_eq!(scenario::culprit(&late), "spool_holds_error_before_its_names::fail", "{late}");
        assert_eq!(scenario::culprit(&late), scenario::culprit(&timely), "{timely}");
        if level == "own words" {
            for report in [&late, &timely] {
                let text = &report["exceptions"][0]["value"];
                assert_eq!(text, "the ledger of [text] cannot be opened", "{report}");
            }
            assert_eq!(late["fingerprint"], timely["fingerprint"], "{late} {timely}");
        }
    }
}

fn main() {
    scenario::main(program, test);
}
